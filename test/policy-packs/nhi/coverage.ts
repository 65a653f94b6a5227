/** A part of what the pack is to cover, with the resource types that are meant by it. */
interface Topic {
  says: string;
  types?: string[];
  /** All types of the installed SDKs that match: what an SDK adds has to be judged, or left out with a reason. */
  every?: RegExp[];
}

const iam = (names: string) => new RegExp(`^aws:iam/${names}[A-Z]?[A-Za-z]*:`);

export const topics: Topic[] = [
  { says: "AWS roles", every: [iam("role")] },
  { says: "AWS policies", every: [iam("policy")] },
  { says: "AWS users", every: [iam("user")] },
  { says: "AWS groups", every: [iam("group")] },
  {
    says: "AWS keys and what signs in",
    types: [
      "aws:iam/accessKey:AccessKey",
      "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
      "aws:iam/instanceProfile:InstanceProfile",
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      "aws:iam/samlProvider:SamlProvider",
      "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
      "aws:iam/signingCertificate:SigningCertificate",
      "aws:iam/sshKey:SshKey",
      "aws-native:iam:Group",
      "aws-native:iam:GroupPolicy",
      "aws-native:iam:ManagedPolicy",
      "aws-native:iam:OidcProvider",
      "aws-native:iam:Role",
      "aws-native:iam:RolePolicy",
      "aws-native:iam:SamlProvider",
      "aws-native:iam:User",
      "aws-native:iam:UserPolicy",
    ],
  },
  {
    says: "AWS certificates and people",
    types: [
      "aws:rolesanywhere/profile:Profile",
      "aws:rolesanywhere/trustAnchor:TrustAnchor",
      "aws:ssoadmin/permissionSet:PermissionSet",
      "aws-native:rolesanywhere:Profile",
      "aws-native:rolesanywhere:TrustAnchor",
      "aws-native:sso:PermissionSet",
    ],
  },
  {
    says: "AWS audit logs",
    types: [
      "aws:cloudtrail/eventDataStore:EventDataStore",
      "aws:cloudtrail/trail:Trail",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:s3/bucketVersioning:BucketVersioning",
      "aws-native:cloudtrail:EventDataStore",
      "aws-native:cloudtrail:Trail",
      "aws-native:logs:LogGroup",
      "aws-native:s3:BucketPolicy",
    ],
  },
  {
    says: "AWS keys and secrets that lie beneath",
    types: [
      "aws-native:kms:Key",
      "aws-native:secretsmanager:RotationSchedule",
      "aws-native:secretsmanager:Secret",
    ],
    every: [/^aws:kms\/(key|grant|external|replica)/i, /^aws:secretsmanager\//],
  },
  {
    says: "what AWS programs are started with",
    types: [
      "aws:amplify/app:App",
      "aws:amplify/branch:Branch",
      "aws:apprunner/service:Service",
      "aws:batch/jobDefinition:JobDefinition",
      "aws:codebuild/project:Project",
      "aws:ec2/instance:Instance",
      "aws:ec2/launchTemplate:LaunchTemplate",
      "aws:ecs/taskDefinition:TaskDefinition",
      "aws:lambda/function:Function",
      "aws:ssm/parameter:Parameter",
      "aws-native:amplify:App",
      "aws-native:amplify:Branch",
      "aws-native:apprunner:Service",
      "aws-native:batch:JobDefinition",
      "aws-native:ec2:Instance",
      "aws-native:ec2:LaunchTemplate",
      "aws-native:ecs:TaskDefinition",
      "aws-native:lambda:Function",
      "aws-native:ssm:Parameter",
    ],
  },
  {
    says: "AWS pods and clusters",
    types: [
      "aws:eks/accessEntry:AccessEntry",
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
      "aws-native:eks:AccessEntry",
      "aws-native:eks:PodIdentityAssociation",
    ],
  },
  {
    says: "AWS resources that other accounts may reach",
    types: [
      "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
      "aws:ecr/registryPolicy:RegistryPolicy",
      "aws:ecr/repositoryPolicy:RepositoryPolicy",
      "aws:lambda/permission:Permission",
      "aws:sns/topicPolicy:TopicPolicy",
      "aws:sqs/queuePolicy:QueuePolicy",
    ],
  },
  {
    says: "GCP pools",
    types: ["google-native:iam/v1:Provider", "google-native:iam/v1:WorkforcePoolProvider"],
    every: [/^gcp:iam\/(workloadIdentity|workforce)Pool/],
  },
  {
    says: "GCP keys",
    types: [
      "gcp:projects/apiKey:ApiKey",
      "gcp:serviceaccount/key:Key",
      "gcp:storage/hmacKey:HmacKey",
      "google-native:apikeys/v2:Key",
      "google-native:iam/v1:Key",
      "google-native:storage/v1:HmacKey",
    ],
  },
  {
    says: "GCP grants",
    types: ["google-native:cloudresourcemanager/v1:ProjectIamPolicy"],
    every: [/^gcp:(serviceaccount|projects|folder|organizations)\/i[aA][mM](Binding|Member|Policy):/],
  },
  {
    says: "GCP rules of the organisation",
    types: [
      "gcp:folder/organizationPolicy:OrganizationPolicy",
      "gcp:organizations/policy:Policy",
      "gcp:orgpolicy/policy:Policy",
      "gcp:projects/organizationPolicy:OrganizationPolicy",
      "google-native:orgpolicy/v2:Policy",
    ],
  },
  { says: "GCP entitlements", types: ["gcp:privilegedaccessmanager/entitlement:entitlement"] },
  {
    says: "GCP audit logs",
    types: ["gcp:storage/bucket:Bucket", "google-native:logging/v2:Bucket", "google-native:logging/v2:Sink"],
    every: [
      /^gcp:(projects|folder|organizations)\/i[aA][mM]AuditConfig:/,
      /^gcp:logging\/.*(Sink|BucketConfig|Exclusion):/,
    ],
  },
  {
    says: "what GCP programs are started with",
    every: [
      /^gcp:cloudrun\/service:/,
      /^gcp:cloudrunv2\/(job|service|workerPool):/,
      /^gcp:cloudfunctions(v2)?\/function:/,
      /^gcp:composer\/(environment|userWorkloads[A-Za-z]+):/,
      /^gcp:compute\/((region)?[iI]nstance(From[A-Za-z]+|Template)?|projectMetadata(Item)?):/,
    ],
  },
  {
    says: "Vault's methods to sign in",
    every: [
      /^vault:(alicloud|appRole|aws|azure|cert|gcp|github|jwt|kubernetes|ldap|okta|saml|tokenauth)\/auth/,
      /^vault:github\//,
      /^vault:index\/(cert|scep|oci)?[aA]uth/,
    ],
  },
  {
    says: "Vault's engines",
    every: [
      /^vault:(ad|aws|azure|consul|database|gcp|kmip|kubernetes|ldap|mongodbatlas|pkiSecret|rabbitMq|ssh|terraformcloud)\/(secret|backend)/,
      /^vault:(kv|generic)\//,
      /^vault:index\/nomad/,
    ],
  },
  {
    says: "Vault itself",
    types: [
      "vault:identity/oidcKey:OidcKey",
      "vault:identity/oidcKeyAllowedClientID:OidcKeyAllowedClientID",
      "vault:identity/oidcRole:OidcRole",
      "vault:index/audit:Audit",
      "vault:index/auditRequestHeader:AuditRequestHeader",
      "vault:index/mount:Mount",
      "vault:index/policy:Policy",
      "vault:index/token:Token",
    ],
  },
  {
    says: "how a deployment itself signs in",
    types: ["aws", "aws-native", "gcp", "vault", "azuread", "github", "gitlab", "datadog", "cloudflare"]
      .concat(["snowflake", "mongodbatlas", "kubernetes"])
      .map((name) => `pulumi:providers:${name}`),
  },
  {
    says: "keys at other places",
    types: [
      "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
      "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential",
      "azuread:index/applicationPassword:ApplicationPassword",
      "azuread:index/servicePrincipalPassword:ServicePrincipalPassword",
      "cloudflare:index/apiToken:ApiToken",
      "datadog:index/apiKey:ApiKey",
      "github:index/actionsSecret:ActionsSecret",
      "github:index/actionsVariable:ActionsVariable",
      "github:index/repositoryDeployKey:RepositoryDeployKey",
      "gitlab:index/deployKey:DeployKey",
      "gitlab:index/groupVariable:GroupVariable",
      "gitlab:index/projectAccessToken:ProjectAccessToken",
      "gitlab:index/projectVariable:ProjectVariable",
      "kubernetes:core/v1:Secret",
      "mongodbatlas:index/apiKey:ApiKey",
      "snowflake:index/userPublicKeys:UserPublicKeys",
    ],
  },
  {
    says: "components of our own that decide",
    types: ["nhi:index:AwsJitRole", "nhi:index:VaultFederatedRole"],
  },
];

const names = "It lists names: what they give stands in the policies themselves, which are judged.";
const address = "It says where something is to be found, and who gets in is said elsewhere.";

/** Types on which no weakness of a machine identity can be expressed, or one that shows at another type. */
export const leftOut: Readonly<Record<string, string>> = {
  "aws:iam/group:Group": "A group is a name: what its members may do stands in its policies.",
  "aws:iam/groupMembership:GroupMembership":
    "Who is in a group gets what its policies give, which are judged.",
  "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": names,
  "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": names,
  "aws:iam/userGroupMembership:UserGroupMembership":
    "Who is in a group gets what its policies give, which are judged.",
  "aws:iam/userPoliciesExclusive:UserPoliciesExclusive": names,
  "aws:secretsmanager/tag:Tag": "A tag opens nothing.",
  "gcp:composer/userWorkloadsSecret:UserWorkloadsSecret":
    "It is the place for a secret, which comes encoded; what it is for can't be seen.",
  "gcp:iam/workforcePoolProviderKey:WorkforcePoolProviderKey":
    "By it the provider encrypts what it says: it opens no door.",
  "gcp:iam/workforcePoolProviderScimTenant:WorkforcePoolProviderScimTenant":
    "It says where groups are sent to; the token that lets them in is judged.",
  "gcp:iam/workloadIdentityPoolManagedIdentity:WorkloadIdentityPoolManagedIdentity":
    "Each of its rules names one resource or one service account of Google's.",
  "gcp:iam/workloadIdentityPoolNamespace:WorkloadIdentityPoolNamespace": "A namespace is a name.",
  "vault:aws/authBackendCert:AuthBackendCert": "It is AWS's public key, by which instances are known.",
  "vault:aws/authBackendConfigIdentity:AuthBackendConfigIdentity":
    "It says which name an identity gets, and not who gets in.",
  "vault:aws/authBackendIdentityWhitelist:AuthBackendIdentityWhitelist": "It says when a list is cleared.",
  "vault:aws/authBackendLogin:AuthBackendLogin":
    "It signs in with what the machine shows of itself; the role that lets it in is judged.",
  "vault:aws/authBackendRoletagBlacklist:AuthBackendRoletagBlacklist": "It says when a list is cleared.",
  "vault:aws/authBackendStsRole:AuthBackendStsRole":
    "Whom the role in the other account lets in stands in its trust policy, which is judged.",
  "vault:kmip/secretScope:SecretScope": "A scope is a name; what its roles may do is judged.",
  "vault:kv/secretBackendV2:SecretBackendV2": "It says how many versions are kept.",
  "vault:pkiSecret/backendAcmeEab:BackendAcmeEab":
    "It is good for one registration; what an account may have stands in backendConfigAcme, which is judged.",
  "vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy": "It removes what has ended.",
  "vault:pkiSecret/backendConfigCluster:BackendConfigCluster": address,
  "vault:pkiSecret/secretBackendConfigIssuers:SecretBackendConfigIssuers":
    "It says which of the mount's authorities signs; what they sign stands in the roles.",
  "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls": address,
  "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned":
    "It brings back a certificate, which is public.",
  "vault:pkiSecret/secretBackendIssuer:SecretBackendIssuer": address,
  "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate":
    "An authority's certificate is no machine's; for how long it signs depends on the authority above it.",
  "vault:terraformcloud/secretCreds:SecretCreds":
    "It reads a token; which kind it is stands in the role, which is judged.",
};
