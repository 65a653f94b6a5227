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
const out = "takes audit logs out: of who signs in, gets tokens or gives rights";
const left = "leaves out audit logs of who signs in, gets tokens or gives rights";
const part = "takes out a part of every log, and so of the audit logs";
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
    ...[
      'resource.type="k8s_container" AND severity<WARNING',
      'resource.type="k8s_container" AND (resource.labels.namespace_name="a" OR resource.labels.namespace_name="b")',
      'protoPayload.serviceName="k8s.io" protoPayload.authenticationInfo.principalEmail:"system:"',
      'protoPayload.serviceName=("k8s.io" OR "storage.googleapis.com")',
      'protoPayload.methodName="storage.objects.get"',
      'protoPayload.methodName=~"^storage\\.objects\\..*"',
      'log_id("run.googleapis.com/requests") httpRequest.status=200',
      '"GET /healthz"',
      'jsonPayload.level="debug" OR textPayload:"debug"',
      '(((resource.type="gae_app")))',
    ].map((filter) => ({
      name: `an exclusion of other logs: ${filter}`,
      type: excluding,
      props: { filter },
    })),
    {
      name: "a sink without what Kubernetes itself does",
      type: sink,
      props: {
        filter: `${all} AND NOT (protoPayload.serviceName="k8s.io" AND protoPayload.authenticationInfo.principalEmail:"system:")`,
      },
    },
    {
      name: "a sink without what is read of files, and without remarks",
      type: sink,
      props: {
        filter: `-- files\n${all} -protoPayload.serviceName="storage.googleapis.com" NOT severity=DEBUG`,
      },
    },
    {
      name: "a sink of both logs",
      type: sink,
      props: {
        filter:
          'log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access")',
      },
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
        "disabled is true, which stops the sink",
      ),
    ),
    blocked(
      "a sink that leaves out token exchanges",
      sink,
      { filter: all, exclusions: [{ filter: 'resource.type="gae_app"' }, { filter: tokens }] },
      `exclusions[1].filter ${out}`,
    ),
    blocked(
      "a sink of everything but what one account does",
      sink,
      {
        exclusions: [
          { filter: 'protoPayload.authenticationInfo.principalEmail="ci@shop.iam.gserviceaccount.com"' },
        ],
      },
      `exclusions[0].filter ${out}`,
    ),
    blocked("a filter that leaves out", sink, { filter: `${all} AND NOT ${tokens}` }, `filter ${left}`),
    blocked("the same with a minus", sink, { filter: `${all} -${tokens}` }, `filter ${left}`),
    blocked(
      "the same with an inequality",
      sink,
      { filter: `${all} protoPayload.serviceName!="sts.googleapis.com"` },
      `filter ${left}`,
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
    ...[
      ["what is regular", 'protoPayload.serviceName=~"^iamcred|sts.*"'],
      ["a set in a regular expression", 'protoPayload.serviceName=~"s[t]s"'],
      ["any letter in a regular expression", 'protoPayload.serviceName=~"^s.s\\.googleapis"'],
      ["a part of the name", 'protoPayload.serviceName:"googleapis.com"'],
      ["any service", "protoPayload.serviceName:*"],
      ["a list", 'protoPayload.serviceName=("k8s.io" OR "iam.googleapis.com")'],
      ["characters by their numbers", 'protoPayload.serviceName="st\\u0073.google\\x61pis.com"'],
      ["capitals", 'protopayload.SERVICENAME = "STS.googleapis.com"'],
      ["a remark before it", '-- noise\nprotoPayload.serviceName = "sts.googleapis.com"'],
      ["a method", 'protoPayload.methodName:"GenerateAccessToken"'],
      ["an address", 'protoPayload.requestMetadata.callerIp="203.0.113.7"'],
      ["an address in a network", 'ip_in_net(protoPayload.requestMetadata.callerIp, "203.0.113.0/24")'],
      ["another choice", 'resource.type="k8s_container" OR resource.type="service_account"'],
      ["a log by its id", 'log_id("cloudaudit.googleapis.com/data_access")'],
      ["a log by a part of its name", 'logName:"projects/"'],
      ["any field", '"iam.googleapis.com"'],
      ["any field by a function", 'SEARCH("sts.googleapis.com")'],
      ["a parenthesis too many", ') protoPayload.serviceName="sts.googleapis.com"'],
    ].map(([name = "", filter = ""]) =>
      blocked(`an exclusion by ${name}`, excluding, { filter }, `filter ${out}`),
    ),
    ...[
      ["of all that is no error", "severity<ERROR"],
      ["by chance", "sample(insertId, 0.99)"],
      ["of a project", 'resource.labels.project_id="shop"'],
      ["of all but a service", 'protoPayload.serviceName=(NOT "k8s.io")'],
      ["of all but one person", 'NOT protoPayload.authenticationInfo.principalEmail="ann@example.com"'],
      ["of all but a program", 'NOT resource.type="gae_app"'],
      ["with two minuses", "--severity>ERROR\nseverity>=DEFAULT"],
    ].map(([name = "", filter = ""]) =>
      blocked(`an exclusion ${name}`, excluding, { filter }, `filter ${part}`),
    ),
    ...[
      `${all} AND NOT (severity=INFO OR "sts.googleapis.com")`,
      'NOT logName:"cloudaudit.googleapis.com"',
      `${all} protoPayload.authenticationInfo.principalEmail!~"ci@.*"`,
      `${all} AND protoPayload.serviceName=(NOT "sts.googleapis.com")`,
    ].map((filter) => blocked(`a filter that leaves out: ${filter}`, sink, { filter }, `filter ${left}`)),
    blocked(
      "a filter that takes a tenth",
      sink,
      { filter: `${all} sample(insertId, 0.1)` },
      "filter takes a part of the audit logs by chance",
    ),
    {
      ...blocked(
        "a filter for what is severe",
        sink,
        { filter: `${all} severity>=WARNING` },
        "filter takes what is severe alone, which the exchange of a token is not",
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
      blocked(`audit logs taken out by ${type}`, type, { filter: tokens }, `filter ${out}`),
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
    ...['"'.repeat(10_000_000), "(".repeat(5000), `NOT ${"x ".repeat(20_000)}`].map((filter) =>
      blocked(
        `a filter that Google does not take, ${filter.slice(0, 5)}`,
        sink,
        { filter },
        "filter is longer or deeper than Google takes one",
      ),
    ),
    blocked(
      "an exclusion that Google does not take",
      excluding,
      { filter: "(".repeat(100) },
      "filter is longer or deeper than Google takes one",
    ),
    blocked(
      "a kind of log that is not known yet",
      config,
      { service: "sts.googleapis.com", auditLogConfigs: [{ logType: unknownText }] },
      "auditLogConfigs is not known yet in all its parts",
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
      "includeChildren is not known yet, and has to be true",
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
