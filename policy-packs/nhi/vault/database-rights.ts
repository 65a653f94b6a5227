import type { Value } from "../value";
import { unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { statementsIn } from "./statements";

/** Words that make the user of a lease as good as the database's owner, and what they do. */
const rights: [pattern: RegExp, says: string][] = [
  [/(?<!\bno)\bsuperuser\b(?!\s{0,9}[=:]\s{0,9}false)/i, "make a superuser"],
  [/\b(createrole|createuser)\b/i, "make a user that may make others"],
  [/\bbypassrls\b/i, "make a user for whom no row is hidden"],
  [/\b(rds_superuser|cloudsqlsuperuser|azure_pg_admin)\b/i, "make a superuser, as the cloud calls it"],
  [
    /\bpg_(execute_server_program|write_server_files|read_server_files)\b/i,
    "let the user at the server's files",
  ],
  [/\bwith\s{1,9}(admin|grant)\s{1,9}option\b/i, "let the user give its rights to others"],
  [/\bgrant\s{1,9}all\b[^;]{0,99}\bon\s{1,9}\*\.\*/i, "give everything in every database"],
  [/\bgrant\s{1,9}all\b[^;]{0,99}\bon\s{1,9}all\s{1,9}keyspaces\b/i, "give everything in every keyspace"],
  [/\bgrant\s{1,9}all\s{1,9}privileges\s{1,9}to\b/i, "give everything in every schema"],
  [/\b(sysadmin|securityadmin|db_owner|db_securityadmin)\b/i, "make an administrator or an owner"],
  [/\bgrant\s{1,9}(dba|sysdba|imp_full_database)\b/i, "make an administrator"],
  [/\b(accountadmin|securityadmin|orgadmin)\b/i, "make an administrator of the account"],
  [
    /["'](root|__system|dbOwner|dbAdminAnyDatabase|userAdmin|userAdminAnyDatabase|readWriteAnyDatabase|clusterAdmin|atlasAdmin)["']/,
    "have a role that is as good as the owner",
  ],
  [/\+@all\b/i, "allow every command"],
];

/** PostgreSQL's and MySQL's own way to say everything, of something that is named. */
const everything = /\bgrant\s{1,9}all\b/i;

/** What the statements that make a user give to it. */
export function statementRights(property: string, value: Value | undefined): Finding[] {
  const statements = statementsIn(value);
  if (statements === unknown) return [undetermined(property, "is not known yet")];
  if (statements === undefined) return [];
  const found = rights.filter(([pattern]) => pattern.test(statements)).map(([, says]) => says);
  if (found.length > 0) return [...new Set(found)].map((says) => fail(property, says));
  const says = "give everything on what they name, also what the task has no use for";
  return everything.test(statements)
    ? [advise(property, says, "Name the rights: SELECT, INSERT and so on.")]
    : [];
}

/** Groups of a directory whose members rule it. */
const rulers = /\bcn=\s{0,9}(domain|enterprise|schema)\s{1,9}admins\b|\bcn=\s{0,9}administrators\b/i;

export function ldapRights(property: string, value: Value | undefined): Finding[] {
  const ldif = statementsIn(value);
  if (ldif === unknown) return [undetermined(property, "is not known yet")];
  return ldif !== undefined && rulers.test(ldif)
    ? [fail(property, "makes an administrator of the directory")]
    : [];
}
