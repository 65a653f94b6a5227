import { type Props, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const auditConfigs = [
  "gcp:projects/iAMAuditConfig:IAMAuditConfig",
  "gcp:folder/iamAuditConfig:IamAuditConfig",
  "gcp:organizations/iamAuditConfig:IamAuditConfig",
];
const [config = ""] = auditConfigs;
const sinks = [
  "gcp:logging/projectSink:ProjectSink",
  "gcp:logging/billingAccountSink:BillingAccountSink",
  "google-native:logging/v2:Sink",
  "google-native:logging/v2:BillingAccountSink",
];
const [sink = ""] = sinks;
const sinksAbove = [
  "gcp:logging/folderSink:FolderSink",
  "gcp:logging/organizationSink:OrganizationSink",
  "google-native:logging/v2:FolderSink",
  "google-native:logging/v2:OrganizationSink",
];
const [sinkAbove = ""] = sinksAbove;
const logBuckets = [
  "gcp:logging/projectBucketConfig:ProjectBucketConfig",
  "google-native:logging/v2:Bucket",
  "google-native:logging/v2:FolderBucket",
  "google-native:logging/v2:OrganizationBucket",
  "google-native:logging/v2:BillingAccountBucket",
  "gcp:logging/folderBucketConfig:FolderBucketConfig",
  "gcp:logging/organizationBucketConfig:OrganizationBucketConfig",
  "gcp:logging/billingAccountBucketConfig:BillingAccountBucketConfig",
];
const [logBucket = ""] = logBuckets;
const exclusions = [
  "gcp:logging/projectExclusion:ProjectExclusion",
  "gcp:logging/folderExclusion:FolderExclusion",
  "gcp:logging/organizationExclusion:OrganizationExclusion",
  "gcp:logging/billingAccountExclusion:BillingAccountExclusion",
  "google-native:logging/v2:Exclusion",
  "google-native:logging/v2:FolderExclusion",
  "google-native:logging/v2:OrganizationExclusion",
  "google-native:logging/v2:BillingAccountExclusion",
];
const [excluding = ""] = exclusions;
const bucket = "gcp:storage/bucket:Bucket";

const logs = (...types: string[]): Props => ({
  service: "allServices",
  auditLogConfigs: types.map((logType) => ({ logType })),
});
const all = 'logName:"cloudaudit.googleapis.com"';
const year = "31536000";
const tokens = 'protoPayload.serviceName="sts.googleapis.com"';
const blocked = (name: string, type: string, props: Props, ...says: string[]) => ({
  name,
  type,
  props,
  says,
});

/** The audit logs of GCP. */
export const gcpAuditCases: Required<RuleCases> = {
  allows: [
    {
      name: "every kind of log, of all services",
      type: config,
      props: logs("ADMIN_READ", "DATA_READ", "DATA_WRITE"),
    },
    {
      name: "what is read of one service",
      type: config,
      props: { service: "sts.googleapis.com", auditLogConfigs: [{ logType: "DATA_READ" }] },
    },
    {
      name: "a service that has nothing to do with rights",
      type: config,
      props: { service: "bigquery.googleapis.com", auditLogConfigs: [{ logType: "DATA_WRITE" }] },
    },
    { name: "a sink of all audit logs", type: sink, props: { filter: all, uniqueWriterIdentity: true } },
    {
      name: "a sink of everything",
      type: sink,
      props: { exclusions: [{ filter: 'resource.type="k8s_container"' }] },
    },
    {
      name: "a sink of something else that is disabled and has exclusions",
      type: sinkAbove,
      props: { filter: "severity>=ERROR", disabled: true, exclusions: [{ filter: tokens }] },
    },
    {
      name: "an exclusion that is off",
      type: sink,
      props: { filter: all, exclusions: [{ filter: tokens, disabled: true }] },
    },
    {
      name: "a sink of an organisation with all projects",
      type: sinkAbove,
      props: { filter: all, includeChildren: true },
    },
    {
      name: "a locked bucket for a year",
      type: logBucket,
      props: { bucketId: "audit", locked: true, retentionDays: 365 },
    },
    { name: "a bucket for a program's logs", type: logBucket, props: { bucketId: "orders" } },
    {
      name: "a week where the team has said so",
      type: logBucket,
      props: { bucketId: "audit", locked: true, retentionDays: 7 },
      config: { minLogSeconds: 604800 },
    },
    {
      name: "an exclusion of a program's logs",
      type: excluding,
      props: { filter: 'resource.type="gae_app"' },
    },
    { name: "an exclusion that is not on", type: excluding, props: { filter: all, disabled: true } },
    {
      name: "a locked bucket of files for a year",
      type: bucket,
      props: { name: "octo-audit", retentionPolicy: { retentionPeriod: year, isLocked: true } },
    },
    {
      name: "a bucket of files that is no log",
      type: bucket,
      props: { name: "octo-website", forceDestroy: true },
    },
  ],
  blocks: [
    ...auditConfigs.map((type) =>
      blocked(
        `what is changed alone, at ${type}`,
        type,
        logs("ADMIN_READ"),
        "auditLogConfigs has no DATA_READ and no DATA_WRITE, so that allServices leaves no trace of that",
      ),
    ),
    blocked(
      "a machine that is left out, and what is read",
      config,
      {
        service: "sts.googleapis.com",
        auditLogConfigs: [
          { logType: "ADMIN_READ", exemptedMembers: ["serviceAccount:ci@shop.iam.gserviceaccount.com"] },
        ],
      },
      "auditLogConfigs[0].exemptedMembers leaves out what these members do",
      "auditLogConfigs has no DATA_READ, so that sts.googleapis.com leaves no trace of that",
    ),
    blocked(
      "no log at all",
      config,
      { service: "iamcredentials.googleapis.com", auditLogConfigs: [] },
      "auditLogConfigs has no DATA_READ, so that iamcredentials.googleapis.com leaves no trace of that",
    ),
    ...[...sinks, ...sinksAbove].map((type) =>
      blocked(
        `a sink that is off, ${type}`,
        type,
        { filter: all, disabled: true, includeChildren: true },
        "disabled stops the sink",
      ),
    ),
    blocked(
      "a sink that leaves out token exchanges",
      sink,
      { filter: all, exclusions: [{ filter: 'resource.type="gae_app"' }, { filter: tokens }] },
      "exclusions[1].filter takes audit logs out",
    ),
    blocked(
      "a sink of everything but what one account does",
      sink,
      {
        exclusions: [
          { filter: 'protoPayload.authenticationInfo.principalEmail="ci@shop.iam.gserviceaccount.com"' },
        ],
      },
      "exclusions[0].filter takes audit logs out",
    ),
    blocked(
      "a filter that leaves out",
      sink,
      { filter: `${all} AND NOT ${tokens}` },
      "filter leaves out a part of the audit logs",
    ),
    blocked(
      "the same with a minus",
      sink,
      { filter: `${all} -${tokens}` },
      "filter leaves out a part of the audit logs",
    ),
    blocked(
      "the same with an inequality",
      sink,
      { filter: `${all} protoPayload.serviceName!="sts.googleapis.com"` },
      "filter leaves out a part of the audit logs",
    ),
    {
      ...blocked(
        "what is changed alone, in a sink",
        sink,
        { filter: 'logName:"cloudaudit.googleapis.com%2Factivity"' },
        "filter takes what is changed, and not what is read nor which tokens are exchanged",
      ),
      level: "advisory" as const,
    },
    ...sinksAbove.map((type) =>
      blocked(
        `the projects below left out by ${type}`,
        type,
        { filter: all },
        "includeChildren is not true, so that the projects below are left out",
      ),
    ),
    ...logBuckets.map((type) =>
      blocked(
        `a log for a month in ${type}`,
        type,
        { bucketId: "org-Audit-logs", locked: true },
        "retentionDays keeps the log for 30 days, and has to for 365",
      ),
    ),
    {
      ...blocked(
        "a month of GCP's own bucket",
        logBucket,
        { bucketId: "_Default", retentionDays: 90 },
        "retentionDays keeps the log for 90 days, and has to for 365",
      ),
      level: "advisory" as const,
    },
    {
      ...blocked(
        "a bucket that is not locked",
        logBucket,
        { bucketId: "audit", retentionDays: 400 },
        "locked is not true: whoever may set up the bucket can shorten or delete the log",
      ),
      level: "advisory" as const,
    },
    ...exclusions.map((type) =>
      blocked(`audit logs taken out by ${type}`, type, { filter: tokens }, "filter takes audit logs out"),
    ),
    blocked(
      "a bucket of files without a policy that goes with the stack",
      bucket,
      { name: "octo-audit", forceDestroy: true },
      "retentionPolicy is not set, so that the log can be deleted at any time",
      "forceDestroy lets the log go with the bucket",
    ),
    blocked(
      "a bucket of files for a day",
      bucket,
      { name: "octo-audit", retentionPolicy: { retentionPeriod: "86400", isLocked: true } },
      "retentionPolicy.retentionPeriod keeps the log for 86400 seconds, and has to for 31536000",
    ),
    {
      ...blocked(
        "a bucket of files whose policy can be taken away",
        bucket,
        { name: "octo-audit", retentionPolicy: { retentionPeriod: year } },
        "retentionPolicy.isLocked is not true: whoever may set up the bucket can take the policy away",
      ),
      level: "advisory" as const,
    },
  ],
  undecided: [
    blocked(
      "logs that are not known yet",
      config,
      { service: "allServices", auditLogConfigs: unknownText },
      "auditLogConfigs is not known yet",
    ),
    blocked(
      "members that are not known yet",
      config,
      {
        service: "bigquery.googleapis.com",
        auditLogConfigs: [{ logType: "DATA_READ", exemptedMembers: unknownText }],
      },
      "auditLogConfigs[0].exemptedMembers is not known yet",
    ),
    blocked("a filter that is not known yet", sink, { filter: unknownText }, "filter is not known yet"),
    blocked(
      "exclusions that are not known yet",
      sink,
      { filter: all, exclusions: unknownText },
      "exclusions is not known yet",
    ),
    blocked(
      "an exclusion that is not known yet",
      sink,
      { filter: all, exclusions: [{ filter: unknownText }] },
      "exclusions[0].filter is not known yet",
    ),
    blocked(
      "children that are not known yet",
      sinkAbove,
      { filter: all, includeChildren: unknownText },
      "includeChildren is not known yet",
    ),
    blocked(
      "days that are not known yet",
      logBucket,
      { bucketId: "audit", locked: true, retentionDays: unknownText },
      "retentionDays is not known yet",
    ),
    blocked(
      "a lock that is not known yet",
      logBucket,
      { bucketId: "audit", locked: unknownText, retentionDays: 365 },
      "locked is not known yet",
    ),
    blocked(
      "a policy that is not known yet",
      bucket,
      { name: "octo-audit", retentionPolicy: unknownText },
      "retentionPolicy is not known yet",
    ),
    blocked(
      "a time that is not known yet",
      bucket,
      { name: "octo-audit", retentionPolicy: { retentionPeriod: unknownText, isLocked: true } },
      "retentionPolicy.retentionPeriod is not known yet",
    ),
  ],
};
