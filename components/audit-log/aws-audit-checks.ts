import {
  bucketNameProblem,
  accountIdProblem,
  partitionProblem,
  regionProblem,
  roleArnProblem,
} from "../aws-names";
import { awsTagsProblem, metadataProblem } from "../identity";
import { firstProblem, shown, type Problem } from "../refusal";
import type { AwsAuditTrailArgs, AwsDataEvents } from "./aws-audit-trail";
import { tableProblem } from "./aws-trail-table";

/** CloudTrail shows the last 90 days of each account by itself: a log that holds less shows nothing more. */
const shortestRetentionDays = 90;
/** S3 holds a file for 100 years at most (S3 User Guide, "Managing Object Lock"). */
const longestRetentionDays = 36_500;

export function awsAuditTrailProblem(name: string, args: AwsAuditTrailArgs): Problem {
  const { accountId, region, partition = "aws", organizationId, retentionDays, table } = args;
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    accountIdProblem(accountId) ??
    regionProblem(region) ??
    partitionProblem(partition) ??
    (organizationId === undefined || /^o-[a-z0-9]{10,32}$/.test(organizationId)
      ? undefined
      : `organizationId must be an organisation's id, o- and 10 to 32 letters and digits, got ${shown(organizationId)}.`) ??
    trailNameProblem(args.trailName ?? name) ??
    administratorsProblem(args.administrators) ??
    firstProblem(args.readers ?? [], (arn, index) => roleProblem(`readers[${index}]`, arn)) ??
    retentionProblem(retentionDays) ??
    dataEventsProblem(args.dataEvents ?? {}) ??
    (table === undefined ? undefined : tableProblem(table))
  );
}

export const administratorsProblem = (administrators: readonly string[]): Problem =>
  administrators.length === 0
    ? "administrators must name at least the role that runs pulumi up. Nobody could mend the trail."
    : firstProblem(administrators, (arn, index) => roleProblem(`administrators[${index}]`, arn));

const roleProblem = (argument: string, arn: string) =>
  roleArnProblem(argument, arn, "A user, an account or a pattern lets more than one task in.");

/** The bucket's name has the trail's in it, and S3 takes 63 characters. */
function trailNameProblem(trailName: string): Problem {
  const longest = 63 - "cloudtrail--123456789012-ap-southeast-1-access".length;
  return /^[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(trailName) && trailName.length <= longest
    ? undefined
    : `trailName must be 2 to ${longest} letters, digits or -, beginning with a letter, got ${shown(trailName)}. It becomes part of the bucket's name.`;
}

function retentionProblem(days: number | undefined): Problem {
  return days === undefined ||
    (Number.isInteger(days) && days >= shortestRetentionDays && days <= longestRetentionDays)
    ? undefined
    : `retentionDays must be a whole number from ${shortestRetentionDays} to ${longestRetentionDays} days, got ${days}. CloudTrail shows the last 90 days by itself.`;
}

function dataEventsProblem({ bucketNames = [], functionArns = [], tableArns = [] }: AwsDataEvents): Problem {
  return (
    firstProblem(bucketNames, (bucket, index) =>
      bucketNameProblem(`dataEvents.bucketNames[${index}]`, bucket),
    ) ??
    firstProblem(functionArns, (arn, index) =>
      /^arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}$/.test(arn)
        ? undefined
        : `dataEvents.functionArns[${index}] must be the ARN of one function, got ${shown(arn)}.`,
    ) ??
    firstProblem(tableArns, (arn, index) =>
      /^arn:aws(-[a-z]+)*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/.test(arn)
        ? undefined
        : `dataEvents.tableArns[${index}] must be the ARN of one table, got ${shown(arn)}.`,
    )
  );
}
