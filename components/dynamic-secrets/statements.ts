import { firstProblem, type Problem } from "../refusal";

/**
 * Checks the SQL of a role. Messages never show the SQL: what is wrong with it may be a password.
 *
 * Vault fills in `{{name}}` (also as `{{username}}`), `{{password}}` and `{{expiration}}`, written exactly so.
 */
export function statementsProblem(
  where: string,
  creation: readonly string[],
  revocation: readonly string[],
): Problem {
  return (
    creationProblem(`${where}.creationStatements`, creation) ??
    revocationProblem(`${where}.revocationStatements`, revocation)
  );
}

const name = /\{\{(name|username)\}\}/;
const ownPassword = /\bpassword\s*'\{\{password\}\}'/i;
/** A string constant after PASSWORD in any of PostgreSQL's notations: '…', E'…', U&'…', $$…$$. */
const fixedPassword = /\bpassword(?!\s*'\{\{password\}\}')\s*(?:e?'|u&'|\$)/i;
const ownEnd = /\bvalid\s+until\s*'\{\{expiration\}\}'/i;
const fixedEnd = /\bvalid\s+until(?!\s*'\{\{expiration\}\}')/i;

function creationProblem(argument: string, statements: readonly string[]): Problem {
  const sql = statements.join("\n");
  if (fixedPassword.test(sql))
    return `${argument} must not set a password of its own. Write PASSWORD '{{password}}', which Vault makes for each lease.`;
  if (fixedEnd.test(sql))
    return `${argument} must not set an end of its own. Write VALID UNTIL '{{expiration}}', the end of the lease.`;
  return firstProblem(
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
  );
}

function revocationProblem(argument: string, statements: readonly string[]): Problem {
  return name.test(statements.join("\n"))
    ? undefined
    : `${argument} must remove "{{name}}", for example: DROP ROLE IF EXISTS "{{name}}"; ` +
        "A lease that ends without it leaves the user behind.";
}
