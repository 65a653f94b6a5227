import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionProblem } from "../aws-names";
import { allow, serviceRole } from "../aws-service-role";
import { iamRole, iamRoleProblem, partitionOf, trustPolicyProblem, type IamRoleArgs } from "../iam-role";
import { awsTags, NhiKind } from "../identity";
import { firstProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import { breakGlassKindProblem, emergencySeconds } from "./break-glass";

export interface AwsBreakGlassRoleArgs extends IamRoleArgs {
  /**
   * ARNs of the people's IAM users, or of roles that they take with a second factor. Not roles of IAM Identity Center: it
   * asks for the second factor itself and AWS is not told, so that nobody could open the role.
   */
  people: string[];
  /** ARNs of roles that brokers run as. None of them may be among `people`. Default: none is known. */
  brokerRoleArns?: string[] | undefined;
  /** How old the second factor may be, in seconds, 60 to 3600. Default: 900. */
  mfaSeconds?: number | undefined;
  /**
   * SNS topics that page somebody at once. Their policy has to let `events.amazonaws.com` publish. The role opens only
   * through AWS STS of their regions, because its events arrive in that region and nowhere else: name one in a second region
   * for the day when the first one is down.
   */
  topicArns: string[];
}

/**
 * The way into an AWS account when every other one is closed: for people by name, with a second factor that is fresh, a
 * SourceIdentity and a reason (the session tag `nhi:reason`), for an hour. It is no broker's role, and it needs no broker.
 *
 * Whoever opens it, or tries, pages at once, and leaves an OpsItem in Systems Manager, which stays open until somebody has
 * looked at it. It needs a trail, for example `AwsAuditTrail`: EventBridge sees the calls that CloudTrail records.
 *
 * @example
 * ```typescript
 * new AwsBreakGlassRole("break-glass", {
 *   metadata: { ...metadata, kind: NhiKind.BreakGlass },
 *   accountId: "123456789012",
 *   people: ["arn:aws:iam::123456789012:user/on-call"],
 *   topicArns: ["arn:aws:sns:eu-central-1:123456789012:pager", "arn:aws:sns:eu-west-1:123456789012:pager"],
 *   managedPolicyArns: ["arn:aws:iam::123456789012:policy/emergency"],
 * });
 * ```
 */
export class AwsBreakGlassRole extends pulumi.ComponentResource {
  /** The role's ARN. Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  /** The role's name in AWS. Known at preview. */
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: AwsBreakGlassRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsBreakGlassRole", name, awsBreakGlassProblem(name, args));
    super("nhi:index:AwsBreakGlassRole", name, { ...args }, opts);

    const pages = this.page(name, args);
    const { roleArn, roleName } = iamRole(
      "AwsBreakGlassRole",
      name,
      args,
      { assumeRolePolicy: emergencyTrustPolicy(args) },
      this,
    );
    // A role whose openings nobody hears of is not handed out.
    this.roleArn = pulumi.all([roleArn, ...pages.map(({ urn }) => urn)]).apply(() => roleArnOf(name, args));
    this.roleName = roleName;
    this.registerOutputs({ roleArn: this.roleArn, roleName });
  }

  /** In each region: the rule, the topics that page, and the item that waits for a review. */
  private page(name: string, args: AwsBreakGlassRoleArgs): aws.cloudwatch.EventTarget[] {
    const itemArn = (region: string) => `arn:${partitionOf(args)}:ssm:${region}:${args.accountId}:opsitem`;
    const regions = regionsOf(args);
    // EventBridge's own role is no way in.
    const metadata = { ...args.metadata, kind: NhiKind.Service };
    const reviewer = serviceRole(name, "review", "events.amazonaws.com", { ...args, metadata }, this);
    allow(
      name,
      "review",
      reviewer,
      "ssm:CreateOpsItem",
      regions.map((region) => `${itemArn(region)}/*`),
      this,
    );
    return regions.flatMap((region) => {
      const rule = new aws.cloudwatch.EventRule(
        `${name}-opened-${region}`,
        {
          name: `${name}-opened`,
          description: opened,
          eventPattern: JSON.stringify(openings(roleArnOf(name, args))),
          tags: awsTags(args.metadata),
          region,
        },
        { parent: this },
      );
      const target = (targetId: string, arn: string, inputTemplate: string, roleArn?: pulumi.Input<string>) =>
        new aws.cloudwatch.EventTarget(
          `${name}-opened-${region}-${targetId}`,
          {
            rule: `${name}-opened`,
            targetId,
            arn,
            ...(roleArn !== undefined && { roleArn }),
            inputTransformer: { inputPaths: paths, inputTemplate },
            region,
          },
          { parent: this, dependsOn: rule },
        );
      return [
        ...args.topicArns
          .filter((arn) => regionOf(arn) === region)
          .map((arn) => target(arn.split(":").at(-1) ?? "", arn, JSON.stringify(`${opened} ${told}`))),
        target("review", itemArn(region), reviewItem, reviewer.arn),
      ];
    });
  }
}

const opened = "A role for emergencies was assumed, or somebody tried.";
const paths = {
  id: "$.detail.eventID",
  time: "$.detail.eventTime",
  who: "$.detail.userIdentity.arn",
  from: "$.detail.sourceIPAddress",
  role: "$.detail.requestParameters.roleArn",
  source: "$.detail.requestParameters.sourceIdentity",
};
const told = "<role> by <who> (<source>) from <from>, <time>, event <id>.";

/** An OpsItem as EventBridge makes one (Systems Manager User Guide, "Configure EventBridge rules to create OpsItems"). */
const reviewItem = JSON.stringify({
  title: "Review who broke the glass",
  description: `${opened} ${told} Find out why, read what the session did, and close this item once that is reviewed.`,
  category: "Security",
  severity: "1",
  source: "nhi",
});

/** The calls that open the role, those that were refused too. */
const openings = (roleArn: string) => ({
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: ["sts.amazonaws.com"],
    eventName: ["AssumeRole"],
    requestParameters: { roleArn: [roleArn] },
  },
});

const roleArnOf = (name: string, args: AwsBreakGlassRoleArgs) =>
  `arn:${partitionOf(args)}:iam::${args.accountId}:role/${args.roleName ?? name}`;
const regionOf = (topicArn: string) => topicArn.split(":")[3] ?? "";
const regionsOf = ({ topicArns }: AwsBreakGlassRoleArgs) => [...new Set(topicArns.map(regionOf))];

function awsBreakGlassProblem(name: string, args: AwsBreakGlassRoleArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    breakGlassKindProblem(args.metadata) ??
    // EventBridge takes 64 characters in a rule's name, and "-opened" is part of it. The reviewer's role has fewer.
    (/^[\w.-]{1,57}$/.test(name)
      ? undefined
      : "the name must be 1 to 57 letters, digits or . _ -: it becomes part of the rules' names.") ??
    peopleProblem(args) ??
    secondsProblem(
      "mfaSeconds",
      args.mfaSeconds ?? defaultMfaSeconds,
      60,
      emergencySeconds,
      "An older second factor says little of who is there now.",
    ) ??
    topicsProblem(args) ??
    trustPolicyProblem(emergencyTrustPolicy(args), "people")
  );
}

function peopleProblem(args: AwsBreakGlassRoleArgs): Problem {
  const { people, brokerRoleArns = [] } = args;
  if (people.length === 0) return "people must name at least one user or role.";
  const one = new RegExp(`^arn:${partitionOf(args)}:iam::\\d{12}:(user|role)/([\\w+=,.@-]+/)*[\\w+=,.@-]+$`);
  return firstProblem(people, (arn, index) => {
    const at = `people[${index}]`;
    if (!one.test(arn))
      return `${at} must be the ARN of one user or role (arn:${partitionOf(args)}:iam::ACCOUNT:user/NAME), got ${shown(arn)}.`;
    if (people.indexOf(arn) !== index) return `${at} must be named once, got ${shown(arn)} again.`;
    if (arn.includes(":role/aws-reserved/sso.amazonaws.com/"))
      return `${at} must not be a role of IAM Identity Center, got ${shown(arn)}. AWS is not told of its second factor, so that nobody could open the role.`;
    return brokerRoleArns.includes(arn)
      ? `${at} must not be a broker, got ${shown(arn)}. This way is for the day when the broker is out of order.`
      : undefined;
  });
}

function topicsProblem(args: AwsBreakGlassRoleArgs): Problem {
  const { topicArns } = args;
  if (topicArns.length === 0)
    return "topicArns must name at least one topic. Somebody must be paged at once.";
  const topic = new RegExp(`^arn:${partitionOf(args)}:sns:[a-z0-9-]+:\\d{12}:[\\w-]{1,64}$`);
  return firstProblem(topicArns, (arn, index) => {
    const at = `topicArns[${index}]`;
    if (!topic.test(arn)) return `${at} must be the ARN of an SNS topic, got ${shown(arn)}.`;
    if (topicArns.indexOf(arn) !== index) return `${at} must be named once, got ${shown(arn)} again.`;
    return regionProblem(regionOf(arn), `the region of ${at}`);
  });
}

const defaultMfaSeconds = 900;

/**
 * The demands stand on AssumeRole, which is always asked for. AWS sets the age of the second factor only where there was
 * one, and `aws:RequestedRegion` always (IAM User Guide, global condition keys).
 */
function emergencyTrustPolicy(args: AwsBreakGlassRoleArgs): string {
  const reason = { "aws:RequestTag/nhi:reason": "?*" };
  const source = { "sts:SourceIdentity": "?*" };
  const trusted = (action: string, Condition: Record<string, Record<string, string | string[]>>) => ({
    Effect: "Allow",
    Principal: { AWS: args.people },
    Action: action,
    Condition,
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      trusted("sts:AssumeRole", {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": `${args.mfaSeconds ?? defaultMfaSeconds}` },
        StringEquals: { "aws:RequestedRegion": regionsOf(args) },
        StringLike: { ...reason, ...source },
      }),
      trusted("sts:TagSession", { StringLike: reason }),
      trusted("sts:SetSourceIdentity", { StringLike: source }),
    ],
  });
}
