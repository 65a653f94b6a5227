import { secondsProblem, shown, type Problem } from "../../refusal";
import { namedRolesProblem } from "../roles";

/** What the users of a role may do, without statements of one's own. */
export const DatabaseAccess = {
  /** Reads every table of the schema. */
  ReadOnly: "read-only",
  /** Reads, adds, changes and removes rows in every table of the schema. */
  ReadWrite: "read-write",
  /** Makes, changes and removes tables of the schema as well. What it makes stays when the user is gone. */
  MigrationOwner: "migration-owner",
} as const;
export type DatabaseAccess = (typeof DatabaseAccess)[keyof typeof DatabaseAccess];

/** What Vault runs in the database for each lease. It fills in the braces. */
export interface DatabaseStatements {
  creationStatements: string[];
  revocationStatements?: string[];
  renewStatements?: string[];
  rollbackStatements?: string[];
}

/** A kind of database user that Vault makes for each lease: with `access`, or with `creationStatements` of its own. */
export interface DatabaseRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/creds/<name>`. */
  name: string;
  /** The connection, by its name in `connections`. Default: the only one that there is. */
  connection?: string | undefined;
  /** What the user may do, in `schema`. */
  access?: DatabaseAccess;
  /**
   * Where it may do so: the schema (PostgreSQL, SQL Server), the database (MySQL, MariaDB, MongoDB), what keys begin with
   * (Redis: `orders` for `orders:*`). Default: `public` for PostgreSQL, `dbo` for SQL Server. Required elsewhere.
   */
  schema?: string | undefined;
  /**
   * PostgreSQL's role that owns the tables, for `access` migration-owner: the user acts as it, so that what it makes stays.
   * Vault's user must be a member of it WITH ADMIN OPTION.
   */
  ownerRole?: string | undefined;
  /**
   * What makes the user, in the database's language, with `{{name}}`, `{{password}}` and, in PostgreSQL, `{{expiration}}`:
   * `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';` and the grants. Vault fills in the
   * braces for each lease. For MongoDB the roles as JSON, for Redis the list of ACL rules as JSON.
   */
  creationStatements?: string[] | undefined;
  /**
   * What removes the user, `{{name}}`, and what it holds. End its open sessions here as well. Not for Redis, where Vault
   * always removes the user; for SQL Server and MongoDB what Vault does by itself is enough.
   */
  revocationStatements?: string[] | undefined;
  /**
   * What runs when a lease is renewed, in PostgreSQL: Vault's plugins for the others run nothing then. Default: moves the
   * user's VALID UNTIL.
   */
  renewStatements?: string[] | undefined;
  /**
   * What is to run when making the user fails halfway. Vault 1.21 keeps it and none of its plugins for these databases runs
   * it: PostgreSQL and SQL Server make a user whole or not at all, MongoDB and Redis in one step. In MySQL and MariaDB a
   * user whose grants fail stays, with a password that nobody has.
   */
  rollbackStatements?: string[] | undefined;
  /** How long a lease lives unless it is renewed, in seconds. Default: 300. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a lease lives however often it is renewed, in seconds. Default: 900, which is also the most. */
  maxTtlSeconds?: number | undefined;
}

/** Short enough that a leaked credential is worth little, long enough for a job's step. */
export const defaultTtl = 300;
export const longestTtl = 900;

/** What a role says in its own statements, where it has no preset. */
export function ownStatements(role: DatabaseRole): DatabaseStatements {
  const { creationStatements = [], revocationStatements, renewStatements, rollbackStatements } = role;
  return {
    creationStatements,
    ...(revocationStatements && { revocationStatements }),
    ...(renewStatements && { renewStatements }),
    ...(rollbackStatements && { rollbackStatements }),
  };
}

/** What holds for the roles of every database. */
export function rolesProblem(roles: readonly DatabaseRole[]): Problem {
  return namedRolesProblem("roles", roles, (role, where) => {
    const { defaultTtlSeconds = defaultTtl, maxTtlSeconds = longestTtl } = role;
    return (
      presetProblem(where, role) ??
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

const statementKeys = [
  "creationStatements",
  "revocationStatements",
  "renewStatements",
  "rollbackStatements",
] as const;

function presetProblem(where: string, role: DatabaseRole): Problem {
  const known: string[] = Object.values(DatabaseAccess);
  if (role.access === undefined) {
    const unused = (["schema", "ownerRole"] as const).find((key) => role[key] !== undefined);
    return unused === undefined
      ? undefined
      : `${where}.${unused} must be given with access only. Statements of one's own name what they are about.`;
  }
  if (!known.includes(role.access))
    return `${where}.access must be one of ${known.join(", ")}, got ${shown(role.access)}.`;
  const both = statementKeys.find((key) => role[key] !== undefined);
  return both === undefined
    ? undefined
    : `${where}.${both} must not be given with access, which has statements of its own. Drop one of them.`;
}

/** The name of a schema, in the few characters that need no care in any of the languages. */
export const nameProblem = (argument: string, name: string, what: string): Problem =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? undefined
    : `${argument} must be ${what}: letters, digits and _, got ${shown(name)}.`;

/** For the presets of databases other than PostgreSQL. */
export const noOwnerProblem = (where: string, { ownerRole }: DatabaseRole): Problem =>
  ownerRole === undefined
    ? undefined
    : `${where}.ownerRole must be left out, got ${shown(ownerRole)}. Only PostgreSQL's tables have an owner.`;
