import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { accessLogBucketPolicy, bucketPolicy, type TrailNames } from "./aws-trail-policies";

type Tags = Record<string, string>;

function privateBucket(
  name: string,
  bucket: string,
  tags: Tags,
  objectLockEnabled: boolean,
  parent: pulumi.Resource,
) {
  const made = new aws.s3.Bucket(name, { bucket, objectLockEnabled, forceDestroy: false, tags }, { parent });
  const ofBucket = { parent, dependsOn: made };
  return {
    ofBucket,
    kept: [
      new aws.s3.BucketPublicAccessBlock(
        name,
        {
          bucket,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
        ofBucket,
      ),
      new aws.s3.BucketOwnershipControls(
        name,
        { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
        ofBucket,
      ),
      new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, ofBucket),
    ],
  };
}

/** The bucket that the log lies in: each file is held until its retention ends, by nobody to be undone. */
export function logBucket(
  name: string,
  names: TrailNames,
  given: { key: aws.kms.Key; accessLog: pulumi.Resource[]; days: number; tags: Tags },
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const bucket = names.bucketName;
  const { ofBucket, kept } = privateBucket(name, bucket, given.tags, true, parent);
  const settings = [
    ...kept,
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: given.key.arn },
            bucketKeyEnabled: true,
          },
        ],
      },
      ofBucket,
    ),
    new aws.s3.BucketObjectLockConfiguration(
      name,
      { bucket, rule: { defaultRetention: { mode: "COMPLIANCE", days: given.days } } },
      { parent, dependsOn: kept },
    ),
    new aws.s3.BucketLogging(
      name,
      { bucket, targetBucket: names.accessLogBucketName, targetPrefix: `${bucket}/` },
      { parent, dependsOn: [...kept, ...given.accessLog] },
    ),
  ];
  // Last, because from then on only the administrators change the others.
  const policy = new aws.s3.BucketPolicy(
    name,
    { bucket, policy: bucketPolicy(names) },
    { parent, dependsOn: settings },
  );
  return [...settings, policy];
}

/**
 * The bucket for who read the log. S3 delivers no access logs to a bucket with a default retention or a KMS key (S3 User Guide, "Enabling Amazon S3
 * server access logging"), so this one has the policy and the lifecycle only.
 */
export function accessLogBucket(
  name: string,
  names: TrailNames,
  days: number,
  tags: Tags,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const bucket = names.accessLogBucketName;
  const { ofBucket, kept } = privateBucket(`${name}-access`, bucket, tags, false, parent);
  const settings = [
    ...kept,
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-access`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      ofBucket,
    ),
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-access`,
      {
        bucket,
        rules: [
          {
            id: "end",
            status: "Enabled",
            filter: { prefix: "" },
            expiration: { days },
            // What was overwritten is held as long: overwriting would delete else.
            noncurrentVersionExpiration: { noncurrentDays: days },
          },
        ],
      },
      { parent, dependsOn: kept },
    ),
  ];
  const policy = new aws.s3.BucketPolicy(
    `${name}-access`,
    { bucket, policy: accessLogBucketPolicy(names) },
    { parent, dependsOn: settings },
  );
  return [...settings, policy];
}
