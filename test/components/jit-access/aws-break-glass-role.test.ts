import { AwsBreakGlassRole, NhiKind, type AwsBreakGlassRoleArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";
import { verdictOf } from "../audit-log/authorization";
import { assumesRole, keyModels, type AssumeRole } from "../sts";

const ann = "arn:aws:iam::123456789012:user/people/ann";
const onCall = "arn:aws:iam::210987654321:role/on-call";
const frankfurt = "arn:aws:sns:eu-central-1:123456789012:pager";
const dublin = "arn:aws:sns:eu-west-1:123456789012:pager";
const args: AwsBreakGlassRoleArgs = {
  metadata: {
    owner: "team-sre",
    purpose: "the way in when all others are closed",
    environment: "production",
    kind: NhiKind.BreakGlass,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  people: [ann, onCall],
  brokerRoleArns: ["arn:aws:iam::123456789012:role/nhi-broker"],
  topicArns: [frankfurt, dublin],
  managedPolicyArns: ["arn:aws:iam::123456789012:policy/emergency"],
};
const tags = {
  "nhi:owner": "team-sre",
  "nhi:purpose": "the way in when all others are closed",
  "nhi:environment": "production",
  "nhi:kind": "break-glass",
  "nhi:review-by": "2027-06-30",
};
const parent = "AwsBreakGlassRole glass";
const trust = (action: string, Condition: object) => ({
  Effect: "Allow",
  Principal: { AWS: [ann, onCall] },
  Action: action,
  Condition,
});
const reason = { "aws:RequestTag/nhi:reason": "?*" };
const source = { "sts:SourceIdentity": "?*" };
const opened = "A role for emergencies was assumed, or somebody tried.";
const told = "<role> by <who> (<source>) from <from>, <time>, event <id>.";
const inputPaths = {
  id: "$.detail.eventID",
  time: "$.detail.eventTime",
  who: "$.detail.userIdentity.arn",
  from: "$.detail.sourceIPAddress",
  role: "$.detail.requestParameters.roleArn",
  source: "$.detail.requestParameters.sourceIdentity",
};

const watching = (region: string, topic: string) => [
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    name: `glass-opened-${region}`,
    parent,
    inputs: {
      name: "glass-opened",
      description: opened,
      eventPattern: JSON.stringify({
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
          eventSource: ["sts.amazonaws.com"],
          eventName: ["AssumeRole"],
          requestParameters: { roleArn: ["arn:aws:iam::123456789012:role/glass"] },
        },
      }),
      tags,
      region,
    },
  },
  {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    name: `glass-opened-${region}-pager`,
    parent,
    after: [`EventRule glass-opened-${region}`],
    inputs: {
      rule: "glass-opened",
      targetId: "pager",
      arn: topic,
      inputTransformer: { inputPaths, inputTemplate: JSON.stringify(`${opened} ${told}`) },
      region,
    },
  },
  {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    name: `glass-opened-${region}-review`,
    parent,
    after: [`EventRule glass-opened-${region}`, "Role glass-review"],
    inputs: {
      rule: "glass-opened",
      targetId: "review",
      arn: `arn:aws:ssm:${region}:123456789012:opsitem`,
      roleArn: "arn:made-up:aws:iam/role:Role:glass-review",
      inputTransformer: {
        inputPaths,
        inputTemplate: JSON.stringify({
          title: "Review who broke the glass",
          description: `${opened} ${told} Find out why, read what the session did, and close this item once that is reviewed.`,
          category: "Security",
          severity: "1",
          source: "nhi",
        }),
      },
      region,
    },
  },
];

it("is the role, and in each region who is paged and the item that waits for a review", async () => {
  const registered = await registeredBy(() => new AwsBreakGlassRole("glass", args));
  const expected = [
    ...watching("eu-central-1", frankfurt),
    ...watching("eu-west-1", dublin),
    {
      type: "aws:iam/role:Role",
      name: "glass",
      parent,
      inputs: {
        name: "glass",
        maxSessionDuration: 3600,
        forceDetachPolicies: true,
        tags,
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            trust("sts:AssumeRole", {
              Bool: { "aws:MultiFactorAuthPresent": "true" },
              NumericLessThan: { "aws:MultiFactorAuthAge": "900" },
              StringEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] },
              StringLike: { ...reason, ...source },
            }),
            trust("sts:TagSession", { StringLike: reason }),
            trust("sts:SetSourceIdentity", { StringLike: source }),
          ],
        }),
      },
    },
    {
      type: "aws:iam/role:Role",
      name: "glass-review",
      parent,
      inputs: {
        name: "glass-review",
        maxSessionDuration: 3600,
        tags: { ...tags, "nhi:kind": "service" },
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sts:AssumeRole",
              Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
            },
          ],
        }),
      },
    },
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: "glass-review",
      parent,
      after: ["Role glass-review"],
      inputs: {
        role: "glass-review",
        name: "review",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "ssm:CreateOpsItem",
              Resource: [
                "arn:aws:ssm:eu-central-1:123456789012:opsitem/*",
                "arn:aws:ssm:eu-west-1:123456789012:opsitem/*",
              ],
            },
          ],
        }),
      },
    },
    {
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      name: "glass-emergency",
      parent,
      after: ["Role glass"],
      inputs: { role: "glass", policyArn: "arn:aws:iam::123456789012:policy/emergency" },
    },
    {
      type: "nhi:index:AwsBreakGlassRole",
      name: "glass",
      inputs: args,
      outputs: { roleArn: "arn:aws:iam::123456789012:role/glass", roleName: "glass" },
    },
  ];
  const order = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
  expect(registered).toEqual(expected.sort((a, b) => order(a).localeCompare(order(b))));
});

describe.each(Object.entries(keyModels))("who gets in, when STS knows %s keys", (_, knows) => {
  let policy = "";
  beforeAll(async () => {
    const registered = await registeredBy(() => new AwsBreakGlassRole("glass", args));
    const role = registered.find(({ type, name }) => type === "aws:iam/role:Role" && name === "glass");
    policy = (role?.inputs as { assumeRolePolicy: string }).assumeRolePolicy;
  });
  const emergency: AssumeRole = {
    caller: ann,
    tags: { "nhi:reason": "the broker is down" },
    sourceIdentity: "ann",
    mfaAge: 60,
    region: "eu-central-1",
  };

  it.each<[string, AssumeRole]>([
    ["a person with a fresh second factor and a reason", emergency],
    ["another one, in the second region", { ...emergency, caller: onCall, region: "eu-west-1" }],
  ])("%s does", (__, request) => {
    expect(assumesRole(policy, request, knows)).toBe(true);
  });

  const { mfaAge, sourceIdentity, tags: given, ...bare } = emergency;
  it.each<[string, AssumeRole]>([
    ["nobody without a second factor", { ...bare, sourceIdentity, tags: given } as AssumeRole],
    ["nobody whose second factor is old", { ...emergency, mfaAge: 900 }],
    ["nobody without a reason", { ...bare, mfaAge, sourceIdentity } as AssumeRole],
    ["nobody with an empty reason", { ...emergency, tags: { "nhi:reason": "" } }],
    ["nobody without a source identity", { ...bare, mfaAge, tags: given } as AssumeRole],
    ["nobody where no page goes out", { ...emergency, region: "us-east-1" }],
    ["nobody else", { ...emergency, caller: "arn:aws:iam::123456789012:user/ann" }],
    ["no broker", { ...emergency, caller: "arn:aws:iam::123456789012:role/nhi-broker" }],
    ["no whole account", { ...emergency, caller: "arn:aws:iam::123456789012:root" }],
  ])("%s", (__, request) => {
    expect(assumesRole(policy, request, knows)).toBe(false);
  });
});

it("lets EventBridge make items, and read or change none", async () => {
  const registered = await registeredBy(() => new AwsBreakGlassRole("glass", args));
  const found = registered.find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
  const { policy } = found?.inputs as { policy: string };
  const decide = (action: string, resource: string) => verdictOf(policy, { principal: "", action, resource });
  const item = "arn:aws:ssm:eu-central-1:123456789012:opsitem/oi-1";
  expect(decide("ssm:CreateOpsItem", item)).toBe("allow");
  expect(decide("ssm:UpdateOpsItem", item)).toBe("nothing");
  expect(decide("ssm:CreateOpsItem", item.replace("eu-central-1", "us-east-1"))).toBe("nothing");
});

it.each<[Partial<AwsBreakGlassRoleArgs>, string]>([
  [
    { metadata: { ...args.metadata, kind: NhiKind.Pipeline } },
    'metadata.kind must be break-glass, got "pipeline". What is used on other days takes a component of its own.',
  ],
  [
    { maxSessionSeconds: 7200 },
    "maxSessionSeconds must be 3600 seconds, got 7200. AWS accepts no shorter maximum, and a longer session outlives its " +
      "task: split the job.",
  ],
  [{ people: [] }, "people must name at least one user or role."],
  ...["*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/*"].map(
    (arn): [Partial<AwsBreakGlassRoleArgs>, string] => [
      { people: [arn] },
      `people[0] must be the ARN of one user or role (arn:aws:iam::ACCOUNT:user/NAME), got "${arn}".`,
    ],
  ),
  [{ people: [ann, ann] }, `people[1] must be named once, got "${ann}" again.`],
  [
    { people: ["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1"] },
    'people[0] must not be a role of IAM Identity Center, got "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops…". ' +
      "AWS is not told of its second factor, so that nobody could open the role.",
  ],
  [
    { people: [ann, "arn:aws:iam::123456789012:role/nhi-broker"] },
    'people[1] must not be a broker, got "arn:aws:iam::123456789012:role/nhi-broker". This way is for the day when the ' +
      "broker is out of order.",
  ],
  [
    { mfaSeconds: 7200 },
    "mfaSeconds must be a whole number from 60 to 3600 seconds, got 7200. An older second factor says little of who is " +
      "there now.",
  ],
  [{ topicArns: [] }, "topicArns must name at least one topic. Somebody must be paged at once."],
  [{ topicArns: ["pager"] }, 'topicArns[0] must be the ARN of an SNS topic, got "pager".'],
  [{ topicArns: [frankfurt, frankfurt] }, `topicArns[1] must be named once, got "${frankfurt}" again.`],
  [
    { topicArns: ["arn:aws:sns:mars:123456789012:pager"] },
    'the region of topicArns[0] must be a region, for example "eu-central-1", got "mars".',
  ],
])("refuses %j", async (change, says) => {
  expect(await refusalOf(() => new AwsBreakGlassRole("glass", { ...args, ...change }))).toBe(
    `AwsBreakGlassRole "glass": ${says}`,
  );
});

it("refuses a name that a rule can't have", async () => {
  const name = "g".repeat(58);
  expect(await refusalOf(() => new AwsBreakGlassRole(name, args))).toBe(
    `AwsBreakGlassRole "${name}": the name must be 1 to 57 letters, digits or . _ -: it becomes part of the rules' names.`,
  );
});
