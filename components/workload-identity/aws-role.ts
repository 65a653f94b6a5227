import * as pulumi from "@pulumi/pulumi";
import { iamRole, iamRoleProblem, partitionOf, trustPolicyProblem, type IamRoleArgs } from "../iam-role";
import { refuse, type Problem } from "../refusal";
import type { AwsRole, Proof, TokenClaims } from "./proof";
import { roleArn } from "./sources/aws";
import { audienceOf, audienceProblem, proofsOf, workloadsProblem, type Workloads } from "./workloads";

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
    this.subjects = pulumi.output(tokensOf(args).flatMap(({ subjects }) => subjects));
    this.registerOutputs({ roleArn, roleName, subjects: this.subjects });
  }
}

const defaultAudience = "sts.amazonaws.com";
const tokensOf = (args: AwsFederatedRoleArgs) => proofsOf(args.workloads).flatMap(({ token }) => token ?? []);

function awsFederatedRoleProblem(name: string, args: AwsFederatedRoleArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    audienceProblem(args.audience ?? defaultAudience, "aws") ??
    workloadsProblem(args.workloads, args.metadata.environment, "aws") ??
    trustPolicyProblem(federatedTrustPolicy(args), "workloads")
  );
}

/** One statement for each workload: inside one, AWS would take the subject of one workload with the number of another. */
function federatedTrustPolicy(args: AwsFederatedRoleArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: proofsOf(args.workloads).map((proof) => statementFor(proof, args)),
  });
}

function statementFor({ token, awsRole, where }: Proof, args: AwsFederatedRoleArgs) {
  if (token !== undefined) return tokenStatement(token, args);
  // The sources whose workloads have neither say so in `not`.
  if (awsRole === undefined) throw new Error(`${where} shows nothing that AWS takes`);
  return roleStatement(awsRole);
}

/** AWS has no provider for this one: it knows it by its name. */
const google = "accounts.google.com";

function tokenStatement(token: TokenClaims, args: AwsFederatedRoleArgs) {
  const { issuer } = token;
  const claim = (name: string) => `${issuer}:${name}`;
  return {
    Effect: "Allow",
    Principal: {
      Federated:
        issuer === google
          ? google
          : `arn:${partitionOf(args)}:iam::${args.accountId}:oidc-provider/${issuer}`,
    },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        // Of Google's tokens, AWS calls the authorised party "aud" and the audience "oaud".
        [claim(issuer === google ? "oaud" : "aud")]:
          audienceOf(token, "aws", args.audience) ?? defaultAudience,
        ...(token.subjects.length > 0 && { [claim("sub")]: token.subjects }),
        ...Object.fromEntries(token.awsClaims.map((name) => [claim(name), token.claims[name]])),
      },
      ...(token.subjectStart !== undefined && { StringLike: { [claim("sub")]: `${token.subjectStart}*` } }),
    },
  };
}

function roleStatement(role: AwsRole) {
  return {
    Effect: "Allow",
    Principal: { AWS: roleArn(role) },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": role.externalId } },
  };
}
