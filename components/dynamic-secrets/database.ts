import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { checked, firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import { engineProblem, letConsumersIn, mountEngine, type SecretsEngineArgs } from "./engine";
import { connectionUrl, hostProblem, postgresqlProblem, type PostgresqlServer } from "./postgresql";
import { statementsProblem } from "./statements";

/** A kind of database user that Vault makes for each lease. */
export interface DatabaseRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/creds/<name>`. */
  name: string;
  /**
   * SQL that makes the user: `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';` and
   * the grants. Vault fills in the braces for each lease.
   */
  creationStatements: string[];
  /** SQL that removes the user, `"{{name}}"`, and what it holds. End its open sessions here as well. */
  revocationStatements: string[];
  /** How long a lease lives unless it is renewed, in seconds. Default: 300. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a lease lives however often it is renewed, in seconds. Default: 900, which is also the most. */
  maxTtlSeconds?: number | undefined;
}

export interface DatabaseSecretsArgs extends SecretsEngineArgs {
  /** The PostgreSQL server. */
  postgresql: PostgresqlServer;
  /** What users Vault can make. At least one. */
  roles: DatabaseRole[];
}

/** Short enough that a leaked credential is worth little, long enough for a job's step. */
const defaultTtl = 300;
const longestTtl = 900;
/** One mount has one connection, named after its database engine. */
const connectionName = "postgresql";

/**
 * Vault's database engine for PostgreSQL: each job gets a user of its own that ends with its lease, after five minutes
 * unless it is renewed and after fifteen at the latest. Works with OpenBao as well.
 *
 * The password that Vault starts with is replaced right after the connection is made, by one that nobody has seen.
 *
 * @example
 * ```typescript
 * const orders = new DatabaseSecrets("orders", {
 *   metadata,
 *   postgresql: { host: "db.example.com", database: "orders", username: "vault", bootstrapPassword },
 *   roles: [
 *     {
 *       name: "read",
 *       creationStatements: [
 *         `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
 *         `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
 *       ],
 *       revocationStatements: [
 *         `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{{name}}";`,
 *         `DROP ROLE IF EXISTS "{{name}}";`,
 *       ],
 *     },
 *   ],
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
    const { bootstrapPassword, ...postgresql } = args.postgresql;
    const { bootstrapVersion = 1 } = postgresql;
    super("nhi:index:DatabaseSecrets", name, { ...args, postgresql }, opts);

    const { mountPath, mount, inMount } = mountEngine(
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
    const connection = new vault.database.SecretBackendConnection(
      name,
      {
        backend: mountPath,
        name: connectionName,
        allowedRoles: args.roles.map((role) => role.name),
        verifyConnection: true,
        postgresql: {
          connectionUrl: connectionUrl({
            ...postgresql,
            host: checked("DatabaseSecrets", name, postgresql.host, (host) => hostProblem(host, postgresql)),
          }),
          username: postgresql.username,
          // Without this, PostgreSQL gets each password in plain text inside a statement, and may log it.
          passwordAuthentication: "scram-sha-256",
          ...(postgresql.tlsCa === undefined ? {} : { tlsCa: postgresql.tlsCa }),
          ...(bootstrapPassword === undefined ? {} : { passwordWo: pulumi.secret(bootstrapPassword) }),
          // The provider sends the password when this number changes and at no other time. A later update of the
          // connection leaves the rotated one alone, whether or not bootstrapPassword is still given.
          passwordWoVersion: bootstrapVersion,
        },
      },
      { ...inMount, dependsOn: mount, additionalSecretOutputs: ["postgresql"] },
    );
    const rotation = new vault.generic.Endpoint(
      `${name}-rotate-root`,
      {
        path: `${mountPath}/rotate-root/${connectionName}`,
        // Vault ignores the number. When it changes, the provider writes again, and that rotates again.
        dataJson: JSON.stringify({ bootstrap_version: bootstrapVersion }),
        disableRead: true,
        disableDelete: true,
      },
      { ...inMount, dependsOn: connection },
    );
    // Nobody gets a credential from a connection whose password somebody knows.
    const roles = args.roles.map((role) =>
      databaseRole(name, mountPath, role, { ...inMount, dependsOn: rotation }),
    );

    this.mountPath = mount.urn.apply(() => mountPath);
    this.credentialPaths = pulumi
      .all(roles.map(({ urn }) => urn))
      .apply(() => Object.fromEntries(accessOf(mountPath, args).map(({ role, path }) => [role, path])));
    this.policyNames = letConsumersIn(name, mountPath, args, accessOf(mountPath, args), this);
    this.registerOutputs({
      mountPath: this.mountPath,
      credentialPaths: this.credentialPaths,
      policyNames: this.policyNames,
    });
  }
}

function databaseRole(
  name: string,
  mountPath: string,
  role: DatabaseRole,
  opts: pulumi.CustomResourceOptions,
): vault.database.SecretBackendRole {
  return new vault.database.SecretBackendRole(
    `${name}-${role.name}`,
    {
      backend: mountPath,
      name: role.name,
      dbName: connectionName,
      creationStatements: role.creationStatements,
      revocationStatements: role.revocationStatements,
      defaultTtl: role.defaultTtlSeconds ?? defaultTtl,
      maxTtl: role.maxTtlSeconds ?? longestTtl,
    },
    opts,
  );
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
    postgresqlProblem(args.postgresql) ??
    plainProblem(args.postgresql.host, (host) => hostProblem(host, args.postgresql)) ??
    rolesProblem(args.roles)
  );
}

function rolesProblem(roles: readonly DatabaseRole[]): Problem {
  if (roles.length === 0)
    return "roles must have at least one role. Without one nobody can get a credential.";
  return firstProblem(roles, (role, index) => {
    const where = `roles[${index}]`;
    const { defaultTtlSeconds = defaultTtl, maxTtlSeconds = longestTtl } = role;
    if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(role.name))
      return `${where}.name must be lower-case letters, digits, _ or -, got ${shown(role.name)}.`;
    if (roles.findIndex((other) => other.name === role.name) !== index)
      return `${where}.name must be used once, got ${shown(role.name)} again.`;
    return (
      statementsProblem(where, role.creationStatements, role.revocationStatements) ??
      secondsProblem(`${where}.maxTtlSeconds`, maxTtlSeconds, 1, longestTtl, "Let a longer job ask again.") ??
      secondsProblem(
        `${where}.defaultTtlSeconds`,
        defaultTtlSeconds,
        1,
        maxTtlSeconds,
        "A lease ends with maxTtlSeconds.",
      )
    );
  });
}
