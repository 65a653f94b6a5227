import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags, awsTagsProblem, metadataProblem, type NhiMetadata } from "../identity";
import { firstProblem, refuse, shown, type Problem } from "../refusal";
import { administratorsProblem } from "./aws-audit-checks";

export interface AwsAuditProtectionArgs {
  /** Who answers for the policy and why it exists. Becomes its tags `nhi:*`. */
  metadata: NhiMetadata;
  /** ARNs of the roles that may still change trails, for example the one that deploys `AwsAuditTrail`. */
  administrators: string[];
  /** Roots (`r-…`), units (`ou-…`) and accounts (12 digits) that the policy holds for. */
  targetIds: string[];
  /** The policy's name in AWS. Default: the component's name. */
  policyName?: string | undefined;
}

/** What blinds a trail, an event data store or a log group. */
const blinding = [
  "cloudtrail:DeleteEventDataStore",
  "cloudtrail:DeleteTrail",
  "cloudtrail:DeregisterOrganizationDelegatedAdmin",
  "cloudtrail:PutEventSelectors",
  "cloudtrail:StopEventDataStoreIngestion",
  "cloudtrail:StopLogging",
  "cloudtrail:UpdateEventDataStore",
  "cloudtrail:UpdateTrail",
];
const takingAway = ["logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"];

/**
 * A service control policy that keeps trails on: in the accounts that it is attached to, nobody but the administrators
 * stops or narrows one, whatever their own policies allow. It does not hold in the organisation's management account,
 * where service control policies never do, so keep workloads out of that one.
 *
 * @example
 * ```typescript
 * new AwsAuditProtection("audit-stays-on", {
 *   metadata,
 *   administrators: ["arn:aws:iam::123456789012:role/deploy-audit"],
 *   targetIds: ["r-ab12"],
 * });
 * ```
 */
export class AwsAuditProtection extends pulumi.ComponentResource {
  /** The policy's document, for an organisation that is managed elsewhere. Known at preview. */
  readonly document: pulumi.Output<string>;

  constructor(name: string, args: AwsAuditProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsAuditProtection", name, protectionProblem(name, args));
    super("nhi:index:AwsAuditProtection", name, { ...args }, opts);

    const document = protectionPolicy(args.administrators);
    const policy = new aws.organizations.Policy(
      name,
      {
        name: args.policyName ?? name,
        description: `Keeps audit logs on: ${args.metadata.purpose}`,
        type: "SERVICE_CONTROL_POLICY",
        content: document,
        tags: awsTags(args.metadata),
      },
      { parent: this },
    );
    for (const targetId of args.targetIds)
      new aws.organizations.PolicyAttachment(
        `${name}-${targetId}`,
        { policyId: policy.id, targetId },
        { parent: this },
      );
    this.document = policy.urn.apply(() => document);
    this.registerOutputs({ document: this.document });
  }
}

const protectionPolicy = (administrators: readonly string[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      denied("TrailsStay", blinding, "*", administrators),
      denied("LogGroupsStay", takingAway, "arn:*:logs:*:*:log-group:/aws/cloudtrail/*", administrators),
    ],
  });

const denied = (sid: string, actions: string[], resource: string, administrators: readonly string[]) => ({
  Sid: sid,
  Effect: "Deny",
  Action: actions,
  Resource: resource,
  Condition: { ArnNotEquals: { "aws:PrincipalArn": administrators } },
});

function protectionProblem(name: string, args: AwsAuditProtectionArgs): Problem {
  const policyName = args.policyName ?? name;
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    administratorsProblem(args.administrators) ??
    (args.targetIds.length === 0
      ? "targetIds must have at least one root, unit or account. A policy that is attached nowhere keeps nothing on."
      : firstProblem(args.targetIds, targetProblem)) ??
    (policyName.length >= 1 && policyName.length <= 128
      ? undefined
      : `policyName must be 1 to 128 characters (AWS's limit), got ${shown(policyName)}.`)
  );
}

const targetProblem = (target: string, index: number): Problem =>
  /^(\d{12}|r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/.test(target)
    ? undefined
    : `targetIds[${index}] must be a root (r-…), a unit (ou-…) or an account (12 digits), got ${shown(target)}.`;
