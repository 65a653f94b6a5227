import { AwsPermissionsBoundary, NhiKind, type AwsPermissionsBoundaryArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../support/mocks";

const args: AwsPermissionsBoundaryArgs = {
  metadata: {
    owner: "team-web",
    purpose: "pipelines of the website",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  services: ["s3", "cloudfront"],
};

it("allows the services, and denies everything else outright", async () => {
  const [policy, component] = await registeredBy(() => new AwsPermissionsBoundary("pipelines", args));
  expect(policy).toEqual({
    type: "aws:iam/policy:Policy",
    name: "pipelines",
    parent: "AwsPermissionsBoundary pipelines",
    inputs: {
      name: "pipelines",
      description: "Permissions boundary: pipelines of the website",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "Services", Effect: "Allow", Action: ["s3:*", "cloudfront:*"], Resource: "*" },
          {
            Sid: "NoRights",
            Effect: "Deny",
            NotAction: ["s3:*", "cloudfront:*", "sts:GetCallerIdentity"],
            Resource: "*",
          },
        ],
      }),
      tags: {
        "nhi:owner": "team-web",
        "nhi:purpose": "pipelines of the website",
        "nhi:environment": "production",
        "nhi:kind": "pipeline",
        "nhi:review-by": "2027-06-30",
      },
    },
  });
  expect(component?.outputs).toEqual({ policyArn: "arn:aws:iam::123456789012:policy/pipelines" });
});

it("allows regions and named roles where they are given", async () => {
  const roleArn = "arn:aws:iam::123456789012:role/functions/web";
  const [policy] = await registeredBy(
    () =>
      new AwsPermissionsBoundary("pipelines", {
        ...args,
        regions: ["eu-central-1"],
        passRoleArns: [roleArn],
      }),
  );
  const { policy: document } = policy?.inputs as { policy: string };
  expect((JSON.parse(document) as { Statement: unknown[] }).Statement).toEqual([
    {
      Sid: "Services",
      Effect: "Allow",
      Action: ["s3:*", "cloudfront:*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": ["eu-central-1"] } },
    },
    { Sid: "PassRoles", Effect: "Allow", Action: "iam:PassRole", Resource: [roleArn] },
    {
      Sid: "NoRights",
      Effect: "Deny",
      NotAction: ["s3:*", "cloudfront:*", "iam:PassRole", "sts:GetCallerIdentity"],
      Resource: "*",
    },
  ]);
});

it.each<[string, Partial<AwsPermissionsBoundaryArgs>, string]>([
  [
    "no service",
    { services: [] },
    "services must list at least one service. An empty boundary allows nothing.",
  ],
  [
    "any service",
    { services: ["s3", "*"] },
    'services[1] must be a service as IAM writes it in actions, for example "s3", got "*".',
  ],
  [
    "the service that gives out rights",
    { services: ["iam"] },
    'services[0] must not be "iam", which gives out rights and credentials. Make those in a stack of their own.',
  ],
  [
    "any region",
    { regions: ["eu-*"] },
    'regions[0] must be a region, for example "eu-central-1", got "eu-*".',
  ],
  [
    "any role",
    { passRoleArns: ["arn:aws:iam::123456789012:role/*"] },
    'passRoleArns[0] must be the ARN of one role, got "arn:aws:iam::123456789012:role/*". A service acts with all that a role may do.',
  ],
  ["an account's name", { accountId: "prod" }, 'accountId must be 12 digits, got "prod".'],
])("refuses %s", async (_, change, says) => {
  expect(await refusalOf(() => new AwsPermissionsBoundary("pipelines", { ...args, ...change }))).toBe(
    `AwsPermissionsBoundary "pipelines": ${says}`,
  );
});
