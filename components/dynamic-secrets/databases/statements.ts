import { firstProblem, type Problem } from "../../refusal";
import type { DatabaseRole } from "./role";

/*
 * Checks of a role's own SQL. Messages never show the SQL: what is wrong with it may be a password.
 *
 * Vault fills in `{{name}}` (also as `{{username}}`), `{{password}}` and `{{expiration}}`, written exactly so.
 */

export function postgresqlStatementsProblem(
  where: string,
  { creationStatements = [], revocationStatements = [], renewStatements }: DatabaseRole,
): Problem {
  return (
    creationProblem(`${where}.creationStatements`, creationStatements) ??
    revocationProblem(
      `${where}.revocationStatements`,
      revocationStatements,
      `DROP ROLE IF EXISTS "{{name}}";`,
    ) ??
    (renewStatements && renewalProblem(`${where}.renewStatements`, renewStatements))
  );
}

const name = /\{\{(name|username)\}\}/;
const ownPassword = /\bpassword\s*'\{\{password\}\}'/i;
/** A string constant after PASSWORD in any of PostgreSQL's notations: '…', E'…', U&'…', $$…$$. */
const fixedPassword = /\bpassword(?!\s*'\{\{password\}\}')\s*(?:e?'|u&'|\$)/i;
const ownEnd = /\bvalid\s+until\s*'\{\{expiration\}\}'/i;
const fixedEnd = /\bvalid\s+until(?!\s*'\{\{expiration\}\}')/i;

function fixedProblem(argument: string, sql: string): Problem {
  if (fixedPassword.test(sql))
    return `${argument} must not set a password of its own. Write PASSWORD '{{password}}', which Vault makes for each lease.`;
  return fixedEnd.test(sql)
    ? `${argument} must not set an end of its own. Write VALID UNTIL '{{expiration}}', the end of the lease.`
    : undefined;
}

function creationProblem(argument: string, statements: readonly string[]): Problem {
  const sql = statements.join("\n");
  return (
    fixedProblem(argument, sql) ??
    firstProblem(
      [
        [name, `"{{name}}"`, "the user that Vault makes up for each lease"],
        [ownPassword, "PASSWORD '{{password}}'", "which Vault makes for each lease"],
        [
          ownEnd,
          "VALID UNTIL '{{expiration}}'",
          "so that PostgreSQL ends the user even when Vault can't reach it",
        ],
      ] as const,
      ([pattern, text, why]) => (pattern.test(sql) ? undefined : `${argument} must have ${text}, ${why}.`),
    )
  );
}

/** Without an end that moves along, the user ends although its lease goes on. */
function renewalProblem(argument: string, statements: readonly string[]): Problem {
  const sql = statements.join("\n");
  return (
    fixedProblem(argument, sql) ??
    (name.test(sql) && ownEnd.test(sql)
      ? undefined
      : `${argument} must move the end of the user: ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'; Leave it out for just that.`)
  );
}

function revocationProblem(argument: string, statements: readonly string[], example: string): Problem {
  return name.test(statements.join("\n"))
    ? undefined
    : `${argument} must remove "{{name}}", for example: ${example} A lease that ends without it leaves the user behind.`;
}

/** `IDENTIFIED BY '…'`, `IDENTIFIED WITH plugin AS '…'` and `BY PASSWORD '…'`, with anything but Vault's password. */
const fixedMysqlPassword =
  /\bidentified\s+(?:(?:by|via|with)\s+)(?:\S+\s+(?:by|as|using)\s+)?(?:password\s*\(?\s*)?(?!['"]\{\{password\}\}['"])['"]/i;
const ownMysqlPassword = /\bidentified\s+by\s+'\{\{password\}\}'/i;

export function mysqlStatementsProblem(
  where: string,
  creation: readonly string[],
  revocation: readonly string[],
): Problem {
  const argument = `${where}.creationStatements`;
  const sql = creation.join("\n");
  if (fixedMysqlPassword.test(sql))
    return `${argument} must not set a password of its own. Write IDENTIFIED BY '{{password}}', which Vault makes for each lease.`;
  if (!name.test(sql))
    return `${argument} must have '{{name}}'@'%', the user that Vault makes up for each lease.`;
  if (!ownMysqlPassword.test(sql))
    return `${argument} must have IDENTIFIED BY '{{password}}', which Vault makes for each lease.`;
  return revocationProblem(
    `${where}.revocationStatements`,
    revocation,
    `DROP USER IF EXISTS '{{name}}'@'%';`,
  );
}

const fixedSqlServerPassword = /\bpassword\s*=(?!\s*n?'\{\{password\}\}')/i;
const ownSqlServerPassword = /\bpassword\s*=\s*n?'\{\{password\}\}'/i;

/** Without revocation statements Vault disables the login, ends its sessions, and drops it with its users. */
export function sqlServerStatementsProblem(
  where: string,
  creation: readonly string[],
  revocation: readonly string[],
): Problem {
  const argument = `${where}.creationStatements`;
  const sql = creation.join("\n");
  if (fixedSqlServerPassword.test(sql))
    return `${argument} must not set a password of its own. Write PASSWORD = '{{password}}', which Vault makes for each lease.`;
  if (!name.test(sql))
    return `${argument} must have [{{name}}], the login that Vault makes up for each lease.`;
  if (!ownSqlServerPassword.test(sql))
    return `${argument} must have PASSWORD = '{{password}}', which Vault makes for each lease.`;
  return revocation.length === 0
    ? undefined
    : revocationProblem(`${where}.revocationStatements`, revocation, "DROP LOGIN [{{name}}];");
}

/** What a text is in JSON, or nothing when it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
