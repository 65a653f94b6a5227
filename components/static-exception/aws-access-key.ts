import { isIP } from "node:net";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdProblem, roleArnProblem } from "../aws-names";
import { grantsProblem, type AwsGrants } from "../aws-grants";
import { awsTagsProblem, awsTagTextProblem } from "../identity";
import { firstProblem, plainProblem, shown, type Problem } from "../refusal";
import { keyAlarms, keyPolicy, secretPolicy, type KeyAlarm } from "./aws-key-documents";
import { endOf, exceptionTags, textsOf, type ExceptionRecord } from "./record";

/** An access key of AWS: of a user of its own, in a secret, and of use from one network only and until the last day. */
export interface AwsKeyException {
  /** The account that the AWS provider works in: 12 digits. */
  accountId: string;
  /** The partition of the account. Default: `aws`. */
  partition?: string | undefined;
  /** What the key may do, thing by thing. At least one grant. */
  grants: AwsGrants;
  /** ARN of the policy that bounds what the user can ever do, for example `policyArn` of an `AwsPermissionsBoundary`. */
  permissionsBoundaryArn: pulumi.Input<string>;
  /** Networks that the key is used from: addresses as AWS sees them, at most a /16 (IPv6: /32) each. */
  sourceCidrs?: string[] | undefined;
  /** VPC endpoints that the key is used through. Default: none. A network or an endpoint is required. */
  sourceVpceIds?: string[] | undefined;
  /** ARNs of the roles that hand the key to the consumer. They read the secret, and nobody else. */
  readers: string[];
  /** ARNs of the roles that run this program: they write the secret. */
  administrators: string[];
  /**
   * SNS topics that are told of each use, and of one from elsewhere. One for each region that the key is used in, as
   * CloudTrail tells of a call in its region. Their policy has to let `events.amazonaws.com` publish.
   */
  alarmTopicArns: string[];
  /** ARN of the KMS key that encrypts the secret. Default: AWS's own for Secrets Manager. */
  kmsKeyArn?: pulumi.Input<string> | undefined;
}

/** AWS: all inline policies of a user together, in characters (IAM quotas). */
const longestUserPolicy = 2048;

export function awsKeyProblem(name: string, record: ExceptionRecord, key: AwsKeyException): Problem {
  const { sourceCidrs = [], sourceVpceIds = [] } = key;
  const networks = `awsAccessKey.sourceCidrs or awsAccessKey.sourceVpceIds`;
  return (
    awsTagsProblem(record.metadata) ??
    firstProblem(textsOf(record), ([argument, text]) => awsTagTextProblem(argument, text)) ??
    (/^[\w+=,.@-]{1,64}$/.test(name)
      ? undefined
      : `the name must be 1 to 64 letters, digits or _ + = , . @ - (AWS limits user names to these), got ${shown(name)}.`) ??
    accountIdProblem(key.accountId, "awsAccessKey.accountId") ??
    grantsProblem(key.grants) ??
    (Object.values(key.grants).flat().length > 0
      ? undefined
      : "awsAccessKey.grants must have at least one grant. A key that may do nothing is not needed.") ??
    plainProblem(key.permissionsBoundaryArn, boundaryProblem) ??
    (sourceCidrs.length + sourceVpceIds.length > 0
      ? undefined
      : `${networks} must say where the key is used from. One that works from anywhere is no exception.`) ??
    firstProblem(sourceCidrs, cidrProblem) ??
    firstProblem(sourceVpceIds, (id, index) =>
      /^vpce-[0-9a-f]{8,17}$/.test(id)
        ? undefined
        : `awsAccessKey.sourceVpceIds[${index}] must be a VPC endpoint's id, for example "vpce-0123456789abcdef0", got ${shown(id)}.`,
    ) ??
    rolesProblem("readers", key.readers) ??
    rolesProblem("administrators", key.administrators) ??
    topicsProblem(key.alarmTopicArns) ??
    sizeProblem(keyPolicy(scopeOf(record, key)))
  );
}

const boundaryProblem = (arn: string): Problem =>
  /^arn:aws(-[a-z]+)*:iam::\d{12}:policy\/([\w+=,.@-]+\/)*[\w+=,.@-]+$/.test(arn)
    ? undefined
    : `awsAccessKey.permissionsBoundaryArn must be the ARN of a policy of the account, got ${shown(arn)}. Make one with AwsPermissionsBoundary.`;

function cidrProblem(cidr: string, index: number): Problem {
  const where = `awsAccessKey.sourceCidrs[${index}]`;
  const [address = "", bits = ""] = cidr.split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most || cidr.split("/").length !== 2)
    return `${where} must be a network, for example "203.0.113.0/28", got ${shown(cidr)}.`;
  const least = version === 4 ? 16 : 32;
  return Number(bits) >= least
    ? undefined
    : `${where} must be at most a /${least}, got ${shown(cidr)}. Name the networks that the consumer runs in.`;
}

function rolesProblem(argument: string, arns: readonly string[]): Problem {
  if (arns.length === 0) return `awsAccessKey.${argument} must have at least one role's ARN.`;
  return firstProblem(arns, (arn, index) =>
    roleArnProblem(
      `awsAccessKey.${argument}[${index}]`,
      arn,
      "An account, a user or a pattern lets in more.",
    ),
  );
}

function topicsProblem(arns: readonly string[]): Problem {
  if (arns.length === 0)
    return "awsAccessKey.alarmTopicArns must have at least one topic. Somebody has to hear of each use.";
  return firstProblem(arns, (arn, index) => {
    const where = `awsAccessKey.alarmTopicArns[${index}]`;
    if (!/^arn:aws(-[a-z]+)*:sns:[a-z]{2}(-[a-z]+)+-\d:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(arn))
      return `${where} must be the ARN of an SNS topic, got ${shown(arn)}.`;
    return arns.findIndex((other) => regionOf(other) === regionOf(arn)) === index
      ? undefined
      : `${where} must be the only topic of its region, got ${shown(arn)} in ${regionOf(arn)} again.`;
  });
}

const sizeProblem = (policy: string): Problem =>
  policy.length <= longestUserPolicy
    ? undefined
    : `awsAccessKey.grants must fit into ${longestUserPolicy} characters as a user's policy (AWS's limit), got ${policy.length}. Grant less, or make two exceptions.`;

const regionOf = (topicArn: string) => topicArn.split(":")[3] ?? "";
const partitionOf = ({ partition }: AwsKeyException) => partition ?? "aws";

const scopeOf = (record: ExceptionRecord, key: AwsKeyException) => ({
  accountId: key.accountId,
  partition: partitionOf(key),
  grants: key.grants,
  sourceCidrs: key.sourceCidrs ?? [],
  sourceVpceIds: key.sourceVpceIds ?? [],
  end: endOf(record),
});

/** The key, made after all that holds it: nobody has it before its policy and its alarms are there. Gives the secret. */
export function awsAccessKey(
  name: string,
  record: ExceptionRecord,
  key: AwsKeyException,
  parent: pulumi.Resource,
): aws.secretsmanager.Secret {
  const tags = exceptionTags(record);
  const user = new aws.iam.User(
    name,
    { name, permissionsBoundary: key.permissionsBoundaryArn, tags },
    { parent },
  );
  const policy = new aws.iam.UserPolicy(
    name,
    { user: name, name: "exception", policy: keyPolicy(scopeOf(record, key)) },
    { parent, dependsOn: user },
  );
  const secret = new aws.secretsmanager.Secret(
    name,
    {
      name,
      description: `Static access key, excepted until ${record.expires}: ${record.reason}`,
      ...(key.kmsKeyArn !== undefined && { kmsKeyId: key.kmsKeyArn }),
      recoveryWindowInDays: 7,
      tags,
    },
    { parent },
  );
  const access = new aws.secretsmanager.SecretPolicy(
    name,
    {
      secretArn: secret.arn,
      policy: secretPolicy(key.readers, key.administrators),
      blockPublicPolicy: true,
    },
    { parent },
  );
  const userArn = `arn:${partitionOf(key)}:iam::${key.accountId}:user/${name}`;
  const alarms = keyAlarms(userArn).flatMap((alarm) =>
    key.alarmTopicArns.map((topicArn) => tell(name, alarm, topicArn, parent)),
  );
  const accessKey = new aws.iam.AccessKey(
    name,
    { user: name },
    { parent, dependsOn: [user, policy, access, ...alarms] },
  );
  new aws.secretsmanager.SecretVersion(
    name,
    {
      secretId: secret.arn,
      secretString: pulumi.secret(
        pulumi.jsonStringify({ accessKeyId: accessKey.id, secretAccessKey: accessKey.secret }),
      ),
    },
    { parent },
  );
  return secret;
}

function tell(
  name: string,
  alarm: KeyAlarm,
  topicArn: string,
  parent: pulumi.Resource,
): aws.cloudwatch.EventTarget {
  const region = regionOf(topicArn);
  const ruleName = `${name}-${alarm.name}`;
  const rule = new aws.cloudwatch.EventRule(
    `${ruleName}-${region}`,
    {
      name: ruleName,
      description: alarm.says,
      eventPattern: alarm.pattern,
      // Without it EventBridge leaves out calls that only read, and most uses of a key do.
      state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      region,
    },
    { parent },
  );
  return new aws.cloudwatch.EventTarget(
    `${ruleName}-${region}`,
    {
      rule: ruleName,
      targetId: "topic",
      arn: topicArn,
      region,
      inputTransformer: {
        inputPaths: {
          call: "$.detail.eventName",
          from: "$.detail.sourceIPAddress",
          time: "$.detail.eventTime",
          who: "$.detail.userIdentity.arn",
        },
        inputTemplate: JSON.stringify(`${alarm.says} <call> by <who> from <from>, ${region}, <time>.`),
      },
    },
    { parent, dependsOn: rule },
  );
}
