import { awsTrusts } from "../aws/federation";
import { trustsElsewhere } from "../elsewhere/federation";
import { gcpTrusts } from "../gcp/federation";
import type { Resource, ResourceRule } from "../rule";
import { vaultTrusts } from "../vault/doors";
import type { Finding } from "../verdict";

const judges: Record<string, (resource: Resource) => Finding[]> = {
  ...awsTrusts,
  ...gcpTrusts,
  ...vaultTrusts,
  ...trustsElsewhere,
};

export const federatedTrustIsBounded: ResourceRule = {
  id: "federated-trust-is-bounded",
  title: "A role that trusts an issuer's tokens lets in the workloads that it names, and nobody else.",
  why: "Many issuers sign tokens for everybody: what is not compared exactly is what a stranger chooses.",
  fix: "Compare the audience and the whole subject exactly, with the ids that the issuer never gives twice.",
  severity: "critical",
  enforcement: "mandatory",
  topic: "weak-federation-trust",
  doesNotSee:
    "Who may change the trust outside Pulumi, who may push to the branch or approve the environment that is named, and trusts that a policy elsewhere narrows or widens.",
  neverExempt: "A trust that strangers pass is open at once to everybody who can ask the issuer for a token.",
  whenNot:
    "Never for an issuer that signs for others as well. For an issuer of your own, name the workloads all the same.",
  samples: {
    bad: `
new aws.iam.Role("deploy", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: {
          Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
          StringLike: { "token.actions.githubusercontent.com:sub": "repo:octo/*" },
        },
      },
    ],
  },
});
`,
    good: `
new aws.iam.Role("deploy", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: {
          Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:octo@123456/app@456789:environment:production",
            "token.actions.githubusercontent.com:repository_id": "456789",
          },
        },
      },
    ],
  },
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
