import { awsRights } from "../aws/rights";
import { gcpRights } from "../gcp/rights";
import type { ResourceRule } from "../rule";
import { vaultRights } from "../vault/rights";

const judges = { ...awsRights, ...gcpRights, ...vaultRights };

export const machineRightsAreBounded: ResourceRule = {
  id: "machine-rights-are-bounded",
  title: "A machine may do what its task needs, and can't give itself more.",
  why: "Whoever takes over a machine that may do everything, or may make itself such a machine, has the whole account.",
  fix: "Name the actions and the resources of the task, and let another pipeline make roles and policies.",
  severity: "high",
  enforcement: "mandatory",
  topic: "over-privilege",
  doesNotSee:
    "What several policies allow together, what a resource's own policy or an organisation's takes away, and rights that come with a service: who may replace a function's code or run a command on an instance acts with its role. Roles of GCP that a team makes itself are judged where they are made, not where they are given.",
  ceilings: {
    maxPrivilegedSeconds: {
      seconds: 604_800,
      says: "How long a role of GCP that leads to every right may be given with an end. Default: 604800, which is a week.",
    },
  },
  whenNot:
    "The pipeline that makes the account's roles: give it a permissions boundary and an exemption of its own.",
  samples: {
    bad: `
new aws.iam.RolePolicy("deploy", {
  role: "deploy",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["lambda:UpdateFunctionCode", "iam:PassRole"], Resource: "*" },
    ],
  }),
});
`,
    good: `
new aws.iam.RolePolicy("deploy", {
  role: "deploy",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "lambda:UpdateFunctionCode",
        Resource: "arn:aws:lambda:eu-central-1:123456789012:function:shop",
      },
      {
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: "arn:aws:iam::123456789012:role/shop",
        Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
      },
    ],
  }),
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
