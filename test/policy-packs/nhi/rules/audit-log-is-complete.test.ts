import { auditLogIsComplete } from "../../../../policy-packs/nhi/rules/audit-log-is-complete";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { gcpAuditCases } from "../gcp/audit";
import { vaultAuditCases } from "../vault/audit";
import { endpointCases } from "../vault/endpoint";

const trail = "aws:cloudtrail/trail:Trail";
const nativeTrail = "aws-native:cloudtrail:Trail";
const store = "aws:cloudtrail/eventDataStore:EventDataStore";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const bucket = "aws:s3/bucket:Bucket";
const lock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";
const access = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const group = "aws:cloudwatch/logGroup:LogGroup";
const key = "aws:kms/key:Key";

const complete = {
  s3BucketName: "acme-trail",
  isMultiRegionTrail: true,
  enableLogFileValidation: true,
  kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
};
const management = { readWriteType: "All", includeManagementEvents: true };
const advanced = (...fields: object[]) => ({
  advancedEventSelectors: [
    { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }, ...fields] },
  ],
});
const selecting = (...selectors: object[][]) => ({
  ...complete,
  advancedEventSelectors: selectors.map((fieldSelectors) => ({ fieldSelectors })),
});
const ofManagement = { field: "eventCategory", equals: ["Management"] };
const reads = (property: string) =>
  `${property} leaves out the events that only read, as somebody does who looks for credentials`;
const noManagement =
  "takes no management events: nothing of how identities are made and used, where no other trail has it";
const write = {
  Effect: "Allow",
  Principal: { Service: "cloudtrail.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::acme-trail/*",
  Condition: {
    StringEquals: { "aws:SourceArn": "arn:aws:cloudtrail:eu-central-1:123456789012:trail/trail" },
  },
};
const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [write, ...statements] });
const by = (Action: string | string[], more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::123456789012:role/cleaner" },
  Action,
  Resource: "*",
  ...more,
});
const deletes = ["policy.Statement[1] lets somebody delete the log or change how it is kept"];
const decrypt = JSON.stringify({
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: ["cloudtrail.amazonaws.com"] },
      Action: "kms:GenerateDataKey*",
      Resource: "*",
    },
  ],
});
const compliance = { defaultRetention: { mode: "COMPLIANCE", days: 365 } };
const allOn = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

testRule(auditLogIsComplete, {
  allows: [
    ...endpointCases["audit-log-is-complete"].allows,
    ...gcpAuditCases.allows,
    ...vaultAuditCases.allows,
    { name: "a trail that records everything", type: trail, props: complete },
    { name: "the same of the other provider", type: nativeTrail, props: { ...complete, isLogging: true } },
    { name: "settings as texts", type: trail, props: { ...complete, isMultiRegionTrail: "true" } },
    {
      name: "a selector for all management events",
      type: trail,
      props: { ...complete, eventSelectors: [management] },
    },
    {
      name: "a second selector that leaves out what the first records",
      type: trail,
      props: {
        ...complete,
        eventSelectors: [
          management,
          { readWriteType: "WriteOnly", includeManagementEvents: false, dataResources: [] },
        ],
      },
    },
    {
      name: "another service that is left out",
      type: trail,
      props: { ...complete, eventSelectors: [{ ...management, excludeManagementEventSources: [] }] },
    },
    {
      name: "an advanced selector for all management events",
      type: trail,
      props: { ...complete, ...advanced() },
    },
    {
      name: "reads and writes in two selectors",
      type: trail,
      props: { ...complete, eventSelectors: [{ readWriteType: "ReadOnly" }, { readWriteType: "WriteOnly" }] },
    },
    {
      name: "a service that one selector leaves out and another takes",
      type: trail,
      props: {
        ...complete,
        eventSelectors: [{ excludeManagementEventSources: ["kms.amazonaws.com"] }, {}],
      },
    },
    {
      name: "advanced selectors that share the services between them",
      type: trail,
      props: selecting(
        [ofManagement, { field: "eventSource", notEquals: ["kms.amazonaws.com"] }],
        [ofManagement, { field: "eventSource", equals: ["kms.amazonaws.com"] }],
      ),
    },
    {
      name: "a store for configurations",
      type: store,
      props: {
        advancedEventSelectors: [
          { fieldSelectors: [{ field: "eventCategory", equals: ["ConfigurationItem"] }] },
        ],
      },
    },
    {
      name: "rules for what S3 removes: late, off, or of parts of an upload",
      type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      props: {
        bucket: "acme-cloudtrail",
        rules: [
          { status: "Enabled", expiration: { days: 400 } },
          { status: "Disabled", expiration: { days: 1 } },
          { status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 30 } },
          { status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
        ],
      },
    },
    {
      name: "a store that says nothing: protected, all regions, seven years",
      type: store,
      props: { name: "audit" },
    },
    { name: "a store that keeps for a year", type: store, props: { retentionPeriod: 365 } },
    {
      name: "a shorter time where a team allows it",
      type: store,
      props: { retentionPeriod: 90 },
      config: { minLogSeconds: 7_776_000 },
    },
    { name: "a bucket's policy for the trail alone", type: bucketPolicy, props: { policy: policy() } },
    {
      name: "a bucket's policy that forbids deletion",
      type: bucketPolicy,
      props: { policy: policy(by("s3:DeleteObject*", { Effect: "Deny", Principal: "*" })) },
    },
    {
      name: "somebody who reads the log",
      type: bucketPolicy,
      props: { policy: policy(by(["s3:GetObject", "s3:ListBucket"])) },
    },
    {
      name: "a bucket's policy for something else",
      type: bucketPolicy,
      props: { policy: JSON.stringify({ Statement: [by("s3:*")] }) },
    },
    { name: "a bucket's policy that is not known yet", type: bucketPolicy, props: { policy: unknownText } },
    {
      name: "another bucket that goes with its content",
      type: bucket,
      props: { bucket: "acme-cache", forceDestroy: true },
    },
    { name: "the log's bucket", type: bucket, props: { bucket: "acme-cloudtrail" } },
    {
      name: "a lock in another bucket",
      type: lock,
      props: { bucket: "acme-cache", rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } } },
    },
    { name: "a lock that holds", type: lock, props: { bucket: "acme-cloudtrail", rule: compliance } },
    {
      name: "a lock for years",
      type: lock,
      props: { bucket: "acme-cloudtrail", rule: { defaultRetention: { mode: "COMPLIANCE", years: 1 } } },
    },
    {
      name: "versions in the log's bucket",
      type: versioning,
      props: { bucket: "audit-logs", versioningConfiguration: { status: "Enabled" } },
    },
    { name: "the log's bucket closed", type: access, props: { bucket: "audit-logs", ...allOn } },
    {
      name: "a group of another log",
      type: group,
      props: { name: "/aws/lambda/orders", retentionInDays: 7 },
    },
    { name: "a log group for ever", type: group, props: { name: "cloudtrail", retentionInDays: 0 } },
    {
      name: "the log's key with the longest wait",
      type: key,
      props: { policy: decrypt, deletionWindowInDays: 30 },
    },
    { name: "the log's key that says nothing", type: key, props: { policy: decrypt } },
    { name: "another key", type: key, props: { deletionWindowInDays: 7 } },
  ],
  blocks: [
    ...endpointCases["audit-log-is-complete"].blocks,
    ...gcpAuditCases.blocks,
    ...vaultAuditCases.blocks,
    {
      name: "a trail with nothing but a bucket",
      type: trail,
      props: { s3BucketName: "acme-trail", kmsKeyId: "alias/trail" },
      says: [
        "enableLogFileValidation is not on, so that nobody sees that a log was changed",
        "isMultiRegionTrail is not on, so that other regions leave no trace",
      ],
    },
    {
      name: "a trail that is off",
      type: trail,
      props: { ...complete, enableLogging: false },
      says: ["enableLogging is false, which stops the trail"],
    },
    {
      name: "a trail of the other provider that is off",
      type: nativeTrail,
      props: { ...complete, isLogging: false },
      says: ["isLogging is false, which stops the trail"],
    },
    {
      name: "a trail without IAM and STS",
      type: trail,
      props: { ...complete, includeGlobalServiceEvents: "false" },
      says: ["includeGlobalServiceEvents is false, which leaves out what is done in IAM and STS"],
    },
    {
      name: "a trail without a key",
      type: trail,
      props: { ...complete, kmsKeyId: "" },
      says: ["kmsKeyId is not set, so that whoever reads the bucket reads the log"],
      level: "advisory",
    },
    {
      name: "only writes",
      type: trail,
      props: { ...complete, eventSelectors: [{ readWriteType: "WriteOnly" }] },
      says: [reads("eventSelectors")],
    },
    {
      name: "no use of keys",
      type: trail,
      props: {
        ...complete,
        eventSelectors: [{ ...management, excludeManagementEventSources: ["KMS.amazonaws.com"] }],
      },
      says: ["eventSelectors leaves out the events of kms.amazonaws.com"],
    },
    {
      name: "two selectors that each leave out something",
      type: trail,
      props: {
        ...complete,
        eventSelectors: [{ readWriteType: "ReadOnly" }, { includeManagementEvents: false }],
      },
      says: ["eventSelectors leaves out the events that change something"],
    },
    {
      name: "only data events",
      type: trail,
      props: {
        ...complete,
        advancedEventSelectors: [{ fieldSelectors: [{ field: "eventCategory", equals: ["Data"] }] }],
      },
      says: [`advancedEventSelectors ${noManagement}`],
      level: "advisory",
    },
    {
      name: "an advanced selector without keys",
      type: trail,
      props: { ...complete, ...advanced({ field: "eventSource", notEquals: ["kms.amazonaws.com"] }) },
      says: ["advancedEventSelectors leaves out the events of kms.amazonaws.com"],
    },
    {
      name: "an advanced selector for writes",
      type: nativeTrail,
      props: { ...complete, ...advanced({ field: "readOnly", equals: ["false"] }) },
      says: [reads("advancedEventSelectors")],
    },
    {
      name: "a service that is not known yet is left out",
      type: trail,
      props: {
        ...complete,
        eventSelectors: [{ ...management, excludeManagementEventSources: [unknownText] }],
      },
      says: ["eventSelectors leaves out the events of a service"],
    },
    {
      name: "data events alone, as texts",
      type: trail,
      props: { ...complete, eventSelectors: [{ includeManagementEvents: "false" }] },
      says: [`eventSelectors ${noManagement}`],
      level: "advisory",
    },
    {
      name: "reads left out in another way",
      type: trail,
      props: selecting([ofManagement, { field: "readOnly", notEquals: ["true"] }]),
      says: ["advancedEventSelectors takes only the management events that readOnly names"],
    },
    {
      name: "advanced selectors for one service",
      type: trail,
      props: selecting([ofManagement, { field: "eventSource", equals: ["s3.amazonaws.com"] }]),
      says: ["advancedEventSelectors takes only the management events that eventSource names"],
    },
    {
      name: "a store that leaves an identity out",
      type: store,
      props: {
        advancedEventSelectors: [
          {
            fieldSelectors: [
              ofManagement,
              { field: "userIdentity.arn", notEquals: ["arn:aws:iam::1:role/ci"] },
            ],
          },
        ],
      },
      says: ["advancedEventSelectors takes only the management events that userIdentity.arn names"],
    },
    ...[
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    ].map((type) => ({
      name: `a log that S3 removes, ${type}`,
      type,
      props: {
        bucket: "acme-cloudtrail",
        rules: [{ status: "Enabled", expiration: { days: 1 } }],
      },
      says: ["rules[0].expiration.days keeps the log for too short a time: at least 365 d are asked for"],
    })),
    {
      name: "a log's bucket in the older form that goes with its content",
      type: "aws:s3/bucketV2:BucketV2",
      props: { bucket: "audit", forceDestroy: "true" },
      says: ["forceDestroy is true, which lets the log go with the bucket"],
    },
    {
      name: "a lock in the older form, for a day",
      type: "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
      props: { bucket: "audit", rule: { defaultRetention: { mode: "COMPLIANCE", days: 1 } } },
      says: ["rule.defaultRetention.days keeps the log for too short a time: at least 365 d are asked for"],
    },
    {
      name: "versions in the older form, never switched on",
      type: "aws:s3/bucketVersioningV2:BucketVersioningV2",
      props: { bucket: "audit", versioningConfiguration: { status: "Disabled" } },
      says: ["versioningConfiguration is not Enabled, so that a log can be overwritten"],
    },
    {
      name: "a store that one call deletes after a month, of one region, at rest",
      type: store,
      props: {
        terminationProtectionEnabled: false,
        multiRegionEnabled: false,
        suspend: "true",
        retentionPeriod: 30,
      },
      says: [
        "terminationProtectionEnabled is false, which lets one call delete the log",
        "multiRegionEnabled is false, which leaves out other regions",
        "suspend is true, which stops the log",
        "retentionPeriod keeps the log for too short a time: at least 365 d are asked for",
      ],
    },
    {
      name: "a store of the other provider that takes nothing in",
      type: "aws-native:cloudtrail:EventDataStore",
      props: { ingestionEnabled: false },
      says: ["ingestionEnabled is false, which stops the log"],
    },
    {
      name: "somebody who deletes",
      type: bucketPolicy,
      props: { policy: policy(by("S3:DeleteObject")) },
      says: deletes,
    },
    {
      name: "a wildcard that deletes",
      type: bucketPolicy,
      props: { policy: policy(by("s3:*Object")) },
      says: deletes,
    },
    {
      name: "everything but one action",
      type: bucketPolicy,
      props: { policy: policy({ ...by("x"), Action: undefined, NotAction: "s3:GetObject" }) },
      says: deletes,
    },
    {
      name: "somebody who ends the retention",
      type: bucketPolicy,
      props: { policy: policy(by(["s3:GetObject", "s3:PutLifecycleConfiguration"])) },
      says: deletes,
    },
    {
      name: "a bucket that any trail writes to",
      type: bucketPolicy,
      props: { policy: JSON.stringify({ Statement: [{ ...write, Condition: undefined }] }) },
      says: ["policy.Statement[0] lets the trails of other accounts write here: compare aws:SourceArn"],
      level: "advisory",
    },
    {
      name: "somebody who deletes, of the other provider",
      type: "aws-native:s3:BucketPolicy",
      props: { policyDocument: { Statement: [write, by("s3:DeleteBucket")] } },
      says: ["policyDocument.Statement[1] lets somebody delete the log or change how it is kept"],
    },
    {
      name: "a log's bucket that goes with its content",
      type: bucket,
      props: { bucket: "acme-CloudTrail", forceDestroy: true },
      says: ["forceDestroy is true, which lets the log go with the bucket"],
    },
    {
      name: "a lock that can be bypassed, for a month",
      type: lock,
      props: { bucket: "acme-cloud-trail", rule: { defaultRetention: { mode: "GOVERNANCE", days: 30 } } },
      says: [
        "rule.defaultRetention.mode is not COMPLIANCE, so that whoever has the right to bypass it deletes the log",
        "rule.defaultRetention.days keeps the log for too short a time: at least 365 d are asked for",
      ],
    },
    {
      name: "a lock without a rule",
      type: lock,
      props: { bucket: "audit" },
      says: ["rule has no default retention, so that nothing is held"],
    },
    {
      name: "versions at rest",
      type: versioning,
      props: { bucket: "audit", versioningConfiguration: { status: "Suspended" } },
      says: ["versioningConfiguration is not Enabled, so that a log can be overwritten"],
    },
    {
      name: "a log's bucket that may become public",
      type: access,
      props: { bucket: "audit", ...allOn, blockPublicPolicy: false },
      says: ["blockPublicPolicy is not on, so that the log may become public"],
    },
    {
      name: "a trail's group for a month",
      type: group,
      props: { name: "/aws/cloudtrail/main", retentionInDays: 30 },
      says: ["retentionInDays keeps the log for too short a time: at least 365 d are asked for"],
    },
    {
      name: "a trail's group of the other provider",
      type: "aws-native:logs:LogGroup",
      props: { logGroupName: "CloudTrail", retentionInDays: 30 },
      says: ["retentionInDays keeps the log for too short a time: at least 365 d are asked for"],
    },
    {
      name: "the log's key gone in a week",
      type: key,
      props: { policy: decrypt, deletionWindowInDays: 7 },
      says: [
        "deletionWindowInDays gives less than 30 d to notice that the log's key is deleted, and the log with it",
      ],
    },
    {
      name: "the log's key of the other provider",
      type: "aws-native:kms:Key",
      props: { keyPolicy: decrypt, pendingWindowInDays: 7 },
      says: [
        "pendingWindowInDays gives less than 30 d to notice that the log's key is deleted, and the log with it",
      ],
    },
  ],
  undecided: [
    ...gcpAuditCases.undecided,
    ...vaultAuditCases.undecided,
    {
      name: "whether a trail is validated",
      type: trail,
      props: { ...complete, enableLogFileValidation: unknownText },
      says: ["enableLogFileValidation is not known yet, and has to be true"],
    },
    {
      name: "whether a trail is on",
      type: trail,
      props: { ...complete, enableLogging: unknownText },
      says: ["enableLogging is not known yet, and has to be true"],
    },
    {
      name: "which events",
      type: trail,
      props: { ...complete, eventSelectors: unknownText, advancedEventSelectors: unknownText },
      says: [
        "eventSelectors is not known yet, and may leave out events",
        "advancedEventSelectors is not known yet, and may leave out events",
      ],
    },
    {
      name: "a field of a selector",
      type: trail,
      props: { ...complete, ...advanced({ field: unknownText, equals: ["x"] }) },
      says: ["advancedEventSelectors is not known yet in all its parts, and may leave out events"],
    },
    {
      name: "a selector that is not known yet, beside one for writes",
      type: trail,
      props: {
        ...complete,
        eventSelectors: [{ readWriteType: "WriteOnly" }, { readWriteType: unknownText }],
      },
      says: ["eventSelectors is not known yet in all its parts, and may leave out events"],
    },
    {
      name: "what S3 removes",
      type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      props: { bucket: "audit", rules: [{ status: "Enabled", expiration: { days: unknownText } }] },
      says: ["rules[0].expiration.days is not known yet, and may be too short"],
    },
    {
      name: "how long a store keeps",
      type: store,
      props: { retentionPeriod: unknownText, suspend: unknownText },
      says: [
        "suspend is not known yet, and has to be false",
        "retentionPeriod is not known yet, and may be too short",
      ],
    },
    {
      name: "what a lock holds",
      type: lock,
      props: { bucket: "audit", rule: unknownText },
      says: ["rule is not known yet, and may hold nothing"],
    },
    {
      name: "how a lock holds",
      type: lock,
      props: { bucket: "audit", rule: { defaultRetention: { mode: unknownText, days: 365 } } },
      says: ["rule.defaultRetention.mode is not known yet, and only COMPLIANCE holds against everybody"],
    },
    {
      name: "whether there are versions",
      type: versioning,
      props: { bucket: "audit", versioningConfiguration: { status: unknownText } },
      says: ["versioningConfiguration is not known yet, and has to be Enabled"],
    },
  ],
});
