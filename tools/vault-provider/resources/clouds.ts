import type { Property } from "../property";
import { document } from "./document";
import { engineMount } from "./engine-mount";
import { namespace } from "./namespace";

const text: Property = { kind: "string" };
const seconds: Property = { kind: "integer" };
const rotation = {
  identityTokenAudience: text,
  identityTokenTtl: seconds,
  rotationPeriod: seconds,
  rotationSchedule: text,
  rotationWindow: seconds,
  disableAutomatedRotation: { kind: "boolean" },
} as const;

export const awsEngine = engineMount({
  type: "aws",
  configPath: "config/root",
  isTold: true,
  password: { writeOnly: "secretKeyWo", version: "secretKeyWoVersion", api: "secret_key" },
  config: {
    ...rotation,
    accessKey: { ...text, secret: true },
    iamEndpoint: text,
    region: { ...text, computed: true },
    roleArn: text,
    stsEndpoint: text,
    stsRegion: text,
    maxRetries: { kind: "integer", default: -1 },
    usernameTemplate: { ...text, computed: true },
  },
});

export const gcpEngine = engineMount({
  type: "gcp",
  configPath: "config",
  isTold: true,
  password: { writeOnly: "credentialsWo", version: "credentialsWoVersion", api: "credentials" },
  config: { ...rotation, serviceAccountEmail: text, ttl: seconds, maxTtl: seconds },
});

export const azureEngine = engineMount({
  type: "azure",
  configPath: "config",
  isTold: true,
  password: { writeOnly: "clientSecretWo", version: "clientSecretWoVersion", api: "client_secret" },
  config: {
    ...rotation,
    subscriptionId: { ...text, required: true, secret: true },
    tenantId: { ...text, required: true, secret: true },
    clientId: { ...text, secret: true },
    environment: text,
    rootPasswordTtl: { kind: "integer", computed: true },
  },
});

export const kubernetesEngine = engineMount({
  type: "kubernetes",
  configPath: "config",
  isTold: true,
  password: {
    writeOnly: "serviceAccountJwtWo",
    version: "serviceAccountJwtWoVersion",
    api: "service_account_jwt",
  },
  config: {
    kubernetesHost: text,
    kubernetesCaCert: text,
    disableLocalCaJwt: { kind: "boolean" },
  },
});

const inEngine = {
  ...namespace,
  backend: { kind: "path", identity: true, required: true },
} as const;

export const awsRole = document({
  idFormat: "<backend>/roles/<name>",
  properties: {
    ...inEngine,
    name: { kind: "string", autonamed: true, identity: true },
    credentialType: { kind: "string", required: true, replaces: true },
    roleArns: { kind: "set" },
    policyArns: { kind: "set" },
    policyDocument: text,
    defaultStsTtl: seconds,
    maxStsTtl: seconds,
    externalId: text,
    sessionTags: { kind: "map" },
  },
});

export const gcpImpersonatedAccount = document({
  idFormat: "<backend>/impersonated-account/<impersonatedAccount>",
  properties: {
    ...inEngine,
    impersonatedAccount: { kind: "string", identity: true, required: true },
    serviceAccountEmail: { ...text, required: true },
    tokenScopes: { kind: "set" },
    ttl: text,
  },
});

export const azureRole = document({
  idFormat: "<backend>/roles/<role>",
  properties: {
    ...inEngine,
    role: { kind: "string", identity: true, required: true },
    azureRoles: {
      kind: "list",
      toApi: (value) =>
        JSON.stringify(
          (value as { roleName: string; scope: string }[]).map(({ roleName, scope }) => ({
            role_name: roleName,
            scope,
          })),
        ),
      fromApi: (raw) =>
        (raw as { role_name: string; scope: string }[]).map(({ role_name, scope }) => ({
          roleName: role_name,
          scope,
        })),
    },
    ttl: text,
    maxTtl: text,
    permanentlyDelete: { kind: "boolean" },
  },
});

export const kubernetesRole = document({
  idFormat: "<backend>/roles/<name>",
  properties: {
    ...inEngine,
    name: { kind: "string", autonamed: true, identity: true },
    allowedKubernetesNamespaces: { kind: "list" },
    tokenDefaultTtl: seconds,
    tokenMaxTtl: seconds,
    tokenDefaultAudiences: { kind: "list" },
    serviceAccountName: text,
    kubernetesRoleName: text,
    kubernetesRoleType: { kind: "string", default: "Role" },
  },
});
