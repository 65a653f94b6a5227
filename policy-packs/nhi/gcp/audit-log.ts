import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { isObject, unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { exclusion, sink } from "./sinks";

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
    sink(false),
  ),
  ...forTypes(
    [
      "gcp:logging/folderSink:FolderSink",
      "gcp:logging/organizationSink:OrganizationSink",
      "google-native:logging/v2:FolderSink",
      "google-native:logging/v2:OrganizationSink",
    ],
    sink(true),
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
    exclusion,
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
  const missing = needed.filter((type) => !types.includes(type));
  if (missing.length > 0 && types.includes(unknown))
    return [...exempted, undetermined(property, "is not known yet in all its parts")];
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
