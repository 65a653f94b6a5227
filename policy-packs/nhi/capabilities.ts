import { element, readDocument, texts } from "./aws/document";
import { isMarked, marks } from "./marks";
import type { Resource } from "./rule";
import { isObject, type Value } from "./value";

/** What keeps machines without standing secrets, as far as resources show it. */
export const capabilities = ["identity", "jit-access", "dynamic-secrets", "audit"] as const;
export type Capability = (typeof capabilities)[number];

export const platforms = ["aws", "gcp", "vault"] as const;
export type Platform = (typeof platforms)[number];

/** What a type is there for. A test on the resource, where the type alone does not say so. */
interface Evidence {
  types: readonly string[];
  provides?: (resource: Resource) => boolean;
}

const providers: Record<Capability, readonly Evidence[]> = {
  identity: [
    {
      types: [
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/samlProvider:SamlProvider",
        "aws:iam/user:User",
        "aws:rolesanywhere/trustAnchor:TrustAnchor",
        "aws-native:iam:OidcProvider",
        "aws-native:iam:SamlProvider",
        "aws-native:iam:User",
        "aws-native:rolesanywhere:TrustAnchor",
        "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
        "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
        "gcp:serviceaccount/account:Account",
        "google-native:iam/v1:Provider",
        "google-native:iam/v1:ServiceAccount",
        "google-native:iam/v1:WorkloadIdentityPool",
        "vault:alicloud/authBackendRole:AuthBackendRole",
        "vault:appRole/authBackendRole:AuthBackendRole",
        "vault:aws/authBackendRole:AuthBackendRole",
        "vault:azure/authBackendRole:AuthBackendRole",
        "vault:gcp/authBackend:AuthBackend",
        "vault:gcp/authBackendRole:AuthBackendRole",
        "vault:index/authBackend:AuthBackend",
        "vault:index/certAuthBackendRole:CertAuthBackendRole",
        "vault:index/ociAuthBackendRole:OciAuthBackendRole",
        "vault:index/scepAuthBackendRole:ScepAuthBackendRole",
        "vault:index/token:Token",
        "vault:jwt/authBackend:AuthBackend",
        "vault:jwt/authBackendRole:AuthBackendRole",
        "vault:kubernetes/authBackendRole:AuthBackendRole",
        "vault:tokenauth/authBackendRole:AuthBackendRole",
      ],
    },
    { types: ["aws:iam/role:Role", "aws-native:iam:Role"], provides: (role) => !isOfAwsItself(role) },
  ],
  "jit-access": [
    {
      types: ["aws:iam/role:Role", "aws-native:iam:Role"],
      provides: (resource) => isMarked(resource, marks.jit),
    },
    { types: ["gcp:privilegedaccessmanager/entitlement:entitlement"] },
  ],
  "dynamic-secrets": [
    {
      types: [
        "vault:consul/secretBackendRole:SecretBackendRole",
        "vault:database/secretBackendRole:SecretBackendRole",
        "vault:kubernetes/secretBackendRole:SecretBackendRole",
        "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole",
        "vault:pkiSecret/secretBackendRole:SecretBackendRole",
        "vault:rabbitMq/secretBackendRole:SecretBackendRole",
        "vault:ssh/secretBackendRole:SecretBackendRole",
      ],
    },
    {
      // An IAM user's key has a lease, and is a static key all the same until somebody ends it.
      types: ["vault:aws/secretBackendRole:SecretBackendRole"],
      provides: (resource) => resource.read("credentialType") !== "iam_user",
    },
    {
      types: [
        "vault:gcp/secretImpersonatedAccount:SecretImpersonatedAccount",
        "vault:gcp/secretRoleset:SecretRoleset",
        "vault:gcp/secretStaticAccount:SecretStaticAccount",
      ],
      provides: (resource) => resource.read("secretType") !== "service_account_key",
    },
  ],
  audit: [
    { types: ["aws:cloudtrail/trail:Trail"], provides: (trail) => trail.read("enableLogging") !== false },
    {
      types: ["aws:cloudtrail/eventDataStore:EventDataStore"],
      provides: (store) => !isTrue(store.read("suspend")),
    },
    {
      types: ["aws-native:cloudtrail:Trail"],
      provides: (trail) => trail.read("isLogging") !== false,
    },
    {
      types: ["aws-native:cloudtrail:EventDataStore"],
      provides: (store) => store.read("ingestionEnabled") !== false,
    },
    {
      types: [
        "gcp:folder/iamAuditConfig:IamAuditConfig",
        "gcp:organizations/iamAuditConfig:IamAuditConfig",
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        "vault:index/audit:Audit",
      ],
    },
  ],
};

/** Services that act with a role by themselves. No code of ours runs there, so no machine of ours holds the role. */
const awsItself =
  /^(cloudtrail|config|events|scheduler|backup|guardduty|vpc-flow-logs|logs|s3)\.amazonaws\.com(\.cn)?$/;

function isOfAwsItself(role: Resource): boolean {
  const reading = readDocument(role.read("assumeRolePolicy") ?? role.read("assumeRolePolicyDocument"));
  if ("unreadable" in reading || reading.statements.length === 0) return false;
  return reading.statements.every(({ principal }) => {
    const services = isObject(principal) ? texts(element(principal, "service")) : [];
    return (
      isObject(principal) &&
      Object.keys(principal).length === 1 &&
      services.length > 0 &&
      services.every((service) => typeof service === "string" && awsItself.test(service))
    );
  });
}

const isTrue = (value: Value | undefined) => value === true || value === "true";

/** The types that show a capability. */
export const typesOf = (capability: Capability): string[] =>
  providers[capability].flatMap(({ types }) => types);

export const provides = (resource: Resource, capability: Capability): boolean =>
  providers[capability].some(
    ({ types, provides = () => true }) => types.includes(resource.type) && provides(resource),
  );

/** `aws:iam/role:Role` -> `aws`, as `aws-native:iam:Role` */
export const platformOf = (type: string): Platform | undefined =>
  platforms.find((platform) => type.replace(/^(aws|google)-native:/, nativeOf).startsWith(`${platform}:`));

const nativeOf = (_: string, name: string) => (name === "google" ? "gcp:" : `${name}:`);
