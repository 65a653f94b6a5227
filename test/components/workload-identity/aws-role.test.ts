import { AwsFederatedRole, NhiKind, type AwsFederatedRoleArgs } from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, unknown } from "../../support/mocks";
import { assumesRoleWithToken } from "../sts";

const metadata = {
  owner: "team-web",
  purpose: "publish the website",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const args: AwsFederatedRoleArgs = {
  metadata,
  accountId: "123456789012",
  workloads: { github: [{ ...app, environment: "production" }] },
};
const provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const tags = {
  "nhi:owner": "team-web",
  "nhi:purpose": "publish the website",
  "nhi:environment": "production",
  "nhi:kind": "pipeline",
  "nhi:review-by": "2027-06-30",
};
const github = "token.actions.githubusercontent.com";
const statement = (changes: Record<string, unknown>, federated = provider) => ({
  Effect: "Allow",
  Principal: { Federated: federated },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: {
    StringEquals: {
      [`${github}:aud`]: "sts.amazonaws.com",
      [`${github}:sub`]: [
        "repo:octo/app:environment:production",
        "repo:octo@123456/app@456789:environment:production",
      ],
      [`${github}:repository_id`]: "456789",
      [`${github}:repository_owner_id`]: "123456",
      ...changes,
    },
  },
});
const document = (...statements: unknown[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

describe("what is registered", () => {
  it("is what is granted, as one policy", async () => {
    const grants = { secrets: [{ region: "eu-central-1", name: "orders" }] };
    const registered = await registeredBy(() => new AwsFederatedRole("deploy", { ...args, grants }));
    expect(registered.find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")).toEqual({
      type: "aws:iam/rolePolicy:RolePolicy",
      name: "deploy-grants",
      parent: "AwsFederatedRole deploy",
      after: ["Role deploy"],
      inputs: {
        name: "grants",
        role: "deploy",
        policy: document({
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
          Resource: ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-??????"],
        }),
      },
    });
  });

  it("is the role, bound to the job, in its shortest form", async () => {
    expect(await registeredBy(() => new AwsFederatedRole("deploy", args))).toEqual([
      {
        type: "aws:iam/role:Role",
        name: "deploy",
        parent: "AwsFederatedRole deploy",
        inputs: {
          name: "deploy",
          assumeRolePolicy: document(statement({})),
          maxSessionDuration: 3600,
          tags,
          forceDetachPolicies: true,
        },
      },
      {
        type: "nhi:index:AwsFederatedRole",
        name: "deploy",
        inputs: args,
        outputs: {
          roleArn: "arn:aws:iam::123456789012:role/deploy",
          roleName: "deploy",
          subjects: [
            "repo:octo/app:environment:production",
            "repo:octo@123456/app@456789:environment:production",
          ],
          expectedTokens: [
            {
              workload: "workloads.github[0]",
              issuer: "https://token.actions.githubusercontent.com",
              audience: "sts.amazonaws.com",
              subjects: [
                "repo:octo/app:environment:production",
                "repo:octo@123456/app@456789:environment:production",
              ],
              claims: { repository_id: "456789", repository_owner_id: "123456" },
            },
          ],
        },
      },
    ]);
  });

  it("is everything that was asked for", async () => {
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] });
    const all: AwsFederatedRoleArgs = {
      ...args,
      accountId: "210987654321",
      partition: "aws-cn",
      audience: "sts.amazonaws.com.cn",
      workloads: {
        github: [
          { ...app, branch: "main" },
          { ...app, tag: "v1.0.0" },
        ],
      },
      maxSessionSeconds: 3600,
      permissionsBoundaryArn: "arn:aws-cn:iam::210987654321:policy/boundaries/pipelines",
      managedPolicyArns: [
        "arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess",
        "arn:aws-cn:iam::210987654321:policy/publish",
      ],
      inlinePolicies: [{ name: "objects", policy }],
      roleName: "web-deploy",
    };
    const china = "arn:aws-cn:iam::210987654321:oidc-provider/token.actions.githubusercontent.com";
    const on = (ref: string) => ({
      [`${github}:aud`]: "sts.amazonaws.com.cn",
      [`${github}:sub`]: [`repo:octo/app:ref:${ref}`, `repo:octo@123456/app@456789:ref:${ref}`],
    });
    const child = { parent: "AwsFederatedRole deploy", after: ["Role deploy"] };

    expect(await registeredBy(() => new AwsFederatedRole("deploy", all))).toEqual([
      {
        type: "aws:iam/role:Role",
        name: "deploy",
        parent: "AwsFederatedRole deploy",
        inputs: {
          name: "web-deploy",
          assumeRolePolicy: document(
            statement(on("refs/heads/main"), china),
            statement(on("refs/tags/v1.0.0"), china),
          ),
          maxSessionDuration: 3600,
          permissionsBoundary: "arn:aws-cn:iam::210987654321:policy/boundaries/pipelines",
          tags,
          forceDetachPolicies: true,
        },
      },
      {
        ...child,
        type: "aws:iam/rolePolicy:RolePolicy",
        name: "deploy-objects",
        inputs: { role: "web-deploy", name: "objects", policy },
      },
      {
        ...child,
        type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name: "deploy-publish",
        inputs: { role: "web-deploy", policyArn: "arn:aws-cn:iam::210987654321:policy/publish" },
      },
      {
        ...child,
        type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name: "deploy-ViewOnlyAccess",
        inputs: { role: "web-deploy", policyArn: "arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess" },
      },
      {
        type: "nhi:index:AwsFederatedRole",
        name: "deploy",
        inputs: all,
        outputs: {
          roleArn: "arn:aws-cn:iam::210987654321:role/web-deploy",
          roleName: "web-deploy",
          subjects: [
            "repo:octo/app:ref:refs/heads/main",
            "repo:octo@123456/app@456789:ref:refs/heads/main",
            "repo:octo/app:ref:refs/tags/v1.0.0",
            "repo:octo@123456/app@456789:ref:refs/tags/v1.0.0",
          ],
          expectedTokens: expect.any(Array) as unknown,
        },
      },
    ]);
  });

  it("has its documents, ARN and subjects at preview, when nothing of AWS is known", async () => {
    const [role, inline, component] = await registeredBy(
      () =>
        new AwsFederatedRole("deploy", {
          ...args,
          permissionsBoundaryArn: notYetKnown(),
          inlinePolicies: [{ name: "objects", policy: notYetKnown() }],
        }),
      { preview: true },
    );
    expect(role?.inputs).toMatchObject({
      assumeRolePolicy: document(statement({})),
      permissionsBoundary: unknown,
      tags,
    });
    expect(inline?.inputs).toEqual({ role: unknown, name: "objects", policy: unknown });
    expect(component?.outputs).toEqual({
      roleArn: "arn:aws:iam::123456789012:role/deploy",
      roleName: "deploy",
      subjects: expect.any(Array) as unknown,
      expectedTokens: expect.any(Array) as unknown,
    });
  });
});

describe("who gets in", () => {
  const claims = {
    aud: "sts.amazonaws.com",
    sub: "repo:octo/app:environment:production",
    repository_id: "456789",
    repository_owner_id: "123456",
    actor: "octocat",
  };
  const without = (claim: keyof typeof claims) =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));
  let trust = "";
  beforeAll(async () => {
    const [role] = await registeredBy(
      () =>
        new AwsFederatedRole("deploy", {
          ...args,
          workloads: {
            github: [
              { ...app, environment: "production" },
              { owner: "octo", ownerId: "123456", repository: "web", repositoryId: "456790", branch: "main" },
            ],
          },
        }),
    );
    trust = (role?.inputs as { assumeRolePolicy: string }).assumeRolePolicy;
  });

  it.each<[string, Record<string, string>]>([
    ["the job with a classic subject", claims],
    [
      "the job with an immutable subject",
      { ...claims, sub: "repo:octo@123456/app@456789:environment:production" },
    ],
    ["the other job", { ...claims, sub: "repo:octo/web:ref:refs/heads/main", repository_id: "456790" }],
  ])("%s does", (_, token) => {
    expect(assumesRoleWithToken(trust, provider, token)).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ["another environment", { ...claims, sub: "repo:octo/app:environment:staging" }],
    ["the environment in capitals", { ...claims, sub: "repo:octo/app:environment:PRODUCTION" }],
    ["an environment that begins like it", { ...claims, sub: "repo:octo/app:environment:production2" }],
    ["a branch of that name", { ...claims, sub: "repo:octo/app:ref:refs/heads/production" }],
    ["a pull request", { ...claims, sub: "repo:octo/app:pull_request" }],
    ["a token for another audience", { ...claims, aud: "https://github.com/octo" }],
    ["a new repository under the old name", { ...claims, repository_id: "999999" }],
    ["a new owner under the old name", { ...claims, repository_owner_id: "999999" }],
    ["one workload's subject with the number of the other", { ...claims, repository_id: "456790" }],
    [
      "the other workload's subject with the number of this",
      { ...claims, sub: "repo:octo/web:ref:refs/heads/main" },
    ],
    ["a token without a subject", without("sub")],
    ["a token without an audience", without("aud")],
    ["a token without the repository's number", without("repository_id")],
    ["a token without the owner's number", without("repository_owner_id")],
  ])("%s does not", (_, token) => {
    expect(assumesRoleWithToken(trust, provider, token)).toBe(false);
  });

  it("not the same claims of another issuer", () => {
    const other = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com/octo";
    expect(assumesRoleWithToken(trust, other, claims)).toBe(false);
  });
});

describe("what is refused", () => {
  it.each<[string, Partial<AwsFederatedRoleArgs>, string]>([
    ["no owner", { metadata: { ...metadata, owner: "" } }, 'metadata.owner must say something, got "".'],
    [
      "an owner that is no tag",
      { metadata: { ...metadata, owner: "web & co" } },
      "metadata.owner must have only letters, digits, spaces and _ . : / = + - @ (AWS limits tags to these), " +
        'got "web & co".',
    ],
    [
      "an audience of a pattern",
      { audience: "sts.*" },
      'audience must be one exact value, got "sts.*". Use what the job asks the issuer for.',
    ],
    [
      "no audience",
      { audience: "" },
      'audience must be one exact value, got "". Use what the job asks the issuer for.',
    ],
    [
      "what no role may have",
      { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
      "managedPolicyArns[0] must not be AdministratorAccess. Attach a policy with the actions that the task needs.",
    ],
    [
      "no workloads",
      { workloads: {} },
      "workloads must list at least one workload. Add one to workloads.github or another source's list.",
    ],
    [
      "a wildcard branch",
      { workloads: { github: [{ ...app, branch: "release/*" }] } },
      'workloads.github[0].branch must be exact, got "release/*". List each one as a workload of its own.',
    ],
    [
      "more workloads than a trust policy holds",
      {
        workloads: {
          github: Array.from({ length: 12 }, (_, index) => ({ ...app, branch: `release-${index}` })),
        },
      },
      "workloads must fit into one trust policy of at most 4096 characters (AWS's limit), got 6342. Make a second role.",
    ],
  ])("%s", async (_, change, says) => {
    const message = await refusalOf(() => new AwsFederatedRole("deploy", { ...args, ...change }));
    expect(message).toBe(`AwsFederatedRole "deploy": ${says}`);
  });
});
