import { numberOf } from "../duration";
import { forTypes } from "../judge";
import { globMatches } from "../glob";
import type { Judge, Resource } from "../rule";
import { isGiven } from "../static-key";
import { mustBe } from "../switch";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { element, list, readDocument, type Statement, texts } from "./document";
import { leftOut } from "./event-selectors";

/** What a trail of AWS's is made of, and what keeps it: the bucket, the key, the log group. */
export const awsAuditLogs: Readonly<Record<string, Judge>> = {
  "aws:cloudtrail/trail:Trail": trail("enableLogging"),
  "aws-native:cloudtrail:Trail": trail("isLogging"),
  "aws:cloudtrail/eventDataStore:EventDataStore": store,
  "aws-native:cloudtrail:EventDataStore": store,
  "aws:s3/bucketPolicy:BucketPolicy": (resource) => bucketPolicy("policy", resource),
  "aws-native:s3:BucketPolicy": (resource) => bucketPolicy("policyDocument", resource),
  ...forTypes(
    ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
    ofLog("bucket", (resource) =>
      mustBe(resource, "forceDestroy", false, {
        unset: false,
        says: "is true, which lets the log go with the bucket",
      }),
    ),
  ),
  ...forTypes(
    [
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
      "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
    ],
    ofLog("bucket", objectLock),
  ),
  ...forTypes(
    [
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    ],
    ofLog("bucket", lifecycle),
  ),
  ...forTypes(
    ["aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2"],
    ofLog("bucket", versioning),
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofLog("bucket", publicAccess),
  "aws:cloudwatch/logGroup:LogGroup": ofLog("name", logGroup),
  "aws-native:logs:LogGroup": ofLog("logGroupName", logGroup),
  "aws:kms/key:Key": (resource) => logKey("policy", "deletionWindowInDays", resource),
  "aws-native:kms:Key": (resource) => logKey("keyPolicy", "pendingWindowInDays", resource),
};

function trail(isOn: string): Judge {
  return (resource) => [
    ...mustBe(resource, isOn, true, { unset: true, says: "is false, which stops the trail" }),
    ...mustBe(resource, "enableLogFileValidation", true, {
      unset: false,
      says: "is not on, so that nobody sees that a log was changed",
    }),
    ...mustBe(resource, "isMultiRegionTrail", true, {
      unset: false,
      says: "is not on, so that other regions leave no trace",
    }),
    ...mustBe(resource, "includeGlobalServiceEvents", true, {
      unset: true,
      says: "is false, which leaves out what is done in IAM and STS",
    }),
    ...(isGiven(resource.read("kmsKeyId"))
      ? []
      : [advise("kmsKeyId", "is not set, so that whoever reads the bucket reads the log")]),
    ...leftOut(resource, "trail"),
  ];
}

function store(resource: Resource): Finding[] {
  return [
    ...mustBe(resource, "terminationProtectionEnabled", true, {
      unset: true,
      says: "is false, which lets one call delete the log",
    }),
    ...mustBe(resource, "multiRegionEnabled", true, {
      unset: true,
      says: "is false, which leaves out other regions",
    }),
    ...mustBe(resource, "ingestionEnabled", true, { unset: true, says: "is false, which stops the log" }),
    ...mustBe(resource, "suspend", false, { unset: false, says: "is true, which stops the log" }),
    ...keptFor(resource, "retentionPeriod", resource.read("retentionPeriod")),
    ...leftOut(resource, "store"),
  ];
}

/** A time in days, against the shortest that is allowed. Not set: as long as there is room. */
function keptFor(resource: Resource, property: string, value: Value | undefined): Finding[] {
  if (value === unknown) return [undetermined(property, "is not known yet, and may be too short")];
  if (value === undefined || value === null || numberOf(value) === 0) return [];
  const least = resource.ceiling("minLogSeconds") / 86_400;
  return numberOf(value) >= least
    ? []
    : [fail(property, `keeps the log for too short a time: at least ${Math.ceil(least)} d are asked for`)];
}

/** Only what says that it is a log is judged: a bucket of any other use may be as it likes. */
function ofLog(property: string, judge: Judge): Judge {
  return (resource) => {
    const name = resource.read(property);
    return typeof name === "string" && /cloud-?trail|audit/i.test(name.slice(0, 600)) ? judge(resource) : [];
  };
}

function objectLock(resource: Resource): Finding[] {
  const rule = resource.read("rule");
  if (rule === unknown) return [undetermined("rule", "is not known yet, and may hold nothing")];
  const retention = isObject(rule) ? element(rule, "defaultretention") : undefined;
  if (!isObject(retention))
    return retention === unknown
      ? [undetermined("rule", "is not known yet, and may hold nothing")]
      : [fail("rule", "has no default retention, so that nothing is held")];
  const { mode, days, years } = retention;
  const path = "rule.defaultRetention";
  const inDays = typeof years === "number" ? years * 365 : days;
  return [
    ...(mode === "COMPLIANCE"
      ? []
      : mode === unknown
        ? [undetermined(`${path}.mode`, "is not known yet, and only COMPLIANCE holds against everybody")]
        : [
            fail(
              `${path}.mode`,
              "is not COMPLIANCE, so that whoever has the right to bypass it deletes the log",
            ),
          ]),
    ...keptFor(resource, `${path}.days`, inDays),
  ];
}

/** What S3 removes by itself, and when. A former version is what was removed or written over: Object Lock is for that. */
function lifecycle(resource: Resource): Finding[] {
  const rules = resource.read("rules");
  if (rules === unknown) return [undetermined("rules", "is not known yet, and may be too short")];
  return list(rules).flatMap((rule, index): Finding[] => {
    const path = `rules[${index}]`;
    if (rule === unknown) return [undetermined(path, "is not known yet, and may be too short")];
    if (!isObject(rule) || rule.status === "Disabled") return [];
    return keptFor(resource, `${path}.expiration.days`, element(rule.expiration, "days"));
  });
}

function versioning(resource: Resource): Finding[] {
  const status = element(resource.read("versioningConfiguration"), "status");
  if (status === unknown)
    return [undetermined("versioningConfiguration", "is not known yet, and has to be Enabled")];
  return status === "Enabled"
    ? []
    : [fail("versioningConfiguration", "is not Enabled, so that a log can be overwritten")];
}

function publicAccess(resource: Resource): Finding[] {
  return ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].flatMap(
    (property) =>
      mustBe(resource, property, true, {
        unset: false,
        says: "is not on, so that the log may become public",
      }),
  );
}

function logGroup(resource: Resource): Finding[] {
  return keptFor(resource, "retentionInDays", resource.read("retentionInDays"));
}

const trailService = "cloudtrail.amazonaws.com";
const isForTrail = ({ principal }: Statement) =>
  isObject(principal) && texts(element(principal, "service")).includes(trailService);

/** With these a log is gone, or the way to make it go is open. */
const destroying = [
  ...["s3:deleteobject", "s3:deleteobjectversion", "s3:deletebucket", "s3:deletebucketpolicy"],
  ...["s3:putbucketpolicy", "s3:putlifecycleconfiguration", "s3:putbucketversioning"],
  ...["s3:bypassgovernanceretention", "s3:putbucketobjectlockconfiguration"],
];

function bucketPolicy(property: string, resource: Resource): Finding[] {
  const reading = readDocument(resource.read(property));
  if ("unreadable" in reading || !reading.statements.some(isForTrail)) return [];
  return reading.statements
    .filter(({ effect }) => effect === "allow")
    .flatMap((statement): Finding[] => {
      const path = `${property}.Statement[${statement.index}]`;
      if (allowsAny(statement)) return [fail(path, "lets somebody delete the log or change how it is kept")];
      const isOpen = isForTrail(statement) && !statement.comparisons.some(({ key }) => sources.has(key));
      return isOpen && !statement.conditionsUnknown
        ? [advise(path, "lets the trails of other accounts write here: compare aws:SourceArn")]
        : [];
    });
}

const sources = new Set(["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid"]);

const allowsAny = ({ actions, notActions }: Statement) =>
  notActions !== undefined ||
  actions.some(
    (pattern) =>
      pattern !== unknown && destroying.some((action) => globMatches(pattern.toLowerCase(), action)),
  );

/** The key of a log, as its policy lets CloudTrail use it. */
function logKey(policy: string, window: string, resource: Resource): Finding[] {
  const reading = readDocument(resource.read(policy));
  if ("unreadable" in reading || !reading.statements.some(isForTrail)) return [];
  const days = resource.read(window);
  const isShort = typeof days === "number" && days < 30;
  return isShort
    ? [fail(window, "gives less than 30 d to notice that the log's key is deleted, and the log with it")]
    : [];
}
