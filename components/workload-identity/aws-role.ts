import * as pulumi from "@pulumi/pulumi";
import { iamRole, iamRoleProblem, partitionOf, trustPolicyProblem, type IamRoleArgs } from "../iam-role";
import { expiryProblem, NhiKind } from "../identity";
import { refuse, shown, type Problem } from "../refusal";
import type { AwsRole, Proof, TokenClaims } from "./proof";
import { roleArn } from "./sources/aws";
import {
  audienceOf,
  audienceProblem,
  expectedToken,
  proofsOf,
  workloadsProblem,
  type ExpectedToken,
  type Workloads,
} from "./workloads";

export interface AwsFederatedRoleArgs extends IamRoleArgs {
  /**
   * The jobs and programs that may assume the role, of as many sources as there are. Each is let in by its exact subject
   * and its numbers, in a statement of its own.
   */
  workloads: Workloads;
  /**
   * The audience that the job asks the issuer for, which is also in the account's OIDC provider.
   * Default: `sts.amazonaws.com`, what aws-actions/configure-aws-credentials asks for.
   */
  audience?: string | undefined;
  /**
   * The day from which on nobody is let in any more, as YYYY-MM-DD in UTC. Sessions that began before last to their own
   * end. Required where `metadata.kind` is `third-party`, and not before `metadata.reviewBy`. Default: no such day.
   */
  expires?: string | undefined;
}

/**
 * An AWS role that named jobs and programs assume with the token of their own run, so that no key of it exists anywhere.
 *
 * The account needs the issuer's OIDC provider, one for each issuer: `GithubOidcProvider` or `AwsOidcProvider` with the
 * workload's audience. Google's issuer and the roles of a vendor need none.
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
  /** The exact subjects that are let in. One that ends with `*` ends with something new in each token. */
  readonly subjects: pulumi.Output<string[]>;
  /** What each workload's token must say. Compare it with the token when AWS says "not authorized". */
  readonly expectedTokens: pulumi.Output<ExpectedToken[]>;

  constructor(name: string, args: AwsFederatedRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsFederatedRole", name, awsFederatedRoleProblem(name, args));
    super("nhi:index:AwsFederatedRole", name, { ...args }, opts);

    const assumeRolePolicy = federatedTrustPolicy(args);
    const { roleArn, roleName } = iamRole("AwsFederatedRole", name, args, { assumeRolePolicy }, this);

    this.roleArn = roleArn;
    this.roleName = roleName;
    const expected = expectedTokens(args);
    this.subjects = pulumi.output(expected.flatMap(({ subjects }) => subjects));
    this.expectedTokens = pulumi.output(expected);
    this.registerOutputs({
      roleArn,
      roleName,
      subjects: this.subjects,
      expectedTokens: this.expectedTokens,
    });
  }
}

const defaultAudience = "sts.amazonaws.com";

function awsFederatedRoleProblem(name: string, args: AwsFederatedRoleArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    audienceProblem(args.audience ?? defaultAudience, "aws") ??
    workloadsProblem(args.workloads, args.metadata.environment, "aws") ??
    thirdPartyProblem(args) ??
    trustPolicyProblem(federatedTrustPolicy(args), "workloads")
  );
}

function thirdPartyProblem({ metadata, workloads, expires }: AwsFederatedRoleArgs): Problem {
  const isThirdParty = metadata.kind === NhiKind.ThirdParty;
  if ((workloads.thirdParty ?? []).length > 0 && !isThirdParty)
    return `metadata.kind must be third-party, because workloads.thirdParty lists a vendor's role, got ${shown(metadata.kind)}.`;
  return expiryProblem(metadata, expires);
}

function expectedTokens(args: AwsFederatedRoleArgs): ExpectedToken[] {
  return proofsOf(args.workloads).flatMap(({ where, token }) => {
    if (token === undefined) return [];
    const { awsClaims, claims } = token;
    const compared = Object.fromEntries(awsClaims.map((name) => [name, claims[name] ?? ""]));
    return expectedToken(where, { ...token, claims: compared }, audienceFor(token, args));
  });
}

const audienceFor = (token: TokenClaims, args: AwsFederatedRoleArgs) =>
  audienceOf(token, "aws", args.audience) ?? defaultAudience;

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
  return roleStatement(awsRole, args);
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
        [claim(issuer === google ? "oaud" : "aud")]: audienceFor(token, args),
        ...(token.subjects.length > 0 && { [claim("sub")]: token.subjects }),
        ...Object.fromEntries(token.awsClaims.map((name) => [claim(name), token.claims[name]])),
      },
      ...(token.subjectStart !== undefined && { StringLike: { [claim("sub")]: `${token.subjectStart}*` } }),
      ...beforeItExpires(args),
    },
  };
}

function roleStatement(role: AwsRole, args: AwsFederatedRoleArgs) {
  return {
    Effect: "Allow",
    Principal: { AWS: roleArn(role) },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": role.externalId }, ...beforeItExpires(args) },
  };
}

const beforeItExpires = ({ expires }: AwsFederatedRoleArgs) =>
  expires === undefined ? {} : { DateLessThan: { "aws:CurrentTime": `${expires}T00:00:00Z` } };
