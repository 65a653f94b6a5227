import {
  NhiKind,
  StaticCredentialException,
  type AwsKeyException,
  type StaticCredentialExceptionArgs,
  type VaultSecretException,
} from "pulumi-nhi";
import * as pulumi from "@pulumi/pulumi";
import { exceptionMarks } from "../../../components/static-exception/record";
import { marks } from "../../../policy-packs/nhi/marks";
import { refusalOf, registeredBy, secret } from "../../support/mocks";

const metadata = {
  owner: "finance",
  purpose: "fetches invoices",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};
const record = {
  metadata,
  reason: "the ERP takes nothing but a key",
  compensatingControl: "its network has two administrators",
  approvedBy: "security",
  approvedOn: "2027-01-04",
  expires: "2027-03-31",
};
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const topicArn = "arn:aws:sns:eu-central-1:123456789012:alerts";
const key: AwsKeyException = {
  accountId: "123456789012",
  grants: { buckets: [{ bucket: "invoices", prefix: "out/", access: "read" }] },
  permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/exceptions",
  sourceCidrs: ["203.0.113.16/28"],
  sourceVpceIds: ["vpce-0123456789abcdef0"],
  readers: [role("operator")],
  administrators: [role("deploy")],
  alarmTopicArns: [topicArn],
};
const inAws: StaticCredentialExceptionArgs = { ...record, awsAccessKey: key };
const kv: VaultSecretException = {
  consumer: "erp",
  entityIds: ["e-1"],
  data: { apiKey: "of-a-vendor" },
};
const existing = [
  { resource: "github:index/actionsSecret:ActionsSecret::erp", rule: "no-static-keys", property: "it" },
];

const tags = {
  "nhi:owner": "finance",
  "nhi:purpose": "fetches invoices",
  "nhi:environment": "production",
  "nhi:kind": "service",
  "nhi:review-by": "2027-06-30",
  "nhi:exception-owner": "finance",
  "nhi:exception-reason": "the ERP takes nothing but a key",
  "nhi:exception-control": "its network has two administrators",
  "nhi:exception-approver": "security",
  "nhi:exception-expires": "2027-03-31",
};
const parent = "StaticCredentialException erp";
const end = "2027-04-01T00:00:00Z";
const until = { DateLessThan: { "aws:CurrentTime": end } };
const keyPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: ["arn:aws:s3:::invoices"],
      Condition: { StringLike: { "s3:prefix": ["out/*"] }, ...until },
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::invoices/out/*"],
      Condition: until,
    },
    {
      Sid: "NotFromElsewhere",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        NotIpAddress: { "aws:SourceIp": ["203.0.113.16/28"] },
        StringNotEquals: { "aws:SourceVpce": ["vpce-0123456789abcdef0"] },
        Bool: { "aws:ViaAWSService": "false" },
      },
    },
    {
      Sid: "EndsByItself",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { DateGreaterThanEquals: { "aws:CurrentTime": end } },
    },
  ],
};
const secretPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Readers",
      Effect: "Allow",
      Principal: { AWS: [role("operator")] },
      Action: "secretsmanager:GetSecretValue",
      Resource: "*",
    },
    {
      Sid: "NobodyElseReads",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
      Resource: "*",
      Condition: { ArnNotEquals: { "aws:PrincipalArn": [role("operator"), role("deploy")] } },
    },
    {
      Sid: "NobodyElseChanges",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: [
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue",
        "secretsmanager:ReplicateSecretToRegions",
        "secretsmanager:UpdateSecret",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: "*",
      Condition: { ArnNotEquals: { "aws:PrincipalArn": [role("deploy")] } },
    },
  ],
};
const userIdentity = { arn: ["arn:aws:iam::123456789012:user/erp"] };
const alarms = [
  {
    name: "used-elsewhere",
    says: "The excepted access key was used from another network or after its end, and was refused.",
    detail: {
      userIdentity,
      errorCode: [{ prefix: "AccessDenied" }, { suffix: "UnauthorizedOperation" }],
      errorMessage: [{ wildcard: "*with an explicit deny*" }],
    },
  },
  { name: "used", says: "The excepted access key was used.", detail: { userIdentity } },
];

describe("what is registered", () => {
  it("is a key behind all that holds it, and a secret with the key", async () => {
    const registered = await registeredBy(() => new StaticCredentialException("erp", inAws));
    expect(registered).toEqual([
      ...alarms.map(({ name, says, detail }) => ({
        parent,
        type: "aws:cloudwatch/eventRule:EventRule",
        name: `erp-${name}-eu-central-1`,
        inputs: {
          name: `erp-${name}`,
          description: says,
          eventPattern: JSON.stringify({ "detail-type": ["AWS API Call via CloudTrail"], detail }),
          state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
          region: "eu-central-1",
        },
      })),
      ...alarms.map(({ name, says }) => ({
        parent,
        type: "aws:cloudwatch/eventTarget:EventTarget",
        name: `erp-${name}-eu-central-1`,
        inputs: {
          rule: `erp-${name}`,
          targetId: "topic",
          arn: topicArn,
          region: "eu-central-1",
          inputTransformer: {
            inputPaths: {
              call: "$.detail.eventName",
              from: "$.detail.sourceIPAddress",
              time: "$.detail.eventTime",
              who: "$.detail.userIdentity.arn",
            },
            inputTemplate: `"${says} <call> by <who> from <from>, eu-central-1, <time>."`,
          },
        },
        after: [`EventRule erp-${name}-eu-central-1`],
      })),
      {
        parent,
        type: "aws:iam/accessKey:AccessKey",
        name: "erp",
        inputs: { user: "erp" },
        after: [
          "EventTarget erp-used-elsewhere-eu-central-1",
          "EventTarget erp-used-eu-central-1",
          "SecretPolicy erp",
          "User erp",
          "UserPolicy erp",
        ],
        additionalSecretOutputs: ["secret", "sesSmtpPasswordV4"],
      },
      {
        parent,
        type: "aws:iam/user:User",
        name: "erp",
        inputs: { name: "erp", permissionsBoundary: key.permissionsBoundaryArn, tags },
      },
      {
        parent,
        type: "aws:iam/userPolicy:UserPolicy",
        name: "erp",
        inputs: { user: "erp", name: "exception", policy: JSON.stringify(keyPolicy) },
        after: ["User erp"],
      },
      {
        parent,
        type: "aws:secretsmanager/secret:Secret",
        name: "erp",
        inputs: {
          name: "erp",
          description: "Static access key, excepted until 2027-03-31: the ERP takes nothing but a key",
          recoveryWindowInDays: 7,
          tags,
        },
      },
      {
        parent,
        type: "aws:secretsmanager/secretPolicy:SecretPolicy",
        name: "erp",
        inputs: {
          secretArn: "arn:made-up:aws:secretsmanager/secret:Secret:erp",
          policy: JSON.stringify(secretPolicy),
          blockPublicPolicy: true,
        },
        after: ["Secret erp"],
      },
      {
        parent,
        type: "aws:secretsmanager/secretVersion:SecretVersion",
        name: "erp",
        inputs: {
          secretId: "arn:made-up:aws:secretsmanager/secret:Secret:erp",
          secretString: secret(JSON.stringify({ accessKeyId: "aws:iam/accessKey:AccessKey erp" })),
        },
        after: ["AccessKey erp", "Secret erp"],
        additionalSecretOutputs: ["secretBinary", "secretString", "secretStringWo"],
      },
      {
        type: "nhi:index:StaticCredentialException",
        name: "erp",
        inputs: inAws,
        outputs: { secretArn: "arn:made-up:aws:secretsmanager/secret:Secret:erp" },
      },
    ]);
  });

  it("has one alarm for each region of a topic", async () => {
    const alarmTopicArns = [topicArn, "arn:aws:sns:us-east-1:123456789012:alerts"];
    const registered = await registeredBy(
      () => new StaticCredentialException("erp", { ...record, awsAccessKey: { ...key, alarmTopicArns } }),
    );
    const targets = registered.filter(({ type }) => type.endsWith(":EventTarget"));
    const told = ["eu-central-1", "us-east-1"].flatMap((region) =>
      alarms.map(({ name }) => `erp-${name} ${region} arn:aws:sns:${region}:123456789012:alerts`),
    );
    const places = targets.map(({ inputs }) => inputs as { rule: string; region: string; arn: string });
    expect(places.map(({ rule, region, arn }) => `${rule} ${region} ${arn}`).sort()).toEqual(told.sort());
  });

  it("is in Vault a mount, a secret that ends, and one reader; the component's own state has no value", async () => {
    const line =
      "fetches invoices (owner finance, environment production, kind service, review by 2027-06-30)";
    const inVault = Object.fromEntries(
      Object.entries(tags).map(([name, value]) => [name.replace(":", "-"), value]),
    );
    const registered = await registeredBy(
      () => new StaticCredentialException("erp", { ...record, vaultSecret: kv }),
    );
    expect(registered).toEqual([
      {
        type: "nhi:index:StaticCredentialException",
        name: "erp",
        inputs: { ...record, vaultSecret: { consumer: "erp", mountPath: "erp" } },
        outputs: { secretPath: "erp/data/erp", policyName: "nhi.erp.erp" },
      },
      {
        parent,
        type: "vault:identity/group:Group",
        name: "erp",
        inputs: {
          name: "nhi.erp.erp",
          type: "internal",
          policies: ["nhi.erp.erp"],
          memberEntityIds: ["e-1"],
          metadata: Object.fromEntries(
            Object.entries(inVault).filter(([name]) => !name.startsWith("nhi-exception")),
          ),
        },
        after: ["Policy erp"],
      },
      {
        parent,
        type: "vault:index/mount:Mount",
        name: "erp",
        inputs: { path: "erp", type: "kv", options: { version: "2" }, description: line },
      },
      {
        parent,
        type: "vault:index/policy:Policy",
        name: "erp",
        inputs: {
          name: "nhi.erp.erp",
          policy: `# ${line}\npath "erp/data/erp" {\n  capabilities = ["read"]\n}\n`,
        },
      },
      {
        parent,
        type: "vault:kv/secretV2:SecretV2",
        name: "erp",
        inputs: {
          mount: "erp",
          name: "erp",
          dataJson: secret('{"apiKey":"of-a-vendor"}'),
          deleteAllVersions: true,
          customMetadata: {
            maxVersions: 1,
            // From the morning of the 4th of January to the evening of the 31st of March.
            deleteVersionAfter: 87 * 86_400,
            data: inVault,
          },
        },
        after: ["Mount erp"],
        deletedWith: "Mount erp",
        additionalSecretOutputs: ["data", "dataJson", "dataJsonWo"],
      },
    ]);
  });

  it("is the record alone for a credential from elsewhere", async () => {
    const args = { ...record, existing };
    expect(await registeredBy(() => new StaticCredentialException("erp", args))).toEqual([
      { type: "nhi:index:StaticCredentialException", name: "erp", inputs: args, outputs: {} },
    ]);
  });
});

it("writes the marks that the policy pack reads", () => {
  for (const prefix of ["nhi:", "nhi-"] as const)
    expect(Object.keys(exceptionMarks(record, prefix))).toEqual(
      marks.exception.map((name) => `${prefix}${name}`),
    );
});

describe("what is refused", () => {
  const aws = (change: Partial<AwsKeyException>) => ({ ...record, awsAccessKey: { ...key, ...change } });
  const vault = (change: Partial<VaultSecretException>) => ({ ...record, vaultSecret: { ...kv, ...change } });
  const known = (change: Partial<(typeof existing)[number]>) => ({
    ...record,
    existing: existing.map((finding) => ({ ...finding, ...change })),
  });

  it.each<[string, StaticCredentialExceptionArgs, string]>([
    [
      "no credential",
      record,
      "awsAccessKey, vaultSecret or existing must be given, and one of them only, got none. An exception is for one credential.",
    ],
    [
      "two credentials",
      { ...inAws, vaultSecret: kv },
      "awsAccessKey, vaultSecret or existing must be given, and one of them only, got awsAccessKey and vaultSecret. An exception is for one credential.",
    ],
    [
      "no owner",
      { ...inAws, metadata: { ...metadata, owner: "" } },
      'metadata.owner must say something, got "".',
    ],
    ["no reason", { ...inAws, reason: " " }, 'reason must say something, got " ".'],
    [
      "no control beside it",
      { ...inAws, compensatingControl: "" },
      'compensatingControl must say something, got "".',
    ],
    ["no approver", { ...inAws, approvedBy: "" }, 'approvedBy must say something, got "".'],
    [
      "an owner who approves",
      { ...inAws, approvedBy: "Finance" },
      'approvedBy must be somebody else than metadata.owner, got "Finance" for both. Nobody approves an exception of their own.',
    ],
    [
      "a day of approval that is none",
      { ...inAws, approvedOn: "2027-02-30" },
      'approvedOn must be a day as YYYY-MM-DD, for example "2027-06-30", got "2027-02-30".',
    ],
    [
      "no end",
      { ...inAws, expires: "never" },
      'expires must be a day as YYYY-MM-DD, for example "2027-06-30", got "never".',
    ],
    [
      "an end before its beginning",
      { ...inAws, expires: "2027-01-03" },
      'expires must not be before approvedOn "2027-01-04", got "2027-01-03". Have the exception approved anew.',
    ],
    [
      "91 days",
      { ...inAws, expires: "2027-04-05" },
      'expires must be at most 90 days after approvedOn "2027-01-04", got "2027-04-05", which is 91. Name an earlier day, and have it approved anew then.',
    ],
    [
      "a reason that is no tag of AWS",
      { ...inAws, reason: "it can't" },
      `reason must have only letters, digits, spaces and _ . : / = + - @ (AWS limits tags to these), got "it can't".`,
    ],
    [
      "an account's name",
      aws({ accountId: "prod" }),
      'awsAccessKey.accountId must be 12 digits, got "prod".',
    ],
    [
      "no grant",
      aws({ grants: { buckets: [] } }),
      "awsAccessKey.grants must have at least one grant. A key that may do nothing is not needed.",
    ],
    [
      "a grant of every bucket",
      aws({ grants: { buckets: [{ bucket: "*", access: "read" }] } }),
      'grants.buckets[0].bucket must be the whole name of a bucket, got "*".',
    ],
    [
      "a boundary that is none",
      aws({ permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
      'awsAccessKey.permissionsBoundaryArn must be the ARN of a policy of the account, got "arn:aws:iam::aws:policy/AdministratorAccess". Make one with AwsPermissionsBoundary.',
    ],
    [
      "use from anywhere",
      aws({ sourceCidrs: [], sourceVpceIds: undefined }),
      "awsAccessKey.sourceCidrs or awsAccessKey.sourceVpceIds must say where the key is used from. One that works from anywhere is no exception.",
    ],
    [
      "an address without a length",
      aws({ sourceCidrs: ["203.0.113.4"] }),
      'awsAccessKey.sourceCidrs[0] must be a network, for example "203.0.113.0/28", got "203.0.113.4".',
    ],
    [
      "a network that is none",
      aws({ sourceCidrs: ["203.0.113.0/33"] }),
      'awsAccessKey.sourceCidrs[0] must be a network, for example "203.0.113.0/28", got "203.0.113.0/33".',
    ],
    [
      "half of the internet",
      aws({ sourceCidrs: ["203.0.113.16/28", "128.0.0.0/1"] }),
      'awsAccessKey.sourceCidrs[1] must be at most a /16, got "128.0.0.0/1". Name the networks that the consumer runs in.',
    ],
    [
      "a large network of IPv6",
      aws({ sourceCidrs: ["2000::/3"] }),
      'awsAccessKey.sourceCidrs[0] must be at most a /32, got "2000::/3". Name the networks that the consumer runs in.',
    ],
    [
      "an endpoint that is a pattern",
      aws({ sourceVpceIds: ["vpce-*"] }),
      `awsAccessKey.sourceVpceIds[0] must be a VPC endpoint's id, for example "vpce-0123456789abcdef0", got "vpce-*".`,
    ],
    ["no reader", aws({ readers: [] }), "awsAccessKey.readers must have at least one role's ARN."],
    [
      "an account as reader",
      aws({ readers: ["arn:aws:iam::123456789012:root"] }),
      'awsAccessKey.readers[0] must be the ARN of one role, got "arn:aws:iam::123456789012:root". An account, a user or a pattern lets in more.',
    ],
    [
      "no administrator",
      aws({ administrators: [] }),
      "awsAccessKey.administrators must have at least one role's ARN.",
    ],
    [
      "nobody who hears of it",
      aws({ alarmTopicArns: [] }),
      "awsAccessKey.alarmTopicArns must have at least one topic. Somebody has to hear of each use.",
    ],
    [
      "a queue as topic",
      aws({ alarmTopicArns: ["arn:aws:sqs:eu-central-1:123456789012:alerts"] }),
      'awsAccessKey.alarmTopicArns[0] must be the ARN of an SNS topic, got "arn:aws:sqs:eu-central-1:123456789012:alerts".',
    ],
    [
      "two topics of one region",
      aws({ alarmTopicArns: [topicArn, `${topicArn}-2`] }),
      `awsAccessKey.alarmTopicArns[1] must be the only topic of its region, got "${topicArn}-2" in eu-central-1 again.`,
    ],
    [
      "more than a user's policy takes",
      aws({
        grants: {
          buckets: Array.from({ length: 12 }, (_, n) => ({
            bucket: `invoices-${n}`,
            access: "read" as const,
          })),
        },
      }),
      "awsAccessKey.grants must fit into 2048 characters as a user's policy (AWS's limit), got 4208. Grant less, or make two exceptions.",
    ],
    [
      "a consumer that is a pattern",
      vault({ consumer: "+" }),
      'vaultSecret.consumer must be lower-case letters, digits, _ or -, got "+".',
    ],
    [
      "a mount that is a pattern",
      vault({ mountPath: "kv/*" }),
      'vaultSecret.mountPath must be lower-case letters, digits, _ or -, with / between parts, got "kv/*".',
    ],
    [
      "no finding",
      { ...record, existing: [] },
      "existing must name at least one finding. An exception of nothing is not needed.",
    ],
    [
      "a pattern of resources",
      known({ resource: "github:index/actionsSecret:ActionsSecret::*" }),
      'existing[0].resource must be a type and a name with :: between them, for example "aws:iam/accessKey:AccessKey::erp", got "github:index/actionsSecret:ActionsSecret::*".',
    ],
    [
      "every rule",
      known({ rule: "*" }),
      'existing[0].rule must be the id of a rule, for example "no-static-keys", got "*".',
    ],
    [
      "no property",
      known({ property: "" }),
      'existing[0].property must be the property that the finding names, got "".',
    ],
  ])("is %s", async (_, args, message) => {
    expect(await refusalOf(() => new StaticCredentialException("erp", args))).toBe(
      `StaticCredentialException "erp": ${message}`,
    );
  });

  it("is a name that no user can have", async () => {
    expect(await refusalOf(() => new StaticCredentialException("erp key", inAws))).toBe(
      'StaticCredentialException "erp key": the name must be 1 to 64 letters, digits or _ + = , . @ - (AWS limits user names to these), got "erp key".',
    );
  });
});

it("takes 90 days, and a boundary that is not known yet", async () => {
  const permissionsBoundaryArn = pulumi.output(Promise.resolve("arn:aws:iam::123456789012:policy/later"));
  const args = { ...record, expires: "2027-04-04", awsAccessKey: { ...key, permissionsBoundaryArn } };
  const registered = await registeredBy(() => new StaticCredentialException("erp", args));
  expect(registered.map(({ type }) => type)).toContain("aws:iam/accessKey:AccessKey");
});
