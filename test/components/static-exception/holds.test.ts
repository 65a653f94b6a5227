import {
  NhiKind,
  StaticCredentialException,
  type AwsKeyException,
  type StaticCredentialExceptionArgs,
} from "pulumi-nhi";
import { registeredBy, type Registered } from "../../support/mocks";
import { verdictOf } from "../audit-log/authorization";
import { hasJava, matches } from "../audit-log/event-ruler";
import { startVault, type VaultServer } from "../vault-server";

const record = {
  metadata: {
    owner: "finance",
    purpose: "fetches invoices",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  reason: "the ERP takes nothing but a key",
  compensatingControl: "two administrators",
  approvedBy: "security",
  approvedOn: "2027-01-04",
  expires: "2027-03-31",
};
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const key: AwsKeyException = {
  accountId: "123456789012",
  grants: { buckets: [{ bucket: "invoices", prefix: "out/", access: "read" }] },
  permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/exceptions",
  sourceCidrs: ["203.0.113.16/28"],
  sourceVpceIds: ["vpce-0123456789abcdef0"],
  readers: [role("operator")],
  administrators: [role("deploy")],
  alarmTopicArns: ["arn:aws:sns:eu-central-1:123456789012:alerts"],
};

const made = (args: StaticCredentialExceptionArgs) =>
  registeredBy(() => new StaticCredentialException("erp", args));
const inputsOf = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);
const policyOf = async (kind: string) => {
  const [inputs] = inputsOf(await made({ ...record, awsAccessKey: key }), kind);
  return (inputs as { policy: string }).policy;
};

describe("the key's policy, as AWS decides", () => {
  const user = "arn:aws:iam::123456789012:user/erp";
  const read = { action: "s3:GetObject", resource: "arn:aws:s3:::invoices/out/1.pdf" };
  const inside = {
    "aws:SourceIp": "203.0.113.20",
    "aws:ViaAWSService": "false",
    "aws:CurrentTime": "2027-03-31T23:59:59Z",
  };
  const noAddress = Object.fromEntries(Object.entries(inside).filter(([name]) => name !== "aws:SourceIp"));

  it.each<[string, { action: string; resource: string }, Record<string, string>, string]>([
    ["the grant, from the network, on the last day", read, inside, "allow"],
    [
      "the grant, through the endpoint",
      read,
      { ...noAddress, "aws:SourceVpce": "vpce-0123456789abcdef0" },
      "allow",
    ],
    [
      "a service that acts for the key from its own address",
      read,
      { ...inside, "aws:SourceIp": "52.1.1.1", "aws:ViaAWSService": "true" },
      "allow",
    ],
    ["another object", { ...read, resource: "arn:aws:s3:::invoices/in/1.pdf" }, inside, "nothing"],
    ["another action", { ...read, action: "s3:PutObject" }, inside, "nothing"],
    ["the address after the network", read, { ...inside, "aws:SourceIp": "203.0.113.32" }, "deny"],
    ["no address", read, noAddress, "deny"],
    ["another endpoint", read, { ...noAddress, "aws:SourceVpce": "vpce-00000000000000000" }, "deny"],
    [
      "the first moment after the end",
      read,
      { ...inside, "aws:CurrentTime": "2027-04-01T00:00:00Z" },
      "deny",
    ],
    [
      "the end, for a service that acts for it",
      read,
      { ...inside, "aws:ViaAWSService": "true", "aws:CurrentTime": "2027-04-01T00:00:00Z" },
      "deny",
    ],
    [
      "a longer session from elsewhere",
      { action: "sts:GetSessionToken", resource: "*" },
      { ...inside, "aws:SourceIp": "198.51.100.1" },
      "deny",
    ],
  ])("%s", async (_what, request, context, verdict) => {
    const policy = await policyOf("UserPolicy");
    expect(verdictOf(policy, { principal: user, ...request, context })).toBe(verdict);
  });
});

describe("the secret's policy, as AWS decides", () => {
  it.each([
    ["reader", role("operator"), "GetSecretValue", "allow"],
    ["administrator", role("deploy"), "GetSecretValue", "nothing"],
    ["administrator", role("deploy"), "PutSecretValue", "nothing"],
    ["reader", role("operator"), "PutSecretValue", "deny"],
    ["reader", role("operator"), "PutResourcePolicy", "deny"],
    ["administrator of the account", role("admin"), "GetSecretValue", "deny"],
    ["administrator of the account", role("admin"), "BatchGetSecretValue", "deny"],
    ["administrator of the account", role("admin"), "DeleteResourcePolicy", "deny"],
    ["administrator of the account", role("admin"), "ReplicateSecretToRegions", "deny"],
  ])("%s %s: %s", async (_what, principal, action, verdict) => {
    const policy = await policyOf("SecretPolicy");
    expect(verdictOf(policy, { principal, action: `secretsmanager:${action}` })).toBe(verdict);
  });
});

// The matcher is a Java library.
(hasJava ? describe : describe.skip)("where there is a Java with Maven", () => {
  it("tells of each use of the key, and of one that a deny refused, as EventBridge matches", async () => {
    const rules = inputsOf(await made({ ...record, awsAccessKey: key }), "EventRule") as {
      name: string;
      eventPattern: string;
    }[];
    const event = (detail: object, arn = "arn:aws:iam::123456789012:user/erp") => ({
      "detail-type": "AWS API Call via CloudTrail",
      detail: { userIdentity: { type: "IAMUser", arn }, eventName: "ListBuckets", ...detail },
    });
    const denied = { errorCode: "AccessDenied" };
    const rows = [
      { event: event({}), told: ["erp-used"] },
      { event: event({}, "arn:aws:iam::123456789012:user/erp-2"), told: [] },
      { event: event({ ...denied, errorMessage: "no identity-based policy allows it" }), told: ["erp-used"] },
      {
        event: event({
          ...denied,
          errorMessage: "User is not authorized with an explicit deny in an identity-based policy",
        }),
        told: ["erp-used", "erp-used-elsewhere"],
      },
      {
        event: event({
          errorCode: "Client.UnauthorizedOperation",
          errorMessage: "You are not authorized, with an explicit deny in it",
        }),
        told: ["erp-used", "erp-used-elsewhere"],
      },
    ];
    const cases = rows.flatMap((row) =>
      rules.map(({ name, eventPattern }) => ({ ...row, name, pattern: JSON.parse(eventPattern) as object })),
    );
    const answers = matches(cases.map(({ pattern, event: given }) => ({ pattern, event: given })));
    expect(answers).toEqual(cases.map(({ name, told }) => told.includes(name)));
  }, 120_000);
});

describe("on a real secrets server", () => {
  let vault: VaultServer;
  beforeAll(async () => {
    vault = await startVault();
  }, 30 * 60_000);
  afterAll(() => vault.stop());

  it("one consumer reads the one secret and does nothing else, and the server deletes it in time", async () => {
    const registered = await made({
      ...record,
      vaultSecret: { consumer: "erp", mountPath: "exceptions/erp", data: { apiKey: "of-a-vendor" } },
    });
    const mount = inputsOf(registered, "Mount")[0] as { path: string; type: string; options: object };
    const secret = inputsOf(registered, "SecretV2")[0] as {
      mount: string;
      name: string;
      dataJson: { "<secret>": string };
      customMetadata: { maxVersions: number; deleteVersionAfter: number; data: object };
    };
    const policy = registered.find(({ type }) => type.endsWith(":Policy"));
    if (policy) await vault.write(policy);
    const path = `${secret.mount}/data/${secret.name}`;
    const metadata = `${secret.mount}/metadata/${secret.name}`;
    expect((await vault.call("POST", `sys/mounts/${mount.path}`, mount)).status).toBe(204);
    const { maxVersions, deleteVersionAfter, data } = secret.customMetadata;
    // A new mount of version 2 is being upgraded for a moment.
    let status = 0;
    for (let tries = 0; status !== 204 && tries < 50; tries++) {
      ({ status } = await vault.call("POST", metadata, {
        max_versions: maxVersions,
        delete_version_after: `${deleteVersionAfter}s`,
        custom_metadata: data,
      }));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(status).toBe(204);
    const written = await vault.call("POST", path, {
      data: JSON.parse(secret.dataJson["<secret>"]) as object,
    });
    const { created_time: from, deletion_time: until } = written.data as Record<string, string>;
    expect(Math.round((Date.parse(until ?? "") - Date.parse(from ?? "")) / 86_400_000)).toBe(87);

    const login = await vault.call("POST", "auth/token/create", {
      policies: ["nhi.exceptions.erp.erp"],
      no_default_policy: true,
    });
    const token = login.auth?.client_token;
    const read = await vault.call("GET", path, undefined, token);
    expect(read.data?.data).toEqual({ apiKey: "of-a-vendor" });
    expect((read.data?.metadata as { custom_metadata: object }).custom_metadata).toMatchObject({
      "nhi-owner": "finance",
      "nhi-exception-expires": "2027-03-31",
    });
    for (const [method, other] of [
      ["POST", path],
      ["DELETE", path],
      ["GET", `${path}-2`],
      ["GET", metadata],
      ["LIST", `${secret.mount}/metadata`],
    ] as const)
      expect([
        method,
        other,
        (await vault.call(method, other, method === "POST" ? { data: {} } : undefined, token)).status,
      ]).toEqual([method, other, 403]);
  }, 60_000);
});
