import { trustFindings } from "../../../../policy-packs/nhi/aws/trust";
import type { Value } from "../../../../policy-packs/nhi/value";
import type { Finding } from "../../../../policy-packs/nhi/verdict";

export type Conditions = Record<string, Record<string, string | string[]>>;

/** What the pack says of one statement that trusts this issuer. */
export function judge(host: string, condition: Conditions): string[] {
  const provider = host.includes("/") || !/^(accounts|cognito)/.test(host);
  const statement = {
    Effect: "Allow",
    Principal: { Federated: provider ? `arn:aws:iam::123456789012:oidc-provider/${host}` : host },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition as unknown as Value,
  };
  return trustFindings("trust", { Statement: [statement] }).map(
    ({ verdict, property, says }) => `${verdict} ${property} ${says}`,
  );
}

/** The audience, and the subject as a pattern, with other claims compared exactly. */
export const pattern = (host: string, subject: string, claims: Record<string, string> = {}): Conditions => ({
  StringEquals: Object.fromEntries(
    Object.entries({ aud: "sts.amazonaws.com", ...claims }).map(([claim, value]) => [
      `${host}:${claim}`,
      value,
    ]),
  ),
  StringLike: { [`${host}:sub`]: subject },
});
export const fails = (says: string) => [`fail trust.Statement[0] ${says}`];
export const open = (says: string) => [
  `undetermined trust.Statement[0] ${says}: whether all of them are meant can't be seen here`,
];
export const every = (noun: string, start: string) =>
  `lets in every ${noun} whose subject starts with "${start}"`;
export const byName = (issuer: string) => [
  `undetermined trust.Statement[0] names the workload of a token of ${issuer} without its number: a later owner of the name can't be told apart`,
];

export const github = "token.actions.githubusercontent.com";
export const gitlab = "gitlab.com";
export const buildkite = "agent.buildkite.com";
export const terraform = "app.terraform.io";
export const pulumi = "api.pulumi.com/oidc";
export const eks = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";
export const circleci = "oidc.circleci.com/org/11111111-2222-3333-4444-555555555555";
export const bitbucket = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
export const whole = "lets in every branch, tag, environment and pull request of the repository";

/** The verdict over all findings: the worst decides. */
export function verdictOf(findings: readonly Finding[]): "pass" | Finding["verdict"] {
  if (findings.some((finding) => finding.verdict === "fail")) return "fail";
  return findings.length > 0 ? "undetermined" : "pass";
}
