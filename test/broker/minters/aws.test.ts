import type { Grant } from "../../../broker/grant";
import { awsMinter, type AwsHost } from "../../../broker/minters/aws";
import type { Ended } from "../../../broker/ports";
import type { Role } from "../../../broker/settings";
import { verdictOf } from "../../components/audit-log/authorization";
import { grantOf, idAt } from "../sample";
import { canary, startAws, type AwsEndpoint } from "./aws-endpoint";

const roleArn = "arn:aws:iam::123456789012:role/jit/deploy";
const role: Role = {
  name: "deploy",
  tenant: "123456789012",
  environment: "production",
  tier: "standard",
  maxTtlSeconds: 3600,
  aws: {
    roleArn,
    region: "eu-central-1",
    policy: [
      { actions: ["s3:GetObject", "s3:PutObject"], resources: ["arn:aws:s3:::shop/*"] },
      { actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::shop"] },
    ],
  },
};
const foreignArn = "arn:aws:iam::999999999999:role/jit/deploy";
const elsewhere: Role = { ...role, aws: { roleArn: foreignArn, policy: role.aws?.policy ?? [] } };
const now = new Date("2027-06-30T12:01:00.000Z");
const won = (number: number, changes: Partial<Grant> = {}) =>
  grantOf({
    id: idAt("2027-06-30T12:00:00.000Z", number),
    state: "minting",
    mintingAt: "2027-06-30T12:00:00.900Z",
    expiresAt: "2027-06-30T12:10:00.900Z",
    ...changes,
  });
const out = (number: number, changes: Partial<Grant> = {}) =>
  won(number, { state: "issued", handle: { roleArn }, ...changes });

let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
  aws.failures.length = 0;
  aws.policies.clear();
  aws.before = () => undefined;
});

const minter = (more: Partial<AwsHost> = {}) => awsMinter({ sts: aws.sts, iam: aws.iam, waitMs: 1, ...more });
const remember = () => Promise.resolve();
const denied = () => {
  const { Statement } = JSON.parse(aws.policies.get("deploy") ?? "{}") as {
    Statement: { Condition: { StringEquals: Record<string, string[]> } }[];
  };
  return Statement[0]?.Condition.StringEquals["aws:PrincipalTag/nhi:grant-id"];
};
const ours = (...ids: string[]) => ({
  Sid: "RevokedGrants",
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { StringEquals: { "aws:PrincipalTag/nhi:grant-id": ["none", ...ids] } },
});
/** A list that has no room for one more. */
const fillUp = () => {
  const ids = Array.from({ length: 270 }, (_, i) => out(i).id);
  aws.policies.set("deploy", JSON.stringify({ Version: "2012-10-17", Statement: [ours(...ids)] }));
};
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

describe("minting", () => {
  it("asks for one session with the grant's id, its purpose, its end and who asked", async () => {
    const remembered: Record<string, string>[] = [];
    const grant = won(1);
    const { credential, handle, scopeHash } = await minter().mint(grant, role, (handle) => {
      expect(aws.calls).toEqual([]);
      remembered.push(handle);
      return Promise.resolve();
    });
    expect(credential).toEqual({
      values: {
        AWS_ACCESS_KEY_ID: "ASIA1",
        AWS_SECRET_ACCESS_KEY: canary,
        AWS_SESSION_TOKEN: `${canary}-token`,
        AWS_REGION: "eu-central-1",
      },
      expiresAt: "2027-06-30T12:10:00.900Z",
    });
    expect(handle).toEqual({ roleArn });
    expect(remembered).toEqual([{ roleArn }]);
    expect(scopeHash).toMatch(/^[0-9a-f]{64}$/);
    const Condition = { DateLessThan: { "aws:CurrentTime": "2027-06-30T12:10:00Z" } };
    expect(aws.calls).toEqual([
      {
        Action: "AssumeRole",
        Version: "2011-06-15",
        RoleArn: roleArn,
        RoleSessionName: grant.id,
        SourceIdentity: "arn-aws-iam-123456789012-role-ci-fe6c5c0898528ae7",
        DurationSeconds: "900",
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["s3:GetObject", "s3:PutObject"],
              Resource: ["arn:aws:s3:::shop/*"],
              Condition,
            },
            { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::shop"], Condition },
          ],
        }),
        "Tags.member.1.Key": "nhi:grant-id",
        "Tags.member.1.Value": grant.id,
        "Tags.member.2.Key": "nhi:purpose",
        "Tags.member.2.Value": "release 42 of the shop",
        "Tags.member.3.Key": "nhi:expires-at",
        "Tags.member.3.Value": "2027-06-30T12:10:00Z",
      },
    ]);
  });

  it.each([
    { ttlSeconds: 60, duration: "900" },
    { ttlSeconds: 1800, duration: "1800" },
    { ttlSeconds: 3600, duration: "3600" },
  ])("a grant of $ttlSeconds s is a session of $duration s", async ({ ttlSeconds, duration }) => {
    await minter().mint(won(1, { ttlSeconds }), role, remember);
    expect(aws.calls[0]?.DurationSeconds).toBe(duration);
  });

  it("narrows the session to the resources of the grant", async () => {
    const { request } = won(1);
    const resources = ["arn:aws:s3:::shop/releases/42/*", "arn:aws:s3:::shop/latest"];
    await minter().mint(won(1, { request: { ...request, resources } }), role, remember);
    const policy = aws.calls[0]?.Policy ?? "";
    const context = { "aws:CurrentTime": "2027-06-30T12:05:00Z" };
    const may = (action: string, resource: string) =>
      verdictOf(policy, { principal: roleArn, action, resource, context });
    expect(may("s3:GetObject", "arn:aws:s3:::shop/releases/42/app.zip")).toBe("allow");
    expect(may("s3:GetObject", "arn:aws:s3:::shop/latest")).toBe("allow");
    expect(may("s3:GetObject", "arn:aws:s3:::shop/releases/41/app.zip")).toBe("nothing");
    expect(may("s3:ListBucket", "arn:aws:s3:::shop")).toBe("nothing");
  });

  it.each([
    { resource: "arn:aws:s3:::other/x" },
    { resource: "*" },
    { resource: "arn:aws:s3:::sho?/x" },
    { resource: "arn:aws:s3:::shop*" },
    { resource: "arn:aws:s3:::shop/${aws:username}" },
  ])("refuses $resource, and remembers nothing", async ({ resource }) => {
    const { request } = won(1);
    const never = () => Promise.reject(new Error("remembered"));
    const grant = won(1, { request: { ...request, resources: ["arn:aws:s3:::shop/a", resource] } });
    expect(await problemOf(minter().mint(grant, role, never))).toBe(
      `Error: resources must be inside what the role deploy reaches, got ${JSON.stringify(resource)}. Ask for part of what the role names.`,
    );
    expect(aws.calls).toEqual([]);
  });

  it("refuses a session's policy that AWS would not take, before it asks AWS", async () => {
    const { request } = won(1);
    const resources = Array.from(
      { length: 40 },
      (_, i) => `arn:aws:s3:::shop/a-folder-with-a-long-name/${i}/*`,
    );
    expect(
      await problemOf(minter().mint(won(1, { request: { ...request, resources } }), role, remember)),
    ).toMatch(
      /^Error: The session's policy for the role deploy has \d{4} characters, and AWS takes 2048\. Ask for fewer resources, or split the role\.$/,
    );
    expect(aws.calls).toEqual([]);
  });

  it("gives no session in an account where it can't revoke one", async () => {
    expect(await problemOf(minter().mint(won(1), elsewhere, remember))).toBe(
      "Error: The broker can't revoke sessions in the account 999999999999, so it gives none there.",
    );
    expect(aws.calls).toEqual([]);
  });

  it("asks for nothing where what revoking needs could not be written down", async () => {
    const lost = () => Promise.reject(new Error("the store is gone"));
    expect(await problemOf(minter().mint(won(1), role, lost))).toBe("Error: the store is gone");
    expect(aws.calls).toEqual([]);
  });

  it.each([
    { status: 500, code: "InternalFailure" },
    { status: 400, code: "Throttling" },
  ])("is tried again where AWS says $code", async ({ status, code }) => {
    aws.failures.push({ status, code }, { status, code });
    expect((await minter().mint(won(1), role, remember)).handle).toEqual({ roleArn });
  });

  it.each([
    {
      status: 403,
      code: "AccessDenied",
      says: `AWS refused the session: AccessDenied. The broker must be allowed sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity on ${roleArn}, and the role must trust it.`,
    },
    {
      status: 400,
      code: "PackedPolicyTooLarge",
      says: "AWS refused the session: PackedPolicyTooLargeException. Ask for fewer resources, or split the role.",
    },
    {
      status: 400,
      code: "MalformedPolicyDocument",
      says: "AWS refused the session: MalformedPolicyDocumentException. An action or a resource of the role is none that AWS knows.",
    },
  ])("says in its own words that AWS says $code", async ({ status, code, says }) => {
    aws.failures.push({ status, code });
    expect(await problemOf(minter().mint(won(1), role, remember))).toBe(`Error: ${says}`);
  });
});

describe("revoking", () => {
  const revoked: Ended = { how: "revoked", mechanism: "aws-grant-deny" };

  it("denies one grant, then another, and writes exactly that", async () => {
    const each = minter();
    expect(await each.revoke(out(2), role, now)).toEqual(revoked);
    expect(await each.revoke(out(1), role, now)).toEqual(revoked);
    expect(JSON.parse(aws.policies.get("deploy") ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [ours(out(1).id, out(2).id)],
    });
    expect(aws.calls.find(({ Action }) => Action === "PutRolePolicy")).toMatchObject({
      RoleName: "deploy",
      PolicyName: "nhi-revoked-grants",
    });
  });

  it("is done once: a second time writes nothing", async () => {
    const each = minter();
    await each.revoke(out(1), role, now);
    expect(await each.revoke(out(1), role, now)).toEqual(revoked);
    expect(await minter().revoke(out(1), role, now)).toEqual(revoked);
    expect(aws.calls.filter(({ Action }) => Action === "PutRolePolicy")).toHaveLength(1);
  });

  it("loses none of twenty that come at once", async () => {
    const each = minter();
    const grants = Array.from({ length: 20 }, (_, i) => out(i));
    await Promise.all(grants.map((grant) => each.revoke(grant, role, now)));
    expect(denied()).toEqual(["none", ...grants.map(({ id }) => id)]);
  });

  it("loses none where IAM shows an older list", async () => {
    const each = minter();
    await each.revoke(out(1), role, now);
    const older = aws.policies.get("deploy") ?? "";
    await each.revoke(out(2), role, now);
    aws.policies.set("deploy", older);
    await each.revoke(out(3), role, now);
    expect(denied()).toEqual(["none", out(1).id, out(2).id, out(3).id]);
  });

  it("writes again until IAM shows it", async () => {
    let lost = 2;
    aws.before = ({ Action }) => {
      if (Action !== "GetRolePolicy" || !aws.policies.has("deploy") || lost === 0) return;
      lost -= 1;
      aws.policies.delete("deploy");
    };
    expect(await minter().revoke(out(1), role, now)).toEqual(revoked);
    expect(lost).toBe(0);
    expect(denied()).toEqual(["none", out(1).id]);
  });

  it("throws where IAM never shows it, and works when it is tried later", async () => {
    const each = minter();
    aws.before = ({ Action }) => {
      if (Action === "GetRolePolicy") aws.policies.delete("deploy");
    };
    expect(await problemOf(each.revoke(out(1), role, now))).toBe(
      "DenyNotSeen: IAM took the list of revoked grants and does not show it.",
    );
    aws.before = () => undefined;
    expect(await each.revoke(out(1), role, now)).toEqual(revoked);
  });

  it("throws where IAM refuses, and works when it is tried later", async () => {
    const each = minter();
    aws.failures.push({ status: 403, code: "AccessDenied" });
    expect(await problemOf(each.revoke(out(1), role, now))).toMatch(/^AccessDenied/);
    expect(await each.revoke(out(1), role, now)).toEqual(revoked);
  });

  it("takes out what has ended: by the store, or 25 hours after the request", async () => {
    await minter().revoke(out(1), role, now);
    await minter().revoke(out(2), role, now);
    const ends = new Map([[out(1).id, new Date("2027-06-30T12:10:00.900Z")]]);
    const at = (time: string) => new Date(time);
    const other = (expiresAt: string) => out(3, { expiresAt });

    const informed = minter({ endOf: (id) => Promise.resolve(ends.get(id)) });
    await informed.revoke(other("2027-06-30T12:20:00.000Z"), role, at("2027-06-30T12:11:00.900Z"));
    expect(denied()).toEqual(["none", out(1).id, out(2).id, out(3).id]);
    await informed.revoke(
      out(4, { expiresAt: "2027-06-30T12:20:00.000Z" }),
      role,
      at("2027-06-30T12:11:00.901Z"),
    );
    expect(denied()).toEqual(["none", out(2).id, out(3).id, out(4).id]);

    const late = { requestedAt: "2027-07-01T13:00:00.000Z", expiresAt: "2027-07-01T13:10:00.000Z" };
    const [five, six] = [5, 6].map((i) => out(i, { ...late, id: idAt(late.requestedAt, i) }));
    if (!five || !six) throw new Error("two grants");
    await minter().revoke(five, role, at("2027-07-01T13:01:00.000Z"));
    expect(denied()).toEqual(["none", out(2).id, out(3).id, out(4).id, five.id]);
    await minter().revoke(six, role, at("2027-07-01T13:01:00.001Z"));
    expect(denied()).toEqual(["none", five.id, six.id]);
  });

  it("says that a grant has expired after its end and a minute, and asks AWS nothing", async () => {
    const each = minter();
    expect(await each.revoke(out(1), role, new Date("2027-06-30T12:11:00.900Z"))).toEqual(revoked);
    aws.calls.length = 0;
    const after = new Date("2027-06-30T12:11:00.901Z");
    const expired: Ended = { how: "expired", mechanism: "expiry" };
    expect(await each.revoke(out(1), role, after)).toEqual(expired);
    expect(aws.calls).toEqual([]);
    // An earlier attempt may have left it in the list.
    const revocation = { requestedAt: "2027-06-30T12:05:00.000Z", attempts: 1 };
    expect(await each.revoke(out(1, { revocation }), role, after)).toEqual(expired);
    expect(denied()).toEqual(["none"]);
  });

  it("has nothing to do for a grant that nothing was minted for", async () => {
    expect(await minter().revoke(won(1), role, now)).toEqual({ how: "revoked", mechanism: "nothing-minted" });
    expect(aws.calls).toEqual([]);
  });

  it("never writes the list of another account's role", async () => {
    expect(await problemOf(minter().revoke(out(1, { handle: { roleArn: foreignArn } }), role, now))).toBe(
      "CannotRevoke: The broker can't change roles in the account 999999999999.",
    );
  });

  it("keeps what somebody else put there, puts its own right, and says so", async () => {
    const foreign = { Sid: "Mine", Effect: "Deny", Action: "s3:*", Resource: "*" };
    const weakened = { ...ours(out(1).id), Effect: "Allow" };
    aws.policies.set("deploy", JSON.stringify({ Version: "2012-10-17", Statement: [foreign, weakened] }));
    const modified: string[] = [];
    await minter({ onModified: (arn) => modified.push(arn) }).revoke(out(1), role, now);
    expect(JSON.parse(aws.policies.get("deploy") ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [ours(out(1).id), foreign],
    });
    expect(modified).toEqual([roleArn]);
  });

  it("cuts off every session of the role where the list is full, and grants by their own ids after that", async () => {
    const each = minter();
    fillUp();
    expect(await each.revoke(out(299), role, now)).toEqual({ how: "revoked", mechanism: "aws-role-cutoff" });
    const cutOff = {
      Sid: "RevokedSessions",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { DateLessThan: { "aws:TokenIssueTime": "2027-06-30T12:02:01Z" } },
    };
    const statements = () =>
      (JSON.parse(aws.policies.get("deploy") ?? "") as { Statement: object[] }).Statement;
    expect(statements()).toEqual([ours(), cutOff]);

    const later = { expiresAt: "2027-06-30T12:40:00.000Z" };
    const next = out(300, later);
    expect(await each.revoke(next, role, new Date("2027-06-30T12:30:00.000Z"))).toEqual(revoked);
    expect(statements()).toEqual([ours(next.id), cutOff]);

    // An hour after the cut-off no session that it is about can live.
    const last = out(301, { expiresAt: "2027-06-30T13:40:00.000Z" });
    await each.revoke(last, role, new Date("2027-06-30T13:03:02.000Z"));
    expect(statements()).toEqual([ours(next.id, last.id)]);
  });
});

describe("what AWS decides by the documents", () => {
  const read = (grant: Grant, time: string, policy: string) =>
    verdictOf(policy, {
      principal: roleArn,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::shop/app.zip",
      context: {
        "aws:CurrentTime": time,
        "aws:TokenIssueTime": "2027-06-30T12:00:01Z",
        "aws:PrincipalTag/nhi:grant-id": grant.id,
      },
    });

  it("a session may before its grant's end, and not from then on", async () => {
    await minter().mint(won(1), role, remember);
    const policy = aws.calls[0]?.Policy ?? "";
    expect(read(won(1), "2027-06-30T12:09:59Z", policy)).toBe("allow");
    expect(read(won(1), "2027-06-30T12:10:00Z", policy)).toBe("nothing");
  });

  it("a revoked grant may not, and another one still may", async () => {
    await minter().revoke(out(1), role, now);
    const list = aws.policies.get("deploy") ?? "";
    expect(read(out(1), "2027-06-30T12:02:00Z", list)).toBe("deny");
    expect(read(out(2), "2027-06-30T12:02:00Z", list)).toBe("nothing");
  });

  it("after a cut-off no session that was issued before it may, whichever grant it is of", async () => {
    fillUp();
    await minter().revoke(out(299), role, now);
    const list = aws.policies.get("deploy") ?? "";
    expect(read(out(5), "2027-06-30T12:02:00Z", list)).toBe("deny");
    expect(read(out(999), "2027-06-30T12:02:00Z", list)).toBe("deny");
  });
});
