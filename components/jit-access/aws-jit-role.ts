import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { grantsPolicy } from "../aws-grants";
import { roleArnPattern } from "../aws-names";
import { iamRole, iamRoleProblem, partitionOf, type IamRoleArgs, type InlinePolicy } from "../iam-role";
import { checked, refuse, shown, type Problem } from "../refusal";
import { presetName, presetPolicy, presetProblem, type AwsJitPreset } from "./aws-jit-presets";
import { revocation, revokedGrantsPolicy, roomProblem } from "./aws-revocation";
import { JitTier, tierProblem, tierSeconds } from "./tier";

export interface AwsJitRoleArgs extends IamRoleArgs {
  /**
   * ARN of the broker's role, the only principal that may assume this one. Its own session must carry no SourceIdentity:
   * one that is set can't be changed by the next session.
   */
  brokerRoleArn: string;
  /** ARN of the policy that bounds what a grant can ever do. Required here: a grant's scope comes at request time. */
  permissionsBoundaryArn: pulumi.Input<string>;
  /**
   * How long a grant may last: 900 seconds where it is `sensitive`, 3600 where it is `standard`. Default: `standard`. AWS
   * has no key for the length of a session that is asked for, and no role's maximum is below an hour: so it becomes the
   * tag `nhi:tier`, and the broker ends each session by a date in its session policy.
   */
  tier?: JitTier;
  /** What the role is for, of the usual tasks: the fewest actions on the things that are named. Default: no preset. */
  preset?: AwsJitPreset | undefined;
}

/**
 * An AWS role for just-in-time access: nobody holds it, and the broker assumes it for one grant at a time.
 *
 * AWS can't end a session, so each one must be told apart from the others: the role lets a session in only with a
 * SourceIdentity, which names who asked, and the tags `nhi:grant-id`, `nhi:purpose` and `nhi:expires-at`. Its policy
 * `nhi-revoked-grants` denies everything to the grants that it lists, so that one ends and no other. `nhi:expires-at` is
 * UTC, `2027-06-30T12:00:00Z`.
 *
 * The list is the revoker's while the role lives: a deployment leaves it alone. IAM has no key for the name of a policy,
 * so a revoker that may `iam:PutRolePolicy` on this role may write any policy of it: the boundary bounds that as well.
 *
 * @example
 * ```typescript
 * const migrate = new AwsJitRole("migrate", {
 *   metadata,
 *   accountId: "123456789012",
 *   brokerRoleArn: "arn:aws:iam::123456789012:role/nhi-broker",
 *   permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/jit-boundary",
 *   tier: JitTier.Sensitive,
 *   preset: {
 *     databaseAdmin: { region: "eu-central-1", resourceId: "db-ABCDEFGHIJKL01234", user: "orders_admin" },
 *   },
 * });
 * ```
 */
export class AwsJitRole extends pulumi.ComponentResource {
  /** The role's ARN. Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  /** The role's name in AWS. Known at preview. */
  readonly roleName: pulumi.Output<string>;
  /** The longest that a grant may last, in seconds. Known at preview. */
  readonly grantSeconds: pulumi.Output<number>;
  /** The policy of the role that ends single grants, for the revoker. Known at preview. */
  readonly revocationPolicyName: pulumi.Output<string>;

  constructor(name: string, args: AwsJitRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsJitRole", name, awsJitRoleProblem(name, args));
    super("nhi:index:AwsJitRole", name, { ...args }, opts);

    const tier = args.tier ?? JitTier.Standard;
    const { roleArn, roleName } = iamRole(
      "AwsJitRole",
      name,
      { ...args, inlinePolicies: withRoom(name, args) },
      {
        assumeRolePolicy: brokerTrustPolicy(args.brokerRoleArn),
        // A broker's own policy allows it the roles with nhi:jit and no others.
        tags: { "nhi:jit": "true", "nhi:tier": tier },
      },
      this,
    );
    const revoked = new aws.iam.RolePolicy(
      `${name}-${revocation}`,
      { role: roleName, name: revocation, policy: revokedGrantsPolicy([]) },
      // What the revoker wrote since is in force: a deployment that put the first list back would open ended grants.
      { parent: this, ignoreChanges: ["policy"] },
    );

    this.roleArn = roleArn;
    this.roleName = roleName;
    this.grantSeconds = roleArn.apply(() => tierSeconds[tier]);
    this.revocationPolicyName = revoked.urn.apply(() => revocation);
    this.registerOutputs({
      roleArn,
      roleName,
      grantSeconds: this.grantSeconds,
      revocationPolicyName: this.revocationPolicyName,
    });
  }
}

function awsJitRoleProblem(name: string, args: AwsJitRoleArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    brokerProblem(args.brokerRoleArn, partitionOf(args)) ??
    tierProblem(args.tier) ??
    presetProblem(args.preset, args) ??
    ownNamesProblem(args.inlinePolicies ?? []) ??
    roomProblem(knownPolicies(args))
  );
}

function ownNamesProblem(policies: readonly InlinePolicy[]): Problem {
  const taken = [revocation, presetName];
  const index = policies.findIndex(({ name }) => taken.includes(name));
  return index < 0
    ? undefined
    : `inlinePolicies[${index}].name must not be ${shown(policies[index]?.name)}: the role has a policy of that name already.`;
}

const accountOf = (args: AwsJitRoleArgs) => ({ accountId: args.accountId, partition: partitionOf(args) });

/** All policies of the role's own but the revoker's, where they are plain. */
function knownPolicies(args: AwsJitRoleArgs): string[] {
  const own = [
    grantsPolicy(args.grants ?? {}, accountOf(args)),
    presetPolicy(args.preset, accountOf(args)),
    ...(args.inlinePolicies ?? []).map(({ policy }) => policy),
  ];
  return own.filter((policy) => typeof policy === "string");
}

/** The role's own policies, with the preset's. One that is known later is measured when it is known. */
function withRoom(name: string, args: AwsJitRoleArgs): InlinePolicy[] {
  const preset = presetPolicy(args.preset, accountOf(args));
  const measured = (policy: pulumi.Input<string>) =>
    typeof policy === "string"
      ? policy
      : checked("AwsJitRole", name, policy, (known) => roomProblem([...knownPolicies(args), known]));
  return [
    ...(args.inlinePolicies ?? []).map((inline) => ({ ...inline, policy: measured(inline.policy) })),
    ...(preset === undefined ? [] : [{ name: presetName, policy: preset }]),
  ];
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
