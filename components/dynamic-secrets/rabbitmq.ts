import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine } from "../identity";
import { checked, firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import { isLoopback } from "./databases/server";
import {
  engineProblem,
  credentialPathsOf,
  letConsumersIn,
  limitEngine,
  mountPathOf,
  type SecretsEngineArgs,
} from "./engine";
import { namedRolesProblem } from "./roles";

/** The broker, and the user that Vault makes other users with. */
export interface RabbitMqServer {
  /** Where its management plugin answers, as Vault reaches it: `https://rabbit.example.com:15671`. */
  managementUrl: pulumi.Input<string>;
  /** An administrator that only Vault uses. */
  username: string;
  /**
   * The administrator's password, as a secret. Vault can't change this one: its engine for RabbitMQ has no rotation. Kept out of
   * the component's state, and secret in the connection's.
   */
  password: pulumi.Input<string>;
  /** Raise it with a new `password`, and when anything of the server changes: it is sent then and at no other time. Default: 1. */
  passwordVersion?: number | undefined;
}

/**
 * What a user may do with the queues and exchanges of one virtual host. Names are exact; one that ends with `*` stands for
 * all that begin so. `*` alone is refused.
 */
export interface RabbitMqPermission {
  /** The virtual host. `/` is RabbitMQ's own. */
  vhost: string;
  /** What it may make and delete. Default: nothing. */
  configure?: string[] | undefined;
  /** What it may publish to, or bind to. Default: nothing. */
  write?: string[] | undefined;
  /** What it may consume, or bind from. Default: nothing. */
  read?: string[] | undefined;
}

/** A kind of user that Vault makes for each lease. It has no tag, so it can't use the management plugin. */
export interface RabbitMqRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/creds/<name>`. */
  name: string;
  /** What it may do, once for each virtual host. At least one. */
  permissions: RabbitMqPermission[];
}

export interface RabbitMqSecretsArgs extends SecretsEngineArgs {
  /** The broker. */
  rabbitmq: RabbitMqServer;
  /** What users Vault can make. At least one. */
  roles: RabbitMqRole[];
  /** How long a lease lives unless it is renewed, in seconds. Default: 300. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a lease lives however often it is renewed, in seconds. Default: 900. At most 14400, a shift of a consumer. */
  maxTtlSeconds?: number | undefined;
}

const defaultTtl = 300;
const defaultMaxTtl = 900;
const longestTtl = 14_400;

/**
 * Vault's engine for RabbitMQ: each program gets a user of its own for the queues and exchanges that are named. When the
 * lease ends or is revoked, the user is gone and the broker closes its connections. OpenBao has the engine too; it was not tried there.
 *
 * @example
 * ```typescript
 * const queues = new RabbitMqSecrets("queues", {
 *   metadata,
 *   rabbitmq: { managementUrl: "https://rabbit.example.com:15671", username: "vault", password: bootstrapPassword },
 *   roles: [{ name: "billing", permissions: [{ vhost: "shop", read: ["orders"], write: ["invoices"] }] }],
 * });
 * ```
 */
export class RabbitMqSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each role the path that a program reads a credential from. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token read credentials, and renew and revoke the leases. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: RabbitMqSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("RabbitMqSecrets", name, rabbitMqProblem(name, args));
    const { password, ...rabbitmq } = args.rabbitmq;
    super("nhi:index:RabbitMqSecrets", name, { ...args, rabbitmq }, opts);

    const mountPath = mountPathOf(name, args);
    const mount = new vault.rabbitmq.SecretBackend(
      name,
      {
        path: mountPath,
        description: metadataLine(args.metadata),
        // The engine's roles have no time of their own: the mount's is theirs.
        defaultLeaseTtlSeconds: args.defaultTtlSeconds ?? defaultTtl,
        maxLeaseTtlSeconds: args.maxTtlSeconds ?? defaultMaxTtl,
        connectionUri: checked("RabbitMqSecrets", name, rabbitmq.managementUrl, managementUrlProblem),
        username: rabbitmq.username,
        passwordWo: pulumi.secret(password),
        passwordWoVersion: rabbitmq.passwordVersion ?? 1,
        verifyConnection: true,
        usernameTemplate: `{{ printf "v-%s-%s-%s" (.DisplayName | truncate 40) (.RoleName | truncate 40) (random 20) }}`,
        // The made-up user's name is no secret, and with it the trail joins a lease to the broker's own log.
        auditNonHmacResponseKeys: ["username"],
      },
      { parent: this },
    );
    const inMount = limitEngine(name, args, mount, this);
    const roles = args.roles.map(
      (role) =>
        new vault.rabbitmq.SecretBackendRole(
          `${name}-${role.name}`,
          { backend: mountPath, name: role.name, vhosts: role.permissions.map(vhost) },
          { ...inMount, dependsOn: mount },
        ),
    );

    const accesses = accessOf(mountPath, args);
    this.mountPath = mount.urn.apply(() => mountPath);
    this.credentialPaths = credentialPathsOf(roles, accesses);
    this.policyNames = letConsumersIn(name, mountPath, args, accesses, this);
    this.registerOutputs({
      mountPath: this.mountPath,
      credentialPaths: this.credentialPaths,
      policyNames: this.policyNames,
    });
  }
}

const vhost = ({ vhost: host, configure, write, read }: RabbitMqPermission) => ({
  host,
  configure: pattern(configure),
  write: pattern(write),
  read: pattern(read),
});

/** RabbitMQ looks for the pattern anywhere in a name, so it is held at both ends. */
function pattern(names: readonly string[] = []): string {
  const escaped = names.map((name) => name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*$/, ".*"));
  return escaped.length === 0 ? "^$" : `^(${escaped.join("|")})$`;
}

const accessOf = (mountPath: string, args: RabbitMqSecretsArgs): CredentialAccess[] =>
  args.roles.map(({ name }) => ({
    role: name,
    path: `${mountPath}/creds/${name}`,
    capability: "read",
    leased: true,
  }));

function rabbitMqProblem(name: string, args: RabbitMqSecretsArgs): Problem {
  const { defaultTtlSeconds = defaultTtl, maxTtlSeconds = defaultMaxTtl } = args;
  return (
    engineProblem(
      name,
      args,
      args.roles.map((role) => role.name),
    ) ??
    serverProblem(args.rabbitmq) ??
    secondsProblem("maxTtlSeconds", maxTtlSeconds, 1, longestTtl, "Let a longer program ask again.") ??
    secondsProblem(
      "defaultTtlSeconds",
      defaultTtlSeconds,
      1,
      maxTtlSeconds,
      "A lease ends with maxTtlSeconds.",
    ) ??
    rolesProblem(args.roles)
  );
}

function serverProblem({ managementUrl, username, password, passwordVersion = 1 }: RabbitMqServer): Problem {
  if (username.trim() === "") return "rabbitmq.username must name a user, got none.";
  if (username === "guest")
    return 'rabbitmq.username must be a user that only Vault uses, got "guest", whose password everybody knows.';
  if (typeof password === "string")
    return "rabbitmq.password must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty.";
  if (!Number.isInteger(passwordVersion) || passwordVersion < 1)
    return `rabbitmq.passwordVersion must be a whole number from 1 up, got ${passwordVersion}.`;
  return plainProblem(managementUrl, managementUrlProblem);
}

function managementUrlProblem(url: string): Problem {
  const [, scheme, host = ""] =
    /^(https?):\/\/(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?\/?$/i.exec(url) ?? [];
  if (scheme === undefined)
    return "rabbitmq.managementUrl must be https:// and a host, with a port and without user, password and path. The user goes into username.";
  return scheme === "https" || isLoopback(host.replace(/[[\]]/g, ""))
    ? undefined
    : `rabbitmq.managementUrl must be https:// for ${shown(host)}. Without TLS the passwords cross the network in the clear.`;
}

function rolesProblem(roles: readonly RabbitMqRole[]): Problem {
  return namedRolesProblem("roles", roles, (role, where) => {
    if (role.permissions.length === 0)
      return `${where}.permissions must have at least one virtual host. Without one the user can do nothing.`;
    return firstProblem(role.permissions, (permission, at) =>
      permissionProblem(`${where}.permissions[${at}]`, permission, role.permissions.slice(0, at)),
    );
  });
}

function permissionProblem(
  where: string,
  permission: RabbitMqPermission,
  before: readonly RabbitMqPermission[],
): Problem {
  const { vhost: host, configure = [], write = [], read = [] } = permission;
  if (!/^[^*\s]+$/.test(host)) return `${where}.vhost must be one virtual host, got ${shown(host)}.`;
  if (before.some((other) => other.vhost === host))
    return `${where}.vhost must be used once, got ${shown(host)} again.`;
  if (configure.length + write.length + read.length === 0)
    return `${where} must name at least one queue or exchange in configure, write or read.`;
  return firstProblem(Object.entries({ configure, write, read }), ([right, names]) =>
    firstProblem(names, (name, at) =>
      /^[^*\s]*[^*\s.][^*\s]*\*?$/.test(name)
        ? undefined
        : `${where}.${right}[${at}] must be one name, or the beginning of names with * at its end, got ${shown(name)}.`,
    ),
  );
}
