import { seconds } from "../duration";
import { forTypes } from "../judge";
import { renewed } from "../rotation";
import type { Judge, Resource } from "../rule";
import { longestGapOfCron } from "../schedule";
import { isGiven } from "../static-key";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { withEndpoint } from "./endpoint";

/** What lies beneath what Vault makes anew each time: an engine's own credential, static roles, keys that sign. */
export const vaultRotations: Readonly<Record<string, Judge>> = withEndpoint({
  "vault:database/secretBackendConnection:SecretBackendConnection": connection,
  "vault:database/secretsMount:SecretsMount": connections,
  ...forTypes(
    [
      "vault:ad/secretBackend:SecretBackend",
      "vault:aws/authBackendClient:AuthBackendClient",
      "vault:aws/secretBackend:SecretBackend",
      "vault:azure/authBackendConfig:AuthBackendConfig",
      "vault:azure/backend:Backend",
      "vault:gcp/authBackend:AuthBackend",
      "vault:gcp/secretBackend:SecretBackend",
      "vault:ldap/authBackend:AuthBackend",
      "vault:ldap/secretBackend:SecretBackend",
    ],
    (resource) => root(resource, "", (name) => resource.read(name)),
  ),
  // Vault has no way to renew these (developer.hashicorp.com/vault/docs/secrets).
  "vault:consul/secretBackend:SecretBackend": heldFor("token"),
  "vault:index/nomadSecretBackend:NomadSecretBackend": heldFor("token"),
  "vault:kubernetes/secretBackend:SecretBackend": heldFor("serviceAccountJwt"),
  "vault:mongodbatlas/secretBackend:SecretBackend": heldFor("privateKey"),
  "vault:rabbitMq/secretBackend:SecretBackend": heldFor("password"),
  "vault:terraformcloud/secretBackend:SecretBackend": heldFor("token"),
  ...forTypes(
    [
      "vault:aws/secretBackendStaticRole:SecretBackendStaticRole",
      "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
      "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole",
    ],
    staticRole,
  ),
  "vault:ad/secretRole:SecretRole": (resource) =>
    isGiven(resource.read("ttl")) ? renewed(resource, "ttl", seconds(resource.read("ttl"))) : [],
  "vault:identity/oidcKey:OidcKey": signingKey,
  "vault:transit/secretBackendKey:SecretBackendKey": transitKey,
});

type Read = (property: string) => Value | undefined;

/** With what an engine signs in to what it makes credentials for, in plain text in the state and as write-only. */
const kept = ["bindpass", "clientSecret", "credentials", "password", "privateKey", "secretKey"];

const byVault =
  "Set rotationPeriod or rotationSchedule, which Vault Enterprise has; else write to the engine's rotate-root path after each change, and give the credential as write-only.";

/** How an engine's own credential is renewed. Without Enterprise that is an API call, which no property shows. */
function root(resource: Resource, path: string, read: Read): Finding[] {
  const off = read("disableAutomatedRotation");
  if (off === unknown) return [undetermined(`${path}disableAutomatedRotation`, "is not known yet")];
  if (off === true || off === "true")
    return [
      fail(
        `${path}disableAutomatedRotation`,
        "is true, so that Vault renews nothing",
        "Take it away, and set rotationPeriod or rotationSchedule.",
      ),
    ];
  const planned = plan(resource, path, read);
  if (planned) return planned;
  return kept
    .filter((name) => isGiven(read(name)))
    .slice(0, 1)
    .map((name) =>
      advise(`${path}${name}`, "is in the program, and nothing that stands here renews it", byVault),
    );
}

/** Nothing: neither a time nor a schedule is set. */
function plan(resource: Resource, path: string, read: Read): Finding[] | undefined {
  const schedule = read("rotationSchedule");
  if (isGiven(schedule))
    return renewed(resource, `${path}rotationSchedule`, longestGapOfCron(schedule ?? null));
  const time = seconds(read("rotationPeriod"));
  return time === undefined || time === 0 ? undefined : renewed(resource, `${path}rotationPeriod`, time);
}

/** What a connection has for its kind of database stands in a block of that name. */
const engines = [
  ...["cassandra", "couchbase", "elasticsearch", "hana", "influxdb", "mongodb", "mongodbatlas", "mssql"],
  ...["mysql", "mysqlAurora", "mysqlLegacy", "mysqlRds", "oracle", "postgresql", "redis"],
  ...["redisElasticache", "redshift", "snowflake"],
];

function connection(resource: Resource): Finding[] {
  const used = engines.find((engine) => isObject(resource.read(engine)));
  const block = used === undefined ? undefined : resource.read(used);
  const ofBlock = (name: string) => (isObject(block) && kept.includes(name) ? block[name] : undefined);
  return root(resource, "", (name) => resource.read(name) ?? ofBlock(name)).map((finding) =>
    kept.includes(finding.property) ? { ...finding, property: `${used}.${finding.property}` } : finding,
  );
}

const lists = [
  ...[
    "cassandras",
    "couchbases",
    "elasticsearches",
    "hanas",
    "influxdbs",
    "mongodbs",
    "mongodbatlas",
    "mssqls",
  ],
  ...["mysqls", "mysqlAuroras", "mysqlLegacies", "mysqlRds", "oracles", "postgresqls", "redis"],
  ...["redisElasticaches", "redshifts", "snowflakes"],
];

function connections(resource: Resource): Finding[] {
  return lists.flatMap((name) => {
    const given = resource.read(name);
    return (Array.isArray(given) ? given : []).flatMap((one, index) =>
      isObject(one) ? root(resource, `${name}[${index}].`, (property) => one[property]) : [],
    );
  });
}

function heldFor(property: string): Judge {
  return (resource) =>
    isGiven(resource.read(property))
      ? [
          advise(
            property,
            "is in the program, and Vault can't renew it",
            `Give it as ${property}Wo, with an end that the other side sets, and replace it before.`,
          ),
        ]
      : [];
}

/** A password that Vault keeps for a user that is there already. */
function staticRole(resource: Resource): Finding[] {
  return [
    ...(plan(resource, "", (name) => resource.read(name)) ?? [
      fail("rotationPeriod", "is not set, so that nothing is ever renewed"),
    ]),
    ...(resource.read("skipImportRotation") === true
      ? [
          advise(
            "skipImportRotation",
            "is true, so that a password that somebody knows stays good until the first renewal",
          ),
        ]
      : []),
  ];
}

/** Vault's default of both is a day (developer.hashicorp.com/vault/api-docs/secret/identity/tokens). */
function signingKey(resource: Resource): Finding[] {
  const period = seconds(resource.read("rotationPeriod"));
  const former = seconds(resource.read("verificationTtl"));
  const isLong = typeof former === "number" && former > resource.ceiling("maxRotationSeconds");
  return [
    ...(period === undefined || period === 0 ? [] : renewed(resource, "rotationPeriod", period)),
    ...(isLong
      ? [
          advise(
            "verificationTtl",
            "keeps a key that was renewed good for longer than renewals may be apart",
            "Take it away: Vault's default is a day.",
          ),
        ]
      : []),
  ];
}

function transitKey(resource: Resource): Finding[] {
  const isOut = ["exportable", "allowPlaintextBackup"]
    .filter((name) => resource.read(name) === true)
    .map((name) => advise(name, "is true, which lets the key out of Vault, where nothing renews it"));
  const managed = isGiven(resource.read("managedKeyName")) || isGiven(resource.read("managedKeyId"));
  if (managed || resource.read("type") === "managed_key") return isOut;
  const period = seconds(resource.read("autoRotatePeriod"));
  return [
    ...isOut,
    ...(period === undefined || period === 0
      ? [
          advise(
            "autoRotatePeriod",
            "is not set, so that nothing renews the key",
            "Set a period, of a year at most.",
          ),
        ]
      : renewed(resource, "autoRotatePeriod", period, "maxKeyRotationSeconds")),
  ];
}
