import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { resources } from "../resources";

const classes = [
  ...[aws.iam.Role, aws.iam.RolePolicy, aws.lambda.Function, aws.s3.Bucket, aws.ec2.Instance, aws.kms.Key],
  ...[aws.sqs.Queue, aws.cloudwatch.LogGroup, aws.ec2.SecurityGroup],
] as unknown as ((new (name: string, args: object) => pulumi.Resource) & { __pulumiType: string })[];

for (const { type, name, props } of resources(1000)) {
  const made = classes.find(({ __pulumiType }) => __pulumiType === type);
  if (made === undefined) throw new Error(`${type} is not among the classes.`);
  new made(name, props);
}
