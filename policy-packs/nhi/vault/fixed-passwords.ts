import type { Resource } from "../rule";
import { fail, type Finding } from "../verdict";
import { statementsIn } from "./statements";

/** Where a password stands in each database's language, and it is not Vault's. */
const passwords = [
  // PostgreSQL's, SQL Server's, Snowflake's, Cassandra's and HANA's: PASSWORD '…', PASSWORD = '…'
  /\bpassword\s{0,9}=?\s{0,9}(?:e|n|u&)?(?:'(?!\{\{password\}\}')|"(?!\{\{password\}\}")|\$)/i,
  // MySQL's, MariaDB's and Oracle's.
  /\bidentified\s{1,9}by\s{1,9}(?!['"]?\{\{password\}\})\S/i,
  /\bidentified\s{1,9}(?:with|via)\s{1,9}\S{1,99}\s{1,9}(?:by|as|using)\s{1,9}(?!(?:password\s{0,9}\()?['"]?\{\{password\}\})\S/i,
  // MongoDB's.
  /"pwd"\s{0,9}:/,
  // Redis's rules: a password, the digest of one, or none at all.
  /(?:^|;\n)(?:>|#[0-9a-f]|nopass\b)/i,
];

/** A password that stands in the statements is the same for every lease, and goes on when the lease has ended. */
export function fixedPasswords(resource: Resource): Finding[] {
  return ["creationStatements", "renewStatements"].flatMap((property) => {
    const statements = statementsIn(resource.read(property));
    return typeof statements === "string" && passwords.some((password) => password.test(statements))
      ? [
          fail(
            property,
            "set a password that is the same for every lease",
            "Write {{password}}, which Vault makes for each lease.",
          ),
        ]
      : [];
  });
}
