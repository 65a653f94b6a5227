import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine } from "../identity";
import { checked, firstProblem, plainProblem, refuse, shown, type Problem } from "../refusal";
import { isLoopback, rotationProblem, type RootRotation } from "./databases/server";
import {
  engineProblem,
  credentialPathsOf,
  letConsumersIn,
  limitEngine,
  mountPathOf,
  type SecretsEngineArgs,
} from "./engine";
import {
  creationLdif,
  defaultMaxTtl,
  defaultTtl,
  deletionLdif,
  isDn,
  longestTtl,
  roleAccess,
  rolesProblem,
  setAccess,
  setsProblem,
  type LdapLibrarySet,
  type LdapRole,
} from "./ldap-accounts";
import { pathNameProblem } from "./roles";

/** How a directory keeps passwords. */
export const LdapSchema = {
  /** OpenLDAP and its like: `userPassword`. */
  OpenLdap: "openldap",
  /** Active Directory: `unicodePwd`, over TLS only. */
  ActiveDirectory: "ad",
} as const;
export type LdapSchema = (typeof LdapSchema)[keyof typeof LdapSchema];

/** The directory, and the account that Vault makes other accounts with. */
export interface LdapServer {
  /** The directory as Vault reaches it: `ldaps://ldap.example.com`, or `ldap://` with `startTls`. */
  url: pulumi.Input<string>;
  /** Begins TLS on a connection of `ldap://`. Default: false. */
  startTls?: boolean | undefined;
  /** The authority that signed the directory's certificate, as PEM. Default: those that Vault's machine trusts. */
  tlsCa?: pulumi.Input<string> | undefined;
  /** The whole name (DN) of an account that only Vault uses: its password is changed at once. */
  bindDn: string;
  /**
   * The account's password before Vault changes it, as a secret. The provider asks for it at every `up` and sends it when
   * `bootstrapVersion` changes: after the first `up` it opens nothing. Nobody learns the changed one.
   */
  bootstrapPassword: pulumi.Input<string>;
  /** Raise it, with a new `bootstrapPassword`, when the account's password was set by hand. Default: 1. */
  bootstrapVersion?: number | undefined;
  /** When the password is changed again. Default: once, right after the connection is made. */
  rootRotation?: RootRotation | undefined;
  /** Below which entry the accounts are. */
  userDn: string;
  /** The attribute that accounts are looked up by. Default: `cn`, and with the schema `ad` `userPrincipalName`. */
  userAttribute?: string | undefined;
  /** How the directory keeps passwords. Default: `openldap`. */
  schema?: LdapSchema;
}

export interface LdapSecretsArgs extends SecretsEngineArgs {
  /** The directory. */
  ldap: LdapServer;
  /** What accounts Vault can make. Default: none. */
  roles?: LdapRole[] | undefined;
  /** Which accounts can be checked out. Default: none. At least one role or set. */
  librarySets?: LdapLibrarySet[] | undefined;
}

/**
 * Vault's engine for directories: each job gets an account of its own, which is gone with its lease; or checks an account
 * out whose password is changed when it comes back. The password that Vault starts with is replaced at once, by one that
 * nobody has seen. OpenBao has the engine too; it was not tried there.
 *
 * @example
 * ```typescript
 * new LdapSecrets("directory", {
 *   metadata,
 *   ldap: {
 *     url: "ldaps://ldap.example.com",
 *     bindDn: "cn=vault,dc=example,dc=com",
 *     bootstrapPassword,
 *     userDn: "ou=machines,dc=example,dc=com",
 *   },
 *   roles: [{ name: "reports", groups: ["cn=readers,ou=groups,dc=example,dc=com"] }],
 *   librarySets: [{ name: "legacy", accounts: ["legacy-batch-1", "legacy-batch-2"] }],
 * });
 * ```
 */
export class LdapSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each role and set the path that a job gets a credential from. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role and set the policy that lets a token get credentials, and give them back. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: LdapSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("LdapSecrets", name, ldapProblem(name, args));
    const { bootstrapPassword, ...ldap } = args.ldap;
    super("nhi:index:LdapSecrets", name, { ...args, ldap }, opts);
    const { roles = [], librarySets = [] } = args;
    const { bootstrapVersion = 1, rootRotation = {} } = ldap;

    const mountPath = mountPathOf(name, args);
    const mount = new vault.ldap.SecretBackend(
      name,
      {
        path: mountPath,
        description: metadataLine(args.metadata),
        // The mount's limits also hold for roles that somebody adds by hand.
        defaultLeaseTtlSeconds: defaultTtl,
        maxLeaseTtlSeconds: longestTtl,
        url: checked("LdapSecrets", name, ldap.url, (url) => urlProblem(url, ldap)),
        starttls: ldap.startTls ?? false,
        insecureTls: false,
        ...(ldap.tlsCa === undefined ? {} : { certificate: ldap.tlsCa }),
        binddn: ldap.bindDn,
        bindpassWo: pulumi.secret(bootstrapPassword),
        // As for databases: the password is sent when this number changes, and the rotated one is left alone.
        bindpassWoVersion: bootstrapVersion,
        ...(rootRotation.periodSeconds !== undefined && { rotationPeriod: rootRotation.periodSeconds }),
        ...(rootRotation.schedule !== undefined && { rotationSchedule: rootRotation.schedule }),
        ...(rootRotation.windowSeconds !== undefined && { rotationWindow: rootRotation.windowSeconds }),
        schema: ldap.schema ?? LdapSchema.OpenLdap,
        userdn: ldap.userDn,
        ...(ldap.userAttribute === undefined ? {} : { userattr: ldap.userAttribute }),
        // An account's name is no secret, and with it the trail joins a lease to the directory's own log.
        auditNonHmacResponseKeys: ["username", "distinguished_names", "service_account_name"],
      },
      { parent: this },
    );
    const inMount = limitEngine(name, args, mount, this);
    const rotation = new vault.generic.Endpoint(
      `${name}-rotate-root`,
      {
        path: `${mountPath}/rotate-root`,
        // Vault ignores what is in it. When it changes, the provider writes again, and that rotates again.
        dataJson: JSON.stringify({
          bootstrap_version: bootstrapVersion,
          ...(rootRotation.on !== undefined && { on: rootRotation.on }),
        }),
        disableRead: true,
        disableDelete: true,
      },
      { ...inMount, dependsOn: mount },
    );
    // Nobody gets a credential from a connection whose password somebody knows.
    const ready = { ...inMount, dependsOn: rotation };
    const made = [
      ...roles.map((role) => dynamicRole(name, mountPath, ldap.userDn, role, ready)),
      ...librarySets.map((set) => librarySet(name, mountPath, set, ready)),
    ];

    const accesses = [
      ...roles.flatMap((role) => roleAccess(mountPath, role)),
      ...librarySets.flatMap((set) => setAccess(mountPath, set)),
    ];
    this.mountPath = mount.urn.apply(() => mountPath);
    this.credentialPaths = credentialPathsOf(
      made,
      accesses.filter(({ leased }) => leased),
    );
    this.policyNames = letConsumersIn(name, mountPath, args, accesses, this);
    this.registerOutputs({
      mountPath: this.mountPath,
      credentialPaths: this.credentialPaths,
      policyNames: this.policyNames,
    });
  }
}

function dynamicRole(
  name: string,
  mountPath: string,
  userDn: string,
  role: LdapRole,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const removal = deletionLdif(role, userDn);
  return new vault.ldap.SecretBackendDynamicRole(
    `${name}-${role.name}`,
    {
      mount: mountPath,
      roleName: role.name,
      creationLdif: creationLdif(role, userDn),
      deletionLdif: removal,
      // What was made before it failed goes again.
      rollbackLdif: removal,
      // Without the token's display name: what is in it could end a line of the LDIF. The audit log joins the two.
      usernameTemplate: `{{ printf "v-%s-%s" (.RoleName | truncate 40) (random 20 | lowercase) }}`,
      defaultTtl: role.defaultTtlSeconds ?? defaultTtl,
      maxTtl: role.maxTtlSeconds ?? defaultMaxTtl,
    },
    opts,
  );
}

function librarySet(
  name: string,
  mountPath: string,
  set: LdapLibrarySet,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new vault.ldap.SecretBackendLibrarySet(
    `${name}-${set.name}`,
    {
      mount: mountPath,
      name: set.name,
      serviceAccountNames: set.accounts,
      ttl: set.defaultTtlSeconds ?? defaultTtl,
      maxTtl: set.maxTtlSeconds ?? defaultMaxTtl,
      disableCheckInEnforcement: false,
    },
    opts,
  );
}

function ldapProblem(name: string, args: LdapSecretsArgs): Problem {
  const { roles = [], librarySets = [] } = args;
  const names = [...roles.map((role) => role.name), ...librarySets.map((set) => set.name)];
  if (names.length === 0)
    return "roles or librarySets must have at least one. Without one nobody can get a credential.";
  return (
    engineProblem(name, args, names) ??
    serverProblem(args.ldap) ??
    firstProblem(names, (given, index) => {
      const where = index < roles.length ? `roles[${index}]` : `librarySets[${index - roles.length}]`;
      return pathNameProblem(where, given, names.slice(0, index));
    }) ??
    rolesProblem(roles, args.ldap.schema === LdapSchema.ActiveDirectory) ??
    setsProblem(librarySets)
  );
}

function serverProblem(ldap: LdapServer): Problem {
  const { url, bindDn, bootstrapPassword, bootstrapVersion = 1, rootRotation = {}, userDn, schema } = ldap;
  const schemas: (string | undefined)[] = [undefined, ...Object.values(LdapSchema)];
  if (!isDn(bindDn))
    return `ldap.bindDn must be the whole name of an account (cn=vault,dc=example,dc=com), got ${shown(bindDn)}.`;
  if (!isDn(userDn))
    return `ldap.userDn must be the whole name of an entry (ou=machines,dc=example,dc=com), got ${shown(userDn)}.`;
  if (typeof bootstrapPassword === "string")
    return "ldap.bootstrapPassword must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty.";
  if (!Number.isInteger(bootstrapVersion) || bootstrapVersion < 1)
    return `ldap.bootstrapVersion must be a whole number from 1 up, got ${bootstrapVersion}.`;
  if (!schemas.includes(schema))
    return `ldap.schema must be one of ${Object.values(LdapSchema).join(", ")}, got ${shown(schema)}.`;
  return (
    rotationProblem("ldap.rootRotation", rootRotation) ??
    plainProblem(url, (given) => urlProblem(given, ldap))
  );
}

function urlProblem(url: string, { startTls = false }: Pick<LdapServer, "startTls">): Problem {
  const [, scheme, host = ""] =
    /^(ldaps?):\/\/(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?\/?$/i.exec(url) ?? [];
  if (scheme === undefined)
    return `ldap.url must be ldaps:// or ldap:// and one host, with or without a port, got ${shown(url)}.`;
  if (scheme === "ldaps" && startTls)
    return "ldap.startTls must be left out with ldaps://, which is TLS from the beginning.";
  return scheme === "ldaps" || startTls || isLoopback(host.replace(/[[\]]/g, ""))
    ? undefined
    : `ldap.url must be ldaps:// for ${shown(host)}, or startTls true. Without TLS the passwords cross the network in the clear.`;
}
