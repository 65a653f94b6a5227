import type { Resource, ResourceRule } from "../rule";
import { isObject, unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";

/** When a resource of a type is a static key, and what to use instead. */
interface Ban {
  instead: string;
  /** For types that are a key only with certain settings. Without it, the resource's existence is the finding. */
  unless?: (resource: Resource) => Finding[];
}

const awsFederation = "an AWS role that the machine assumes with its own OIDC token or certificate";
const gcpFederation = "a workload identity pool, and bind the machine's principal to the resource";
const dynamicRole = "a dynamic role, which makes one user for each lease and removes it afterwards";

const bans: Record<string, Ban> = {
  "aws:iam/accessKey:AccessKey": { instead: awsFederation },
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": { instead: awsFederation },
  "aws:iam/sshKey:SshKey": { instead: "git-remote-codecommit with the credentials of a role" },
  "aws:iam/signingCertificate:SigningCertificate": { instead: awsFederation },
  "aws:lightsail/bucketAccessKey:BucketAccessKey": {
    instead: "the bucket's resource access for an instance",
  },
  "gcp:serviceaccount/key:Key": { instead: gcpFederation },
  "gcp:storage/hmacKey:HmacKey": { instead: gcpFederation, unless: hmacKey },
  "gcp:projects/apiKey:ApiKey": { instead: gcpFederation, unless: apiKey },
  "vault:database/secretBackendStaticRole:SecretBackendStaticRole": { instead: dynamicRole },
  "vault:aws/secretBackendStaticRole:SecretBackendStaticRole": {
    instead: "vault.aws.SecretBackendRole with credentialType assumed_role",
  },
  "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole": {
    instead: "vault.ldap.SecretBackendDynamicRole",
  },
  "vault:aws/secretBackendRole:SecretBackendRole": {
    instead: "credentialType assumed_role",
    unless: isSet("credentialType", "iam_user", "makes IAM users with access keys"),
  },
  "vault:aws/secretBackend:SecretBackend": {
    instead: "roleArn with identityTokenAudience, so that Vault signs in to AWS with its own identity",
    unless: mustBeAbsent("accessKey", "secretKey", "secretKeyWo"),
  },
  "vault:gcp/secretStaticAccount:SecretStaticAccount": {
    instead: "secretType access_token",
    unless: isSet("secretType", "service_account_key", "hands out service account keys"),
  },
  "vault:gcp/secretRoleset:SecretRoleset": {
    instead: "secretType access_token",
    unless: isSet("secretType", "service_account_key", "hands out service account keys"),
  },
};

export const noStaticKeys: ResourceRule = {
  id: "no-static-keys",
  title: "No machine holds a key that does not end by itself.",
  why: "A static key works from anywhere until somebody remembers to delete it, and nobody sees where it was copied.",
  fix: "Give the machine an identity of its own and let it ask for a credential for each task.",
  severity: "critical",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee:
    "Keys made outside Pulumi, keys of resources that are only read (`get`), and keys in other providers' resources.",
  whenNot:
    "A program that can't be given an identity of its own, and is named as a static exception with an owner and an end.",
  samples: {
    bad: `
const user = new aws.iam.User("deployer");
new aws.iam.AccessKey("deployer", { user: user.name });
`,
    good: `
new nhi.AwsFederatedRole("deploy", {
  metadata: {
    owner: "team-web",
    purpose: "publish the website",
    environment: "production",
    kind: nhi.NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  workloads: {
    github: [
      { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", environment: "production" },
    ],
  },
});
`,
  },
  types: Object.keys(bans),
  check(resource) {
    const ban = bans[resource.type];
    if (!ban) return [];
    const findings = ban.unless ? ban.unless(resource) : [fail("it", "is a static key")];
    return findings.map((finding) => ({ ...finding, fix: `Use ${ban.instead}.` }));
  },
};

/** An inactive key can't sign; it is there until what used it is gone. */
function hmacKey(resource: Resource): Finding[] {
  const state = resource.read("state");
  if (state === unknown)
    return [undetermined("state", "is not known yet, and an active key is a static key")];
  return state === "INACTIVE" || state === "DELETED" ? [] : [fail("it", "is an active static key")];
}

/** A key that names a program to a public API is no machine identity, as long as it opens nothing else. */
function apiKey(resource: Resource): Finding[] {
  if (resource.read("serviceAccountEmail") !== undefined)
    return [fail("serviceAccountEmail", "makes the key act as a service account")];
  const restrictions = resource.read("restrictions");
  if (restrictions === unknown)
    return [undetermined("restrictions", "is not known yet, and an unrestricted key is a static key")];
  const targets = isObject(restrictions) && restrictions.apiTargets;
  return Array.isArray(targets) && targets.length > 0
    ? []
    : [fail("restrictions", "has no apiTargets, so the key opens every API of the project")];
}

function isSet(property: string, banned: string, says: string) {
  return (resource: Resource): Finding[] => {
    const value = resource.read(property);
    if (value === unknown) return [undetermined(property, `is not known yet, and "${banned}" ${says}`)];
    return value === banned ? [fail(property, `is "${banned}", which ${says}`)] : [];
  };
}

function mustBeAbsent(...properties: string[]) {
  return (resource: Resource): Finding[] =>
    properties
      .filter((property) => resource.read(property) !== undefined)
      .slice(0, 1)
      .map((property) => fail(property, "is a static key"));
}
