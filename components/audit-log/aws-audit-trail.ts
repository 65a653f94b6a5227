import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags, type NhiMetadata } from "../identity";
import { refuse } from "../refusal";
import { awsAuditTrailProblem } from "./aws-audit-checks";
import { accessLogBucket, logBucket } from "./aws-log-buckets";
import {
  keyPolicy,
  logGroupArn,
  logWriterPolicy,
  logWriterTrust,
  trailArn,
  type TrailNames,
} from "./aws-trail-policies";
import { trailTable, type TrailTable } from "./aws-trail-table";

/** What is recorded beside the management events, which are always: each read and write of these. */
export interface AwsDataEvents {
  /** Names of buckets whose objects are watched. */
  bucketNames?: string[] | undefined;
  /** ARNs of functions whose calls are watched. */
  functionArns?: string[] | undefined;
  /** ARNs of DynamoDB tables whose items are watched. */
  tableArns?: string[] | undefined;
}

export interface AwsAuditTrailArgs {
  /** Who answers for the trail and why it exists. Becomes the tags `nhi:*`. */
  metadata: NhiMetadata;
  /** The account that the AWS provider works in: 12 digits. Plain, so that every document is known at preview. */
  accountId: string;
  /** The trail's home region, which the AWS provider works in. It records all regions. */
  region: string;
  /** The partition of the account. Default: `aws`. */
  partition?: string | undefined;
  /**
   * The organisation's id, `o-…`: the trail records all its accounts then. The account has to be the management account
   * or its delegate for CloudTrail. Default: this account only.
   */
  organizationId?: string | undefined;
  /**
   * ARNs of the roles that may change how the log is kept. The one that runs `pulumi up` must be among them. They can't
   * read the log, and can't delete a file before its retention ends.
   */
  administrators: string[];
  /** ARNs of the roles that may read the log. Default: none. */
  readers?: string[] | undefined;
  /**
   * For how many days nobody, not even the account's root user, can delete a file. Default: 400, so that a yearly review
   * finds the whole year. At least 90, which CloudTrail's own history has. It can be made longer, never shorter.
   */
  retentionDays?: number | undefined;
  /** What is recorded beside the management events. Default: nothing more. AWS charges for each event. */
  dataEvents?: AwsDataEvents | undefined;
  /** Makes the log a table for Athena. Default: no table. */
  table?: TrailTable | undefined;
  /** The trail's name in AWS. Default: the component's name. */
  trailName?: string | undefined;
}

/** Long enough to look back over a year when it is over. */
const defaultRetentionDays = 400;

/**
 * CloudTrail for an account or an organisation, kept where nobody can delete it: all regions, all management events (so
 * all of STS, IAM, Secrets Manager and KMS), log file validation, a key of its own, a bucket whose files are locked in
 * compliance mode, and a log group for alarms.
 *
 * Pass `{ protect: true }` as well, and no deployment can take the trail away. `AwsAuditProtection` keeps the accounts
 * of an organisation from it.
 *
 * @example
 * ```typescript
 * const trail = new AwsAuditTrail(
 *   "audit",
 *   {
 *     metadata,
 *     accountId: "123456789012",
 *     region: "eu-central-1",
 *     administrators: ["arn:aws:iam::123456789012:role/deploy-audit"],
 *     readers: ["arn:aws:iam::123456789012:role/investigator"],
 *     dataEvents: { bucketNames: ["octo-releases"] },
 *   },
 *   { protect: true },
 * );
 * ```
 */
export class AwsAuditTrail extends pulumi.ComponentResource {
  /** The trail's ARN. Known at preview. */
  readonly trailArn: pulumi.Output<string>;
  /** The bucket that the log lies in. Known at preview. */
  readonly bucketName: pulumi.Output<string>;
  /** The log group that alarms can watch. Known at preview. */
  readonly logGroupName: pulumi.Output<string>;
  /** The key that the log is encrypted with. */
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: AwsAuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsAuditTrail", name, awsAuditTrailProblem(name, args));
    super("nhi:index:AwsAuditTrail", name, { ...args }, opts);

    const names = trailNames(name, args);
    const tags = awsTags(args.metadata);
    const days = args.retentionDays ?? defaultRetentionDays;
    const key = new aws.kms.Key(
      name,
      {
        description: `Audit log: ${args.metadata.purpose}`,
        policy: keyPolicy(names),
        enableKeyRotation: true,
        // The longest that AWS gives: with the key the whole log would be gone.
        deletionWindowInDays: 30,
        tags,
      },
      { parent: this },
    );
    const accessLog = accessLogBucket(name, names, days, tags, this);
    const bucket = logBucket(name, names, { key, accessLog, days, tags }, this);
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { name: names.logGroupName, kmsKeyId: key.arn, retentionInDays: logGroupDays(days), tags },
      { parent: this },
    );
    const writer = logWriter(name, names, tags, this);
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: names.trailName,
        s3BucketName: names.bucketName,
        kmsKeyId: key.arn,
        enableLogging: true,
        enableLogFileValidation: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        isOrganizationTrail: args.organizationId !== undefined,
        cloudWatchLogsGroupArn: `${logGroupArn(names)}:*`,
        cloudWatchLogsRoleArn: writer.role.arn,
        advancedEventSelectors: selectors(names, args.dataEvents ?? {}),
        tags,
      },
      // CloudTrail tries out the bucket, the key and the log group when it is made.
      { parent: this, dependsOn: [...bucket, logGroup, writer.policy] },
    );
    if (args.table !== undefined) trailTable(name, names, args.table, tags, this);

    this.trailArn = trail.urn.apply(() => trailArn(names));
    this.bucketName = trail.urn.apply(() => names.bucketName);
    this.logGroupName = trail.urn.apply(() => names.logGroupName);
    this.keyArn = key.arn;
    this.registerOutputs({
      trailArn: this.trailArn,
      bucketName: this.bucketName,
      logGroupName: this.logGroupName,
      keyArn: this.keyArn,
    });
  }
}

function trailNames(name: string, args: AwsAuditTrailArgs): TrailNames {
  const trailName = args.trailName ?? name;
  // Buckets share one namespace with everybody's, so the account and the region are part of the name.
  const bucketName = `cloudtrail-${trailName.toLowerCase()}-${args.accountId}-${args.region}`;
  return {
    partition: args.partition ?? "aws",
    accountId: args.accountId,
    region: args.region,
    organizationId: args.organizationId,
    trailName,
    bucketName,
    accessLogBucketName: `${bucketName}-access`,
    logGroupName: `/aws/cloudtrail/${trailName}`,
    administrators: args.administrators,
    readers: args.readers ?? [],
  };
}

function logWriter(name: string, names: TrailNames, tags: Record<string, string>, parent: pulumi.Resource) {
  const roleName = `${names.trailName}-log-writer`;
  const role = new aws.iam.Role(
    `${name}-log-writer`,
    { name: roleName, assumeRolePolicy: logWriterTrust(names), maxSessionDuration: 3600, tags },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-log-writer`,
    { role: role.name, name: "write", policy: logWriterPolicy(names) },
    { parent },
  );
  return { role, policy };
}

/** The retentions that CloudWatch Logs takes, in days (API reference, `PutRetentionPolicy`). */
const logGroupRetentions = [90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

const logGroupDays = (days: number) => logGroupRetentions.find((offered) => offered >= days) ?? 3653;

/** All management events in one selector without any other field, and each kind of data in one. */
function selectors(
  { partition }: TrailNames,
  { bucketNames = [], functionArns = [], tableArns = [] }: AwsDataEvents,
): aws.types.input.cloudtrail.TrailAdvancedEventSelector[] {
  const data = [
    {
      name: "objects",
      type: "AWS::S3::Object",
      which: { startsWiths: bucketNames.map((bucket) => `arn:${partition}:s3:::${bucket}/`) },
    },
    { name: "functions", type: "AWS::Lambda::Function", which: { equals: functionArns } },
    { name: "tables", type: "AWS::DynamoDB::Table", which: { equals: tableArns } },
  ];
  return [
    { name: "management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
    ...data
      .filter(({ which }) => Object.values(which).flat().length > 0)
      .map(({ name, type, which }) => ({
        name,
        fieldSelectors: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: [type] },
          { field: "resources.ARN", ...which },
        ],
      })),
  ];
}
