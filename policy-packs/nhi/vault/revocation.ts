import { seconds } from "../duration";
import { forTypes } from "../judge";
import { isSet, tooLong } from "../lifetime";
import type { Judge, Resource } from "../rule";
import { unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { withEndpoint } from "./endpoint";
import { machineRoles, otherwise } from "./lifetimes";
import { nameOfLease, statementsIn } from "./statements";

/** What Vault can't call back, or leaves behind. */
export const vaultRevocations: Record<string, Judge> = withEndpoint({
  ...forTypes(machineRoles, batchTokens),
  "vault:tokenauth/authBackendRole:AuthBackendRole": (resource) => [
    ...batchTokens(resource),
    ...orphan("orphan")(resource),
  ],
  "vault:index/token:Token": orphan("noParent"),
  "vault:database/secretBackendRole:SecretBackendRole": (resource) => [
    ...users(resource),
    ...endsByItself(resource),
  ],
  "vault:kubernetes/secretBackendRole:SecretBackendRole": serviceAccount,
  "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": entries,
  "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig": revocationList,
  "vault:pkiSecret/secretBackendRole:SecretBackendRole": unlisted,
});

/** A batch token is nowhere written down, so nothing can end it before its time. */
function batchTokens(resource: Resource): Finding[] {
  const type = resource.read("tokenType");
  if (type !== "batch" && type !== "default-batch") return [];
  const bounds = ["tokenTtl", "tokenMaxTtl", "tokenExplicitMaxTtl"].map((name) =>
    seconds(resource.read(name)),
  );
  return tooLong(resource, "tokenTtl", bounds, {
    ceiling: "maxUnrevocableSeconds",
    otherwise,
    of: "a batch token, which can't be revoked",
  });
}

/** A token without a parent stays when the token that made it is revoked. */
function orphan(property: string): Judge {
  return (resource) => {
    const value = resource.read(property);
    if (value !== true && value !== "true") return [];
    const says = "makes tokens that stay when the one that made them is revoked";
    return [advise(property, says, "Leave it off, so that one revocation ends all that came of a login.")];
  };
}

/** Statements that end a user, in the words of PostgreSQL, MySQL, SQL Server, Oracle, Snowflake, HANA and Cassandra. */
const drops = /\bdrop\s{1,9}(role|user|login|group)\b/i;
const alters = /\balter\s{1,9}(role|user|login)\b/i;
const disables = /\b(nologin|disable|account\s{1,9}lock|disabled\s{0,9}=\s{0,9}true|deactivate)\b/i;
/** What they do can't be seen here: a procedure, or SQL that is put together. Ending a session is no such thing. */
const calls = /^\s{0,99}(call|exec|execute|select(?!\s{1,9}pg_terminate_backend\b)|do|begin|declare)\b/i;

function users(resource: Resource): Finding[] {
  const property = "revocationStatements";
  const statements = statementsIn(resource.read(property));
  if (statements === unknown)
    return [undetermined(property, "is not known yet, and has to remove the user that Vault made")];
  if (statements === undefined) {
    if (removesByItself(resource)) return [];
    const says =
      "is not set: what the engine does by itself fails where the user owns something or is signed in";
    return [advise(property, says, 'Write what ends its sessions, and DROP ROLE IF EXISTS "{{name}}".')];
  }
  // MongoDB names a database here, and always drops the user.
  if (statements.trimStart().startsWith("{")) return [];
  const all = statements.split(";");
  const ends = (text: string) => drops.test(text) || (alters.test(text) && disables.test(text));
  if (all.some((text) => ends(text) && nameOfLease.test(text))) return [];
  if (nameOfLease.test(statements) && all.some((text) => calls.test(text)))
    return [undetermined(property, "call what can't be seen here, which has to remove the user")];
  return all.some(ends)
    ? [fail(property, "end another user than the one that Vault made, which is {{name}}")]
    : [fail(property, "neither drop nor disable the user that Vault made, so that it outlives its lease")];
}

/**
 * Vault's plugins for MongoDB and Redis drop the user whatever is written, and the one for SQL Server disables the login,
 * ends its sessions and drops it. MongoDB's statements are an object, Redis's a list of ACL rules.
 */
function removesByItself(resource: Resource): boolean {
  const creation = statementsIn(resource.read("creationStatements"));
  return typeof creation === "string" && /^\s{0,99}[{~%&+-]|\bcreate\s{1,9}login\b/i.test(creation);
}

const createsUser = /\bcreate\s{1,9}(role|user)\b/i;
/** `PASSWORD '…'` without an equals sign is PostgreSQL's, Redshift's and HANA's, and they all know an end. */
const knowsEnd = /\bpassword\s{1,9}['"]\{\{password\}\}['"]/i;
const ownEnd = /\bvalid\s{1,9}until\s{1,9}'\{\{expiration\}\}'/i;

/** Where the database can end a user by itself, it does so when Vault can't reach it. */
function endsByItself(resource: Resource): Finding[] {
  const statements = statementsIn(resource.read("creationStatements"));
  if (typeof statements !== "string") return [];
  if (!createsUser.test(statements) || !knowsEnd.test(statements) || ownEnd.test(statements)) return [];
  return [
    fail(
      "creationStatements",
      "make a user without VALID UNTIL '{{expiration}}', which stays when Vault can't reach the database",
      "Write VALID UNTIL '{{expiration}}' behind the password.",
    ),
  ];
}

function entries(resource: Resource): Finding[] {
  const property = "deletionLdif";
  const ldif = statementsIn(resource.read(property));
  if (ldif === unknown)
    return [undetermined(property, "is not known yet, and has to remove the entry that Vault made")];
  if (ldif === undefined || !/^changetype:\s{0,9}(delete|modify)/im.test(ldif))
    return [fail(property, "does not delete the entry that Vault made, so that it outlives its lease")];
  return nameOfLease.test(ldif)
    ? []
    : [fail(property, "removes another entry than the one that Vault made, which has {{.Username}}")];
}

/** Without an account of its own for each lease, there is nothing that Vault could take away. */
function serviceAccount(resource: Resource): Finding[] {
  const account = resource.read("serviceAccountName");
  if (account === undefined || account === null || account === "") return [];
  const max = seconds(resource.read("tokenMaxTtl"));
  return tooLong(resource, "tokenMaxTtl", [max], {
    ceiling: "maxUnrevocableSeconds",
    otherwise,
    of: "a token of serviceAccountName, which can't be revoked",
  });
}

function revocationList(resource: Resource): Finding[] {
  if (resource.read("disable") !== true) return [];
  return resource.read("ocspDisable") === true
    ? [fail("disable", "and ocspDisable leave nobody a way to learn of a revoked certificate")]
    : [
        advise(
          "disable",
          "leaves those who don't ask by OCSP without a way to learn of a revoked certificate",
        ),
      ];
}

/** What is not stored has no number by which it could be revoked. */
function unlisted(resource: Resource): Finding[] {
  if (resource.read("noStore") !== true) return [];
  const [ttl, max] = ["ttl", "maxTtl"].map((name) => seconds(resource.read(name)));
  return tooLong(resource, isSet(max) ? "maxTtl" : "ttl", [isSet(max) ? max : ttl], {
    ceiling: "maxUnlistedCertificateSeconds",
    otherwise,
    of: "a certificate of noStore, which can't be revoked",
  });
}
