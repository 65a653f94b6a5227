import * as pulumi from "@pulumi/pulumi";
import { roleArnPattern } from "../aws-names";
import { iamRole, iamRoleProblem, partitionOf, type IamRoleArgs } from "../iam-role";
import { refuse, shown, type Problem } from "../refusal";

export interface AwsJitRoleArgs extends IamRoleArgs {
  /**
   * ARN of the broker's role, the only principal that may assume this one. Its own session must carry no SourceIdentity:
   * one that is set can't be changed by the next session.
   */
  brokerRoleArn: string;
  /** ARN of the policy that bounds what a grant can ever do. Required here: a grant's scope comes at request time. */
  permissionsBoundaryArn: pulumi.Input<string>;
}

/**
 * An AWS role for just-in-time access: nobody holds it, and the broker assumes it for one grant at a time.
 *
 * AWS can't end a session, so each one must be told apart from the others: the role lets a session in only with a
 * SourceIdentity, which names who asked, and the tags `nhi:grant-id`, `nhi:purpose` and `nhi:expires-at`. A deny on
 * `aws:PrincipalTag/nhi:grant-id` then ends one grant and no other. `nhi:expires-at` is UTC, `2027-06-30T12:00:00Z`.
 *
 * @example
 * ```typescript
 * const migrate = new AwsJitRole("migrate", {
 *   metadata,
 *   accountId: "123456789012",
 *   brokerRoleArn: "arn:aws:iam::123456789012:role/nhi-broker",
 *   permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/jit-boundary",
 *   managedPolicyArns: ["arn:aws:iam::123456789012:policy/migrate-orders"],
 * });
 * ```
 */
export class AwsJitRole extends pulumi.ComponentResource {
  /** The role's ARN. Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  /** The role's name in AWS. Known at preview. */
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: AwsJitRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsJitRole", name, awsJitRoleProblem(name, args));
    super("nhi:index:AwsJitRole", name, { ...args }, opts);

    const { roleArn, roleName } = iamRole(
      "AwsJitRole",
      name,
      args,
      // A broker's own policy allows it the roles with this tag and no others.
      { assumeRolePolicy: brokerTrustPolicy(args.brokerRoleArn), tags: { "nhi:jit": "true" } },
      this,
    );

    this.roleArn = roleArn;
    this.roleName = roleName;
    this.registerOutputs({ roleArn, roleName });
  }
}

function awsJitRoleProblem(name: string, args: AwsJitRoleArgs): Problem {
  return iamRoleProblem(name, args) ?? brokerProblem(args.brokerRoleArn, partitionOf(args));
}

function brokerProblem(arn: string, partition: string): Problem {
  const found = roleArnPattern.exec(arn)?.[1];
  if (found === undefined)
    return (
      `brokerRoleArn must be the ARN of one role (arn:${partition}:iam::ACCOUNT:role/NAME), got ${shown(arn)}. ` +
      "An account, a user, a session or a pattern lets in more than the broker."
    );
  return found === partition
    ? undefined
    : `brokerRoleArn must be in the partition ${partition}, got ${shown(arn)}. No role is trusted across partitions.`;
}

const tagged = {
  "aws:RequestTag/nhi:grant-id": "?*",
  "aws:RequestTag/nhi:purpose": "?*",
  "aws:RequestTag/nhi:expires-at": "????-??-??T??:??:??Z",
};
const attributed = { "sts:SourceIdentity": "?*" };

/**
 * AWS asks for three permissions: AssumeRole always, TagSession when the request has tags, SetSourceIdentity when it
 * has a SourceIdentity. So both demands stand on AssumeRole: on the other two alone, a request without tags would pass
 * by never asking for TagSession. Each statement compares only keys that AWS documents for its action (Service
 * Authorization Reference, STS). A key that is missing from the request makes StringLike false, and `?*` is at least
 * one character.
 */
function brokerTrustPolicy(brokerRoleArn: string): string {
  const allow = (action: string, demanded: Record<string, string>) => ({
    Effect: "Allow",
    Principal: { AWS: brokerRoleArn },
    Action: action,
    Condition: { StringLike: demanded },
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow("sts:AssumeRole", { ...tagged, ...attributed }),
      allow("sts:TagSession", tagged),
      allow("sts:SetSourceIdentity", attributed),
    ],
  });
}
