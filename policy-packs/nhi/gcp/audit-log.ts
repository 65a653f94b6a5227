import { forTypes, type Judge } from "../judge";
import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";

/** What of GCP's audit logs is written, where it goes, and how long it stays. */
export const gcpAuditLogs: Readonly<Record<string, Judge>> = {
  ...forTypes(
    [
      "gcp:projects/iAMAuditConfig:IAMAuditConfig",
      "gcp:folder/iamAuditConfig:IamAuditConfig",
      "gcp:organizations/iamAuditConfig:IamAuditConfig",
    ],
    auditConfig,
  ),
  ...forTypes(
    [
      "gcp:logging/projectSink:ProjectSink",
      "gcp:logging/billingAccountSink:BillingAccountSink",
      "google-native:logging/v2:Sink",
      "google-native:logging/v2:BillingAccountSink",
    ],
    sink,
  ),
  ...forTypes(
    [
      "gcp:logging/folderSink:FolderSink",
      "gcp:logging/organizationSink:OrganizationSink",
      "google-native:logging/v2:FolderSink",
      "google-native:logging/v2:OrganizationSink",
    ],
    (resource) => [...sink(resource), ...children(resource)],
  ),
  ...forTypes(
    [
      "gcp:logging/projectBucketConfig:ProjectBucketConfig",
      "google-native:logging/v2:Bucket",
      "google-native:logging/v2:FolderBucket",
      "google-native:logging/v2:OrganizationBucket",
      "google-native:logging/v2:BillingAccountBucket",
    ],
    (resource) => [...logBucket(resource), ...lock(resource)],
  ),
  ...forTypes(
    [
      "gcp:logging/folderBucketConfig:FolderBucketConfig",
      "gcp:logging/organizationBucketConfig:OrganizationBucketConfig",
      "gcp:logging/billingAccountBucketConfig:BillingAccountBucketConfig",
    ],
    logBucket,
  ),
  ...forTypes(
    [
      "gcp:logging/projectExclusion:ProjectExclusion",
      "gcp:logging/folderExclusion:FolderExclusion",
      "gcp:logging/organizationExclusion:OrganizationExclusion",
      "gcp:logging/billingAccountExclusion:BillingAccountExclusion",
      "google-native:logging/v2:Exclusion",
      "google-native:logging/v2:FolderExclusion",
      "google-native:logging/v2:OrganizationExclusion",
      "google-native:logging/v2:BillingAccountExclusion",
    ],
    (resource) => exclusion("filter", resource.read("filter"), resource.read("disabled")),
  ),
  "gcp:storage/bucket:Bucket": storageBucket,
};

/** Reads, and with them each exchange of a token, are written only where they are asked for (cloud.google.com/logging/docs/audit/configure-data-access). */
const wanted: Readonly<Record<string, readonly string[]>> = {
  allServices: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"],
  "iam.googleapis.com": ["ADMIN_READ", "DATA_READ"],
  "iamcredentials.googleapis.com": ["DATA_READ"],
  "sts.googleapis.com": ["DATA_READ"],
  "secretmanager.googleapis.com": ["DATA_READ"],
  "cloudkms.googleapis.com": ["DATA_READ"],
};

function auditConfig(resource: Resource): Finding[] {
  const property = "auditLogConfigs";
  const service = resource.read("service");
  const configs = resource.read(property);
  if (configs === unknown) return [undetermined(property, "is not known yet")];
  const given = Array.isArray(configs) ? configs : [];
  const types = given.map((config) => (isObject(config) ? config.logType : config));
  const exempted = given.flatMap((config, index): Finding[] => {
    const members = isObject(config) ? config.exemptedMembers : undefined;
    const where = `${property}[${index}].exemptedMembers`;
    if (members === unknown) return [undetermined(where, "is not known yet")];
    return Array.isArray(members) && members.length > 0
      ? [fail(where, "leaves out what these members do", "Take exemptedMembers away.")]
      : [];
  });
  const name = typeof service === "string" && Object.hasOwn(wanted, service) ? service : "";
  const needed = wanted[name] ?? [];
  const missing = types.includes(unknown) ? [] : needed.filter((type) => !types.includes(type));
  return [
    ...exempted,
    ...(missing.length > 0
      ? [
          fail(
            property,
            `has no ${missing.join(" and no ")}, so that ${name} leaves no trace of that`,
            "Add an entry for each of ADMIN_READ, DATA_READ and DATA_WRITE.",
          ),
        ]
      : []),
  ];
}

/** What a filter has that is about audit logs, or about who did what. */
const aboutAudit =
  /cloudaudit|protoPayload|principalEmail|(sts|iam|iamcredentials|secretmanager|cloudkms)\.googleapis\.com|SetIamPolicy|audit_log/i;
/** Longer than Cloud Logging takes. */
const longestFilter = 20_000;

/** A sink without a filter takes everything, and so the audit logs. */
const isForAudit = (filter: Value | undefined) =>
  filter === undefined || filter === null || filter === "" || isAbout(filter);
const isAbout = (filter: Value | undefined): boolean =>
  typeof filter === "string" && aboutAudit.test(filter.slice(0, longestFilter));

function sink(resource: Resource): Finding[] {
  const filter = resource.read("filter");
  if (filter === unknown) return [undetermined("filter", "is not known yet")];
  if (!isForAudit(filter)) return [];
  const exclusions = resource.read("exclusions");
  const of = Array.isArray(exclusions) ? exclusions : [];
  return [
    ...(resource.read("disabled") === true ? [fail("disabled", "stops the sink")] : []),
    ...(exclusions === unknown ? [undetermined("exclusions", "is not known yet")] : []),
    ...of.flatMap((each, index): Finding[] => {
      const where = `exclusions[${index}].filter`;
      if (each === unknown) return [undetermined(where, "is not known yet")];
      return isObject(each) ? exclusion(where, each.filter, each.disabled) : [];
    }),
    ...filterFindings(filter),
  ];
}

/** Only the audit log of what is changed: what is read, and each exchange of a token, stands in another. */
function filterFindings(filter: Value | undefined): Finding[] {
  if (typeof filter !== "string") return [];
  const text = filter.slice(0, longestFilter);
  if (
    /(\bNOT\s+\(?|(^|[\s(])-)\(?(protoPayload|logName)/i.test(text) ||
    /protoPayload[\w.]*\s*!=/i.test(text)
  )
    return [fail("filter", "leaves out a part of the audit logs", "Send all of them.")];
  return /cloudaudit\.googleapis\.com(%2F|\/)activity/i.test(text) && !/data_access/i.test(text)
    ? [advise("filter", "takes what is changed, and not what is read nor which tokens are exchanged")]
    : [];
}

function children(resource: Resource): Finding[] {
  const value = resource.read("includeChildren");
  if (value === unknown) return [undetermined("includeChildren", "is not known yet")];
  return value === true || !isForAudit(resource.read("filter"))
    ? []
    : [fail("includeChildren", "is not true, so that the projects below are left out")];
}

function exclusion(property: string, filter: Value | undefined, disabled: Value | undefined): Finding[] {
  if (disabled === true) return [];
  if (filter === unknown) return [undetermined(property, "is not known yet")];
  return isAbout(filter) ? [fail(property, "takes audit logs out", "Take the exclusion away.")] : [];
}

/** By its name, or by GCP's own: `_Default` has who read what. */
function isAuditBucket(resource: Resource, property: string): boolean {
  const name = resource.read(property);
  return typeof name === "string" && /audit/i.test(name.slice(0, 200));
}

const day = 86_400;

function logBucket(resource: Resource): Finding[] {
  const property = "retentionDays";
  const isDefault = resource.read("bucketId") === "_Default";
  if (!isDefault && !isAuditBucket(resource, "bucketId")) return [];
  const days = resource.read(property);
  const least = Math.ceil(resource.ceiling("minLogSeconds") / day);
  if (days === unknown) return [undetermined(property, "is not known yet")];
  const kept = typeof days === "number" ? days : 30;
  if (kept >= least) return [];
  const says = `keeps the log for ${kept} days, and has to for ${least}`;
  return [isDefault ? advise(property, says) : fail(property, says)];
}

function lock(resource: Resource): Finding[] {
  if (!isAuditBucket(resource, "bucketId")) return [];
  const value = resource.read("locked");
  if (value === unknown) return [undetermined("locked", "is not known yet")];
  return value === true
    ? []
    : [advise("locked", "is not true: whoever may set up the bucket can shorten or delete the log")];
}

function storageBucket(resource: Resource): Finding[] {
  if (!isAuditBucket(resource, "name")) return [];
  const policy = resource.read("retentionPolicy");
  const least = resource.ceiling("minLogSeconds");
  const destroys =
    resource.read("forceDestroy") === true ? [fail("forceDestroy", "lets the log go with the bucket")] : [];
  if (policy === unknown) return [undetermined("retentionPolicy", "is not known yet"), ...destroys];
  if (!isObject(policy))
    return [fail("retentionPolicy", "is not set, so that the log can be deleted at any time"), ...destroys];
  const { retentionPeriod, isLocked } = policy;
  const seconds = typeof retentionPeriod === "symbol" ? NaN : Number(retentionPeriod);
  return [
    ...destroys,
    ...(retentionPeriod === unknown
      ? [undetermined("retentionPolicy.retentionPeriod", "is not known yet")]
      : seconds < least
        ? [
            fail(
              "retentionPolicy.retentionPeriod",
              `keeps the log for ${seconds} seconds, and has to for ${least}`,
            ),
          ]
        : []),
    ...(isLocked === true || isLocked === unknown
      ? []
      : [
          advise(
            "retentionPolicy.isLocked",
            "is not true: whoever may set up the bucket can take the policy away",
          ),
        ]),
  ];
}
