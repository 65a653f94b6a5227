import { noStaticKeys } from "../../../../policy-packs/nhi/rules/no-static-keys";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { storedKeyCases } from "../secrets/stored";
import { vaultKeyCases } from "../vault/static-keys";
import { endpointCases } from "../vault/endpoint";

const isKey = ["it is a static key"];
const hmac = "gcp:storage/hmacKey:HmacKey";
const api = "gcp:projects/apiKey:ApiKey";
const awsRole = "vault:aws/secretBackendRole:SecretBackendRole";
const awsEngine = "vault:aws/secretBackend:SecretBackend";
const gcpAccount = "vault:gcp/secretStaticAccount:SecretStaticAccount";
const gcpRoleset = "vault:gcp/secretRoleset:SecretRoleset";

const gh = (kind: string) => `github:index/${kind[0]?.toLowerCase() ?? ""}${kind.slice(1)}:${kind}`;
const gl = (kind: string) => `gitlab:index/${kind[0]?.toLowerCase() ?? ""}${kind.slice(1)}:${kind}`;
const ad = (kind: string) => `azuread:index/${kind[0]?.toLowerCase() ?? ""}${kind.slice(1)}:${kind}`;
const atlas = (kind: string) => `mongodbatlas:index/${kind[0]?.toLowerCase() ?? ""}${kind.slice(1)}:${kind}`;
const githubToken = "ghp_aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA4cD6";
const roleArn = "arn:aws:iam::123456789012:role/deploy";
/** A day after the tests' day, and two. */
const soon = "2027-01-16";
const late = "2027-01-18";
const lateSays = (property: string) => [`${property} lets the key live 3 d, and 1 d are allowed`];

const databaseRole = "vault:database/secretBackendRole:SecretBackendRole";

testRule(noStaticKeys, {
  allows: [
    ...endpointCases["no-static-keys"].allows,
    ...vaultKeyCases.allows,
    ...storedKeyCases.allows,
    ...[
      `CREATE ROLE "{{name}}" LOGIN ENCRYPTED PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; GRANT SELECT ON password TO "{{name}}"`,
      `CREATE LOGIN [{{name}}] WITH PASSWORD = N'{{password}}'`,
      `CREATE USER '{{name}}'@'%' IDENTIFIED WITH caching_sha2_password BY '{{password}}'`,
      `CREATE USER '{{name}}'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('{{password}}')`,
      `CREATE USER {{name}} IDENTIFIED BY "{{password}}"`,
      `{"db": "admin", "roles": [{"role": "read", "db": "orders"}]}`,
      `["~orders:*", "+@read"]`,
    ].map((statement) => ({
      name: `Vault's own password: ${statement}`,
      type: databaseRole,
      props: { creationStatements: [statement] },
    })),
    {
      name: "a role's ARN in a CI secret",
      type: gh("ActionsSecret"),
      props: { secretName: "AWS_ROLE", plaintextValue: roleArn },
    },
    {
      name: "a client id as a login with the job's token wants it",
      type: gh("ActionsEnvironmentSecret"),
      props: { secretName: "AZURE_CLIENT_ID", value: "1b4e28ba-2fa1-11d2-883f-0016d3cca427" },
    },
    {
      name: "a CI secret that is only another region",
      type: gh("ActionsOrganizationSecret"),
      props: { secretName: "REGION", plaintextValue: "eu-central-1" },
    },
    {
      name: "the configuration of a federated login, which holds no key",
      type: gh("ActionsSecret"),
      props: {
        secretName: "GCP_CONFIG",
        plaintextValue: JSON.stringify({
          type: "external_account",
          audience:
            "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/a1b2c3d4e5f6",
        }),
      },
    },
    {
      name: "a role's ARN in a variable",
      type: gh("ActionsVariable"),
      props: { variableName: "ROLE", value: roleArn },
    },
    {
      name: "a secret's name in a variable",
      type: gl("ProjectVariable"),
      props: { key: "DB_PASSWORD_SECRET_NAME", value: "orders-db-4f5a6b7c8d9e0f1a" },
    },
    {
      name: "a variable that is not masked, with any text",
      type: gl("GroupVariable"),
      props: { key: "BUILD", value: "a1b2c3d4e5f6a7b8c9d0" },
    },
    {
      name: "a variable whose value is no text",
      type: gl("GroupVariable"),
      props: { key: "TOKEN", value: 7 },
    },
    { name: "a token until tomorrow", type: gl("ProjectAccessToken"), props: { expiresAt: soon } },
    { name: "a token until tonight", type: gl("DeployKey"), props: { expiresAt: "2027-01-15T20:00:00Z" } },
    {
      name: "a token that is renewed each day",
      type: gl("GroupAccessToken"),
      props: { rotationConfiguration: { expirationDays: 1, rotateBeforeDays: 1 } },
    },
    { name: "a password for ten hours", type: ad("ApplicationPassword"), props: { endDateRelative: "10h" } },
    {
      name: "a longer life where a team allows it",
      type: ad("ApplicationPassword"),
      props: { endDateRelative: "240h" },
      config: { maxKeySeconds: 864_000 },
    },
    {
      name: "a token of Cloudflare's for an hour",
      type: "cloudflare:index/apiToken:ApiToken",
      props: { expiresOn: "2027-01-15T13:00:00Z" },
    },
    {
      name: "access for an hour",
      type: "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken",
      props: { duration: "1h" },
    },
    {
      name: "a service user that has no key",
      type: "snowflake:index/serviceUser:ServiceUser",
      props: { name: "x", rsaPublicKey: "" },
    },
    {
      name: "a secret for eight hours",
      type: atlas("ServiceAccountSecret"),
      props: { secretExpiresAfterHours: 8 },
    },
    {
      name: "a database user of AWS's",
      type: atlas("DatabaseUser"),
      props: { awsIamType: "ROLE", username: roleArn },
    },
    {
      name: "a Kubernetes secret of another kind",
      type: "kubernetes:core/v1:Secret",
      props: { type: "Opaque" },
    },
    { name: "a Kubernetes secret without a kind", type: "kubernetes:core/v1:Secret", props: {} },
    {
      name: "a bootstrap token that ends",
      type: "kubernetes:core/v1:Secret",
      props: { type: "bootstrap.kubernetes.io/token", stringData: { expiration: "2027-01-15T13:00:00Z" } },
    },
    {
      name: "a device's certificate for its own key",
      type: "aws:iot/certificate:Certificate",
      props: { active: true, csr: "-----BEGIN CERTIFICATE REQUEST-----" },
    },
    {
      name: "a cache's user that signs in with IAM",
      type: "aws:elasticache/user:User",
      props: { authenticationMode: { type: "iam" } },
    },
    {
      name: "a cache's user with an empty list",
      type: "aws:memorydb/user:User",
      props: { authenticationMode: { type: "iam", passwords: [] } },
    },
    {
      name: "a source that is a connection",
      type: "aws:codebuild/sourceCredential:SourceCredential",
      props: { authType: "CODECONNECTIONS", token: roleArn },
    },
    {
      name: "a user of a transfer server without keys",
      type: "aws-native:transfer:User",
      props: { sshPublicKeys: [] },
    },
    {
      name: "an HMAC key that is switched off",
      type: hmac,
      props: { serviceAccountEmail: "a@b", state: "INACTIVE" },
    },
    {
      name: "an API key for one API that is nobody's identity",
      type: api,
      props: { restrictions: { apiTargets: [{ service: "maps-backend.googleapis.com" }] } },
    },
    {
      name: "an AWS role of Vault's that assumes a role",
      type: awsRole,
      props: { credentialType: "assumed_role" },
    },
    {
      name: "Vault in AWS with an identity of its own",
      type: awsEngine,
      props: { roleArn: "arn:aws:iam::1:role/v" },
    },
    {
      name: "a GCP account that gives access tokens",
      type: gcpAccount,
      props: { secretType: "access_token" },
    },
    { name: "a GCP account that says nothing: access tokens", type: gcpAccount, props: {} },
    { name: "a roleset that gives access tokens", type: gcpRoleset, props: { secretType: "access_token" } },
  ],
  blocks: [
    ...endpointCases["no-static-keys"].blocks,
    ...vaultKeyCases.blocks,
    ...storedKeyCases.blocks,
    { name: "an access key", type: "aws:iam/accessKey:AccessKey", props: { user: "ci" }, says: isKey },
    {
      name: "an access key that is parked as inactive: one call wakes it",
      type: "aws:iam/accessKey:AccessKey",
      props: { user: "ci", status: "Inactive", pgpKey: "keybase:acme" },
      says: isKey,
    },
    {
      name: "an access key whose user is not known yet",
      type: "aws:iam/accessKey:AccessKey",
      props: { user: unknownText },
      says: isKey,
    },
    {
      name: "a password for CodeCommit",
      type: "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
      props: {},
      says: isKey,
    },
    { name: "an SSH key for CodeCommit", type: "aws:iam/sshKey:SshKey", props: {}, says: isKey },
    {
      name: "a signing certificate",
      type: "aws:iam/signingCertificate:SigningCertificate",
      props: {},
      says: isKey,
    },
    {
      name: "a bucket's access key",
      type: "aws:lightsail/bucketAccessKey:BucketAccessKey",
      props: {},
      says: isKey,
    },
    { name: "a service account's key", type: "gcp:serviceaccount/key:Key", props: {}, says: isKey },
    {
      name: "an uploaded public half of a key",
      type: "gcp:serviceaccount/key:Key",
      props: { publicKeyData: "abc" },
      says: isKey,
    },
    ...["google-native:iam/v1:Key", "google-native:storage/v1:HmacKey"].map((type) => ({
      name: `a key of GCP, ${type}`,
      type,
      props: {},
      says: isKey,
    })),
    {
      name: "a token by which groups come in",
      type: "gcp:iam/workforcePoolProviderScimToken:WorkforcePoolProviderScimToken",
      props: {},
      says: ["it is a key without an end, by which an identity provider says who is in which group"],
      level: "advisory",
    },
    {
      name: "an API key of google-native's that opens everything",
      type: "google-native:apikeys/v2:Key",
      props: { displayName: "ci" },
      says: ["restrictions has no apiTargets, so the key opens every API of the project"],
    },
    { name: "an HMAC key", type: hmac, props: {}, says: ["it is an active static key"] },
    {
      name: "an HMAC key in a state that does not exist",
      type: hmac,
      props: { state: "inactive" },
      says: ["it is an active static key"],
    },
    {
      name: "an API key without restrictions",
      type: api,
      props: { displayName: "ci" },
      says: ["restrictions has no apiTargets, so the key opens every API of the project"],
    },
    {
      name: "an API key with an empty list of targets",
      type: api,
      props: { restrictions: { apiTargets: [], serverKeyRestrictions: { allowedIps: ["203.0.113.7"] } } },
      says: ["restrictions has no apiTargets, so the key opens every API of the project"],
    },
    {
      name: "an API key that acts as a service account, restricted or not",
      type: api,
      props: { serviceAccountEmail: "a@b", restrictions: { apiTargets: [{ service: "x" }] } },
      says: ["serviceAccountEmail makes the key act as a service account"],
    },
    ...[
      `CREATE ROLE "{{name}}" PASSWORD 'canary' VALID UNTIL '{{expiration}}'`,
      `CREATE ROLE "{{name}}" PASSWORD $$canary$$`,
      `CREATE USER "{{name}}" PASSWORD "canary"`,
      `CREATE LOGIN [{{name}}] WITH PASSWORD=N'canary'`,
      `CREATE USER '{{name}}'@'%' IDENTIFIED BY 'canary'`,
      `CREATE USER '{{name}}'@'%' IDENTIFIED BY PASSWORD '*6BB4837E'`,
      `CREATE USER '{{name}}'@'%' IDENTIFIED VIA ed25519 USING 'canary'`,
      `CREATE USER {{name}} IDENTIFIED BY canary`,
      `{"db": "admin", "pwd": "canary", "roles": [{"role": "read"}]}`,
      `["~orders:*", ">canary"]`,
      `["nopass", "~orders:*"]`,
    ].map((statement) => ({
      name: `a password for all leases: ${statement}`,
      type: databaseRole,
      props: { creationStatements: [statement] },
      says: ["creationStatements set a password that is the same for every lease"],
    })),
    {
      name: "a password that comes with the renewal",
      type: databaseRole,
      props: { renewStatements: [`ALTER ROLE "{{name}}" PASSWORD 'canary'`] },
      says: ["renewStatements set a password that is the same for every lease"],
    },
    {
      name: "a static database role",
      type: "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
      props: {},
      says: isKey,
    },
    {
      name: "a static AWS role",
      type: "vault:aws/secretBackendStaticRole:SecretBackendStaticRole",
      props: {},
      says: isKey,
    },
    {
      name: "a static LDAP role",
      type: "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole",
      props: {},
      says: isKey,
    },
    {
      name: "an AWS role of Vault's that makes users",
      type: awsRole,
      props: { credentialType: "iam_user" },
      says: ['credentialType is "iam_user", which makes IAM users with access keys'],
    },
    {
      name: "Vault in AWS with a key",
      type: awsEngine,
      props: { accessKey: "AKIA", secretKey: "s" },
      says: ["accessKey is a static key"],
    },
    {
      name: "Vault in AWS with a write-only key",
      type: awsEngine,
      props: { secretKeyWo: "s" },
      says: ["secretKeyWo is a static key"],
    },
    {
      name: "a GCP account that gives keys",
      type: gcpAccount,
      props: { secretType: "service_account_key" },
      says: ['secretType is "service_account_key", which hands out service account keys'],
    },
    {
      name: "a roleset that gives keys",
      type: gcpRoleset,
      props: { secretType: "service_account_key" },
      says: ['secretType is "service_account_key", which hands out service account keys'],
    },
    ...[
      "ActionsSecret",
      "ActionsEnvironmentSecret",
      "ActionsOrganizationSecret",
      "DependabotSecret",
      "DependabotOrganizationSecret",
    ].map((kind) => ({
      name: `a token in ${kind}`,
      type: gh(kind),
      props: { secretName: "DEPLOY", plaintextValue: githubToken },
      says: ["plaintextValue holds a GitHub token"],
    })),
    ...["CodespacesSecret", "CodespacesOrganizationSecret", "CodespacesUserSecret"].map((kind) => ({
      name: `a word under a password's name in ${kind}`,
      type: gh(kind),
      props: { secretName: "DB_PASSWORD", plaintextValue: "hunter2" },
      says: ["plaintextValue holds a password"],
    })),
    {
      name: "a text that only a machine writes, under any name",
      type: gh("ActionsSecret"),
      props: { secretName: "DEPLOY", plaintextValue: "q8Zt3vN0xL5bR7yK2mW9" },
      says: ["plaintextValue holds a stored credential"],
    },
    {
      name: "a word under a key's name",
      type: gh("ActionsSecret"),
      props: { secretName: "API_KEY", value: "open-sesame" },
      says: ["value holds a stored credential"],
    },
    {
      name: "a UUID that its name calls a key",
      type: gh("ActionsSecret"),
      props: { secretName: "HEROKU_API_KEY", value: "1b4e28ba-2fa1-11d2-883f-0016d3cca427" },
      says: ["value holds a secret, as its name says"],
    },
    {
      name: "a secret that nobody can look at",
      type: gh("ActionsSecret"),
      props: { secretName: "X", encryptedValue: "c2VhbGVk" },
      says: ["encryptedValue is a stored credential that nobody else can look at"],
    },
    {
      name: "such a secret that is not known yet",
      type: gh("ActionsSecret"),
      props: { secretName: "X", valueEncrypted: unknownText },
      says: ["valueEncrypted is a stored credential that nobody else can look at"],
    },
    ...["ActionsVariable", "ActionsEnvironmentVariable", "ActionsOrganizationVariable"].map((kind) => ({
      name: `a token in ${kind}`,
      type: gh(kind),
      props: { variableName: "DEPLOY", value: githubToken },
      says: ["value holds a GitHub token"],
    })),
    ...["ProjectVariable", "GroupVariable", "InstanceVariable", "PipelineScheduleVariable"].map((kind) => ({
      name: `a password in ${kind}`,
      type: gl(kind),
      props: { key: "dbPassword", value: "hunter2" },
      says: ["value holds a password"],
    })),
    {
      name: "a masked variable with a text that only a machine writes",
      type: gl("ProjectVariable"),
      props: { key: "DEPLOY", masked: true, value: "q8Zt3vN0xL5bR7yK2mW9" },
      says: ["value holds a stored credential"],
    },
    {
      name: "a deploy key of GitHub's, read only or not",
      type: gh("RepositoryDeployKey"),
      props: { readOnly: true },
      says: isKey,
    },
    { name: "an SSH key of an account of GitHub's", type: gh("UserSshKey"), props: {}, says: isKey },
    {
      name: "a signing key of an account of GitHub's",
      type: gh("UserGpgKey"),
      props: {},
      says: ["it lets whoever holds the private half sign as the account, as long as it is there"],
      level: "advisory" as const,
    },
    ...["DeployKey", "GroupDeployToken", "ProjectDeployToken", "UserSshKey"].map((kind) => ({
      name: `${kind} without an end`,
      type: gl(kind),
      props: {},
      says: ["expiresAt is not set, so the key has no end"],
    })),
    ...[
      "GroupAccessToken",
      "GroupServiceAccountAccessToken",
      "PersonalAccessToken",
      "ProjectAccessToken",
      "ProjectServiceAccountAccessToken",
      "UserImpersonationToken",
    ].map((kind) => ({
      name: `${kind} that says nothing of its end`,
      type: gl(kind),
      props: {},
      says: ["expiresAt is not set, which lets the key live 365 d, and 1 d are allowed"],
    })),
    {
      name: "a token for three days",
      type: gl("ProjectAccessToken"),
      props: { expiresAt: late },
      says: lateSays("expiresAt"),
    },
    {
      name: "a token that is renewed each month",
      type: gl("ProjectAccessToken"),
      props: { rotationConfiguration: { expirationDays: 30, rotateBeforeDays: 7 } },
      says: ["rotationConfiguration lets the key live 30 d, and 1 d are allowed"],
    },
    {
      name: "an end that is none",
      type: gl("DeployKey"),
      props: { expiresAt: "never" },
      says: ["expiresAt is no end that can be read, so the key has none"],
    },
    {
      name: "an empty end",
      type: gl("DeployKey"),
      props: { expiresAt: "" },
      says: ["expiresAt is not set, so the key has no end"],
    },
    ...[
      "ApplicationPassword",
      "ServicePrincipalPassword",
      "ApplicationCertificate",
      "ServicePrincipalCertificate",
    ].map((kind) => ({
      name: `${kind} for ten days`,
      type: ad(kind),
      props: { endDateRelative: "240h" },
      says: ["endDateRelative lets the key live 10 d, and 1 d are allowed"],
    })),
    {
      name: "a password that ends in 2299",
      type: ad("ApplicationPassword"),
      props: { endDate: "2299-12-31T00:00:00Z" },
      says: ["endDate lets the key live 99696 d, and 1 d are allowed"],
    },
    {
      name: "a password without an end",
      type: ad("ApplicationPassword"),
      props: {},
      says: ["endDate is not set, so the key has no end"],
    },
    ...[
      "apiKey:ApiKey",
      "applicationKey:ApplicationKey",
      "serviceAccountApplicationKey:ServiceAccountApplicationKey",
    ].map((kind) => ({
      name: `${kind} of Datadog's`,
      type: `datadog:index/${kind}`,
      props: {},
      says: isKey,
    })),
    {
      name: "a service access token of Datadog's without an end",
      type: "datadog:index/serviceAccessToken:ServiceAccessToken",
      props: {},
      says: ["expiresAt is not set, so the key has no end"],
    },
    ...["apiToken:ApiToken", "accountToken:AccountToken"].map((kind) => ({
      name: `${kind} of Cloudflare's without an end, whatever the addresses`,
      type: `cloudflare:index/${kind}`,
      props: { condition: { requestIp: { ins: ["203.0.113.7/32"] } } },
      says: ["expiresOn is not set, so the key has no end"],
    })),
    {
      name: "a service token of Cloudflare's that says nothing",
      type: "cloudflare:index/accessServiceToken:AccessServiceToken",
      props: {},
      says: ["duration is not set, which lets the key live 365 d, and 1 d are allowed"],
    },
    {
      name: "a service token of Cloudflare's for ever",
      type: "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken",
      props: { duration: "forever" },
      says: ["duration is no end that can be read, so the key has none"],
    },
    {
      name: "a legacy service user",
      type: "snowflake:index/legacyServiceUser:LegacyServiceUser",
      props: {},
      says: isKey,
    },
    {
      name: "a service user with a key pair",
      type: "snowflake:index/serviceUser:ServiceUser",
      props: { rsaPublicKey2: "MIIB" },
      says: ["rsaPublicKey2 is a static key"],
    },
    {
      name: "a key pair of a user",
      type: "snowflake:index/userPublicKeys:UserPublicKeys",
      props: {},
      says: isKey,
    },
    ...["ApiKey", "ProjectApiKey", "AiModelApiKey"].map((kind) => ({
      name: `${kind} of Atlas`,
      type: atlas(kind),
      props: {},
      says: isKey,
    })),
    ...[
      "ServiceAccount",
      "ProjectServiceAccount",
      "ServiceAccountSecret",
      "ProjectServiceAccountSecret",
      "McpConfigSecret",
      "ProjectMcpConfigSecret",
    ].map((kind) => ({
      name: `${kind} for ninety days`,
      type: atlas(kind),
      props: { secretExpiresAfterHours: 2160 },
      says: ["secretExpiresAfterHours lets the key live 90 d, and 1 d are allowed"],
    })),
    {
      name: "a database user with a password",
      type: atlas("DatabaseUser"),
      props: { password: "x" },
      says: ["password is a static key"],
    },
    {
      name: "a database user with a write-only password",
      type: atlas("DatabaseUser"),
      props: { passwordWo: unknownText },
      says: ["passwordWo is a static key"],
    },
    ...["Secret", "SecretPatch"].map((kind) => ({
      name: `a service account's token in a ${kind}`,
      type: `kubernetes:core/v1:${kind}`,
      props: {
        type: "kubernetes.io/service-account-token",
        metadata: { annotations: { "kubernetes.io/service-account.name": "ci" } },
      },
      says: ["type is that of a service account's token without an end"],
    })),
    {
      name: "a private key in a Kubernetes secret",
      type: "kubernetes:core/v1:Secret",
      props: { type: "kubernetes.io/ssh-auth" },
      says: ["type is that of a stored private key"],
    },
    {
      name: "a bootstrap token without an end",
      type: "kubernetes:core/v1:Secret",
      props: { type: "bootstrap.kubernetes.io/token", stringData: { "token-id": "abcdef" } },
      says: ["type is that of a bootstrap token, and nothing says its expiration"],
    },
    { name: "a key for file transfers", type: "aws:transfer/sshKey:SshKey", props: {}, says: isKey },
    {
      name: "keys for file transfers in the user",
      type: "aws-native:transfer:User",
      props: { sshPublicKeys: ["ssh-ed25519 AAAA"] },
      says: ["sshPublicKeys has static keys"],
    },
    {
      name: "a certificate whose key AWS makes",
      type: "aws:iot/certificate:Certificate",
      props: { active: true },
      says: ["csr is not set, so AWS makes the private key and the stack's state holds it"],
    },
    ...["aws:codebuild/sourceCredential:SourceCredential", "aws-native:codebuild:SourceCredential"].map(
      (type) => ({
        name: `a stored token in ${type}`,
        type,
        props: { authType: "PERSONAL_ACCESS_TOKEN", token: "x" },
        says: ["authType is that of a stored token"],
      }),
    ),
    ...["aws:elasticache/user:User", "aws-native:elasticache:User"].map((type) => ({
      name: `passwords in ${type}`,
      type,
      props: { passwords: ["x"], authenticationMode: { type: "iam" } },
      says: ["passwords is a static key"],
    })),
    ...["aws:memorydb/user:User", "aws-native:memorydb:User"].map((type) => ({
      name: `a password in ${type}`,
      type,
      props: { authenticationMode: { type: "password", passwords: ["x"] } },
      says: ["authenticationMode is a password, which is a static key"],
    })),
    {
      name: "a native user of a cache with a password, as the platform spells it",
      type: "aws-native:memorydb:User",
      props: { authenticationMode: { Type: "password" } },
      says: ["authenticationMode is a password, which is a static key"],
    },
    ...["aws:ec2/keyPair:KeyPair", "aws-native:ec2:KeyPair", "aws:lightsail/keyPair:KeyPair"].map((type) => ({
      name: `a login key as ${type}`,
      type,
      props: {},
      says: ["it lets in whoever holds the private key, as long as it is there"],
      level: "advisory" as const,
    })),
  ],
  undecided: [
    ...vaultKeyCases.undecided,
    {
      name: "what a CI secret will be",
      type: gh("ActionsSecret"),
      props: { secretName: "ROLE", plaintextValue: unknownText },
      says: ["plaintextValue is not known yet, and may be a key"],
    },
    {
      name: "a CI secret that is too long",
      type: gh("ActionsSecret"),
      props: { secretName: "CONFIG", plaintextValue: "a ".repeat(40_000) },
      says: ["plaintextValue is too long to be read whole, and may be a key"],
    },
    {
      name: "when a token ends",
      type: gl("DeployKey"),
      props: { expiresAt: unknownText },
      says: ["expiresAt is not known yet, and may be a long time away"],
    },
    {
      name: "when a token is renewed",
      type: gl("ProjectAccessToken"),
      props: { rotationConfiguration: { expirationDays: unknownText } },
      says: ["rotationConfiguration is not known yet, and may be a long time away"],
    },
    {
      name: "the kind of a Kubernetes secret",
      type: "kubernetes:core/v1:Secret",
      props: { type: unknownText },
      says: ["type is not known yet, and may be that of a service account's token"],
    },
    {
      name: "how a source signs in",
      type: "aws:codebuild/sourceCredential:SourceCredential",
      props: { authType: unknownText },
      says: ["authType is not known yet, and may be that of a stored token"],
    },
    {
      name: "how a cache's user signs in",
      type: "aws:memorydb/user:User",
      props: { authenticationMode: unknownText },
      says: ["authenticationMode is not known yet, and may be a password"],
    },
    {
      name: "an HMAC key's state",
      type: hmac,
      props: { state: unknownText },
      says: ["state is not known yet, and an active key is a static key"],
    },
    {
      name: "an API key's restrictions",
      type: api,
      props: { restrictions: unknownText },
      says: ["restrictions is not known yet, and an unrestricted key is a static key"],
    },
    {
      name: "what an AWS role of Vault's gives",
      type: awsRole,
      props: { credentialType: unknownText },
      says: ['credentialType is not known yet, and "iam_user" makes IAM users with access keys'],
    },
  ],
});
