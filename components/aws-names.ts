import { shown, type Problem } from "./refusal";

/** What AWS calls its accounts, regions, partitions and roles, as every component that takes one of them checks it. */
export const accountIdPattern = /^\d{12}$/;
export const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;
export const partitionPattern = /^aws(-[a-z]+)*$/;
/** One role: neither a user, an account, a session nor a pattern. The partition is its first group. */
export const roleArnPattern = /^arn:(aws(?:-[a-z]+)*):iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;

export const isRegion = (text: string) => regionPattern.test(text);
export const isRoleArn = (text: string) => roleArnPattern.test(text);

export const accountIdProblem = (accountId: string, argument = "accountId"): Problem =>
  accountIdPattern.test(accountId) ? undefined : `${argument} must be 12 digits, got ${shown(accountId)}.`;

export const regionProblem = (region: string, argument = "region"): Problem =>
  isRegion(region)
    ? undefined
    : `${argument} must be a region, for example "eu-central-1", got ${shown(region)}.`;

export const partitionProblem = (partition: string): Problem =>
  partitionPattern.test(partition)
    ? undefined
    : `partition must be aws, aws-cn, aws-us-gov or another of AWS's, got ${shown(partition)}.`;

/** `more` says what to do instead, as a sentence of its own. */
export const roleArnProblem = (argument: string, arn: string, more = ""): Problem =>
  isRoleArn(arn)
    ? undefined
    : `${argument} must be the ARN of one role, got ${shown(arn)}.${more === "" ? "" : ` ${more}`}`;

/** S3 User Guide, "General purpose bucket naming rules". */
export const bucketNameProblem = (argument: string, bucket: string): Problem =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
    ? undefined
    : `${argument} must be a bucket's name, got ${shown(bucket)}.`;
