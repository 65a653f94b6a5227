/** Every audit log of Cloud Logging (Cloud Audit Logs overview), and Access Transparency's of Google's own staff. */
const logs = ["activity", "data_access", "system_event", "policy", "access_transparency"];

export const auditFilter = logs.map((log) => `log_id("cloudaudit.googleapis.com/${log}")`).join(" OR ");

/** What an alarm has to know, as a metric counts it. */
export interface AuditMetric {
  name: string;
  description: string;
  /** In Cloud Logging's query language. */
  filter: string;
}

const methods = (service: string, pattern: string) =>
  `protoPayload.serviceName="${service}" AND protoPayload.methodName=~"${pattern}"`;

export const auditMetrics: readonly AuditMetric[] = [
  {
    name: "static-key-made",
    description: "A key without an end was made: of a service account, for HMAC, or of an API.",
    filter: [
      methods("iam.googleapis.com", "(CreateServiceAccountKey|UploadServiceAccountKey)$"),
      methods("storage.googleapis.com", "hmacKeys[.]create$"),
      methods("apikeys.googleapis.com", "CreateKey$"),
    ]
      .map((each) => `(${each})`)
      .join(" OR "),
  },
  {
    name: "trust-changed",
    description: "Who may sign in from outside was changed: a pool, a provider, or an identity's users.",
    filter: [
      methods("iam.googleapis.com", "WorkloadIdentityPool"),
      methods("iam.googleapis.com", "WorkforcePool"),
      methods("iam.googleapis.com", "[.]SetIAMPolicy$"),
    ]
      .map((each) => `(${each})`)
      .join(" OR "),
  },
  {
    name: "audit-changed",
    description: "What is recorded, or where it goes, was changed.",
    filter: [
      methods(
        "logging.googleapis.com",
        "(Create|Update|Delete)(Sink|Exclusion|Bucket|Settings|CmekSettings)$",
      ),
      `protoPayload.methodName=~"SetIamPolicy$" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:*`,
      `protoPayload.methodName=~"SetIamPolicy$" AND protoPayload.metadata.policyDelta.auditConfigDeltas:*`,
    ]
      .map((each) => `(${each})`)
      .join(" OR "),
  },
  {
    name: "key-destroyed",
    description: "A key of Cloud KMS was scheduled for its end, or switched off.",
    filter: [
      methods("cloudkms.googleapis.com", "DestroyCryptoKeyVersion$"),
      // A version is updated to be on or off. NOT holds as well where the record does not say which.
      `${methods("cloudkms.googleapis.com", "UpdateCryptoKeyVersion$")} AND NOT protoPayload.request.cryptoKeyVersion.state="ENABLED"`,
    ]
      .map((each) => `(${each})`)
      .join(" OR "),
  },
  {
    name: "entitlement-changed",
    description: "What can be asked for through Privileged Access Manager was changed, or who approves it.",
    filter: methods("privilegedaccessmanager.googleapis.com", "(Create|Update|Delete)Entitlement$"),
  },
  {
    name: "lien-removed",
    description: "Nothing keeps the project of the log from being deleted any more.",
    filter: `protoPayload.methodName=~"DeleteLien$"`,
  },
];
