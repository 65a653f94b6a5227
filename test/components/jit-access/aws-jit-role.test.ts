import { AwsJitRole, JitTier, NhiKind, type AwsJitRoleArgs } from "pulumi-nhi";
import { roomProblem } from "../../../components/jit-access/aws-revocation";
import { notYetKnown, refusalOf, registeredBy, unknown } from "../../support/mocks";
import { verdictOf } from "../audit-log/authorization";
import { assumesRole, keyModels, type AssumeRole } from "../sts";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.AiAgent,
  reviewBy: "2027-06-30",
};
const broker = "arn:aws:iam::123456789012:role/nhi/broker";
const boundary = "arn:aws:iam::210987654321:policy/jit-boundary";
const args: AwsJitRoleArgs = {
  metadata,
  accountId: "210987654321",
  brokerRoleArn: broker,
  permissionsBoundaryArn: boundary,
};
const tagged = {
  "aws:RequestTag/nhi:grant-id": "?*",
  "aws:RequestTag/nhi:purpose": "?*",
  "aws:RequestTag/nhi:expires-at": "????-??-??T??:??:??Z",
};
const attributed = { "sts:SourceIdentity": "?*" };
const allow = (action: string, demanded: Record<string, string>) => ({
  Effect: "Allow",
  Principal: { AWS: broker },
  Action: action,
  Condition: { StringLike: demanded },
});
const assumeRolePolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    allow("sts:AssumeRole", { ...tagged, ...attributed }),
    allow("sts:TagSession", tagged),
    allow("sts:SetSourceIdentity", attributed),
  ],
});
const role = {
  type: "aws:iam/role:Role",
  name: "migrate",
  parent: "AwsJitRole migrate",
  inputs: {
    name: "migrate",
    assumeRolePolicy,
    maxSessionDuration: 3600,
    permissionsBoundary: boundary,
    tags: {
      "nhi:owner": "team-orders",
      "nhi:purpose": "migrate the orders database",
      "nhi:environment": "production",
      "nhi:kind": "ai-agent",
      "nhi:review-by": "2027-06-30",
      "nhi:jit": "true",
      "nhi:tier": "standard",
    },
    forceDetachPolicies: true,
  },
};

/** The document that the broker's revoker writes as well: both have it from here. */
const revokedGrants = (...ids: string[]) =>
  '{"Version":"2012-10-17","Statement":[{"Sid":"RevokedGrants","Effect":"Deny","Action":"*","Resource":"*",' +
  `"Condition":{"StringEquals":{"aws:PrincipalTag/nhi:grant-id":${JSON.stringify(["none", ...ids])}}}}]}`;
const revokedPolicy = {
  type: "aws:iam/rolePolicy:RolePolicy",
  name: "migrate-nhi-revoked-grants",
  parent: "AwsJitRole migrate",
  inputs: { role: "migrate", name: "nhi-revoked-grants", policy: revokedGrants() },
  after: ["Role migrate"],
  // What the revoker wrote stays.
  ignoreChanges: ["policy"],
};
const outputs = {
  roleArn: "arn:aws:iam::210987654321:role/migrate",
  roleName: "migrate",
  grantSeconds: 3600,
  revocationPolicyName: "nhi-revoked-grants",
};

/** A policy with so many resources. Spaces are left in: AWS doesn't count them. */
const bigPolicy = (resources: number) =>
  JSON.stringify(
    {
      Statement: [
        {
          Effect: "Allow",
          Action: "rds:StartDBInstance",
          Resource: Array.from(
            { length: resources },
            (_, i) => `arn:aws:rds:eu-central-1:210987654321:db:d${i}`,
          ),
        },
      ],
    },
    undefined,
    2,
  );

describe("what is registered", () => {
  it("is the role, bounded, for the broker alone", async () => {
    expect(await registeredBy(() => new AwsJitRole("migrate", args))).toEqual([
      role,
      revokedPolicy,
      { type: "nhi:index:AwsJitRole", name: "migrate", inputs: args, outputs },
    ]);
  });

  it("leaves the role's list of policies open, so that a broker's deny outlives a deployment", async () => {
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "rds:*", Resource: "*" }] });
    const managed = "arn:aws:iam::210987654321:policy/migrate-orders";
    const registered = await registeredBy(
      () =>
        new AwsJitRole("migrate", {
          ...args,
          managedPolicyArns: [managed],
          inlinePolicies: [{ name: "databases", policy }],
        }),
    );
    const child = { parent: "AwsJitRole migrate", after: ["Role migrate"] };
    expect(registered.slice(0, 4)).toEqual([
      role,
      {
        ...child,
        type: "aws:iam/rolePolicy:RolePolicy",
        name: "migrate-databases",
        inputs: { role: "migrate", name: "databases", policy },
      },
      revokedPolicy,
      {
        ...child,
        type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name: "migrate-migrate-orders",
        inputs: { role: "migrate", policyArn: managed },
      },
    ]);
  });

  it("has its trust policy and ARN at preview, when the boundary is not known yet", async () => {
    const [made, revoked, component] = await registeredBy(
      () => new AwsJitRole("migrate", { ...args, permissionsBoundaryArn: notYetKnown() }),
      { preview: true },
    );
    expect(made?.inputs).toEqual({ ...role.inputs, permissionsBoundary: unknown });
    expect(revoked).toEqual(revokedPolicy);
    expect(component?.outputs).toEqual(outputs);
  });

  it("tells the broker the tier, and gives it as seconds", async () => {
    const registered = await registeredBy(
      () => new AwsJitRole("migrate", { ...args, tier: JitTier.Sensitive }),
    );
    expect(registered[0]?.inputs).toMatchObject({
      tags: { "nhi:tier": "sensitive" },
      maxSessionDuration: 3600,
    });
    expect(registered[2]?.outputs).toEqual({ ...outputs, grantSeconds: 900 });
  });
});

describe.each(Object.entries(keyModels))("who gets a session, when STS knows %s keys", (_, knows) => {
  let trust = "";
  beforeAll(async () => {
    const [made] = await registeredBy(() => new AwsJitRole("migrate", args));
    trust = (made?.inputs as typeof role.inputs).assumeRolePolicy;
  });
  const tags: Record<string, string> = {
    "nhi:grant-id": "grant-42",
    "nhi:purpose": "migrate the orders database",
    "nhi:expires-at": "2027-06-30T12:00:00Z",
  };
  const grant: AssumeRole = { caller: broker, tags, sourceIdentity: "octo-app-1234" };
  const withTag = (key: string, value: string) => ({ ...grant, tags: { ...tags, [key]: value } });
  const withoutTag = (key: string) => ({
    ...grant,
    tags: Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key)),
  });

  it.each<[string, AssumeRole]>([
    ["the broker for a grant", grant],
    ["the broker with a further tag", withTag("nhi:task", "42")],
    [
      "the broker with tag keys in capitals, which AWS takes for the same",
      {
        ...grant,
        tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toUpperCase(), value])),
      },
    ],
  ])("%s does", (__, request) => {
    expect(assumesRole(trust, request, knows)).toBe(true);
  });

  it.each<[string, AssumeRole]>([
    ["a plain session", { caller: broker }],
    ["a session without tags", { caller: broker, sourceIdentity: "octo-app-1234" }],
    ["a session without a source identity", { caller: broker, tags }],
    ["an empty source identity", { ...grant, sourceIdentity: "" }],
    ["no grant id", withoutTag("nhi:grant-id")],
    ["no purpose", withoutTag("nhi:purpose")],
    ["no end", withoutTag("nhi:expires-at")],
    ["an empty grant id", withTag("nhi:grant-id", "")],
    ["an end that is no time", withTag("nhi:expires-at", "never")],
    ["an end in another zone", withTag("nhi:expires-at", "2027-06-30T12:00:00+02:00")],
    ["other tags", { ...grant, tags: { "nhi:grant": "grant-42" } }],
    ["another role", { ...grant, caller: "arn:aws:iam::123456789012:role/nhi/broker2" }],
    ["the broker's account", { ...grant, caller: "arn:aws:iam::123456789012:root" }],
    [
      "a role of that name in another account",
      { ...grant, caller: "arn:aws:iam::210987654321:role/nhi/broker" },
    ],
  ])("%s does not", (__, request) => {
    expect(assumesRole(trust, request, knows)).toBe(false);
  });
});

/** What the broker hands to AssumeRole: the task's scope, until the grant ends. */
const sessionPolicy = JSON.stringify({
  Statement: [
    {
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::orders/*",
      Condition: { DateLessThan: { "aws:CurrentTime": "2027-06-30T12:00:00Z" } },
    },
  ],
});

describe("what a session may do", () => {
  const may = (grantId: string, revoked: string, now: string) => {
    const request = {
      principal: "arn:aws:iam::210987654321:role/migrate",
      action: "s3:GetObject",
      resource: "arn:aws:s3:::orders/42",
      context: { "aws:PrincipalTag/nhi:grant-id": grantId, "aws:CurrentTime": now },
    };
    const verdicts = [sessionPolicy, revoked].map((policy) => verdictOf(policy, request));
    return !verdicts.includes("deny") && verdicts.includes("allow");
  };
  let first = "";
  beforeAll(async () => {
    const registered = await registeredBy(() => new AwsJitRole("migrate", args));
    first = (registered[1]?.inputs as { policy: string }).policy;
  });

  it("is its task until the end, and nothing after it, with no revoker at all", () => {
    expect(may("grant-42", first, "2027-06-30T11:59:59Z")).toBe(true);
    expect(may("grant-42", first, "2027-06-30T12:00:00Z")).toBe(false);
  });

  it("is nothing once the grant is revoked, and other grants go on", () => {
    const revoked = revokedGrants("grant-42", "grant-43");
    expect(may("grant-42", revoked, "2027-06-30T11:00:00Z")).toBe(false);
    expect(may("grant-43", revoked, "2027-06-30T11:00:00Z")).toBe(false);
    expect(may("grant-4", revoked, "2027-06-30T11:00:00Z")).toBe(true);
    expect(may("grant-44", revoked, "2027-06-30T11:00:00Z")).toBe(true);
  });
});

describe("what is refused", () => {
  const notOne = (got: string) =>
    `brokerRoleArn must be the ARN of one role (arn:aws:iam::ACCOUNT:role/NAME), got "${got}". ` +
    "An account, a user, a session or a pattern lets in more than the broker.";

  it.each([
    "*",
    "arn:aws:iam::123456789012:root",
    "123456789012",
    "arn:aws:iam::123456789012:user/broker",
    "arn:aws:iam::123456789012:role/*",
    "arn:aws:iam::123456789012:role/nhi-?",
    "arn:aws:iam::*:role/broker",
    "arn:aws:iam::123456789012:role/",
    "arn:aws:sts::123456789012:assumed-role/broker/session",
    "arn:aws:iam::123456789012:role/broker ",
    "arn:aws:iam::123456789012:role/${aws:username}",
    "",
  ])("the broker %j", async (brokerRoleArn) => {
    expect(await refusalOf(() => new AwsJitRole("migrate", { ...args, brokerRoleArn }))).toBe(
      `AwsJitRole "migrate": ${notOne(brokerRoleArn)}`,
    );
  });

  it.each<[string, Partial<AwsJitRoleArgs>, string]>([
    [
      "a broker in another partition",
      { brokerRoleArn: "arn:aws-cn:iam::123456789012:role/broker" },
      'brokerRoleArn must be in the partition aws, got "arn:aws-cn:iam::123456789012:role/broker". ' +
        "No role is trusted across partitions.",
    ],
    [
      "a session that outlives a chained one",
      { maxSessionSeconds: 14400 },
      "maxSessionSeconds must be 3600 seconds, got 14400. AWS accepts no shorter maximum, and a longer session " +
        "outlives its task: split the job.",
    ],
    [
      "a boundary that bounds nothing",
      { permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      "permissionsBoundaryArn must bound the role, got AdministratorAccess, which allows everything. " +
        "Name a policy with what such roles may do at most.",
    ],
    [
      "no boundary",
      { permissionsBoundaryArn: "" },
      "permissionsBoundaryArn must be the ARN of a managed policy of AWS or of the account 210987654321 " +
        '(arn:aws:iam::210987654321:policy/NAME), got "".',
    ],
    [
      "a tier that does not exist",
      { tier: "careful" as JitTier },
      'tier must be one of sensitive, standard, got "careful".',
    ],
    ...["nhi-revoked-grants", "preset"].map((name): [string, Partial<AwsJitRoleArgs>, string] => [
      `a policy called ${name}`,
      { inlinePolicies: [{ name, policy: bigPolicy(1) }] },
      `inlinePolicies[0].name must not be "${name}": the role has a policy of that name already.`,
    ]),
    [
      "policies that leave the list of revoked grants no room",
      {
        inlinePolicies: [{ name: "databases", policy: bigPolicy(50) }],
        preset: { clusterOperations: { region: "eu-central-1", cluster: "shop" } },
      },
      "grants, preset and inlinePolicies must have at most 2240 characters together, got 2598: AWS gives all inline " +
        "policies of a role 10240, and the list of revoked grants needs 8000. Put the rest into a managed policy, and " +
        "name it in managedPolicyArns.",
    ],
    [
      "a kind that does not exist",
      { metadata: { ...metadata, kind: "human" as NhiKind } },
      "metadata.kind must be one of workload, pipeline, service, ai-agent, third-party, break-glass, " +
        'got "human".',
    ],
  ])("%s", async (_, change, says) => {
    const message = await refusalOf(() => new AwsJitRole("migrate", { ...args, ...change }));
    expect(message).toBe(`AwsJitRole "migrate": ${says}`);
  });

  it("measures without spaces, as AWS does", () => {
    expect(roomProblem([" ".repeat(3000), "x".repeat(2240)])).toBe(undefined);
    expect(roomProblem(["x".repeat(2000), "x".repeat(241)])).toContain("got 2241:");
  });
});
