import * as pulumi from "@pulumi/pulumi";
import { iamRoleProblem, type IamRoleArgs } from "../../components/iam-role";
import { NhiKind } from "../../components/identity";

const args: IamRoleArgs = {
  metadata: {
    owner: "team-web",
    purpose: "publish the website",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
};
const grant = (policy: unknown) => ({ inlinePolicies: [{ name: "p", policy: JSON.stringify(policy) }] });

describe("arguments that are refused", () => {
  const noPolicyArn = (argument: string, got: string) =>
    `${argument} must be the ARN of a managed policy of AWS or of the account 123456789012 ` +
    `(arn:aws:iam::123456789012:policy/NAME), got "${got}".`;
  const everything =
    "inlinePolicies[0].policy must not allow every action on every resource. " +
    "Name the actions and resources that the task needs.";
  const noPolicy = "inlinePolicies[0].policy must be a policy document as JSON with at least one statement.";
  const session = (got: number) =>
    `maxSessionSeconds must be 3600 seconds, got ${got}. AWS accepts no shorter maximum, and a longer session ` +
    "outlives its task: split the job.";

  it.each<[string, Partial<IamRoleArgs>, string]>([
    ["an account's name", { accountId: "production" }, 'accountId must be 12 digits, got "production".'],
    ["a short account", { accountId: "12345678901" }, 'accountId must be 12 digits, got "12345678901".'],
    [
      "a partition that is none",
      { partition: "azure" },
      'partition must be aws, aws-cn, aws-us-gov or another of AWS\'s, got "azure".',
    ],
    ["a longer session", { maxSessionSeconds: 3601 }, session(3601)],
    ["a session of twelve hours", { maxSessionSeconds: 43200 }, session(43200)],
    ["a session that AWS takes for no role", { maxSessionSeconds: 900 }, session(900)],
    ["a session that is no number", { maxSessionSeconds: NaN }, session(NaN)],
    [
      "a role name with a slash",
      { roleName: "ci/deploy" },
      "roleName must be 1 to 64 letters, digits or _ + = , . @ - (AWS limits role names to these), " +
        'got "ci/deploy".',
    ],
    [
      "a boundary that is no ARN",
      { permissionsBoundaryArn: "pipelines" },
      noPolicyArn("permissionsBoundaryArn", "pipelines"),
    ],
    [
      "a boundary that bounds nothing",
      { permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      "permissionsBoundaryArn must bound the role, got AdministratorAccess, which allows everything. " +
        "Name a policy with what such roles may do at most.",
    ],
    [
      "the administrator's policy",
      {
        managedPolicyArns: [
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
          "arn:aws:iam::aws:policy/AdministratorAccess",
        ],
      },
      "managedPolicyArns[1] must not be AdministratorAccess. Attach a policy with the actions that the task needs.",
    ],
    [
      "the administrator's policy in another partition",
      { partition: "aws-us-gov", managedPolicyArns: ["arn:aws-us-gov:iam::aws:policy/AdministratorAccess"] },
      "managedPolicyArns[0] must not be AdministratorAccess. Attach a policy with the actions that the task needs.",
    ],
    [
      "a managed policy's name",
      { managedPolicyArns: ["ReadOnlyAccess"] },
      noPolicyArn("managedPolicyArns[0]", "ReadOnlyAccess"),
    ],
    [
      "a managed policy of another partition",
      { managedPolicyArns: ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"] },
      noPolicyArn("managedPolicyArns[0]", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"),
    ],
    [
      "a managed policy of another account",
      { managedPolicyArns: ["arn:aws:iam::210987654321:policy/publish"] },
      noPolicyArn("managedPolicyArns[0]", "arn:aws:iam::210987654321:policy/publish"),
    ],
    [
      "a policy that would take the place of the one that grants makes",
      { inlinePolicies: [{ name: "grants", policy: "{}" }] },
      'inlinePolicies[0].name must not be "grants": the policy that grants makes has that name.',
    ],
    [
      "a grant on everything",
      { grants: { buckets: [{ bucket: "*", access: "read" }] } },
      'grants.buckets[0].bucket must be the whole name of a bucket, got "*".',
    ],
    [
      "a managed policy twice",
      {
        managedPolicyArns: [
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ],
      },
      'managedPolicyArns[1] must have a name of its own, got "arn:aws:iam::aws:policy/ReadOnlyAccess" ' +
        'after "arn:aws:iam::aws:policy/ReadOnlyAccess".',
    ],
    [
      "every action on everything",
      grant({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } }),
      everything,
    ],
    [
      "every action on everything, among others",
      grant({
        Statement: [
          { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
          { Effect: "Allow", Action: ["ec2:*", "*:*"], Resource: ["arn:aws:s3:::a", "*"] },
        ],
      }),
      everything,
    ],
    [
      "every action on every ARN",
      grant({ Statement: [{ Effect: "Allow", Action: ["**"], Resource: ["arn:aws:*"] }] }),
      everything,
    ],
    [
      "all actions but some",
      grant({ Statement: [{ Effect: "Allow", NotAction: ["iam:*"], Resource: "*" }] }),
      everything,
    ],
    [
      "all resources but some",
      grant({ Statement: [{ Effect: "Allow", Action: "*", NotResource: ["arn:aws:s3:::a"] }] }),
      everything,
    ],
    ["a policy that is no JSON", { inlinePolicies: [{ name: "p", policy: "{" }] }, noPolicy],
    ["a policy without a statement", grant({ Version: "2012-10-17", Statement: [] }), noPolicy],
    ["a policy that is a text", { inlinePolicies: [{ name: "p", policy: '"*"' }] }, noPolicy],
    [
      "a policy's name with a space",
      { inlinePolicies: [{ name: "a b", policy: "{}" }] },
      "inlinePolicies[0].name must be 1 to 128 letters, digits or _ + = , . @ - (AWS limits policy names to these), " +
        'got "a b".',
    ],
    [
      "two policies of one name",
      {
        inlinePolicies: [1, 2].map(() => ({
          name: "p",
          policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] }),
        })),
      },
      'inlinePolicies[1].name must be used once, got "p" again.',
    ],
  ])("%s", (_, change, says) => {
    expect(iamRoleProblem("deploy", { ...args, ...change })).toBe(says);
  });

  it("a component's name that can't be the role's", () => {
    expect(iamRoleProblem("ci/deploy", args)).toBe(
      "roleName must be 1 to 64 letters, digits or _ + = , . @ - (AWS limits role names to these), " +
        'got "ci/deploy".',
    );
  });

  it("what may hold a secret is never shown", () => {
    const change = { inlinePolicies: [{ name: "p", policy: '{"Statement": "hunter2"' }] };
    expect(iamRoleProblem("deploy", { ...args, ...change })).not.toContain("hunter2");
  });
});

describe("arguments that are taken", () => {
  it.each<[string, Partial<IamRoleArgs>]>([
    ["none but the required", {}],
    ["another partition", { partition: "aws-us-gov" }],
    ["AWS's longest role name", { roleName: "a".repeat(64) }],
    [
      "policies of AWS and of the account",
      {
        managedPolicyArns: [
          "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
          "arn:aws:iam::123456789012:policy/teams/web/publish",
        ],
      },
    ],
    [
      "a policy whose name begins like the administrator's",
      {
        managedPolicyArns: ["arn:aws:iam::123456789012:policy/AdministratorAccess-Audit"],
      },
    ],
    ["a boundary that is not known yet", { permissionsBoundaryArn: pulumi.output("not looked at") }],
    [
      "a policy that is not known yet",
      { inlinePolicies: [{ name: "p", policy: pulumi.output("not looked at") }] },
    ],
    [
      "every action on one bucket",
      grant({ Statement: { Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::a/*" } }),
    ],
    ["one service on everything", grant({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] })],
    ["a deny of everything", grant({ Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] })],
    [
      "all actions but some on one bucket",
      grant({ Statement: [{ Effect: "Allow", NotAction: "s3:Put*", Resource: "arn:aws:s3:::a" }] }),
    ],
  ])("%s", (_, change) => {
    expect(iamRoleProblem("deploy", { ...args, ...change })).toBeUndefined();
  });
});
