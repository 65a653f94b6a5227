import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { accountIdProblem, partitionProblem } from "./aws-names";
import { grantsPolicy, grantsProblem, type AwsGrants } from "./aws-grants";
import { awsTags, awsTagsProblem, metadataProblem, type NhiMetadata } from "./identity";
import { checked, firstProblem, plainProblem, secondsProblem, shown, type Problem } from "./refusal";

/** A policy that belongs to one role. */
export interface InlinePolicy {
  /** The policy's name on the role. */
  name: string;
  /** The policy as JSON. Every action on every resource is refused. */
  policy: pulumi.Input<string>;
}

/** What every AWS role of this package takes. */
export interface IamRoleArgs {
  /** Who answers for the role and why it exists. Becomes its tags `nhi:*`. */
  metadata: NhiMetadata;
  /** The account that the AWS provider works in: 12 digits. Plain, so that every document is known at preview. */
  accountId: string;
  /** The partition of the account. Default: `aws`. Others are `aws-cn` and `aws-us-gov`. */
  partition?: string | undefined;
  /**
   * The longest session, in seconds. Default: 3600. AWS accepts no less as a role's maximum, and more is refused: a
   * session can't be ended, so it must end by itself.
   */
  maxSessionSeconds?: number | undefined;
  /** ARN of the policy that bounds what the role can ever do. Default: no boundary. */
  permissionsBoundaryArn?: pulumi.Input<string> | undefined;
  /** ARNs of managed policies to attach. Default: none. AdministratorAccess is refused. */
  managedPolicyArns?: string[] | undefined;
  /** What the role may do, thing by thing: each becomes the fewest actions that the task takes. Default: nothing. */
  grants?: AwsGrants | undefined;
  /** Policies of the role's own, for what `grants` has no word for. Default: none. */
  inlinePolicies?: InlinePolicy[] | undefined;
  /** The role's name in AWS, which trusts and audit queries can name. Default: the component's name. */
  roleName?: string | undefined;
}

/** The policy that `grants` makes. */
const grantsName = "grants";
/** AWS: a role's maximum session is at least an hour. Ours: at most, which is also where AWS ends a chained session. */
const sessionSeconds = 3600;
/** AWS raises the quota of a trust policy from 2048 characters to this and no further. */
const longestTrustPolicy = 4096;

export const partitionOf = (args: IamRoleArgs) => args.partition ?? "aws";

export function iamRoleProblem(name: string, args: IamRoleArgs): Problem {
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    accountIdProblem(args.accountId) ??
    partitionProblem(partitionOf(args)) ??
    secondsProblem(
      "maxSessionSeconds",
      args.maxSessionSeconds ?? sessionSeconds,
      sessionSeconds,
      sessionSeconds,
      "AWS accepts no shorter maximum, and a longer session outlives its task: split the job.",
    ) ??
    roleNameProblem(args.roleName ?? name) ??
    plainProblem(args.permissionsBoundaryArn, (arn) => boundaryProblem(arn, args)) ??
    managedPoliciesProblem(args) ??
    grantsProblem(args.grants ?? {}) ??
    inlinePoliciesProblem(args.inlinePolicies ?? [])
  );
}

function roleNameProblem(roleName: string): Problem {
  return /^[\w+=,.@-]{1,64}$/.test(roleName)
    ? undefined
    : `roleName must be 1 to 64 letters, digits or _ + = , . @ - (AWS limits role names to these), got ${shown(roleName)}.`;
}

function boundaryProblem(arn: string, args: IamRoleArgs): Problem {
  return (
    policyArnProblem("permissionsBoundaryArn", arn, args) ??
    (arn.endsWith(administrator)
      ? "permissionsBoundaryArn must bound the role, got AdministratorAccess, which allows everything. " +
        "Name a policy with what such roles may do at most."
      : undefined)
  );
}

function managedPoliciesProblem(args: IamRoleArgs): Problem {
  const arns = args.managedPolicyArns ?? [];
  return firstProblem(arns, (arn, index) => {
    const argument = `managedPolicyArns[${index}]`;
    const problem = policyArnProblem(argument, arn, args);
    if (problem !== undefined) return problem;
    if (arn.endsWith(administrator))
      return `${argument} must not be AdministratorAccess. Attach a policy with the actions that the task needs.`;
    const earlier = arns.findIndex((other) => policyNameOf(other) === policyNameOf(arn));
    return earlier === index
      ? undefined
      : `${argument} must have a name of its own, got ${shown(arn)} after ${shown(arns[earlier] ?? "")}.`;
  });
}

const administrator = ":policy/AdministratorAccess";

/** AWS attaches its own policies and those of the role's account. */
function policyArnProblem(argument: string, arn: string, args: IamRoleArgs): Problem {
  const pattern = new RegExp(
    `^arn:${partitionOf(args)}:iam::(aws|${args.accountId}):policy/([\\w+=,.@-]+/)*[\\w+=,.@-]+$`,
  );
  return pattern.test(arn)
    ? undefined
    : `${argument} must be the ARN of a managed policy of AWS or of the account ${args.accountId} ` +
        `(arn:${partitionOf(args)}:iam::${args.accountId}:policy/NAME), got ${shown(arn)}.`;
}

const policyNameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

function inlinePoliciesProblem(policies: readonly InlinePolicy[]): Problem {
  return firstProblem(policies, ({ name, policy }, index) => {
    const argument = `inlinePolicies[${index}]`;
    if (!/^[\w+=,.@-]{1,128}$/.test(name))
      return `${argument}.name must be 1 to 128 letters, digits or _ + = , . @ - (AWS limits policy names to these), got ${shown(name)}.`;
    if (name === grantsName)
      return `${argument}.name must not be ${shown(grantsName)}: the policy that grants makes has that name.`;
    if (policies.findIndex((other) => other.name === name) !== index)
      return `${argument}.name must be used once, got ${shown(name)} again.`;
    return plainProblem(policy, (document) => grantProblem(`${argument}.policy`, document));
  });
}

/** Whether a policy says more than a task can need. The policy pack judges the rest. */
export function grantProblem(argument: string, document: string): Problem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    parsed = undefined;
  }
  const statements = listed(field(parsed, "Statement"));
  if (statements.length === 0)
    return `${argument} must be a policy document as JSON with at least one statement.`;
  return statements.some(allowsEverything)
    ? `${argument} must not allow every action on every resource. Name the actions and resources that the task needs.`
    : undefined;
}

const everyAction = /^[*?:]+$/;
const everyResource = /^(arn:(aws[a-z-]*:)?)?[*?:]+$/;

/** `NotAction` with `Allow` is every action but the listed ones, and so is `NotResource` for resources. */
function allowsEverything(statement: unknown): boolean {
  const every = (key: string, all: RegExp) =>
    field(statement, `Not${key}`) !== undefined ||
    listed(field(statement, key)).some((value) => typeof value === "string" && all.test(value));
  return (
    field(statement, "Effect") === "Allow" && every("Action", everyAction) && every("Resource", everyResource)
  );
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;

const listed = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];

/** Whether AWS can store the trust policy that the arguments make. */
export function trustPolicyProblem(trustPolicy: string, argument: string): Problem {
  return trustPolicy.length <= longestTrustPolicy
    ? undefined
    : `${argument} must fit into one trust policy of at most ${longestTrustPolicy} characters (AWS's limit), ` +
        `got ${trustPolicy.length}. Make a second role.`;
}

/** What a role's owner gives it: who may assume it, and tags beside the metadata. */
export interface IamRoleTrust {
  assumeRolePolicy: string;
  tags?: Record<string, string>;
}

/** Makes the role and what it may do, as children of `parent`. Returns its ARN and name, both known at preview. */
export function iamRole(
  component: string,
  name: string,
  args: IamRoleArgs,
  trust: IamRoleTrust,
  parent: pulumi.ComponentResource,
): { roleArn: pulumi.Output<string>; roleName: pulumi.Output<string> } {
  const roleName = args.roleName ?? name;
  const boundary = args.permissionsBoundaryArn;
  const role = new aws.iam.Role(
    name,
    {
      name: roleName,
      assumeRolePolicy: trust.assumeRolePolicy,
      maxSessionDuration: args.maxSessionSeconds ?? sessionSeconds,
      ...(boundary === undefined
        ? {}
        : { permissionsBoundary: checked(component, name, boundary, (arn) => boundaryProblem(arn, args)) }),
      tags: { ...awsTags(args.metadata), ...trust.tags },
      // Without it a policy that somebody added by hand, or a revoker at run time, would stop the role's deletion.
      forceDetachPolicies: true,
    },
    { parent },
  );
  for (const arn of args.managedPolicyArns ?? [])
    new aws.iam.RolePolicyAttachment(
      `${name}-${policyNameOf(arn)}`,
      { role: role.name, policyArn: arn },
      { parent },
    );
  const grants = grantsPolicy(args.grants ?? {}, { accountId: args.accountId, partition: partitionOf(args) });
  if (grants !== undefined)
    new aws.iam.RolePolicy(
      `${name}-${grantsName}`,
      { role: role.name, name: grantsName, policy: grants },
      { parent },
    );
  // Policies of their own, not the role's exclusive list: a revoker's deny must outlive the next deployment.
  for (const [index, inline] of (args.inlinePolicies ?? []).entries())
    new aws.iam.RolePolicy(
      `${name}-${inline.name}`,
      {
        role: role.name,
        name: inline.name,
        policy: checked(component, name, inline.policy, (document) =>
          grantProblem(`inlinePolicies[${index}].policy`, document),
        ),
      },
      { parent },
    );

  // Built from plain values, so that what names this role is known at preview; from the role's URN, so that it waits.
  const arn = `arn:${partitionOf(args)}:iam::${args.accountId}:role/${roleName}`;
  return { roleArn: role.urn.apply(() => arn), roleName: role.urn.apply(() => roleName) };
}
