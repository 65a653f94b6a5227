import type { Judge, Resource } from "../rule";
import { secretNamed, secretStored } from "../secrets/names";
import {
  endsAfter,
  endsAfterHours,
  endsAt,
  endsByRotation,
  isGiven,
  keyUntil,
  keyWhen,
  mustBeAbsent,
  staticKey,
} from "../static-key";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";

const jobToken = "the job's own OIDC token, which the other side trusts for this repository";
const app = "the installation token of an app, which ends after an hour";
const federatedCredential =
  "azuread.ApplicationFederatedIdentityCredential, so that the machine shows its own token";
const snowflakeFederation = "workload identity federation, so that the machine shows its own token";
const atlasFederation = "a service account whose secret ends soon, or workload identity federation";

const githubSecret = keyWhen(
  jobToken,
  ciSecret("secretName", ["plaintextValue", "value"], ["encryptedValue", "valueEncrypted"]),
);
const githubVariable = keyWhen(jobToken, ciVariable("variableName"));
const gitlabVariable = keyWhen(jobToken, ciVariable("key"));
const gitlabToken = keyWhen(
  "the job's own token (CI_JOB_TOKEN or an id_token), or an end that comes soon",
  keyUntil([endsAt("expiresAt")]),
);
// docs.gitlab.com/user/profile/personal_access_tokens: 365 days where nothing is said.
const gitlabAccessToken = keyWhen(
  "the job's own token (CI_JOB_TOKEN or an id_token), or an end that comes soon",
  keyUntil([endsAt("expiresAt", 365 * 86_400), endsByRotation]),
);
const azurePassword = keyWhen(
  federatedCredential,
  keyUntil([endsAt("endDate"), endsAfter("endDateRelative")]),
);
const cloudflareToken = keyWhen("an expiresOn that comes soon", keyUntil([endsAt("expiresOn")]));
// developers.cloudflare.com/api: a service token lives a year where nothing is said.
const cloudflareService = keyWhen("a short duration", keyUntil([endsAfter("duration", 365 * 86_400)]));
const atlasSecret = keyWhen(
  "secretExpiresAfterHours for as long as the job takes",
  keyUntil([endsAfterHours("secretExpiresAfterHours")]),
);
const kubernetesSecret = keyWhen("a token of the TokenRequest API, which ends", tokenSecret);

/** Keys of machines at other places than a cloud. */
export const keysElsewhere: Readonly<Record<string, Judge>> = {
  ...forTypes(githubSecret, [
    "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret",
    "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
    "github:index/actionsSecret:ActionsSecret",
    "github:index/codespacesOrganizationSecret:CodespacesOrganizationSecret",
    "github:index/codespacesSecret:CodespacesSecret",
    "github:index/codespacesUserSecret:CodespacesUserSecret",
    "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret",
    "github:index/dependabotSecret:DependabotSecret",
  ]),
  ...forTypes(githubVariable, [
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
    "github:index/actionsVariable:ActionsVariable",
  ]),
  "github:index/repositoryDeployKey:RepositoryDeployKey": staticKey(app),
  "github:index/userSshKey:UserSshKey": staticKey(app),
  "github:index/userGpgKey:UserGpgKey": keyWhen("signing with the job's own identity (Sigstore)", () => [
    advise("it", "lets whoever holds the private half sign as the account, as long as it is there"),
  ]),
  ...forTypes(gitlabVariable, [
    "gitlab:index/groupVariable:GroupVariable",
    "gitlab:index/instanceVariable:InstanceVariable",
    "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable",
    "gitlab:index/projectVariable:ProjectVariable",
  ]),
  ...forTypes(gitlabToken, [
    "gitlab:index/deployKey:DeployKey",
    "gitlab:index/groupDeployToken:GroupDeployToken",
    "gitlab:index/projectDeployToken:ProjectDeployToken",
    "gitlab:index/userSshKey:UserSshKey",
  ]),
  ...forTypes(gitlabAccessToken, [
    "gitlab:index/groupAccessToken:GroupAccessToken",
    "gitlab:index/groupServiceAccountAccessToken:GroupServiceAccountAccessToken",
    "gitlab:index/personalAccessToken:PersonalAccessToken",
    "gitlab:index/projectAccessToken:ProjectAccessToken",
    "gitlab:index/projectServiceAccountAccessToken:ProjectServiceAccountAccessToken",
    "gitlab:index/userImpersonationToken:UserImpersonationToken",
  ]),
  ...forTypes(azurePassword, [
    "azuread:index/applicationCertificate:ApplicationCertificate",
    "azuread:index/applicationPassword:ApplicationPassword",
    "azuread:index/servicePrincipalCertificate:ServicePrincipalCertificate",
    "azuread:index/servicePrincipalPassword:ServicePrincipalPassword",
  ]),
  ...forTypes(
    staticKey("the caller's AWS identity (cloud authentication), or a service access token with an end"),
    [
      "datadog:index/apiKey:ApiKey",
      "datadog:index/applicationKey:ApplicationKey",
      "datadog:index/serviceAccountApplicationKey:ServiceAccountApplicationKey",
    ],
  ),
  "datadog:index/serviceAccessToken:ServiceAccessToken": keyWhen(
    "an expiresAt that comes soon",
    keyUntil([endsAt("expiresAt")]),
  ),
  "cloudflare:index/accountToken:AccountToken": cloudflareToken,
  "cloudflare:index/apiToken:ApiToken": cloudflareToken,
  "cloudflare:index/accessServiceToken:AccessServiceToken": cloudflareService,
  "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken": cloudflareService,
  "snowflake:index/legacyServiceUser:LegacyServiceUser": staticKey(snowflakeFederation),
  "snowflake:index/serviceUser:ServiceUser": keyWhen(
    snowflakeFederation,
    mustBeAbsent("rsaPublicKey", "rsaPublicKey2"),
  ),
  "snowflake:index/userPublicKeys:UserPublicKeys": staticKey(snowflakeFederation),
  ...forTypes(staticKey(atlasFederation), [
    "mongodbatlas:index/aiModelApiKey:AiModelApiKey",
    "mongodbatlas:index/apiKey:ApiKey",
    "mongodbatlas:index/projectApiKey:ProjectApiKey",
  ]),
  ...forTypes(atlasSecret, [
    "mongodbatlas:index/mcpConfigSecret:McpConfigSecret",
    "mongodbatlas:index/projectMcpConfigSecret:ProjectMcpConfigSecret",
    "mongodbatlas:index/projectServiceAccount:ProjectServiceAccount",
    "mongodbatlas:index/projectServiceAccountSecret:ProjectServiceAccountSecret",
    "mongodbatlas:index/serviceAccount:ServiceAccount",
    "mongodbatlas:index/serviceAccountSecret:ServiceAccountSecret",
  ]),
  "mongodbatlas:index/databaseUser:DatabaseUser": keyWhen(
    "awsIamType or oidcAuthType, so that the machine shows its own identity",
    mustBeAbsent("password", "passwordWo"),
  ),
  "kubernetes:core/v1:Secret": kubernetesSecret,
  "kubernetes:core/v1:SecretPatch": kubernetesSecret,
};

function forTypes(judge: Judge, types: string[]) {
  return Object.fromEntries(types.map((type) => [type, judge]));
}

/**
 * A secret of a CI system: a credential, unless it is seen to be none. Role ARNs and client ids are kept there too, and the
 * configuration of a federated login.
 */
function ciSecret(nameProperty: string, plain: string[], encrypted: string[]): Judge {
  return (resource) => {
    const closed = encrypted.find((property) => isGiven(resource.read(property)));
    if (closed !== undefined) return [fail(closed, "is a stored credential that nobody else can look at")];
    return plain.flatMap((property) =>
      storedFindings(property, resource.read(property), nameOf(resource, nameProperty), secretStored),
    );
  };
}

/** A variable of a CI system: whoever sees the job sees it, unless it is masked, which makes it a secret. */
function ciVariable(nameProperty: string): Judge {
  return (resource) => {
    const isMasked = ["masked", "hidden"].some((property) => resource.read(property) === true);
    const judge = isMasked ? secretStored : secretNamed;
    return storedFindings("value", resource.read("value"), nameOf(resource, nameProperty), judge);
  };
}

function nameOf(resource: Resource, property: string): string {
  const name = resource.read(property);
  return typeof name === "string" ? name : "";
}

/** Characters of a value that are looked at: the largest secret of GitHub has 48 KB. */
const largest = 64 * 1024;

function storedFindings(
  property: string,
  value: Value | undefined,
  name: string,
  judge: (name: string, value: string) => string | undefined,
): Finding[] {
  if (value === unknown) return [undetermined(property, "is not known yet, and may be a key")];
  if (typeof value !== "string") return [];
  const is = judge(name, value.slice(0, largest));
  if (is !== undefined) return [fail(property, `holds ${is}`)];
  return value.length > largest
    ? [undetermined(property, "is too long to be read whole, and may be a key")]
    : [];
}

/** kubernetes.io/docs/concepts/configuration/secret: the types whose content opens something. */
const credentials: Readonly<Record<string, string>> = {
  "kubernetes.io/service-account-token": "is that of a service account's token without an end",
  "kubernetes.io/basic-auth": "is that of a stored password",
  "kubernetes.io/ssh-auth": "is that of a stored private key",
};

function tokenSecret(resource: Resource): Finding[] {
  const type = resource.read("type");
  if (type === unknown)
    return [undetermined("type", "is not known yet, and may be that of a service account's token")];
  if (type === "bootstrap.kubernetes.io/token" && !hasExpiration(resource))
    return [fail("type", "is that of a bootstrap token, and nothing says its expiration")];
  const says = typeof type === "string" && Object.hasOwn(credentials, type) ? credentials[type] : undefined;
  return says === undefined ? [] : [fail("type", says)];
}

const hasExpiration = (resource: Resource) =>
  ["data", "stringData"].some((property) => {
    const data = resource.read(property);
    return data === unknown || (isObject(data) && isGiven(data.expiration));
  });
