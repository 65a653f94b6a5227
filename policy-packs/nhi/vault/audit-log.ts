import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { namedAs } from "../secrets/names";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { withEndpoint } from "./endpoint";

/** Whether Vault's audit devices write down all that is done, and nothing that opens a door. */
export const vaultAuditLogs: Readonly<Record<string, Judge>> = withEndpoint({
  "vault:index/audit:Audit": device,
  "vault:index/auditRequestHeader:AuditRequestHeader": header,
  ...forTypes(
    [
      "vault:aws/secretBackend:SecretBackend",
      "vault:azure/backend:Backend",
      "vault:consul/secretBackend:SecretBackend",
      "vault:database/secretsMount:SecretsMount",
      "vault:gcp/secretBackend:SecretBackend",
      "vault:index/mount:Mount",
      "vault:index/nomadSecretBackend:NomadSecretBackend",
      "vault:kmip/secretBackend:SecretBackend",
      "vault:kubernetes/secretBackend:SecretBackend",
      "vault:ldap/secretBackend:SecretBackend",
      "vault:rabbitMq/secretBackend:SecretBackend",
      "vault:terraformcloud/secretBackend:SecretBackend",
    ],
    (resource) => plainKeys("", (name) => resource.read(name)),
  ),
  ...forTypes(
    [
      "vault:gcp/authBackend:AuthBackend",
      "vault:github/authBackend:AuthBackend",
      "vault:index/authBackend:AuthBackend",
      "vault:index/ociAuthBackend:OciAuthBackend",
      "vault:jwt/authBackend:AuthBackend",
      "vault:ldap/authBackend:AuthBackend",
      "vault:okta/authBackend:AuthBackend",
      "vault:saml/authBackend:AuthBackend",
    ],
    (resource) => {
      const tune = resource.read("tune");
      return tune === unknown
        ? [undetermined("tune", "is not known yet")]
        : plainKeys("tune.", (name) => (isObject(tune) ? tune[name] : undefined));
    },
  ),
});

/** As Go's `strconv.ParseBool`, with which Vault reads options. */
const isOneOf = (words: RegExp, value: Value | undefined) =>
  (typeof value === "string" || typeof value === "boolean" || typeof value === "number") &&
  words.test(String(value));
const isTrue = (value: Value | undefined) => isOneOf(/^(1|t|true)$/i, value);
const isFalse = (value: Value | undefined) => isOneOf(/^(0|f|false)$/i, value);

function device(resource: Resource): Finding[] {
  const options = resource.read("options");
  const isLocal = isTrue(resource.read("local"));
  return [
    ...(options === unknown
      ? [undetermined("options", "is not known yet")]
      : isObject(options)
        ? optionFindings(options)
        : []),
    ...(isLocal
      ? [advise("local", "is true, so that the other clusters of a replication don't have the device")]
      : []),
  ];
}

/** An option, what makes it wrong, and what it does then (developer.hashicorp.com/vault/docs/audit). */
interface Option {
  name: string;
  isWrong: (value: Value) => boolean;
  says: string;
  fix?: string;
  level?: "advisory";
}

const isText = (value: Value): value is string => typeof value === "string" && value !== "";

/** A file's mode in octal digits. 0 leaves a file as it is. */
const bitsOf = (value: Value) => (isText(value) && /^[0-7]{1,6}$/.test(value) ? parseInt(value, 8) : 0);

const options: readonly Option[] = [
  {
    name: "log_raw",
    isWrong: isTrue,
    says: "is true, which writes tokens and secrets into the log as they are",
    fix: "Remove log_raw: Vault then writes a keyed hash of each.",
  },
  {
    name: "hmac_accessor",
    isWrong: isFalse,
    says: "is false, which writes accessors into the log, and with one a token can be revoked or looked up",
    fix: "Remove hmac_accessor.",
  },
  {
    name: "file_path",
    isWrong: (value) => isText(value) && /^(discard|\/dev\/null)$/i.test(value.trim()),
    says: "names a place that keeps nothing",
    fix: "Write to a file, a socket or syslog that is collected.",
  },
  {
    name: "mode",
    isWrong: (value) => (bitsOf(value) & 0o111) !== 0,
    says: "makes a program of the log: with prefix and the folder for plugins, whoever has it runs code on the server (CVE-2025-6000)",
    fix: "Remove mode: Vault then uses 0600.",
  },
  {
    name: "mode",
    isWrong: (value) => (bitsOf(value) & 0o006) !== 0,
    says: "lets every user of the server at the log",
    fix: "Remove mode: Vault then uses 0600.",
    level: "advisory",
  },
  {
    name: "prefix",
    isWrong: (value) => isText(value) && /^\s*#!/.test(value),
    says: "makes a script of the log, which whoever reaches the folder for plugins has the server run (CVE-2025-6000)",
    fix: "Remove prefix.",
  },
  {
    name: "socket_type",
    isWrong: (value) => isText(value) && /^(udp|unixgram)/i.test(value.trim()),
    says: "loses what is not delivered, and nobody notices",
    fix: "Use tcp, or a file beside it.",
    level: "advisory",
  },
  ...["filter", "exclude"].map((name): Option => ({
    name,
    isWrong: (value) => value !== "" && value !== null,
    says: "leaves out a part of what is done, which is lost where no other device has it",
    fix: "Have one device that writes everything.",
    level: "advisory",
  })),
];

/** What decides, and is not known yet. */
const deciding = new Set(["log_raw", "hmac_accessor", "file_path", "mode", "prefix"]);

function optionFindings(given: Record<string, Value>): Finding[] {
  const seen = new Set<string>();
  return options.flatMap(({ name, isWrong, says, fix, level }): Finding[] => {
    const value = given[name];
    if (value === undefined || seen.has(name)) return [];
    if (value === unknown && deciding.has(name)) {
      seen.add(name);
      return [undetermined(`options.${name}`, "is not known yet")];
    }
    if (!isWrong(value)) return [];
    seen.add(name);
    return [(level === "advisory" ? advise : fail)(`options.${name}`, says, fix)];
  });
}

/** Headers in which a client sends what it signs in with (RFC 9110, sections 11.6.2 and 11.7.2; Vault's own). */
const secretHeaders = new Set([
  ...["authorization", "proxy-authorization", "cookie", "x-vault-token", "x-api-key"],
  "x-amz-security-token",
]);

function header(resource: Resource): Finding[] {
  const name = resource.read("name");
  if (typeof name !== "string" || !secretHeaders.has(name.toLowerCase())) return [];
  const hmac = resource.read("hmac");
  if (hmac === unknown) return [undetermined("hmac", "is not known yet, and has to be true")];
  return isTrue(hmac)
    ? []
    : [
        fail(
          "hmac",
          "is not true, which writes what clients sign in with into the log as it is",
          "Set hmac to true.",
        ),
      ];
}

/** Secret names of Vault's own API that don't say so. */
const secretKeys = new Set([
  ...["bindpass", "data", "jwt", "key", "keys", "keys_base64", "otp", "passcode", "plaintext", "secret_id"],
]);

/** Keys of requests and responses that devices write as they are. Data is what kv keeps. */
function plainKeys(path: string, read: (property: string) => Value | undefined): Finding[] {
  return ["auditNonHmacRequestKeys", "auditNonHmacResponseKeys"].flatMap((name): Finding[] => {
    const keys = read(name);
    const given: Value[] = Array.isArray(keys) ? keys : keys === unknown ? [unknown] : [];
    const isSecret = (key: Value) =>
      typeof key === "string" && (secretKeys.has(key.toLowerCase()) || namedAs(key) !== undefined);
    if (given.some(isSecret))
      return [
        fail(
          `${path}${name}`,
          "names a key that holds secrets, which every device then writes as they are",
          "Take it away.",
        ),
      ];
    return given.includes(unknown)
      ? [undetermined(`${path}${name}`, "is not known yet in all its parts")]
      : [];
  });
}
