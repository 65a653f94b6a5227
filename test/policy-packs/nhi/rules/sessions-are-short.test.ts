import { sessionsAreShort } from "../../../../policy-packs/nhi/rules/sessions-are-short";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { endpointCases } from "../vault/endpoint";

const role = "aws:iam/role:Role";
const permissions = "aws:ssoadmin/permissionSet:PermissionSet";
const jwt = "vault:jwt/authBackendRole:AuthBackendRole";
const token = "vault:index/token:Token";
const database = "vault:database/secretBackendRole:SecretBackendRole";
const pki = "vault:pkiSecret/secretBackendRole:SecretBackendRole";
const ssh = "vault:ssh/secretBackendRole:SecretBackendRole";
const mount = "vault:index/mount:Mount";
const identity = "vault:identity/oidcRole:OidcRole";
const azure = "vault:azure/backendRole:BackendRole";
const kmip = "vault:kmip/secretRole:SecretRole";
const method = "vault:jwt/authBackend:AuthBackend";
const sts = "vault:aws/secretBackendRole:SecretBackendRole";

const entitlement = "gcp:privilegedaccessmanager/entitlement:entitlement";
const people = "gcp:iam/workforcePool:WorkforcePool";
const nativePeople = "google-native:iam/v1:WorkforcePool";

const unset = (property: string, most: number) =>
  `${property} is not set, so Vault's default holds: 768 hours unless somebody changed it, and may be at most ${most} seconds`;
const is = (property: string, seconds: number, most: number) =>
  `${property} is ${seconds} seconds, and may be at most ${most} seconds`;
const overDefault = (property: string) =>
  `${property} is 3153600 seconds, and lets a role without a limit of its own give more than the 768 hours that Vault would`;
const noLimits = [unset("tokenTtl", 3600), unset("tokenMaxTtl", 14400)];

testRule(sessionsAreShort, {
  allows: [
    ...endpointCases["sessions-are-short"].allows,
    { name: "a grant of GCP for four hours", type: entitlement, props: { maxRequestDuration: "14400s" } },
    { name: "a workforce pool that says nothing: an hour", type: people, props: {} },
    { name: "a workforce pool for half an hour", type: nativePeople, props: { sessionDuration: "1800s" } },
    {
      name: "the least that AWS takes for a role of a tier with less",
      type: role,
      props: { maxSessionDuration: 3600, tags: { "nhi:tier": "sensitive" } },
    },
    { name: "an AWS role with the shortest cap", type: role, props: { maxSessionDuration: 3600 } },
    { name: "an AWS role that says nothing: an hour", type: role, props: {} },
    {
      name: "a longer cap where the team allows it",
      type: role,
      props: { maxSessionDuration: 7200 },
      config: { maxSessionSeconds: 7200 },
    },
    { name: "a permission set of an hour", type: permissions, props: { sessionDuration: "PT1H" } },
    { name: "a permission set of sixty minutes", type: permissions, props: { sessionDuration: "PT60M" } },
    { name: "a Vault role with both times", type: jwt, props: { tokenTtl: 900, tokenMaxTtl: 1800 } },
    { name: "a Vault role whose maximum is also its time", type: jwt, props: { tokenMaxTtl: 1800 } },
    { name: "a Vault role with only an explicit maximum", type: jwt, props: { tokenExplicitMaxTtl: 3600 } },
    {
      name: "a periodic token with an end",
      type: jwt,
      props: { tokenPeriod: 600, tokenExplicitMaxTtl: 14400 },
    },
    {
      name: "a batch token, which can't be renewed",
      type: jwt,
      props: { tokenTtl: 900, tokenType: "batch" },
    },
    {
      name: "a time that is not known yet under a maximum that is",
      type: jwt,
      props: { tokenTtl: unknownText, tokenMaxTtl: 900 },
    },
    { name: "a token with an end", type: token, props: { ttl: "1h", renewable: true, explicitMaxTtl: "4h" } },
    { name: "a token that can't be renewed", type: token, props: { ttl: "15m", renewable: false } },
    {
      name: "a database role within both ceilings",
      type: database,
      props: { defaultTtl: 3600, maxTtl: 14400 },
    },
    { name: "a certificate of a day", type: pki, props: { maxTtl: "24h" } },
    { name: "an SSH certificate of half an hour", type: ssh, props: { maxTtl: "1800" } },
    {
      name: "an SSH host's certificate of a day",
      type: ssh,
      props: { allowHostCertificates: true, allowUserCertificates: false, maxTtl: "86400" },
    },
    { name: "an SSH password for one sign-in", type: ssh, props: { keyType: "otp" } },
    {
      name: "a certificate until an hour from now",
      type: pki,
      props: { maxTtl: "1h", notAfter: "2027-01-15T13:00:00Z" },
    },
    {
      name: "an asked-for certificate with the role's time",
      type: "vault:pkiSecret/secretBackendCert:SecretBackendCert",
      props: { commonName: "a" },
    },
    { name: "a KMIP role with the engine's time", type: kmip, props: {} },
    { name: "a mount that leaves its limits to Vault", type: mount, props: { type: "database" } },
    {
      name: "the authority's mount, whose certificate lives for years",
      type: mount,
      props: { type: "pki", maxLeaseTtlSeconds: 315_360_000 },
    },
    {
      name: "a RabbitMQ mount with both limits",
      type: mount,
      props: { type: "rabbitmq", defaultLeaseTtlSeconds: 900, maxLeaseTtlSeconds: 3600 },
    },
    { name: "a method's limits at Vault's own", type: method, props: { tune: { maxLeaseTtl: "768h" } } },
    {
      name: "a service principal with an end of its own",
      type: azure,
      props: { ttl: "300", explicitMaxTtl: "3600" },
    },
    { name: "an ID token of ten minutes", type: identity, props: { ttl: 600 } },
    { name: "STS credentials of an hour", type: sts, props: { defaultStsTtl: 900, maxStsTtl: 3600 } },
  ],
  blocks: [
    ...endpointCases["sessions-are-short"].blocks,
    {
      name: "a grant of GCP for a week",
      type: entitlement,
      props: { maxRequestDuration: "604800s" },
      says: [is("maxRequestDuration", 604800, 14400)],
    },
    {
      name: "a grant of GCP for a second too long",
      type: entitlement,
      props: { maxRequestDuration: "14401s" },
      says: [is("maxRequestDuration", 14401, 14400)],
    },
    ...[people, nativePeople].map((type) => ({
      name: `sessions of half a day in ${type}`,
      type,
      props: { sessionDuration: "43200s" },
      says: [is("sessionDuration", 43200, 3600)],
    })),
    {
      name: "an AWS role of twelve hours",
      type: role,
      props: { maxSessionDuration: 43200 },
      says: [is("maxSessionDuration", 43200, 3600)],
    },
    {
      name: "a role of twelve hours, by the other provider",
      type: "aws-native:iam:Role",
      props: { maxSessionDuration: 43200 },
      says: [is("maxSessionDuration", 43200, 3600)],
    },
    {
      name: "a profile of twelve hours, by the other provider",
      type: "aws-native:rolesanywhere:Profile",
      props: { durationSeconds: 43200 },
      says: [is("durationSeconds", 43200, 3600)],
    },
    {
      name: "a permission set of twelve hours, by the other provider",
      type: "aws-native:sso:PermissionSet",
      props: { sessionDuration: "PT12H" },
      says: [is("sessionDuration", 43200, 3600)],
    },
    {
      name: "one second too many",
      type: role,
      props: { maxSessionDuration: 3601 },
      says: [is("maxSessionDuration", 3601, 3600)],
    },
    {
      name: "an AWS role above the least that AWS takes, under a ceiling that a team has lowered further",
      type: role,
      props: { maxSessionDuration: 3601 },
      config: { maxSessionSeconds: 900 },
      says: [is("maxSessionDuration", 3601, 3600)],
    },
    {
      name: "a cap whose trust is not known yet",
      type: role,
      props: { maxSessionDuration: 7200, assumeRolePolicy: unknownText },
      says: [is("maxSessionDuration", 7200, 3600)],
    },
    {
      name: "a Roles Anywhere profile of twelve hours",
      type: "aws:rolesanywhere/profile:Profile",
      props: { durationSeconds: 43200 },
      says: [is("durationSeconds", 43200, 3600)],
    },
    {
      name: "a permission set of eight hours",
      type: permissions,
      props: { sessionDuration: "PT8H" },
      says: [is("sessionDuration", 28800, 3600)],
    },
    {
      name: "a permission set of a day",
      type: permissions,
      props: { sessionDuration: "P1D" },
      says: [is("sessionDuration", 86400, 3600)],
    },
    {
      name: "STS credentials of twelve hours",
      type: sts,
      props: { maxStsTtl: 43200 },
      says: [is("maxStsTtl", 43200, 3600)],
    },
    { name: "a Vault role that says nothing", type: jwt, props: {}, says: noLimits },
    {
      name: "a Vault role with zeros, which is nothing",
      type: jwt,
      props: { tokenTtl: 0, tokenMaxTtl: 0 },
      says: noLimits,
    },
    {
      name: "a short time that is renewed for a month",
      type: jwt,
      props: { tokenTtl: 900 },
      says: [unset("tokenMaxTtl", 14400)],
    },
    {
      name: "a periodic token without an end",
      type: jwt,
      props: { tokenPeriod: 600, tokenMaxTtl: 900 },
      says: ["tokenPeriod makes a token without an end, which tokenExplicitMaxTtl would give it"],
    },
    ...["alicloud/", "appRole/", "aws/", "azure/", "gcp/", "kubernetes/", "tokenauth/"].map((engine) => ({
      name: `${engine} without limits`,
      type: `vault:${engine}authBackendRole:AuthBackendRole`,
      props: {},
      says: noLimits,
    })),
    {
      name: "certificates without limits",
      type: "vault:index/certAuthBackendRole:CertAuthBackendRole",
      props: {},
      says: noLimits,
    },
    {
      name: "OCI without limits",
      type: "vault:index/ociAuthBackendRole:OciAuthBackendRole",
      props: {},
      says: noLimits,
    },
    {
      name: "a token that is renewed for ever",
      type: token,
      props: { period: "24h", noParent: true },
      says: ["period makes a token without an end, which explicitMaxTtl would give it"],
    },
    {
      name: "a token of an hour that is renewed for a month",
      type: token,
      props: { ttl: "1h", renewable: true },
      says: [unset("explicitMaxTtl", 14400)],
    },
    {
      name: "a token of a month",
      type: token,
      props: { ttl: "720h", renewable: false },
      says: [is("ttl", 2_592_000, 3600)],
    },
    {
      name: "a database role that says nothing",
      type: database,
      props: {},
      says: [unset("defaultTtl", 3600), unset("maxTtl", 14400)],
    },
    {
      name: "a Kubernetes role that says nothing",
      type: "vault:kubernetes/secretBackendRole:SecretBackendRole",
      props: {},
      says: [unset("tokenDefaultTtl", 3600), unset("tokenMaxTtl", 14400)],
    },
    {
      name: "an LDAP role of a day",
      type: "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole",
      props: { defaultTtl: 86400, maxTtl: 86400 },
      says: [is("defaultTtl", 86400, 3600), is("maxTtl", 86400, 14400)],
    },
    {
      name: "a certificate of ten years",
      type: pki,
      props: { maxTtl: "315360000" },
      says: [is("maxTtl", 315_360_000, 86_400)],
    },
    {
      name: "a certificate without a maximum",
      type: pki,
      props: { ttl: "1h" },
      says: [unset("maxTtl", 86_400)],
    },
    {
      name: "an SSH certificate of a day",
      type: ssh,
      props: { ttl: "1h", maxTtl: "1d" },
      says: [is("maxTtl", 86_400, 3600)],
    },
    {
      name: "an SSH certificate of a day for users as well as hosts",
      type: ssh,
      props: { allowHostCertificates: true, allowUserCertificates: true, maxTtl: "86400" },
      says: [is("maxTtl", 86_400, 3600)],
    },
    {
      name: "an SSH host's certificate of a week",
      type: ssh,
      props: { allowHostCertificates: true, maxTtl: "604800" },
      says: [is("maxTtl", 604_800, 86_400)],
    },
    {
      name: "a certificate until the end of time, whatever its maximum",
      type: pki,
      props: { maxTtl: "1h", notAfter: "9999-12-31T23:59:59Z" },
      says: ["notAfter is more than 86400 seconds from now, whatever maxTtl says"],
    },
    ...["secretBackendCert:SecretBackendCert", "secretBackendSign:SecretBackendSign"].map((kind) => ({
      name: `a year for ${kind}`,
      type: `vault:pkiSecret/${kind}`,
      props: { ttl: "8760h" },
      says: [is("ttl", 31_536_000, 86_400)],
    })),
    {
      name: "a KMIP certificate of a year",
      type: kmip,
      props: { tlsClientTtl: 31_536_000 },
      says: [is("tlsClientTtl", 31_536_000, 86_400)],
    },
    { name: "an ID token of a day", type: identity, props: { ttl: 86_400 }, says: [is("ttl", 86_400, 3600)] },
    {
      name: "an ID token that says nothing",
      type: identity,
      props: {},
      says: ["ttl is not set, so Vault's default holds: 24 hours, and may be at most 3600 seconds"],
    },
    {
      name: "a token of Google's for twelve hours",
      type: "vault:gcp/secretImpersonatedAccount:SecretImpersonatedAccount",
      props: { ttl: "12h" },
      says: [is("ttl", 43_200, 3600)],
    },
    {
      name: "a service principal that says nothing",
      type: azure,
      props: {},
      says: [unset("ttl", 3600), unset("maxTtl", 14400)],
    },
    ...[
      ["vault:consul/secretBackendRole:SecretBackendRole", "ttl", "maxTtl"],
      ["vault:index/nomadSecretBackend:NomadSecretBackend", "ttl", "maxTtl"],
      ["vault:kubernetes/secretBackendRole:SecretBackendRole", "tokenDefaultTtl", "tokenMaxTtl"],
      ["vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole", "defaultTtl", "maxTtl"],
      ["vault:ldap/secretBackendLibrarySet:SecretBackendLibrarySet", "ttl", "maxTtl"],
      ["vault:mongodbatlas/secretRole:SecretRole", "ttl", "maxTtl"],
      ["vault:rabbitMq/secretBackend:SecretBackend", "defaultLeaseTtlSeconds", "maxLeaseTtlSeconds"],
      ["vault:terraformcloud/secretRole:SecretRole", "ttl", "maxTtl"],
    ].map(([type = "", ttl = "", max = ""]) => ({
      name: `leases of ${type} that are renewed for a day`,
      type,
      props: { [ttl]: 3600, [max]: 86_400 },
      says: [is(max, 86_400, 14_400)],
    })),
    {
      name: "RabbitMQ on a mount without limits: its roles have none",
      type: mount,
      props: { type: "rabbitmq" },
      says: [unset("defaultLeaseTtlSeconds", 3600), unset("maxLeaseTtlSeconds", 14_400)],
    },
    {
      name: "a mount with more than Vault's own limit",
      type: mount,
      props: { type: "database", maxLeaseTtlSeconds: 3_153_600 },
      says: [overDefault("maxLeaseTtlSeconds")],
      level: "advisory",
    },
    ...[
      "gcp/authBackend:AuthBackend",
      "index/authBackend:AuthBackend",
      "index/ociAuthBackend:OciAuthBackend",
      "jwt/authBackend:AuthBackend",
    ].map((kind) => ({
      name: `a method with more than Vault's own limit: ${kind}`,
      type: `vault:${kind}`,
      props: { tune: { maxLeaseTtl: "876h" } },
      says: [overDefault("tune.maxLeaseTtl")],
      level: "advisory" as const,
    })),
    ...[
      "github/authBackend:AuthBackend",
      "ldap/authBackend:AuthBackend",
      "okta/authBackend:AuthBackend",
      "saml/authBackendRole:AuthBackendRole",
    ].map((kind) => ({
      name: `people at ${kind} without limits`,
      type: `vault:${kind}`,
      props: {},
      says: noLimits,
      level: "advisory" as const,
    })),
    {
      name: "SCEP without limits",
      type: "vault:index/scepAuthBackendRole:ScepAuthBackendRole",
      props: {},
      says: noLimits,
    },
  ],
  undecided: [
    {
      name: "a grant of GCP whose time is not known yet",
      type: entitlement,
      props: { maxRequestDuration: unknownText },
      says: ["maxRequestDuration is not known yet, and may be more than 14400 seconds"],
    },
    {
      name: "a grant of GCP in a unit that it does not have",
      type: entitlement,
      props: { maxRequestDuration: "1 week" },
      says: ["maxRequestDuration can't be read as a time"],
    },
    {
      name: "a certificate's fixed end",
      type: pki,
      props: { maxTtl: "1h", notAfter: unknownText },
      says: ["notAfter is not known yet, and is stronger than maxTtl"],
    },
    {
      name: "an end that is no date",
      type: pki,
      props: { maxTtl: "1h", notAfter: "soon" },
      says: ["notAfter can't be read as a date"],
    },
    {
      name: "an AWS role's cap",
      type: role,
      props: { maxSessionDuration: unknownText },
      says: ["maxSessionDuration is not known yet, and may be more than 3600 seconds"],
    },
    {
      name: "a duration that is no duration",
      type: permissions,
      props: { sessionDuration: "an hour" },
      says: ["sessionDuration can't be read as a time"],
    },
    {
      name: "a Vault role's maximum",
      type: jwt,
      props: { tokenTtl: 900, tokenMaxTtl: unknownText },
      says: ["tokenMaxTtl is not known yet, and may be more than 14400 seconds"],
    },
    {
      name: "whether a token is renewed for ever",
      type: jwt,
      props: { tokenPeriod: unknownText },
      says: ["tokenPeriod is not known yet, and a periodic token has no end"],
    },
  ],
});
