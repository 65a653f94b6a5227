import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const secretId = "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId";
const appRole = "vault:appRole/authBackendRole:AuthBackendRole";
const terraform = "vault:terraformcloud/secretRole:SecretRole";
const reviewer = "vault:kubernetes/authBackendConfig:AuthBackendConfig";

/** What holds a key, and the properties that do. */
const holders: Record<string, [string, ...string[]]> = {
  "vault:aws/authBackendClient:AuthBackendClient": ["accessKey", "secretKey", "secretKeyWo"],
  "vault:azure/authBackendConfig:AuthBackendConfig": ["clientSecret", "clientSecretWo"],
  "vault:azure/backend:Backend": ["clientSecret", "clientSecretWo"],
  "vault:gcp/authBackend:AuthBackend": ["credentials", "credentialsWo"],
  "vault:gcp/secretBackend:SecretBackend": ["credentials", "credentialsWo"],
  "vault:index/raftSnapshotAgentConfig:RaftSnapshotAgentConfig": [
    "awsSecretAccessKey",
    "googleServiceAccountKey",
    "azureAccountKey",
  ],
  [reviewer]: ["tokenReviewerJwt", "tokenReviewerJwtWo"],
  "vault:secrets/syncAwsDestination:SyncAwsDestination": ["secretAccessKey"],
  "vault:secrets/syncAzureDestination:SyncAzureDestination": ["clientSecret"],
  "vault:secrets/syncGcpDestination:SyncGcpDestination": ["credentials"],
  "vault:secrets/syncGhDestination:SyncGhDestination": ["accessToken"],
};
const wrapped = { roleName: "ci", wrappingTtl: "60s", withWrappedAccessor: true };
const one = "credentialType gives the one token of an organisation or a team, which no lease ends";

/** Static keys in Vault, for `no-static-keys`. */
export const vaultKeyCases: Required<RuleCases> = {
  allows: [
    { name: "a wrapped secret id", type: secretId, props: { ...wrapped, ttl: 600, numUses: 1 } },
    {
      name: "secret ids for ten minutes",
      type: appRole,
      props: { roleName: "ci", secretIdTtl: 600, secretIdNumUses: 1 },
    },
    { name: "a role without secret ids", type: appRole, props: { bindSecretId: false } },
    ...Object.keys(holders).map((type) => ({
      name: `none in ${type}`,
      type,
      props: { identityTokenAudience: "vault", clientId: "x", [holders[type]?.[0] ?? ""]: "" },
    })),
    { name: "tokens of a team that end", type: terraform, props: { teamId: "t", credentialType: "team" } },
    { name: "tokens of a user", type: terraform, props: { userId: "user-1" } },
  ],
  blocks: [
    {
      name: "a secret id in the state",
      type: secretId,
      props: { roleName: "ci", ttl: 600 },
      says: ["wrappingTtl is not set, so that the secret id itself stays in the deployment's state"],
    },
    {
      name: "a secret id that somebody chose, wrapped or not",
      type: secretId,
      props: { ...wrapped, ttl: 600, secretId: unknownText },
      says: ["secretId is a static key"],
    },
    {
      name: "a secret id for a year, in paper for a month",
      type: secretId,
      props: { ...wrapped, wrappingTtl: "720h", ttl: 31_536_000 },
      says: [
        "wrappingTtl lets the key live 30 d, and 1 d are allowed",
        "ttl lets the key live 365 d, and 1 d are allowed",
      ],
    },
    ...[{}, { secretIdTtl: 0 }].map((props) => ({
      name: `secret ids without an end: ${JSON.stringify(props)}`,
      type: appRole,
      props: { roleName: "ci", bindSecretId: true, ...props },
      says: ["secretIdTtl is not set, so that a secret id is a static key"],
    })),
    {
      name: "secret ids for a year",
      type: appRole,
      props: { secretIdTtl: 31_536_000 },
      says: ["secretIdTtl lets the key live 365 d, and 1 d are allowed"],
    },
    {
      name: "a secret id of 0 seconds, which is for ever",
      type: secretId,
      props: { ...wrapped, ttl: 0 },
      says: ["ttl is not set, so that only the role's secretIdTtl ends the secret id"],
      level: "advisory",
    },
    {
      name: "a secret id whose end only the role says",
      type: secretId,
      props: wrapped,
      says: ["ttl is not set, so that only the role's secretIdTtl ends the secret id"],
      level: "advisory",
    },
    ...Object.entries(holders).flatMap(([type, properties]) =>
      properties.map((property) => ({
        name: `${property} of ${type}`,
        type,
        props: { [property]: unknownText },
        says: [`${property} is a static key`],
      })),
    ),
    {
      name: "a user of a directory with a password",
      type: "vault:ad/secretRole:SecretRole",
      props: { ttl: 60 },
      says: ["it is a static key"],
    },
    ...[
      { organization: "acme" },
      { teamId: "team-1" },
      { credentialType: "team_legacy", teamId: "team-1" },
      { credentialType: "organization", userId: "user-1" },
    ].map((props) => ({
      name: `a token for all who ask: ${Object.keys(props).join(" and ")}`,
      type: terraform,
      props,
      says: [one],
    })),
  ],
  undecided: [
    {
      name: "how long a secret id is wrapped",
      type: secretId,
      props: { ...wrapped, wrappingTtl: unknownText, ttl: 600 },
      says: ["wrappingTtl is not known yet, and may be a long time away"],
    },
    {
      name: "what kind of token",
      type: terraform,
      props: { credentialType: unknownText, teamId: "team-1" },
      says: ["credentialType is not known yet, and some are static keys"],
    },
  ],
};
