import { definePack } from "../../../policy-packs/nhi/pack";
import { rules } from "../../../policy-packs/nhi/rules";
import { analyzeAll, unknownText, type Given, type Props } from "../../support/analyze";

const type = "nhi:index:StaticCredentialException";
const urn = (tail: string) => `urn:pulumi:test::shop::${tail}`;
const record = {
  metadata: { owner: "finance" },
  reason: "the ERP takes nothing but a key",
  compensatingControl: "two administrators",
  approvedBy: "security",
  expires: "2027-03-31",
};
const component = (name: string, props: Props = {}): Given => ({
  type,
  name,
  urn: urn(`${type}::${name}`),
  props: { ...record, ...props },
});
const child = (of: string, childType: string, props: Props, name = of): Given => ({
  type: childType,
  name,
  urn: urn(`${type}$${childType}::${name}`),
  parent: urn(`${type}::${of}`),
  props,
});

type Condition = Record<string, Record<string, string | string[]>>;
const deny = (condition: Condition, more: object = {}) => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: condition,
  ...more,
});
const elsewhere: Condition = {
  NotIpAddress: { "aws:SourceIp": ["203.0.113.16/28"] },
  Bool: { "aws:ViaAWSService": "false" },
};
const later: Condition = { DateGreaterThanEquals: { "aws:CurrentTime": "2027-04-01T00:00:00Z" } };
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const readers = { ArnNotEquals: { "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/operator"] } };
const closed = (condition: object = readers, more: object = {}) =>
  policy({
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
    Condition: condition,
    ...more,
  });

const userType = "aws:iam/user:User";
const userPolicyType = "aws:iam/userPolicy:UserPolicy";
const secretPolicyType = "aws:secretsmanager/secretPolicy:SecretPolicy";
const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";
const keyType = "aws:iam/accessKey:AccessKey";

/** What holds a key, each part as it has to be. */
const parts: Record<string, Props> = {
  [userType]: { name: "erp", permissionsBoundary: "arn:aws:iam::123456789012:policy/exceptions" },
  [userPolicyType]: { user: "erp", policy: policy(deny(elsewhere), deny(later)) },
  [secretPolicyType]: { policy: closed() },
  [ruleType]: { state: "ENABLED" },
  [targetType]: { arn: "arn:aws:sns:eu-central-1:123456789012:alerts" },
};
const keyed = (change: Record<string, Props | undefined> = {}, key: Props = { user: "erp" }): Given[] => [
  component("erp", { awsAccessKey: {} }),
  ...Object.entries({ ...parts, ...change }).flatMap(([partType, props]) =>
    props === undefined ? [] : [child("erp", partType, props)],
  ),
  child("erp", keyType, key),
];

/** What the pack says of static keys and of exceptions, at a moment. */
async function said(resources: Given[], now = "2027-01-15T12:00:00Z"): Promise<string[]> {
  const { diagnostics } = await analyzeAll(
    definePack(rules, () => Date.parse(now)),
    resources,
  );
  return diagnostics
    .filter(({ policy: name, message }) => /^(no-|exemptions)/.test(name) && !message.startsWith("[undet"))
    .map(({ level, message }) => `${level} ${message.replace(/ (Fix: .*)?Maps to .*/, "")}`);
}

const it0 = `[no-static-keys] ${keyType} "erp": it is a static key.`;
const excepted = `advisory ${it0} Excepted until 2027-03-31 by StaticCredentialException "erp" (owner finance, approved by security): the ERP takes nothing but a key.`;
const refused = (why: string) => `mandatory ${it0} StaticCredentialException "erp" does not hold: ${why}.`;

describe("an access key", () => {
  it.each([
    ["as the component makes it", keyed()],
    [
      "behind an endpoint, with another deny beside",
      keyed({
        [userPolicyType]: {
          user: "erp",
          policy: policy(
            deny({ StringNotEquals: { "aws:SourceVpce": ["vpce-0123456789abcdef0"] } }),
            deny(later),
            deny({ Bool: { "aws:SecureTransport": "false" } }),
          ),
        },
      }),
    ],
    ["with a boundary that is not known yet", keyed({ [userType]: { permissionsBoundary: unknownText } })],
  ])("stays, %s", async (_, resources) => {
    expect(await said(resources)).toEqual([excepted]);
  });

  it("stays until the last moment of the last day, and no longer", async () => {
    expect(await said(keyed(), "2027-03-31T23:59:59.999Z")).toEqual([excepted]);
    expect(await said(keyed(), "2027-04-01T00:00:00Z")).toEqual([
      refused("expires is 2027-03-31, which has passed"),
    ]);
  });

  const network = "the user's policy does not deny everything from elsewhere";
  const end = "the user's policy does not deny everything from the exception's end on";
  const userPolicy = (...statements: object[]) => ({
    [userPolicyType]: { user: "erp", policy: policy(...statements) },
  });
  it.each<{ what: string; resources: Given[]; why: string }>([
    { what: "no network", resources: keyed(userPolicy(deny(later))), why: network },
    {
      what: "all networks, in two halves",
      resources: keyed(
        userPolicy(deny({ NotIpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }), deny(later)),
      ),
      why: network,
    },
    {
      what: "a network that is denied for one action",
      resources: keyed(userPolicy(deny(elsewhere, { Action: "s3:GetObject" }), deny(later))),
      why: network,
    },
    {
      what: "a network that is denied for one bucket",
      resources: keyed(userPolicy(deny(elsewhere, { Resource: "arn:aws:s3:::one/*" }), deny(later))),
      why: network,
    },
    {
      what: "a network that is denied under a further condition",
      resources: keyed(
        userPolicy(
          deny({ ...elsewhere, StringEquals: { "aws:RequestedRegion": "eu-central-1" } }),
          deny(later),
        ),
      ),
      why: network,
    },
    {
      what: "the network the other way round",
      resources: keyed(userPolicy(deny({ IpAddress: { "aws:SourceIp": ["203.0.113.16/28"] } }), deny(later))),
      why: network,
    },
    {
      what: "a network that is allowed",
      resources: keyed(userPolicy(deny(elsewhere, { Effect: "Allow" }), deny(later))),
      why: network,
    },
    { what: "no end", resources: keyed(userPolicy(deny(elsewhere))), why: end },
    {
      what: "an end a day after the exception's",
      resources: keyed(
        userPolicy(
          deny(elsewhere),
          deny({ DateGreaterThanEquals: { "aws:CurrentTime": "2027-04-02T00:00:00Z" } }),
        ),
      ),
      why: end,
    },
    {
      what: "an end that is no time",
      resources: keyed(userPolicy(deny(elsewhere), deny({ DateGreaterThan: { "aws:CurrentTime": "soon" } }))),
      why: end,
    },
    {
      what: "a policy that is not known yet",
      resources: keyed({ [userPolicyType]: { user: "erp", policy: unknownText } }),
      why: "the user's policy is not known yet",
    },
    {
      what: "no boundary",
      resources: keyed({ [userType]: { permissionsBoundary: "" } }),
      why: "the user's permissionsBoundary is not set",
    },
    {
      what: "a secret that others read",
      resources: keyed({ [secretPolicyType]: { policy: closed(readers, { Effect: "Allow" }) } }),
      why: "the secret's policy does not deny reading to everybody who is not named",
    },
    {
      what: "a secret that a pattern of roles reads",
      resources: keyed({
        [secretPolicyType]: {
          policy: closed({ ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/*" } }),
        },
      }),
      why: "the secret's policy does not deny reading to everybody who is not named",
    },
    {
      what: "an alarm that is off",
      resources: keyed({ [ruleType]: { state: "DISABLED" } }),
      why: "an alarm on its use is off",
    },
    {
      what: "an alarm that is off in the older way",
      resources: keyed({ [ruleType]: { isEnabled: false } }),
      why: "an alarm on its use is off",
    },
    {
      what: "another user's key",
      resources: keyed({}, { user: "admin" }),
      why: "the key is of another user than its policy",
    },
    {
      what: "a component without an approver",
      resources: [component("erp", { awsAccessKey: {}, approvedBy: " " }), ...keyed().slice(1)],
      why: "approvedBy is missing, and an exception must have it",
    },
    ...Object.keys(parts).map((part) => ({
      what: `no ${part}`,
      resources: keyed({ [part]: undefined }),
      why: `it has no ${part} that was there before the key`,
    })),
  ])("is refused with $what", async ({ resources, why }) => {
    expect(await said(resources)).toEqual([refused(why)]);
  });

  it("is refused beside an exception, and in one for something else", async () => {
    const plain = `mandatory ${it0}`;
    const [exception, ...rest] = keyed();
    const beside = { ...child("erp", keyType, { user: "erp" }), urn: urn(`${keyType}::erp`) };
    delete beside.parent;
    expect(await said([...(exception ? [exception] : []), ...rest.slice(0, -1), beside])).toEqual([plain]);
    expect(await said([component("erp"), ...rest])).toEqual([plain]);
  });
});

describe("a credential from elsewhere", () => {
  const lambda = "aws:lambda/function:Function";
  const sync = (variables: Record<string, string>): Given => ({
    type: lambda,
    name: "sync",
    urn: urn(`${lambda}::sync`),
    props: { environment: { variables } },
  });
  const known = {
    resource: `${lambda}::sync`,
    rule: "no-secrets-in-configuration",
    property: "environment.variables.API_KEY",
  };
  const finding = (name: string, what: string) =>
    `[no-secrets-in-configuration] ${lambda} "sync": environment.variables.${name} ${what}.`;
  const stays = `advisory ${finding("API_KEY", "holds a secret, as its name says")} Excepted until 2027-03-31 by StaticCredentialException "vendor" (owner finance, approved by security): the ERP takes nothing but a key.`;
  const secret = { API_KEY: "made-up-a8f3e1c07b" };

  it("stays, and hides nothing else of the same resource", async () => {
    const vendor = component("vendor", { existing: [known] });
    expect(await said([vendor, sync(secret)])).toEqual([stays]);
    expect(await said([vendor, sync({ ...secret, DB_PASSWORD: "made-up-91d4c2be6f" })])).toEqual([
      stays,
      `mandatory ${finding("DB_PASSWORD", "holds a password")}`,
    ]);
  });

  it("is refused once the exception has ended", async () => {
    const vendor = component("vendor", { existing: [known], expires: "2027-01-14" });
    expect(await said([vendor, sync(secret)])).toEqual([
      `mandatory ${finding("API_KEY", "holds a secret, as its name says")} StaticCredentialException "vendor" does not hold: expires is 2027-01-14, which has passed.`,
    ]);
  });

  it.each(["::sync", `${lambda}::other`, `a:b:C$${lambda}::sync`, "*"])(
    "is refused where the exception names %s",
    async (resource) => {
      const vendor = component("vendor", { existing: [{ ...known, resource }] });
      expect(await said([vendor, sync(secret)])).toEqual([
        `mandatory ${finding("API_KEY", "holds a secret, as its name says")}`,
        `mandatory [exemptions] existing[0] of StaticCredentialException "vendor" is not needed: no-secrets-in-configuration finds nothing in environment.variables.API_KEY of ${resource}. Remove it.`,
      ]);
    },
  );

  it("is all that a program may except", async () => {
    const role = "aws:iam/role:Role";
    const open: Given = {
      type: role,
      name: "open",
      urn: urn(`${role}::open`),
      props: { maxSessionDuration: 43_200 },
    };
    const vendor = component("vendor", {
      existing: [{ resource: `${role}::open`, rule: "sessions-are-short", property: "maxSessionDuration" }],
    });
    const { diagnostics } = await analyzeAll(
      definePack(rules, () => Date.parse("2027-01-15")),
      [vendor, open],
    );
    const told = diagnostics
      .filter(({ policy: name }) => name === "sessions-are-short" || name === "exemptions")
      .map(({ level, message }) => `${level} ${message.replace(/ Fix: .*/, "")}`);
    expect(told).toEqual([
      `mandatory [sessions-are-short] ${role} "open": maxSessionDuration is 43200 seconds, and may be at most 3600 seconds.`,
      'mandatory [exemptions] existing[0] of StaticCredentialException "vendor" must be of a rule about static credentials (no-secrets-in-configuration, no-static-keys, no-static-provider-credentials, static-keys-give-way-to-jit), got sessions-are-short. Exempt it in the pack\'s settings.',
    ]);
  });
});
