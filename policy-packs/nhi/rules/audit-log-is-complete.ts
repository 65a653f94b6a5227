import { awsAuditLogs } from "../aws/audit-log";
import { gcpAuditLogs } from "../gcp/audit-log";
import type { ResourceRule } from "../rule";
import { vaultAuditLogs } from "../vault/audit-log";

const judges = { ...awsAuditLogs, ...gcpAuditLogs, ...vaultAuditLogs };

export const auditLogIsComplete: ResourceRule = {
  id: "audit-log-is-complete",
  title: "The audit log records everything, holds no secret, and nobody who is recorded can change it.",
  why: "A log that leaves out regions, reads or the use of keys, or that can be deleted, says nothing when it is needed; one with secrets in it gives them to whoever reads it.",
  fix: "Record all management events of all regions, with validation, and keep them where nobody deletes them.",
  severity: "high",
  enforcement: "mandatory",
  topic: "missing-audit",
  doesNotSee:
    "Who may stop the log by an API call, logs of another account, and a bucket, key or log group that neither its name nor its policy shows to be the log's. Data events of AWS are a choice that it does not judge. Whether several sinks together take everything, and audit configurations inside a policy document of GCP's.",
  whenNot: "A second trail beside a complete one, for one purpose.",
  remedy:
    "A trail is switched on, validates its files and records all regions and services; a store keeps its protection; a sink is on and takes the projects below; the block of public access to a log's bucket is complete.",
  samples: {
    bad: `
new aws.cloudtrail.Trail("trail", { s3BucketName: "acme-trail", isMultiRegionTrail: true });
`,
    good: `
new aws.cloudtrail.Trail("trail", {
  s3BucketName: "acme-trail",
  isMultiRegionTrail: true,
  enableLogFileValidation: true,
  kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d-0000-1111-2222-333344445555",
});
`,
  },
  ceilings: {
    minLogSeconds: {
      seconds: 365 * 86_400,
      says: "The shortest time that a log is kept, in seconds. Default: 31536000, a year, as PCI DSS 10.5.1 asks for.",
    },
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
