import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const connection = "vault:database/secretBackendConnection:SecretBackendConnection";
const mount = "vault:database/secretsMount:SecretsMount";
const staticRole = "vault:database/secretBackendStaticRole:SecretBackendStaticRole";
const oidcKey = "vault:identity/oidcKey:OidcKey";
const transit = "vault:transit/secretBackendKey:SecretBackendKey";
const directoryRole = "vault:ad/secretRole:SecretRole";

/** Where an engine signs in, and what it does that with. */
const roots = {
  "vault:ad/secretBackend:SecretBackend": "bindpass",
  "vault:aws/authBackendClient:AuthBackendClient": "secretKey",
  "vault:aws/secretBackend:SecretBackend": "secretKey",
  "vault:azure/authBackendConfig:AuthBackendConfig": "clientSecret",
  "vault:azure/backend:Backend": "clientSecret",
  "vault:gcp/authBackend:AuthBackend": "credentials",
  "vault:gcp/secretBackend:SecretBackend": "credentials",
  "vault:ldap/authBackend:AuthBackend": "bindpass",
  "vault:ldap/secretBackend:SecretBackend": "bindpass",
};
const ldap = "vault:ldap/secretBackend:SecretBackend";
const others = {
  "vault:consul/secretBackend:SecretBackend": "token",
  "vault:index/nomadSecretBackend:NomadSecretBackend": "token",
  "vault:kubernetes/secretBackend:SecretBackend": "serviceAccountJwt",
  "vault:mongodbatlas/secretBackend:SecretBackend": "privateKey",
  "vault:rabbitMq/secretBackend:SecretBackend": "password",
  "vault:terraformcloud/secretBackend:SecretBackend": "token",
};

const inProgram = "is in the program, and nothing that stands here renews it";
const never = "is true, so that Vault renews nothing";

/** What Vault renews, and what it can't, for `underlying-secrets-rotate`. */
export const vaultRotationCases: Required<RuleCases> = {
  allows: [
    {
      name: "a connection that Vault renews each month",
      type: connection,
      props: { postgresql: { username: "vault", password: "x" }, rotationPeriod: 2_592_000 },
    },
    {
      name: "a connection by a schedule",
      type: connection,
      props: { mysql: { password: "x" }, rotationSchedule: "0 0 * * SAT", rotationWindow: 3600 },
    },
    {
      name: "a connection whose password is write-only",
      type: connection,
      props: { postgresql: { username: "vault", passwordWo: "x", passwordWoVersion: 1 } },
    },
    {
      name: "a connection by an identity of the cloud",
      type: connection,
      props: { postgresql: { authType: "gcp_iam" }, disableAutomatedRotation: false },
    },
    {
      name: "a mount with a connection that is renewed",
      type: mount,
      props: { postgresqls: [{ password: "x", rotationPeriod: 86_400 }], mysqls: unknownText },
    },
    {
      name: "an engine that signs in by itself",
      type: "vault:aws/secretBackend:SecretBackend",
      props: { roleArn: "arn:aws:iam::123456789012:role/vault", identityTokenAudience: "vault" },
    },
    {
      name: "an engine's password that is renewed",
      type: ldap,
      props: { bindpass: "x", rotationPeriod: "86400" },
    },
    {
      name: "a token that is write-only",
      type: "vault:consul/secretBackend:SecretBackend",
      props: { tokenWo: "x" },
    },
    { name: "a static role for a day", type: staticRole, props: { rotationPeriod: 86_400 } },
    { name: "keys with Vault's default", type: oidcKey, props: { name: "ci", rotationPeriod: 0 } },
    {
      name: "keys for a week",
      type: oidcKey,
      props: { rotationPeriod: 604_800, verificationTtl: 86_400 },
    },
    { name: "a key of transit for a quarter", type: transit, props: { autoRotatePeriod: 7_776_000 } },
    { name: "a key of transit that lies outside", type: transit, props: { type: "managed_key" } },
    { name: "a user of a directory with the mount's time", type: directoryRole, props: { role: "ci" } },
  ],
  blocks: [
    ...Object.entries(roots).flatMap(([type, property]) => [
      {
        name: `an engine whose renewal is off, ${type}`,
        type,
        props: { disableAutomatedRotation: true, rotationPeriod: 86_400 },
        says: [`disableAutomatedRotation ${never}`],
      },
      {
        name: `an engine whose own credential stays, ${type}`,
        type,
        props: { [property]: unknownText },
        says: [`${property} ${inProgram}`],
        level: "advisory" as const,
      },
    ]),
    ...Object.entries(others).map(([type, property]) => ({
      name: `an engine that Vault can't renew, ${type}`,
      type,
      props: { [property]: "x" },
      says: [`${property} is in the program, and Vault can't renew it`],
      level: "advisory" as const,
    })),
    {
      name: "a connection that is renewed each year",
      type: connection,
      props: { postgresql: { password: "x" }, rotationPeriod: 31_536_000 },
      says: ["rotationPeriod lets 365 d pass, and 31 d are allowed"],
    },
    {
      name: "a connection that is renewed each quarter",
      type: connection,
      props: { postgresql: {}, rotationSchedule: "0 0 1 */3 *" },
      says: ["rotationSchedule lets 92 d pass, and 31 d are allowed"],
    },
    {
      name: "a schedule that never comes",
      type: connection,
      props: { rotationSchedule: "0 0 30 2 *" },
      says: ["rotationSchedule is no time or schedule that can be read, or one that ends"],
    },
    {
      name: "a connection whose renewal is off, as a text",
      type: connection,
      props: { disableAutomatedRotation: "true" },
      says: [`disableAutomatedRotation ${never}`],
    },
    {
      name: "a connection whose password stays",
      type: connection,
      props: { mysqlAurora: { username: "root", password: unknownText } },
      says: [`mysqlAurora.password ${inProgram}`],
      level: "advisory",
    },
    {
      name: "connections of a mount",
      type: mount,
      props: {
        postgresqls: [
          { passwordWo: "x" },
          { rotationPeriod: 31_536_000 },
          { disableAutomatedRotation: true },
        ],
        mongodbatlas: [{ privateKey: "x", rotationPeriod: 31_536_000 }],
      },
      says: [
        "mongodbatlas[0].rotationPeriod lets 365 d pass, and 31 d are allowed",
        "postgresqls[1].rotationPeriod lets 365 d pass, and 31 d are allowed",
        `postgresqls[2].disableAutomatedRotation ${never}`,
      ],
    },
    {
      name: "a static role without a time",
      type: staticRole,
      props: { username: "orders" },
      says: ["rotationPeriod is not set, so that nothing is ever renewed"],
    },
    ...[
      "vault:aws/secretBackendStaticRole:SecretBackendStaticRole",
      "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole",
    ].map((type) => ({
      name: `a static role for a quarter, ${type}`,
      type,
      props: { username: "orders", rotationPeriod: 7_776_000 },
      says: ["rotationPeriod lets 90 d pass, and 31 d are allowed"],
    })),
    {
      name: "a static role whose first password stays",
      type: staticRole,
      props: { rotationPeriod: 86_400, skipImportRotation: true },
      says: [
        "skipImportRotation is true, so that a password that somebody knows stays good until the first renewal",
      ],
      level: "advisory",
    },
    {
      name: "a user of a directory for a quarter",
      type: directoryRole,
      props: { ttl: 7_776_000 },
      says: ["ttl lets 90 d pass, and 31 d are allowed"],
    },
    {
      name: "keys that sign for a year",
      type: oidcKey,
      props: { rotationPeriod: 31_536_000 },
      says: ["rotationPeriod lets 365 d pass, and 31 d are allowed"],
    },
    {
      name: "keys that are good for a year after they were renewed",
      type: oidcKey,
      props: { rotationPeriod: 86_400, verificationTtl: 31_536_000 },
      says: ["verificationTtl keeps a key that was renewed good for longer than renewals may be apart"],
      level: "advisory",
    },
    {
      name: "a key of transit for two years",
      type: transit,
      props: { autoRotatePeriod: 63_072_000 },
      says: ["autoRotatePeriod lets 730 d pass, and 366 d are allowed"],
    },
    {
      name: "a key of transit that gets out and stays",
      type: transit,
      props: { exportable: true, allowPlaintextBackup: true },
      says: [
        "exportable is true, which lets the key out of Vault, where nothing renews it",
        "allowPlaintextBackup is true, which lets the key out of Vault, where nothing renews it",
        "autoRotatePeriod is not set, so that nothing renews the key",
      ],
      level: "advisory",
    },
  ],
  undecided: [
    {
      name: "a connection's time that is not known yet",
      type: connection,
      props: { rotationPeriod: unknownText },
      says: ["rotationPeriod is not known yet, and may be seldom"],
    },
    {
      name: "a schedule that is not known yet",
      type: ldap,
      props: { rotationSchedule: unknownText },
      says: ["rotationSchedule is not known yet, and may be seldom"],
    },
    {
      name: "whether a renewal is off",
      type: ldap,
      props: { disableAutomatedRotation: unknownText, bindpass: "x" },
      says: ["disableAutomatedRotation is not known yet"],
    },
  ],
};
