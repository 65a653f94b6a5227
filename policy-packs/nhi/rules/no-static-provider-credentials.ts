import type { Resource, ResourceRule } from "../rule";
import { isGiven } from "../static-key";
import { isObject, unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";

const checks: Record<string, (resource: Resource) => Finding[]> = {
  "pulumi:providers:aws": aws,
  "pulumi:providers:aws-native": aws,
  "pulumi:providers:azuread": azure,
  "pulumi:providers:azure-native": azure,
  "pulumi:providers:cloudflare": holds(
    "Leave a token with an end to the job's environment: CLOUDFLARE_API_TOKEN.",
    ["apiKey", "apiToken", "apiUserServiceKey"],
  ),
  "pulumi:providers:datadog": holds(
    "Use cloudProviderType aws, so that the provider signs in with the job's own AWS identity.",
    ["apiKey", "appKey", "bearerToken", "awsAccessKeyId", "awsSecretAccessKey", "awsSessionToken"],
  ),
  "pulumi:providers:gcp": gcp,
  "pulumi:providers:github": holds(
    "Leave the job's own token to its environment: GITHUB_TOKEN, which ends with the job.",
    ["token", "appAuth.pemFile"],
  ),
  "pulumi:providers:gitlab": holds("Leave a token with an end to the job's environment: GITLAB_TOKEN.", [
    "token",
    "clientKey",
  ]),
  "pulumi:providers:kubernetes": kubernetes,
  "pulumi:providers:mongodbatlas": holds(
    "Use assumeRole or the job's own identity, and leave the rest to its environment.",
    [
      ...["privateKey", "clientSecret", "accessToken"],
      ...["awsAccessKeyId", "awsSecretAccessKey", "awsSessionToken"],
    ],
  ),
  "pulumi:providers:snowflake": holds("Use the authenticator WORKLOAD_IDENTITY with the job's own token.", [
    "password",
    "passcode",
    "privateKey",
    "privateKeyPassphrase",
    "token",
    "tokenAccessor.refreshToken",
    "tokenAccessor.clientSecret",
  ]),
  "pulumi:providers:vault": vault,
};

export const noStaticProviderCredentials: ResourceRule = {
  id: "no-static-provider-credentials",
  title: "A provider signs in with the identity of the job that runs it, not with a stored credential.",
  why: "Whoever can read the configuration or the state of the stack holds the provider's credential, usually the most powerful one.",
  fix: "Let the provider take the job's own token from its environment.",
  severity: "critical",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee:
    "Credentials in the environment of the process (AWS_ACCESS_KEY_ID, VAULT_TOKEN, GOOGLE_APPLICATION_CREDENTIALS) and in files that the provider finds by itself.",
  whenNot: "The provider of a test against a local server whose credentials open nothing else.",
  samples: {
    bad: `
new vault.Provider("vault", {
  address: "https://vault.example.com",
  token: "a-token-from-the-stack-configuration",
});
`,
    good: `
new vault.Provider("vault", {
  address: "https://vault.example.com",
  authLoginJwt: { mount: "github", role: "deploy", jwt: process.env["VAULT_JWT"] ?? "" },
});
`,
  },
  types: Object.keys(checks),
  check: (resource) => checks[resource.type]?.(resource) ?? [],
};

function aws(resource: Resource): Finding[] {
  const fix =
    "Use assumeRoleWithWebIdentity with webIdentityTokenFile, or leave the credentials to the job's environment.";
  return stored(resource, ["accessKey", "secretKey", "token"], fix);
}

function azure(resource: Resource): Finding[] {
  const fix = "Use useOidc with the job's own token, or useMsi where the job runs in Azure.";
  return stored(
    resource,
    ["clientSecret", "clientSecretFilePath", "clientCertificate", "clientCertificatePath"],
    fix,
  );
}

/** A provider that has nothing but stored credentials for these settings. */
function holds(fix: string, paths: string[]): (resource: Resource) => Finding[] {
  return (resource) =>
    paths
      .filter((path) => {
        const [property = "", ...rest] = path.split(".");
        const value = parsed(resource.read(property));
        return isGiven(rest.length > 0 ? within(value, rest.join(".")) : value);
      })
      .map((path) => fail(path, "is a stored credential", fix));
}

/** What a user of a kubeconfig has when it signs in with something stored. `exec` asks for a token each time. */
const storedInKubeconfig = /["']?\b(token|client-key-data|password)["']?[ \t]*:[ \t]*["']?[^\s"',}]/;

function kubernetes(resource: Resource): Finding[] {
  const kubeconfig = resource.read("kubeconfig");
  if (kubeconfig === unknown)
    return [undetermined("kubeconfig", "is not known yet, and may hold a stored credential")];
  if (!isGiven(kubeconfig)) return [];
  const text = typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig);
  if (text.length > largestKubeconfig)
    return [undetermined("kubeconfig", "is too long to be read, and may hold a stored credential")];
  const held = storedInKubeconfig.exec(text)?.[1];
  if (held === undefined) return [];
  const fix = "Give the user of the kubeconfig an exec that asks the cloud for a token.";
  return [fail("kubeconfig", `has a user with a stored ${held}`, fix)];
}

/** Characters. What is longer has more clusters than any job needs. */
const largestKubeconfig = 256 * 1024;

function gcp(resource: Resource): Finding[] {
  const fix =
    "Use a credentials configuration of the type external_account, or leave the credentials to the job's environment.";
  const findings = stored(resource, ["accessToken"], fix);
  const credentials = parsed(resource.read("credentials"));
  if (credentials === undefined) return findings;
  if (credentials === unknown)
    return [...findings, undetermined("credentials", "is not known yet, and may be a service account's key")];
  const type = isObject(credentials) ? credentials.type : undefined;
  // Only this one holds no secret: it says where the job's own token is. A path to a file is not looked into.
  if (type === "external_account") return findings;
  if (type === undefined && typeof credentials === "string" && !credentials.includes("{"))
    return [
      ...findings,
      undetermined("credentials", "is the path of a file, which may be a service account's key"),
    ];
  return [...findings, fail("credentials", "is a stored credential", fix)];
}

/** What a login holds when it signs in with something stored. The other logins prove who the machine is. */
const storedInLogin: Record<string, string[]> = {
  authLogin: ["parameters.secret_id", "parameters.password", "parameters.token"],
  authLoginAws: ["awsAccessKeyId", "awsSecretAccessKey"],
  authLoginGcp: ["credentials"],
  authLoginKerberos: ["token"],
  authLoginRadius: ["password"],
  authLoginUserpass: ["password"],
};

function vault(resource: Resource): Finding[] {
  const fix =
    "Use authLoginJwt with the job's own token, or leave VAULT_TOKEN to a short login step before the deployment.";
  return [
    ...stored(resource, ["token"], fix),
    ...Object.entries(storedInLogin).flatMap(([login, paths]) => {
      const given = parsed(resource.read(login));
      if (given === unknown) return [undetermined(login, "is not known yet, and may hold a stored secret")];
      return paths
        .filter((path) => isGiven(within(given, path)))
        .map((path) => fail(`${login}.${path}`, "is a stored credential", fix));
    }),
  ];
}

/** What lies at a path like `parameters.secret_id`. Where the way there is not known yet, so is what lies there. */
function within(value: Value | undefined, path: string): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path.split(".")) {
    if (found === unknown) return unknown;
    found = isObject(found) ? found[key] : undefined;
  }
  return found;
}

function stored(resource: Resource, properties: string[], fix: string): Finding[] {
  return properties
    .filter((property) => isGiven(resource.read(property)))
    .map((property) => fail(property, "is a stored credential", fix));
}

/** A provider's nested settings reach the engine as JSON in a text. */
function parsed(value: Value | undefined): Value | undefined {
  if (value === "" || value === null) return undefined;
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}
