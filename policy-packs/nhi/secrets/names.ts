import { formatIn, isMadeUp } from "./formats";

/** `dbPassword`, `db-password` and `DB_PASSWORD` are one name. */
const wordsOf = (name: string) =>
  name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== "");

const passwordWords = new Set(["PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "PW"]);
const secretWords = new Set([
  ...["SECRET", "SECRETS", "TOKEN", "APIKEY", "APPKEY", "ACCESSKEY", "SECRETKEY", "PRIVATEKEY", "AUTHTOKEN"],
  ...["CREDENTIAL", "CREDENTIALS", "CREDS", "PAT", "BEARER", "CLIENTSECRET"],
]);
/** `KEY` alone may be a key of anything: these make it one that opens something. */
const beforeKey = new Set([
  ...["API", "APP", "APPLICATION", "ACCESS", "ACCOUNT", "SECRET", "PRIVATE", "SIGNING", "ENCRYPTION", "AUTH"],
  ...["LICENSE", "MASTER", "DEPLOY", "SSH", "SERVICE", "SHARED", "HMAC", "SESSION", "STORAGE", "ROLE"],
]);
/** A name that ends so is about a secret and holds none: where it is, what it is called, how long it lives. */
const aboutSecret = new Set([
  ...[
    "ARN",
    "NAME",
    "NAMES",
    "ID",
    "IDS",
    "PATH",
    "FILE",
    "FILENAME",
    "URL",
    "URI",
    "ENDPOINT",
    "HOST",
    "DIR",
  ],
  ...[
    "TTL",
    "EXPIRY",
    "EXPIRES",
    "EXPIRATION",
    "LIFETIME",
    "LENGTH",
    "TYPE",
    "HEADER",
    "COUNT",
    "LIMIT",
    "AGE",
  ],
  ...[
    "ENABLED",
    "DISABLED",
    "REQUIRED",
    "VERSION",
    "REF",
    "REFERENCE",
    "PREFIX",
    "SUFFIX",
    "POLICY",
    "ALIAS",
  ],
  ...["ALGORITHM", "ALG", "ISSUER", "AUDIENCE", "FORMAT", "METHOD", "PROVIDER", "MANAGER", "STORE", "VAULT"],
  ...[
    "ROTATION",
    "RESET",
    "REGEX",
    "PATTERN",
    "FIELD",
    "COLUMN",
    "SCOPE",
    "SCOPES",
    "MODE",
    "SOURCE",
    "REGION",
  ],
  ...[
    "LOCATION",
    "PROJECT",
    "ENGINE",
    "BACKEND",
    "MOUNT",
    "SIZE",
    "HASH",
    "TIMEOUT",
    "INTERVAL",
    "NAMESPACE",
  ],
]);

/** What every such name has in it: asked for first, as most names have none of it. */
const hint = /pass|pw|secret|token|key|cred|pat|bearer/i;

/** What a name says that its value is. */
export type Named = "password" | "secret" | undefined;

export function namedAs(name: string): Named {
  if (!hint.test(name)) return undefined;
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined || aboutSecret.has(last) || words.includes("PUBLIC")) return undefined;
  // `PWD` alone is the folder that a shell is in.
  if (words.some((word) => passwordWords.has(word)) && !(words.length === 1 && last === "PWD"))
    return "password";
  const isKey = words.some((word, index) => word === "KEY" && beforeKey.has(words[index - 1] ?? ""));
  return isKey || words.some((word) => secretWords.has(word)) ? "secret" : undefined;
}

/** Says where a secret is, and is none: what a program resolves when it runs. */
const references = [
  /^arn:[a-z-]{3,20}:/,
  /^\{\{/,
  /^<[^>]*>$/,
  /^%[^%]*%$/,
  /^\$/,
  /^projects\/[^/]+\//,
  /^@Microsoft\.KeyVault\(/i,
  /^(?:vault|ssm|secretsmanager|secret|sm|gcp-sm|awssm|aws-sm|op|ref|ref\+[a-z]+|berglas|keyvault|env|file|azurekeyvault|gcpsecretmanager|awssecretsmanager)(?::|:\/\/)\S/i,
  /^https?:\/\/[^\s?#]*$/,
  /^(?:\.{0,2}|~|[A-Za-z]:)(?:[/\\][\w. -]+){2,}[/\\]?$/,
  /^(?:\.{0,2}|~)[/\\]?[\w-]+\.(?:json|ya?ml|pem|key|crt|cert|txt|conf|cfg|env|toml|jks|p12|pfx)$/i,
  /^[\w.-]+@[\w-]+(?:\.[\w-]+)+$/,
  /^(?:secret|kv|data|auth|creds|database)\/[\w./-]+(?:[#:][\w.-]+)?$/,
];
const settings =
  /^(?:true|false|yes|no|on|off|none|null|nil|undefined|required|optional|enabled|disabled|auto|default|\d{1,3})$/i;

/** Nothing that opens a door, whatever its name. */
function isHarmless(value: string): boolean {
  const text = value.slice(0, 2000);
  return text === "" || settings.test(text) || references.some((form) => form.test(text)) || isMadeUp(text);
}

/**
 * Whether a text is of the kind that only a machine makes: long, and its letters and digits mixed. `my-app-v2-secret` is
 * not, as people write names so, and neither is a document.
 */
export function looksRandom(value: string): boolean {
  if (value.length < 16 || value.length > 4096 || /[\s{}<>()$]/.test(value)) return false;
  const isMixed = value
    .split(/[^A-Za-z0-9]+/)
    .some((part) => part.length >= 8 && /\d/.test(part) && /[A-Za-z]/.test(part));
  const bits = bitsPerCharacter(value);
  // An AWS secret key has `/` and `+` anywhere, so that its parts may be short or without a digit.
  const isBase64 = value.length >= 32 && /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value);
  return (isMixed && bits >= 3) || (isBase64 && bits >= 4.2);
}

/** Shannon's entropy of the characters: random hex has about 3.5 in 32 characters, random Base64 about 4.5 in 40. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/**
 * What a value under a name is, as `a GitHub token` or `a password`; nothing when it is no secret or can't be told. A
 * password may be any word, so that its name decides; of other secrets the value must look as only machines write.
 */
export function secretNamed(name: string, value: string): string | undefined {
  const format = formatIn(value);
  if (format !== undefined) return format;
  const named = namedAs(name);
  if (named === undefined || isHarmless(value)) return undefined;
  if (named === "password") return "a password";
  return looksRandom(value) ? "a secret, as its name says" : undefined;
}

/** What is kept where only secrets belong: there a random text is one under every name but an identifier's. */
export function secretStored(name: string, value: string): string | undefined {
  const is = secretNamed(name, value);
  if (is !== undefined) return is;
  if (isHarmless(value) || isIdentifier.test(value)) return undefined;
  return looksRandom(value) || namedAs(name) !== undefined ? "a stored credential" : undefined;
}

/** A UUID: the client and tenant of a federated login in Azure are such. */
const isIdentifier = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
