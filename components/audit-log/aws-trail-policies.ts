/** What the documents around a trail name. All of it is plain, so that they are known at preview. */
export interface TrailNames {
  partition: string;
  accountId: string;
  region: string;
  organizationId?: string | undefined;
  trailName: string;
  bucketName: string;
  accessLogBucketName: string;
  logGroupName: string;
  administrators: readonly string[];
  readers: readonly string[];
}

type Statement = Record<string, unknown>;

const document = (statements: readonly Statement[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
/** The service signs with the trail it acts for: a trail of another account is refused (confused deputy). */
const forTrail = (names: TrailNames) => ({ StringEquals: { "aws:SourceArn": trailArn(names) } });

export const trailArn = ({ partition, region, accountId, trailName }: TrailNames) =>
  `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${trailName}`;
export const bucketArn = ({ partition, bucketName }: TrailNames) => `arn:${partition}:s3:::${bucketName}`;
export const accessLogBucketArn = ({ partition, accessLogBucketName }: TrailNames) =>
  `arn:${partition}:s3:::${accessLogBucketName}`;
export const logGroupArn = ({ partition, region, accountId, logGroupName }: TrailNames) =>
  `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroupName}`;

/** Where the trail's files lie: below the account, and below the organisation as well where it has one. */
export const logPrefixes = ({ accountId, organizationId }: TrailNames) => [
  `AWSLogs/${accountId}`,
  ...(organizationId === undefined ? [] : [`AWSLogs/${organizationId}`]),
];

/** What takes a log away, or opens the way to it. Object Lock holds each file as well, until its retention ends. */
const destroying = [
  "s3:BypassGovernanceRetention",
  "s3:DeleteBucket",
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:ReplicateDelete",
];
/** What changes how the log is kept. */
const changing = [
  "s3:DeleteBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketLogging",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutBucketOwnershipControls",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutBucketVersioning",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:PutReplicationConfiguration",
];

/** Statements that hold for everybody, the account's administrators included. */
function kept(arn: string, administrators: readonly string[]): Statement[] {
  const whole = [arn, `${arn}/*`];
  return [
    {
      Sid: "OnlyWithTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: whole,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    { Sid: "NobodyDeletes", Effect: "Deny", Principal: "*", Action: destroying, Resource: whole },
    {
      Sid: "OnlyAdministratorsChange",
      Effect: "Deny",
      Principal: "*",
      Action: changing,
      Resource: arn,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": administrators } },
    },
  ];
}

export function bucketPolicy(names: TrailNames): string {
  const arn = bucketArn(names);
  return document([
    {
      Sid: "TrailLooks",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "s3:GetBucketAcl",
      Resource: arn,
      Condition: forTrail(names),
    },
    {
      Sid: "TrailWrites",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "s3:PutObject",
      Resource: logPrefixes(names).map((prefix) => `${arn}/${prefix}/*`),
      Condition: {
        StringEquals: {
          ...forTrail(names).StringEquals,
          "s3:x-amz-acl": "bucket-owner-full-control",
        },
      },
    },
    ...(names.readers.length === 0
      ? []
      : [
          {
            Sid: "ReadersRead",
            Effect: "Allow",
            Principal: { AWS: names.readers },
            Action: ["s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"],
            Resource: [arn, `${arn}/*`],
          },
        ]),
    ...kept(arn, names.administrators),
  ]);
}

/** The bucket for who read the log. S3 writes it. */
export function accessLogBucketPolicy(names: TrailNames): string {
  const arn = accessLogBucketArn(names);
  return document([
    {
      Sid: "S3Writes",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${arn}/*`,
      Condition: {
        ArnEquals: { "aws:SourceArn": bucketArn(names) },
        StringEquals: { "aws:SourceAccount": names.accountId },
      },
    },
    ...kept(arn, names.administrators),
  ]);
}

/**
 * The log's key. Nobody can disable it, give it away by a grant, or change the trail's right to use it, but the
 * administrators; they can't read. The readers can only decrypt logs.
 */
export function keyPolicy(names: TrailNames): string {
  const { partition, accountId, region } = names;
  return document([
    {
      Sid: "TrailEncrypts",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "kms:GenerateDataKey*",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:SourceArn": trailArn(names) },
        StringLike: {
          "kms:EncryptionContext:aws:cloudtrail:arn": `arn:${partition}:cloudtrail:*:${accountId}:trail/*`,
        },
      },
    },
    {
      Sid: "TrailLooks",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "kms:DescribeKey",
      Resource: "*",
      Condition: forTrail(names),
    },
    {
      Sid: "LogGroupEncrypts",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: "*",
      Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": logGroupArn(names) } },
    },
    {
      Sid: "AdministratorsKeep",
      Effect: "Allow",
      Principal: { AWS: names.administrators },
      Action: [
        "kms:CancelKeyDeletion",
        "kms:DescribeKey",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
      ],
      Resource: "*",
    },
    ...(names.readers.length === 0
      ? []
      : [
          {
            Sid: "ReadersDecrypt",
            Effect: "Allow",
            Principal: { AWS: names.readers },
            Action: "kms:Decrypt",
            Resource: "*",
            Condition: { Null: { "kms:EncryptionContext:aws:cloudtrail:arn": "false" } },
          },
        ]),
  ]);
}

/** Who the trail is when it writes to the log group. */
export const logWriterTrust = (names: TrailNames) =>
  document([
    {
      Sid: "Trail",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "sts:AssumeRole",
      Condition: forTrail(names),
    },
  ]);

export const logWriterPolicy = (names: TrailNames) =>
  document([
    {
      Sid: "TrailWrites",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: streamsOf(names),
    },
  ]);

/** CloudTrail names its streams after the account, and after the organisation where the trail is one's. */
const streamsOf = (names: TrailNames) =>
  [names.accountId, ...(names.organizationId === undefined ? [] : [names.organizationId])].map(
    (id) => `${logGroupArn(names)}:log-stream:${id}_CloudTrail_${names.region}*`,
  );
