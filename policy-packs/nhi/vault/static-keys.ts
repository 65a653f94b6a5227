import { seconds } from "../duration";
import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { storedKey } from "../secrets/stored";
import { endsAfterSeconds, isGiven, isSet, keyUntil, keyWhen, mustBeAbsent, staticKey } from "../static-key";
import { unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { withEndpoint } from "./endpoint";
import { fixedPasswords } from "./fixed-passwords";

const dynamicRole = "a dynamic role, which makes one user for each lease and removes it afterwards";
const accessTokens = keyWhen(
  "secretType access_token",
  isSet("secretType", "service_account_key", "hands out service account keys"),
);

/** How Vault itself signs in to a cloud: with a key, or with what the cloud or Vault's own issuer says of it. */
const engine = (cloud: string, ...keys: string[]): Judge =>
  keyWhen(
    `no key, so that Vault signs in to ${cloud} as the machine that it runs on, or identityTokenAudience, so that it signs in with a token of its own`,
    mustBeAbsent(...keys),
  );

export const vaultKeys: Readonly<Record<string, Judge>> = withEndpoint({
  "vault:database/secretBackendRole:SecretBackendRole": fixedPasswords,
  "vault:database/secretBackendStaticRole:SecretBackendStaticRole": staticKey(dynamicRole),
  "vault:aws/secretBackendStaticRole:SecretBackendStaticRole": staticKey(
    "vault.aws.SecretBackendRole with credentialType assumed_role",
  ),
  "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole": staticKey(
    "vault.ldap.SecretBackendDynamicRole",
  ),
  "vault:aws/secretBackendRole:SecretBackendRole": keyWhen(
    "credentialType assumed_role",
    isSet("credentialType", "iam_user", "makes IAM users with access keys"),
  ),
  "vault:ad/secretRole:SecretRole": staticKey("vault.ldap.SecretBackendDynamicRole"),
  "vault:appRole/authBackendLogin:AuthBackendLogin": keyWhen(
    "a method by which a machine shows what it is: jwt, kubernetes, aws or gcp",
    mustBeAbsent("secretId", "secretIdWo"),
  ),
  "vault:appRole/authBackendRole:AuthBackendRole": secretIds,
  "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": secretId,
  "vault:aws/authBackendClient:AuthBackendClient": engine("AWS", "accessKey", "secretKey", "secretKeyWo"),
  "vault:aws/secretBackend:SecretBackend": engine("AWS", "accessKey", "secretKey", "secretKeyWo"),
  ...forTypes(
    ["vault:azure/authBackendConfig:AuthBackendConfig", "vault:azure/backend:Backend"],
    engine("Azure", "clientSecret", "clientSecretWo"),
  ),
  ...forTypes(
    ["vault:gcp/authBackend:AuthBackend", "vault:gcp/secretBackend:SecretBackend"],
    engine("GCP", "credentials", "credentialsWo"),
  ),
  "vault:index/raftSnapshotAgentConfig:RaftSnapshotAgentConfig": keyWhen(
    "the identity of the machines that Vault runs on",
    mustBeAbsent("awsSecretAccessKey", "googleServiceAccountKey", "azureAccountKey"),
  ),
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": keyWhen(
    "the token of whoever signs in, or Vault's own in its cluster: leave tokenReviewerJwt out",
    mustBeAbsent("tokenReviewerJwt", "tokenReviewerJwtWo"),
  ),
  ...forTypes(
    ["vault:generic/secret:Secret", "vault:kv/secret:Secret", "vault:kv/secretV2:SecretV2"],
    storedKey("dataJson", "dataJsonWo"),
  ),
  ...forTypes(
    [
      "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
      "vault:pkiSecret/secretBackendKey:SecretBackendKey",
      "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
    ],
    keyWhen("type internal or kms", isSet("type", "exported", "hands out the authority's private key")),
  ),
  "vault:pkiSecret/secretBackendConfigCa:SecretBackendConfigCa": keyWhen(
    "secretBackendIntermediateCertRequest, so that the key never leaves Vault",
    mustBeAbsent("pemBundle"),
  ),
  "vault:ssh/secretBackendCa:SecretBackendCa": keyWhen(
    "generateSigningKey, so that the key never leaves Vault",
    mustBeAbsent("privateKey", "privateKeyWo"),
  ),
  "vault:secrets/syncAwsDestination:SyncAwsDestination": engine("AWS", "secretAccessKey"),
  "vault:secrets/syncAzureDestination:SyncAzureDestination": engine("Azure", "clientSecret"),
  "vault:secrets/syncGcpDestination:SyncGcpDestination": engine("GCP", "credentials"),
  "vault:secrets/syncGhDestination:SyncGhDestination": keyWhen(
    "a GitHub App, by appName and installationId",
    mustBeAbsent("accessToken"),
  ),
  "vault:terraformcloud/secretRole:SecretRole": terraformTokens,
  "vault:gcp/secretStaticAccount:SecretStaticAccount": accessTokens,
  "vault:gcp/secretRoleset:SecretRoleset": accessTokens,
});

/**
 * A secret id that Vault gives to the deployment is in its state, and is good from anywhere. Wrapped, the state has a
 * token that is good once and shows when somebody else was first (developer.hashicorp.com/vault/docs/concepts/response-wrapping).
 */
function secretId(resource: Resource): Finding[] {
  if (isGiven(resource.read("secretId"))) return [fail("secretId", "is a static key")];
  return [
    ...(isGiven(resource.read("wrappingTtl"))
      ? keyUntil([endsAfterSeconds("wrappingTtl")])(resource)
      : [
          fail(
            "wrappingTtl",
            "is not set, so that the secret id itself stays in the deployment's state",
            "Set wrappingTtl to a few minutes, ttl and numUses: 1, or give the machine a role of jwt, kubernetes, aws or gcp.",
          ),
        ]),
    ...(isTime(resource, "ttl")
      ? keyUntil([endsAfterSeconds("ttl")])(resource)
      : [advise("ttl", "is not set, so that only the role's secretIdTtl ends the secret id")]),
  ];
}

/** Vault reads 0 as no end. */
const isTime = (resource: Resource, property: string) =>
  isGiven(resource.read(property)) && seconds(resource.read(property)) !== 0;

/** What a role's secret ids are good for when who asks for one says nothing (developer.hashicorp.com/vault/api-docs/auth/approle). */
function secretIds(resource: Resource): Finding[] {
  const property = "secretIdTtl";
  if (resource.read("bindSecretId") === false) return [];
  if (isTime(resource, property)) return keyUntil([endsAfterSeconds(property)])(resource);
  return [
    fail(
      property,
      "is not set, so that a secret id is a static key",
      "Set it to minutes and secretIdNumUses to 1, or use jwt, kubernetes, aws or gcp, which need no secret.",
    ),
  ];
}

/** Of an organisation or a team of the older kind there is one token, and each who asks gets the same. */
function terraformTokens(resource: Resource): Finding[] {
  const kind = resource.read("credentialType");
  const isOne =
    kind === "organization" ||
    kind === "team_legacy" ||
    (!isGiven(kind) &&
      (isGiven(resource.read("organization")) || isGiven(resource.read("teamId"))) &&
      !isGiven(resource.read("userId")));
  if (kind === unknown) return [undetermined("credentialType", "is not known yet, and some are static keys")];
  return isOne
    ? [
        fail(
          "credentialType",
          "gives the one token of an organisation or a team, which no lease ends",
          "Use credentialType team, whose tokens end with their lease.",
        ),
      ]
    : [];
}
