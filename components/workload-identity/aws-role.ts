import * as pulumi from "@pulumi/pulumi";
import { iamRole, iamRoleProblem, partitionOf, trustPolicyProblem, type IamRoleArgs } from "../iam-role";
import { refuse, type Problem } from "../refusal";
import {
  audienceProblem,
  tokenClaims,
  workloadsProblem,
  type TokenClaims,
  type Workloads,
} from "./workloads";

export interface AwsFederatedRoleArgs extends IamRoleArgs {
  /** The jobs and programs that may assume the role. Each is let in by its exact subject and its numbers. */
  workloads: Workloads;
  /**
   * The audience that the job asks the issuer for, which is also in the account's OIDC provider.
   * Default: `sts.amazonaws.com`, what aws-actions/configure-aws-credentials asks for.
   */
  audience?: string | undefined;
}

/**
 * An AWS role that named jobs assume with the token of their own run, so that no key of it exists anywhere.
 *
 * The account needs the issuer's OIDC provider, one for each issuer: `aws.iam.OpenIdConnectProvider`.
 *
 * @example
 * ```typescript
 * const deploy = new AwsFederatedRole("deploy", {
 *   metadata: {
 *     owner: "team-web",
 *     purpose: "publish the website",
 *     environment: "production",
 *     kind: NhiKind.Pipeline,
 *     reviewBy: "2027-06-30",
 *   },
 *   accountId: "123456789012",
 *   workloads: {
 *     github: [
 *       { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", environment: "production" },
 *     ],
 *   },
 *   managedPolicyArns: ["arn:aws:iam::123456789012:policy/publish-website"],
 * });
 * ```
 */
export class AwsFederatedRole extends pulumi.ComponentResource {
  /** The role's ARN: `role-to-assume` in the workflow. Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  /** The role's name in AWS. Known at preview. */
  readonly roleName: pulumi.Output<string>;
  /** The exact subjects that are let in. Compare them with the token's `sub` when AWS says "not authorized". */
  readonly subjects: pulumi.Output<string[]>;

  constructor(name: string, args: AwsFederatedRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsFederatedRole", name, awsFederatedRoleProblem(name, args));
    super("nhi:index:AwsFederatedRole", name, { ...args }, opts);

    const assumeRolePolicy = federatedTrustPolicy(args);
    const { roleArn, roleName } = iamRole("AwsFederatedRole", name, args, { assumeRolePolicy }, this);

    this.roleArn = roleArn;
    this.roleName = roleName;
    this.subjects = pulumi.output(tokenClaims(args.workloads).flatMap(({ subjects }) => subjects));
    this.registerOutputs({ roleArn, roleName, subjects: this.subjects });
  }
}

const audienceOf = (args: AwsFederatedRoleArgs) => args.audience ?? "sts.amazonaws.com";

function awsFederatedRoleProblem(name: string, args: AwsFederatedRoleArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    audienceProblem(audienceOf(args)) ??
    workloadsProblem(args.workloads, args.metadata.environment) ??
    trustPolicyProblem(federatedTrustPolicy(args), "workloads")
  );
}

/** One statement for each workload: inside one, AWS would take the subject of one workload with the number of another. */
function federatedTrustPolicy(args: AwsFederatedRoleArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: tokenClaims(args.workloads).map((workload) => statementFor(workload, args)),
  });
}

function statementFor({ issuer, subjects, claims }: TokenClaims, args: AwsFederatedRoleArgs) {
  const compared = { aud: audienceOf(args), sub: subjects, ...claims };
  return {
    Effect: "Allow",
    Principal: { Federated: `arn:${partitionOf(args)}:iam::${args.accountId}:oidc-provider/${issuer}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: Object.fromEntries(
        Object.entries(compared).map(([claim, value]) => [`${issuer}:${claim}`, value]),
      ),
    },
  };
}
