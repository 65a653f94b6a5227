import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { checked, refuse, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import {
  connectionOf,
  connectionsOf,
  connectionsProblem,
  withoutPasswords,
  roleConnectionsProblem,
  type DatabaseConnection,
  type NamedConnection,
} from "./databases/connections";
import { defaultTtl, longestTtl, rolesProblem, type DatabaseRole } from "./databases/role";
import {
  engineProblem,
  credentialPathsOf,
  letConsumersIn,
  mountEngine,
  type SecretsEngine,
  type SecretsEngineArgs,
} from "./engine";

export interface DatabaseSecretsArgs extends SecretsEngineArgs, DatabaseConnection {
  /** Further servers, by the name that roles call them by. Default: none. */
  connections?: Record<string, DatabaseConnection> | undefined;
  /** What users Vault can make. At least one. */
  roles: DatabaseRole[];
}

/**
 * Vault's database engine: each job gets a user of its own that ends with its lease, after five minutes unless it is
 * renewed and after fifteen at the latest. For PostgreSQL, MySQL, MariaDB, SQL Server, MongoDB and Redis; with
 * OpenBao for the first three.
 *
 * The password that Vault starts with is replaced right after the connection is made, by one that nobody has seen.
 *
 * @example
 * ```typescript
 * const orders = new DatabaseSecrets("orders", {
 *   metadata,
 *   postgresql: { host: "db.example.com", database: "orders", username: "vault", bootstrapPassword },
 *   roles: [{ name: "read", access: DatabaseAccess.ReadOnly }],
 * });
 * ```
 */
export class DatabaseSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each role the path that a job reads a credential from. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token read credentials, and renew and revoke the leases. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: DatabaseSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("DatabaseSecrets", name, databaseSecretsProblem(name, args));
    super("nhi:index:DatabaseSecrets", name, withoutPasswords(args), opts);

    const engine = mountEngine(
      name,
      args,
      {
        type: "database",
        // The mount's limits also hold for roles that somebody adds by hand.
        defaultLeaseTtlSeconds: defaultTtl,
        maxLeaseTtlSeconds: longestTtl,
        // The made-up user's name is no secret, and with it the trail joins a lease to the database's own log.
        auditNonHmacResponseKeys: ["username"],
      },
      this,
    );
    const { mountPath, mount, inMount } = engine;
    const connections = connectionsOf(args);
    const ready = new Map(
      connections.map((connection) => {
        const uses = args.roles.filter((role) => connectionOf(connections, role) === connection);
        const allowedRoles = uses.map((role) => role.name);
        return [connection.name, connect(name, engine, connection, allowedRoles)] as const;
      }),
    );
    const roles = args.roles.map((role) => {
      const connection = connectionOf(connections, role);
      const dependsOn = ready.get(connection?.name ?? "") ?? [];
      const { creationStatements, ...others } = connection?.engine.statements(role) ?? {};
      return new vault.database.SecretBackendRole(
        `${name}-${role.name}`,
        {
          backend: mountPath,
          name: role.name,
          dbName: connection?.name ?? "",
          creationStatements: creationStatements ?? [],
          ...others,
          defaultTtl: role.defaultTtlSeconds ?? defaultTtl,
          maxTtl: role.maxTtlSeconds ?? longestTtl,
        },
        // Nobody gets a credential from a connection whose password somebody knows.
        { ...inMount, dependsOn },
      );
    });

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

/** Makes a connection and replaces its password. Gives what the roles wait for. */
function connect(
  name: string,
  { mountPath, mount, inMount }: SecretsEngine,
  connection: NamedConnection,
  allowedRoles: string[],
): pulumi.Resource {
  const { engine, server, where } = connection;
  // The one in the arguments themselves has the component's name.
  const childName = where.startsWith("connections.") ? `${name}-${connection.name}` : name;
  const { made, settle } = engine.connect(
    childName,
    server,
    {
      mountPath,
      name: connection.name,
      host: checked("DatabaseSecrets", name, server.host, (host) => engine.hostProblem(where, host, server)),
      allowedRoles,
    },
    { ...inMount, dependsOn: mount },
  );
  const { bootstrapVersion = 1, rootRotation = {} } = server;
  const rotation = new vault.generic.Endpoint(
    `${childName}-rotate-root`,
    {
      path: `${mountPath}/rotate-root/${connection.name}`,
      // Vault ignores what is in it. When it changes, the provider writes again, and that rotates again.
      dataJson: JSON.stringify({
        bootstrap_version: bootstrapVersion,
        ...(rootRotation.on !== undefined && { on: rootRotation.on }),
      }),
      disableRead: true,
      disableDelete: true,
    },
    { ...inMount, dependsOn: made },
  );
  return settle?.(rotation) ?? rotation;
}

const accessOf = (mountPath: string, args: DatabaseSecretsArgs): CredentialAccess[] =>
  args.roles.map(({ name }) => ({
    role: name,
    path: `${mountPath}/creds/${name}`,
    capability: "read",
    leased: true,
  }));

function databaseSecretsProblem(name: string, args: DatabaseSecretsArgs): Problem {
  return (
    engineProblem(
      name,
      args,
      args.roles.map((role) => role.name),
    ) ??
    connectionsProblem(args) ??
    rolesProblem(args.roles) ??
    roleConnectionsProblem(args, args.roles)
  );
}
