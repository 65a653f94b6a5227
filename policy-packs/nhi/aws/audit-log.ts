import { numberOf } from "../duration";
import type { Judge, Resource } from "../rule";
import { isGiven } from "../static-key";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { element, globMatches, list, readDocument, type Statement, texts } from "./document";

/** What a trail of AWS's is made of, and what keeps it: the bucket, the key, the log group. */
export const awsAuditLogs: Readonly<Record<string, Judge>> = {
  "aws:cloudtrail/trail:Trail": trail("enableLogging"),
  "aws-native:cloudtrail:Trail": trail("isLogging"),
  "aws:cloudtrail/eventDataStore:EventDataStore": store,
  "aws-native:cloudtrail:EventDataStore": store,
  "aws:s3/bucketPolicy:BucketPolicy": (resource) => bucketPolicy("policy", resource),
  "aws-native:s3:BucketPolicy": (resource) => bucketPolicy("policyDocument", resource),
  "aws:s3/bucket:Bucket": ofLog("bucket", (resource) =>
    isTrue(resource, "forceDestroy", "lets the log go with the bucket"),
  ),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": ofLog("bucket", objectLock),
  "aws:s3/bucketVersioning:BucketVersioning": ofLog("bucket", versioning),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofLog("bucket", publicAccess),
  "aws:cloudwatch/logGroup:LogGroup": ofLog("name", logGroup),
  "aws-native:logs:LogGroup": ofLog("logGroupName", logGroup),
  "aws:kms/key:Key": (resource) => logKey("policy", "deletionWindowInDays", resource),
  "aws-native:kms:Key": (resource) => logKey("keyPolicy", "pendingWindowInDays", resource),
};

function trail(isOn: string): Judge {
  return (resource) => [
    ...isFalse(resource, isOn, "stops the trail"),
    ...isNotTrue(
      resource,
      "enableLogFileValidation",
      "is not on, so that nobody sees that a log was changed",
    ),
    ...isNotTrue(resource, "isMultiRegionTrail", "is not on, so that other regions leave no trace"),
    ...isFalse(resource, "includeGlobalServiceEvents", "leaves out what is done in IAM and STS"),
    ...(isGiven(resource.read("kmsKeyId"))
      ? []
      : [advise("kmsKeyId", "is not set, so that whoever reads the bucket reads the log")]),
    ...selectors(resource),
    ...advancedSelectors(resource),
  ];
}

function store(resource: Resource): Finding[] {
  return [
    ...isFalse(resource, "terminationProtectionEnabled", "lets one call delete the log"),
    ...isFalse(resource, "multiRegionEnabled", "leaves out other regions"),
    ...isFalse(resource, "ingestionEnabled", "stops the log"),
    ...isTrue(resource, "suspend", "stops the log"),
    ...keptFor(resource, "retentionPeriod", resource.read("retentionPeriod")),
    ...advancedSelectors(resource),
  ];
}

const truth = (value: Value | undefined) => (value === "true" ? true : value === "false" ? false : value);

function isFalse(resource: Resource, property: string, says: string): Finding[] {
  const value = truth(resource.read(property));
  if (value === unknown) return [undetermined(property, `is not known yet, and false ${says}`)];
  return value === false ? [fail(property, `is false, which ${says}`)] : [];
}

function isTrue(resource: Resource, property: string, says: string): Finding[] {
  const value = truth(resource.read(property));
  if (value === unknown) return [undetermined(property, `is not known yet, and true ${says}`)];
  return value === true ? [fail(property, `is true, which ${says}`)] : [];
}

function isNotTrue(resource: Resource, property: string, says: string): Finding[] {
  const value = truth(resource.read(property));
  if (value === unknown) return [undetermined(property, "is not known yet, and has to be true")];
  return value === true ? [] : [fail(property, says)];
}

/** Services whose events may be left out of a trail. Both show what a machine does with its credentials. */
const needed = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/** One selector that records every management event is enough, whatever the others leave out. */
function selectors(resource: Resource): Finding[] {
  const given = resource.read("eventSelectors");
  if (given === unknown)
    return [undetermined("eventSelectors", "is not known yet, and may leave out events")];
  const findings = list(given).map((selector, index) => selectorGap(selector, `eventSelectors[${index}]`));
  return findings.length > 0 && findings.every((finding) => finding !== undefined) ? findings : [];
}

function selectorGap(selector: Value, path: string): Finding | undefined {
  if (selector === unknown) return undetermined(path, "is not known yet, and may leave out events");
  const management = truth(element(selector, "includemanagementevents"));
  const kinds = element(selector, "readwritetype");
  const excluded = texts(element(selector, "excludemanagementeventsources"));
  if (management === false) return fail(path, "records no management events");
  if (typeof kinds === "string" && kinds !== "" && kinds !== "All")
    return fail(path, "records only a part: readWriteType has to be All");
  if (excluded.some((source) => source !== unknown && needed.includes(source.toLowerCase())))
    return fail(
      path,
      "leaves out the use of keys or of databases: excludeManagementEventSources has to be empty",
    );
  if ([management, kinds, ...excluded].includes(unknown))
    return undetermined(path, "is not known yet, and may leave out events");
  return undefined;
}

/** The same in the newer way: a selector for management events narrows with every field beside the category. */
function advancedSelectors(resource: Resource): Finding[] {
  const given = resource.read("advancedEventSelectors");
  if (given === unknown)
    return [undetermined("advancedEventSelectors", "is not known yet, and may leave out events")];
  const all = list(given);
  if (all.length === 0) return [];
  if (all.some((selector) => !isKnown(selector)))
    return [undetermined("advancedEventSelectors", "is not known yet, and may leave out events")];
  const management = all
    .map((selector, index) => ({ index, fields: fieldsOf(selector) }))
    .filter(({ fields }) =>
      fields.some(
        (field) =>
          element(field, "field") === "eventCategory" &&
          texts(element(field, "equals")).includes("Management"),
      ),
    );
  if (management.length === 0)
    return [fail("advancedEventSelectors", "has no selector for management events")];
  return management.every(({ fields }) => fields.length > 1)
    ? management.map(({ index }) =>
        fail(`advancedEventSelectors[${index}]`, "records only a part of the management events"),
      )
    : [];
}

const fieldsOf = (selector: Value) => list(element(selector, "fieldselectors"));
const isKnown = (selector: Value) =>
  selector !== unknown &&
  fieldsOf(selector).every(
    (field) =>
      field !== unknown &&
      element(field, "field") !== unknown &&
      !texts(element(field, "equals")).includes(unknown),
  );

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
    (property) => isNotTrue(resource, property, "is not on, so that the log may become public"),
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
