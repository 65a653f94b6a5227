import { AwsJitRole, NhiKind, type AwsJitPreset } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";
import { verdictOf } from "../audit-log/authorization";

const region = "eu-central-1";
const account = "210987654321";
const role = (preset: AwsJitPreset) =>
  new AwsJitRole("task", {
    metadata: {
      owner: "team-orders",
      purpose: "one task",
      environment: "production",
      kind: NhiKind.Pipeline,
      reviewBy: "2027-06-30",
    },
    accountId: account,
    brokerRoleArn: "arn:aws:iam::123456789012:role/nhi-broker",
    permissionsBoundaryArn: `arn:aws:iam::${account}:policy/jit-boundary`,
    preset,
  });

async function policyOf(preset: AwsJitPreset): Promise<string> {
  const registered = await registeredBy(() => role(preset));
  const found = registered.find(({ name }) => name === "task-preset");
  return (found?.inputs as { policy: string }).policy;
}

type Ask = [action: string, resource: string, context?: Record<string, string>];
const taskRole = `arn:aws:iam::${account}:role/shop-task`;
const here = { "aws:RequestedRegion": region };
const elsewhere = { "aws:RequestedRegion": "us-east-1" };
const instance = `arn:aws:ec2:${region}:${account}:instance/i-0123456789abcdef0`;
const quarantine = {
  "aws:ResourceTag/app": "shop",
  "aws:RequestTag/quarantine": "true",
  "aws:TagKeys": "quarantine",
};

const presets: [name: string, preset: AwsJitPreset, may: Ask[], mayNot: Ask[]][] = [
  [
    "deploy",
    {
      deploy: {
        region,
        functions: ["shop"],
        services: [{ cluster: "main", service: "shop", taskFamily: "shop", taskRoleArns: [taskRole] }],
      },
    },
    [
      ["lambda:UpdateFunctionCode", `arn:aws:lambda:${region}:${account}:function:shop`],
      ["ecs:UpdateService", `arn:aws:ecs:${region}:${account}:service/main/shop`],
      ["ecs:RegisterTaskDefinition", `arn:aws:ecs:${region}:${account}:task-definition/shop:7`],
      ["ecs:DescribeTaskDefinition", "*", here],
      ["iam:PassRole", taskRole, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
    ],
    [
      ["lambda:UpdateFunctionConfiguration", `arn:aws:lambda:${region}:${account}:function:shop`],
      ["lambda:UpdateFunctionCode", `arn:aws:lambda:${region}:${account}:function:shop2`],
      ["ecs:UpdateService", `arn:aws:ecs:${region}:${account}:service/main/orders`],
      ["ecs:DeleteService", `arn:aws:ecs:${region}:${account}:service/main/shop`],
      ["ecs:DescribeTaskDefinition", "*", elsewhere],
      ["iam:PassRole", taskRole, { "iam:PassedToService": "lambda.amazonaws.com" }],
      ["iam:PassRole", `${taskRole}2`, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
    ],
  ],
  [
    "databaseAdmin",
    { databaseAdmin: { region, resourceId: "db-ABCDEFGHIJKL01234", user: "orders_admin" } },
    [["rds-db:connect", `arn:aws:rds-db:${region}:${account}:dbuser:db-ABCDEFGHIJKL01234/orders_admin`]],
    [
      ["rds-db:connect", `arn:aws:rds-db:${region}:${account}:dbuser:db-ABCDEFGHIJKL01234/postgres`],
      ["rds-db:connect", `arn:aws:rds-db:${region}:${account}:dbuser:db-ABCDEFGHIJKL99999/orders_admin`],
      ["rds:DeleteDBInstance", `arn:aws:rds:${region}:${account}:db:orders`],
    ],
  ],
  [
    "clusterOperations",
    { clusterOperations: { region, cluster: "shop" } },
    [
      ["eks:DescribeCluster", `arn:aws:eks:${region}:${account}:cluster/shop`],
      ["eks:AccessKubernetesApi", `arn:aws:eks:${region}:${account}:cluster/shop`],
    ],
    [
      ["eks:DescribeCluster", `arn:aws:eks:${region}:${account}:cluster/shop2`],
      ["eks:CreateAccessEntry", `arn:aws:eks:${region}:${account}:cluster/shop`],
    ],
  ],
  [
    "secretsRetrieval",
    { secretsRetrieval: { secrets: [{ region, name: "shop/partner" }] } },
    [
      [
        "secretsmanager:GetSecretValue",
        `arn:aws:secretsmanager:${region}:${account}:secret:shop/partner-a1b2c3`,
      ],
    ],
    [
      [
        "secretsmanager:GetSecretValue",
        `arn:aws:secretsmanager:${region}:${account}:secret:shop/partner2-a1b2c3`,
      ],
      [
        "secretsmanager:PutSecretValue",
        `arn:aws:secretsmanager:${region}:${account}:secret:shop/partner-a1b2c3`,
      ],
    ],
  ],
  [
    "incidentResponse",
    { incidentResponse: { region, logGroups: ["/aws/lambda/shop"], quarantinedApp: "shop" } },
    [
      ["logs:FilterLogEvents", `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/shop:*`],
      ["logs:GetLogEvents", `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/shop:log-stream:1`],
      ["cloudtrail:LookupEvents", "*", here],
      ["ec2:CreateTags", instance, quarantine],
    ],
    [
      ["logs:FilterLogEvents", `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/shop2:*`],
      ["logs:DeleteLogGroup", `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/shop`],
      ["cloudtrail:LookupEvents", "*", elsewhere],
      ["cloudtrail:StopLogging", "*", here],
      ["ec2:CreateTags", instance, { ...quarantine, "aws:ResourceTag/app": "orders" }],
      ["ec2:CreateTags", instance, { ...quarantine, "aws:RequestTag/quarantine": "false" }],
      ["ec2:CreateTags", instance, { ...quarantine, "aws:TagKeys": "quarantine,app" }],
      ["ec2:TerminateInstances", instance, quarantine],
    ],
  ],
  [
    "buildAgent",
    { buildAgent: { region, repository: "shop/web", bucket: "shop-artefacts", prefix: "web/" } },
    [
      ["ecr:PutImage", `arn:aws:ecr:${region}:${account}:repository/shop/web`],
      ["ecr:GetAuthorizationToken", "*"],
      ["s3:GetObject", "arn:aws:s3:::shop-artefacts/web/app.tar"],
    ],
    [
      ["ecr:PutImage", `arn:aws:ecr:${region}:${account}:repository/shop/web2`],
      ["ecr:DeleteRepository", `arn:aws:ecr:${region}:${account}:repository/shop/web`],
      ["s3:GetObject", "arn:aws:s3:::shop-artefacts/orders/app.tar"],
      ["s3:PutObject", "arn:aws:s3:::shop-artefacts/web/app.tar"],
    ],
  ],
];

describe.each(presets)("%s", (_, preset, may, mayNot) => {
  const decide = (policy: string, [action, resource, context = {}]: Ask) =>
    verdictOf(policy, { principal: "", action, resource, context });

  it("allows its task", async () => {
    const policy = await policyOf(preset);
    for (const ask of may) expect([...ask, decide(policy, ask)]).toEqual([...ask, "allow"]);
  });

  it("allows nothing beside it", async () => {
    const policy = await policyOf(preset);
    for (const ask of mayNot) expect([...ask, decide(policy, ask)]).toEqual([...ask, "nothing"]);
  });
});

describe("what is refused", () => {
  const database = { region, resourceId: "db-ABCDEFGHIJKL01234", user: "orders_admin" };
  const cluster = { region, cluster: "shop" };
  const service = { cluster: "main", service: "shop", taskFamily: "shop", taskRoleArns: [taskRole] };

  it.each<[AwsJitPreset, string]>([
    [
      {},
      "preset must have exactly one of deploy, databaseAdmin, clusterOperations, secretsRetrieval, incidentResponse, " +
        "buildAgent, got none. A role is for one task.",
    ],
    [
      { databaseAdmin: database, clusterOperations: cluster },
      "preset must have exactly one of deploy, databaseAdmin, clusterOperations, secretsRetrieval, incidentResponse, " +
        "buildAgent, got databaseAdmin, clusterOperations. A role is for one task.",
    ],
    [
      { clusterOperations: { ...cluster, region: "*" } },
      'preset.clusterOperations.region must be a region, for example "eu-central-1", got "*".',
    ],
    [
      { clusterOperations: { ...cluster, cluster: "*" } },
      'preset.clusterOperations.cluster must be the whole name of a cluster, got "*".',
    ],
    [{ deploy: { region } }, "preset.deploy must name at least one of functions and services."],
    [
      { deploy: { region, functions: ["*"] } },
      'preset.deploy: functions[0].function must be the whole name of a function, got "*".',
    ],
    [
      { deploy: { region, services: [{ ...service, service: "shop*" }] } },
      'preset.deploy.services[0].service must be a whole name of ECS, got "shop*".',
    ],
    [
      { deploy: { region, services: [{ ...service, taskRoleArns: ["arn:aws:iam::123456789012:role/x"] }] } },
      "preset.deploy.services[0].taskRoleArns[0] must be the ARN of one role of the account 210987654321, " +
        'got "arn:aws:iam::123456789012:role/x".',
    ],
    [
      { databaseAdmin: { ...database, resourceId: "orders" } },
      'preset.databaseAdmin.resourceId must be a database\'s resource id, for example "db-ABCDEFGHIJKL01234", got "orders".',
    ],
    [
      { databaseAdmin: { ...database, user: "*" } },
      'preset.databaseAdmin.user must be the whole name of a database\'s user, got "*".',
    ],
    [{ secretsRetrieval: { secrets: [] } }, "preset.secretsRetrieval.secrets must name at least one secret."],
    [
      { secretsRetrieval: { secrets: [{ region, name: "shop/*" }] } },
      'preset.secretsRetrieval: secrets[0].name must be the whole name of a secret, got "shop/*".',
    ],
    [
      { incidentResponse: { region, logGroups: [] } },
      "preset.incidentResponse.logGroups must name at least one log group.",
    ],
    [
      { incidentResponse: { region, logGroups: ["*"] } },
      'preset.incidentResponse.logGroups[0] must be the whole name of a log group, got "*".',
    ],
    [
      { incidentResponse: { region, logGroups: ["/app"], quarantinedApp: "*" } },
      'preset.incidentResponse.quarantinedApp must be the whole value of the tag app, got "*".',
    ],
    [
      { buildAgent: { region, repository: "shop", prefix: "web/" } },
      "preset.buildAgent.prefix must be left out without preset.buildAgent.bucket.",
    ],
    [
      { buildAgent: { region, repository: "shop*" } },
      'preset.buildAgent: repositories[0].repository must be the whole name of a repository, in lower case, got "shop*".',
    ],
  ])("%j", async (preset, says) => {
    expect(await refusalOf(() => role(preset))).toBe(`AwsJitRole "task": ${says}`);
  });
});
