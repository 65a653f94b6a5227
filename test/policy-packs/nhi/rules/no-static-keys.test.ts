import { noStaticKeys } from "../../../../policy-packs/nhi/rules/no-static-keys";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const isKey = ["it is a static key"];
const hmac = "gcp:storage/hmacKey:HmacKey";
const api = "gcp:projects/apiKey:ApiKey";
const awsRole = "vault:aws/secretBackendRole:SecretBackendRole";
const awsEngine = "vault:aws/secretBackend:SecretBackend";
const gcpAccount = "vault:gcp/secretStaticAccount:SecretStaticAccount";
const gcpRoleset = "vault:gcp/secretRoleset:SecretRoleset";

testRule(noStaticKeys, {
  allows: [
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
  ],
  undecided: [
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
