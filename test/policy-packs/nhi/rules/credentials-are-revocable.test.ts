import { credentialsAreRevocable } from "../../../../policy-packs/nhi/rules/credentials-are-revocable";
import { machineRoles } from "../../../../policy-packs/nhi/vault/lifetimes";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { endpointCases } from "../vault/endpoint";

const database = "vault:database/secretBackendRole:SecretBackendRole";
const tokenRole = "vault:tokenauth/authBackendRole:AuthBackendRole";
const jwt = "vault:jwt/authBackendRole:AuthBackendRole";
const token = "vault:index/token:Token";
const kubernetes = "vault:kubernetes/secretBackendRole:SecretBackendRole";
const ldap = "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole";
const list = "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig";
const pki = "vault:pkiSecret/secretBackendRole:SecretBackendRole";

const authority = "aws:acmpca/certificateAuthority:CertificateAuthority";
const nativeAuthority = "aws-native:acmpca:CertificateAuthority";
const crl = "aws-native:rolesanywhere:Crl";
const neither = [
  "revocationConfiguration switches neither a revocation list nor OCSP on, so that no certificate can be called back",
];

const creation = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`;
const drop = `DROP ROLE IF EXISTS "{{name}}";`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const role = (revocation: Props[string] | undefined, creationStatements: string[] = [creation]): Props => ({
  creationStatements,
  ...(revocation !== undefined && { revocationStatements: revocation }),
});

const stays = [
  "revocationStatements neither drop nor disable the user that Vault made, so that it outlives its lease",
];
const other = ["revocationStatements end another user than the one that Vault made, which is {{name}}"];
const own = [
  "revocationStatements is not set: what the engine does by itself fails where the user owns something or is signed in",
];
const noEnd = [
  "creationStatements make a user without VALID UNTIL '{{expiration}}', which stays when Vault can't reach the database",
];
const orphan = "makes tokens that stay when the one that made them is revoked";
const tooLong = (property: string, what: string, most: number, of: string) => [
  `${property} ${what}, and may be at most ${most} seconds for ${of}`,
];
const unset = "is not set, so Vault's default holds: 768 hours unless somebody changed it";
const batch = "a batch token, which can't be revoked";
const unstored = "a certificate of noStore, which can't be revoked";

testRule(credentialsAreRevocable, {
  allows: [
    ...endpointCases["credentials-are-revocable"].allows,
    {
      name: "an authority with a revocation list",
      type: authority,
      props: { revocationConfiguration: { crlConfiguration: { enabled: true, expirationInDays: 7 } } },
    },
    {
      name: "an authority with OCSP, and a list that is not known yet",
      type: nativeAuthority,
      props: {
        revocationConfiguration: {
          crlConfiguration: unknownText,
          ocspConfiguration: { enabled: true },
        },
      },
    },
    {
      name: "an authority whose certificates end in days",
      type: authority,
      props: { usageMode: "SHORT_LIVED_CERTIFICATE" },
    },
    { name: "an authority over authorities", type: authority, props: { type: "ROOT" } },
    { name: "a list of Roles Anywhere that is on", type: crl, props: { enabled: true } },
    { name: "a user that is dropped", type: database, props: role([drop]) },
    { name: "in base64", type: database, props: role([base64(drop)]) },
    { name: "in a JSON list", type: database, props: role(JSON.stringify([drop])) },
    { name: "in a JSON list in base64", type: database, props: role([base64(JSON.stringify([drop]))]) },
    { name: "the last of several", type: database, props: role(["REVOKE SELECT ON a FROM b;", drop]) },
    {
      name: "MySQL's statement",
      type: database,
      props: role(
        ["DROP USER '{{username}}'@'%'"],
        ["CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'"],
      ),
    },
    { name: "a login that is switched off", type: database, props: role(["ALTER LOGIN [{{name}}] DISABLE"]) },
    {
      name: "a role that may no longer log in",
      type: database,
      props: role([`ALTER ROLE "{{name}}" NOLOGIN`]),
    },
    {
      name: "MongoDB, which drops the user by itself",
      type: database,
      props: role([`{"db": "admin"}`], [`{"db": "admin", "roles": [{"role": "read"}]}`]),
    },
    ...[
      `{"db": "admin", "roles": [{"role": "read"}]}`,
      `["~orders:*", "+@read"]`,
      `CREATE LOGIN [{{name}}] WITH PASSWORD = '{{password}}'`,
    ].map((statement) => ({
      name: `what Vault removes by itself: ${statement}`,
      type: database,
      props: role(undefined, [statement]),
    })),
    { name: "two dashes in a text", type: database, props: role([`COMMENT ON ROLE x IS '--'; ${drop}`]) },
    {
      name: "an engine without ends of its own",
      type: database,
      props: role([drop], ["CREATE LOGIN [{{name}}] WITH PASSWORD = '{{password}}'"]),
    },
    { name: "a batch token of an hour", type: jwt, props: { tokenType: "batch", tokenTtl: 3600 } },
    { name: "a service token without limits: another rule's", type: jwt, props: {} },
    { name: "a token with a parent", type: token, props: { noParent: false } },
    {
      name: "accounts that Vault makes for each lease",
      type: kubernetes,
      props: { kubernetesRoleName: "read", tokenMaxTtl: 14_400 },
    },
    {
      name: "an account's token of an hour",
      type: kubernetes,
      props: { serviceAccountName: "a", tokenMaxTtl: 3600 },
    },
    {
      name: "an entry that is deleted",
      type: ldap,
      props: { deletionLdif: "dn: cn={{.Username}},dc=acme\nchangetype: delete" },
    },
    {
      name: "an entry that is deleted, in base64",
      type: ldap,
      props: { deletionLdif: base64("dn: cn={{.Username}},dc=acme\nchangetype: delete\n") },
    },
    { name: "a list that is kept", type: list, props: { disable: false, ocspDisable: true } },
    { name: "certificates of a day that are not stored", type: pki, props: { noStore: true, maxTtl: "24h" } },
    { name: "certificates of a year that are stored", type: pki, props: { maxTtl: "8760h" } },
  ],
  blocks: [
    ...endpointCases["credentials-are-revocable"].blocks,
    { name: "an authority without either", type: authority, props: {}, says: neither },
    {
      name: "an authority with both off",
      type: nativeAuthority,
      props: {
        type: "SUBORDINATE",
        usageMode: "GENERAL_PURPOSE",
        revocationConfiguration: {
          crlConfiguration: { enabled: false },
          ocspConfiguration: { enabled: false },
        },
      },
      says: neither,
    },
    {
      name: "a list of Roles Anywhere that is off",
      type: crl,
      props: { enabled: false },
      says: ["enabled is false, so that the certificates on the list still open roles"],
    },
    {
      name: "only rights are taken",
      type: database,
      props: role([`REVOKE ALL ON a FROM "{{name}}";`]),
      says: stays,
    },
    {
      name: "a right that is called SELECT, and sessions that end",
      type: database,
      props: role([
        `REVOKE SELECT ON a FROM "{{name}}";`,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';",
      ]),
      says: stays,
    },
    { name: "nothing is done", type: database, props: role(["SELECT 1"]), says: stays },
    {
      name: "a drop in a comment",
      type: database,
      props: role([`-- ${drop}\nREVOKE a FROM b`]),
      says: stays,
    },
    { name: "a drop in a longer comment", type: database, props: role([`/* ${drop} */`]), says: stays },
    { name: "a comment that never ends", type: database, props: role([`/* ${drop}`]), says: stays },
    {
      name: "another's drop",
      type: database,
      props: role([`DROP ROLE "leftover"; REVOKE a FROM "{{name}}"`]),
      says: other,
    },
    {
      name: "braces that Vault does not fill in",
      type: database,
      props: role([`DROP ROLE "{name}"`]),
      says: other,
    },
    {
      name: "only rights are taken, in base64",
      type: database,
      props: role([base64(`REVOKE ALL ON a FROM "{{name}}";`)]),
      says: stays,
    },
    {
      name: "a login that stays on",
      type: database,
      props: role([`ALTER ROLE "{{name}}" SET search_path = x`]),
      says: stays,
    },
    { name: "no statements", type: database, props: role(undefined), says: own, level: "advisory" },
    { name: "an empty list", type: database, props: role([]), says: own, level: "advisory" },
    { name: "empty statements", type: database, props: role([" "]), says: own, level: "advisory" },
    {
      name: "a user of PostgreSQL without an end",
      type: database,
      props: role([drop], [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}';`]),
      says: noEnd,
    },
    {
      name: "a user of PostgreSQL with an end of its own",
      type: database,
      props: role([drop], [`create  user "{{name}}" with password '{{password}}' valid until 'infinity';`]),
      says: noEnd,
    },
    {
      name: "an end in a comment",
      type: database,
      props: role([drop], [`CREATE ROLE "{{name}}" PASSWORD '{{password}}' -- VALID UNTIL '{{expiration}}'`]),
      says: noEnd,
    },
    ...machineRoles.map((type) => ({
      name: `batch tokens of ${type} without an end`,
      type,
      props: { tokenType: "batch" },
      says: tooLong("tokenTtl", unset, 3600, batch),
    })),
    {
      name: "batch tokens by default, of a day",
      type: jwt,
      props: { tokenType: "default-batch", tokenTtl: 86_400 },
      says: tooLong("tokenTtl", "is 86400 seconds", 3600, batch),
    },
    {
      name: "a role of orphans",
      type: tokenRole,
      props: { orphan: true },
      says: [`orphan ${orphan}`],
      level: "advisory",
    },
    {
      name: "an orphan",
      type: token,
      props: { noParent: true },
      says: [`noParent ${orphan}`],
      level: "advisory",
    },
    {
      name: "an account's token of a day",
      type: kubernetes,
      props: { serviceAccountName: "a", tokenMaxTtl: 86_400 },
      says: tooLong(
        "tokenMaxTtl",
        "is 86400 seconds",
        3600,
        "a token of serviceAccountName, which can't be revoked",
      ),
    },
    {
      name: "an entry that stays",
      type: ldap,
      props: { deletionLdif: "dn: cn={{.Username}},dc=acme\nchangetype: add" },
      says: ["deletionLdif does not delete the entry that Vault made, so that it outlives its lease"],
    },
    {
      name: "another entry",
      type: ldap,
      props: { deletionLdif: "dn: cn=somebody,dc=acme\nchangetype: delete" },
      says: ["deletionLdif removes another entry than the one that Vault made, which has {{.Username}}"],
    },
    {
      name: "no list",
      type: list,
      props: { disable: true },
      says: ["disable leaves those who don't ask by OCSP without a way to learn of a revoked certificate"],
      level: "advisory",
    },
    {
      name: "neither a list nor OCSP",
      type: list,
      props: { disable: true, ocspDisable: true },
      says: ["disable and ocspDisable leave nobody a way to learn of a revoked certificate"],
    },
    {
      name: "certificates of a year that are not stored",
      type: pki,
      props: { noStore: true, maxTtl: "8760h", ttl: "1h" },
      says: tooLong("maxTtl", "is 31536000 seconds", 86_400, unstored),
    },
    {
      name: "certificates that are not stored and never told to end",
      type: pki,
      props: { noStore: true },
      says: tooLong("ttl", unset, 86_400, unstored),
    },
  ],
  undecided: [
    {
      name: "an authority's list",
      type: authority,
      props: { revocationConfiguration: { crlConfiguration: { enabled: unknownText } } },
      says: ["revocationConfiguration is not known yet"],
    },
    {
      name: "a list of Roles Anywhere",
      type: crl,
      props: { enabled: unknownText },
      says: ["enabled is not known yet"],
    },
    {
      name: "statements that are not known yet",
      type: database,
      props: role(unknownText),
      says: ["revocationStatements is not known yet, and has to remove the user that Vault made"],
    },
    {
      name: "a procedure",
      type: database,
      props: role(["CALL end_user('{{name}}')"]),
      says: ["revocationStatements call what can't be seen here, which has to remove the user"],
    },
    {
      name: "SQL that is put together",
      type: database,
      props: role(["DO $$ BEGIN EXECUTE format('DROP %s', quote_ident('{{name}}')); END $$"]),
      says: ["revocationStatements call what can't be seen here, which has to remove the user"],
    },
    {
      name: "an entry that is not known yet",
      type: ldap,
      props: { deletionLdif: unknownText },
      says: ["deletionLdif is not known yet, and has to remove the entry that Vault made"],
    },
    {
      name: "how long a batch token lives",
      type: jwt,
      props: { tokenType: "batch", tokenTtl: unknownText },
      says: ["tokenTtl is not known yet, and may be more than 3600 seconds"],
    },
  ],
});
