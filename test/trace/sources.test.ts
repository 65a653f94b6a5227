import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { trace, type TraceOptions } from "../../trace";
import { htmlOf } from "../../trace/html";
import { mostEvents } from "../../trace/join";
import { jsonOf } from "../../trace/json";
import schema from "../../trace/nhi-trace-v1.schema.json";
import { prefixPattern, fromPostgresLine, shownStatement } from "../../trace/sources/postgresql";
import { textOf } from "../../trace/text";
import {
  at,
  brokerEvent,
  brokerEvents,
  cloudTrail,
  cloudTrailRecords,
  grant,
  ndjson,
  otherGrant,
} from "./records";

const folder = mkdtempSync(join(tmpdir(), "nhi-trace-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const write = (content: string) => {
  const file = join(folder, String(++files));
  writeFileSync(file, content);
  return file;
};

async function told(contents: string[], options: Partial<TraceOptions> = {}) {
  const { events, findings } = await trace({ id: grant, paths: contents.map(write), ...options });
  return {
    events: events.map((event) => `${event.step} ${event.what}`),
    findings: findings.map((finding) => `${finding.level}: ${finding.text}`),
  };
}

const hmac = (digit: string) => `hmac-sha256:${digit.repeat(64)}`;
const vaultRecord = (
  id: string,
  clock: string,
  path: string,
  more: { auth?: object; data?: object; response?: object; error?: string } = {},
) => ({
  type: "response",
  time: at(clock),
  auth: more.auth,
  request: {
    id,
    operation: "update",
    path,
    mount_type: path.startsWith("orders/") ? "database" : "system",
    data: more.data,
  },
  response: more.response,
  ...(more.error && { error: more.error }),
});

describe("a grant in Vault", () => {
  const child = { accessor: hmac("c"), display_name: "token", metadata: { nhi_grant_id: grant } };
  const parent = { accessor: hmac("b"), display_name: "broker", metadata: { role_name: "broker" } };
  const lease = "orders/creds/migrate/abc";
  const events = [
    ...brokerEvents.slice(0, 2),
    brokerEvent(2, "issued", "10:00:01.000", {
      target: "orders/creds/migrate",
      accessor: "plain-accessor",
      expiresAt: at("10:15:00.000"),
    }),
    brokerEvent(3, "revoked", "10:05:00.000", {
      mechanism: "vault-token",
      effectiveAt: at("10:05:00.000"),
      requestedAt: at("10:05:00.000"),
    }),
  ];
  const audit = [
    vaultRecord("r1", "10:00:00.900", "auth/token/create", { auth: parent, response: { auth: child } }),
    vaultRecord("r2", "10:01:00.000", "orders/creds/migrate", {
      auth: child,
      response: {
        secret: { lease_id: lease },
        data: { username: "v-token-migrate-abc", password: "canary" },
      },
    }),
    vaultRecord("r3", "10:02:00.000", "orders/creds/other", {
      auth: child,
      error: "canary permission denied",
    }),
    vaultRecord("r4", "10:04:59.900", "auth/token/revoke-accessor", {
      auth: parent,
      data: { accessor: hmac("c") },
    }),
    vaultRecord("r5", "10:06:00.000", "auth/token/create", {
      auth: parent,
      response: { auth: { ...child, accessor: hmac("d"), metadata: { nhi_grant_id: otherGrant } } },
    }),
  ];
  const database =
    "2026-03-01 10:01:30.000 UTC [7] user=v-token-migrate-abc LOG:  statement: SELECT 'canary'\n" +
    "2026-03-01 10:01:31.000 UTC [8] user=v-token-migrate-xyz LOG:  statement: SELECT 'other'\n";

  it("is joined by the token's metadata, its accessor, its leases and their users", async () => {
    expect(await told([ndjson(events), ndjson(audit), database])).toEqual({
      events: [
        "requested nhi.grant.requested",
        "decided nhi.grant.approved",
        "issued update auth/token/create",
        "issued nhi.grant.issued",
        "issued update orders/creds/migrate",
        "used SELECT '…'",
        "refused update orders/creds/other",
        "revoked update auth/token/revoke-accessor",
        "revoked nhi.grant.revoked",
      ],
      findings: [
        "missing: PostgreSQL's log ends before the access did (2026-03-01T10:05:00.000Z): its records are from 2026-03-01T10:01:30.000Z to 2026-03-01T10:01:31.000Z.",
        "missing: PostgreSQL's log begins after the access did (2026-03-01T10:00:00.900Z): its records are from 2026-03-01T10:01:30.000Z to 2026-03-01T10:01:31.000Z.",
      ].sort(),
    });
  });

  it("is found from the lease's and the user's end as well", async () => {
    const whole = await told([ndjson(events), ndjson(audit), database]);
    for (const id of [lease, "v-token-migrate-abc"])
      expect((await told([ndjson(audit), database], { id })).events).toEqual(
        expect.arrayContaining(["issued update orders/creds/migrate", "used SELECT '…'"]),
      );
    expect(whole.events).toHaveLength(9);
  });

  it("is ended by the prefix that a lease is below, after it was issued and not before", async () => {
    const prefix = (id: string, clock: string) =>
      vaultRecord(id, clock, "sys/leases/revoke-prefix/orders/creds", { auth: parent });
    const { events: found } = await told([
      ndjson([...audit.slice(0, 2), prefix("p1", "09:00:00.000"), prefix("p2", "10:03:00.000")]),
    ]);
    expect(found.filter((event) => event.startsWith("revoked"))).toEqual([
      "revoked update sys/leases/revoke-prefix/orders/creds",
    ]);
  });

  it("says that the user's name is hashed where the mount hashes it", async () => {
    const hashed = vaultRecord("r2", "10:01:00.000", "orders/creds/migrate", {
      auth: child,
      response: { secret: { lease_id: lease }, data: { username: hmac("e") } },
    });
    expect((await told([ndjson([hashed])])).findings).toContain(
      "missing: Vault's log hashes the database's user, and the database's log can't be joined: leave `username` of the mount's answers unhashed.",
    );
  });
});

describe("a grant in Google Cloud", () => {
  const name = "projects/p/locations/global/entitlements/orders/grants/g-1";
  const entry = (insertId: string, clock: string, methodName: string, more: object = {}) => ({
    insertId,
    logName: "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
    timestamp: at(clock),
    protoPayload: {
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      serviceName: methodName.includes("PrivilegedAccess")
        ? "privilegedaccessmanager.googleapis.com"
        : "storage.googleapis.com",
      methodName,
      authenticationInfo: {
        principalEmail: "jit@p.iam.gserviceaccount.com",
        serviceAccountDelegationInfo: [
          { firstPartyPrincipal: { principalEmail: "broker@p.iam.gserviceaccount.com" } },
        ],
      },
      ...more,
    },
  });
  const pam = "google.cloud.privilegedaccessmanager.v1.PrivilegedAccessManager";
  const log = [
    entry("a", "09:00:00.000", "storage.objects.get"),
    entry("b", "10:00:01.000", `${pam}.CreateGrant`, {
      request: { grant: { justification: { unstructuredJustification: `migrate orders (grant ${grant})` } } },
      response: { name, requester: "jit@p.iam.gserviceaccount.com" },
    }),
    entry("c", "10:01:00.000", "storage.objects.list", { resourceName: "projects/_/buckets/orders" }),
    entry("d", "10:05:00.000", `${pam}.RevokeGrant`, { request: { name } }),
    entry("e", "10:05:30.000", "storage.objects.list", { status: { code: 7, message: "canary" } }),
    entry("f", "13:00:00.000", "storage.objects.get"),
  ];

  it("is joined by the justification and the PAM grant's name, and its calls by principal and time", async () => {
    const wanted = [
      `issued ${pam}.CreateGrant`,
      "used storage.objects.list",
      `revoked ${pam}.RevokeGrant`,
      "refused storage.objects.list",
    ];
    expect((await told([JSON.stringify(log, null, 2)])).events).toEqual(wanted);
    expect((await told([ndjson(log)], { id: name })).events).toEqual(wanted);
    const timeline = await trace({ id: grant, paths: [write(ndjson(log))] });
    expect(textOf(timeline)).toContain("through=broker@p.iam.gserviceaccount.com");
    expect(textOf(timeline)).toContain(
      "(Google's log names no grant at a call: it is joined by principal and time)",
    );
    expect(textOf(timeline)).not.toContain("canary");
  });
});

describe("PostgreSQL's log", () => {
  it.each([
    {
      prefix: "%m [%p] user=%u ",
      line: "2026-03-01 10:00:00.123 UTC [7] user=ann LOG:  statement: SELECT 1",
    },
    {
      prefix: "%t:%r:%u@%d:[%p]:",
      line: "2026-03-01 10:00:00 UTC:10.0.0.7(5432):ann@orders:[7]:LOG:  statement: SELECT 1",
    },
    { prefix: "%n %u %a ", line: "1772359200.123 ann psql LOG:  execute <unnamed>: SELECT 1" },
    {
      prefix: "%m %q%u ",
      line: "2026-03-01 12:00:00.123 +02 ann LOG:  duration: 0.1 ms  statement: SELECT 1",
    },
  ])("is read with the prefix $prefix", ({ prefix, line }) => {
    const said = fromPostgresLine(line, prefixPattern(prefix));
    expect(said?.events.map(({ step, what, keys }) => ({ step, what, keys }))).toEqual([
      { step: "used", what: "SELECT 1", keys: ["user:ann"] },
    ]);
    expect(Math.floor((said?.at ?? 0) / 1000)).toBe(Date.parse(at("10:00:00")) / 1000);
  });

  it("is not guessed at in a time zone that says no offset", () => {
    const line = "2026-03-01 10:00:00.123 CET [7] user=ann LOG:  statement: SELECT 1";
    expect(fromPostgresLine(line, prefixPattern("%m [%p] user=%u "))).toBeUndefined();
  });

  it("is read as jsonlog, and a statement of many lines is one", async () => {
    const json = JSON.stringify({
      timestamp: "2026-03-01 10:00:00.123 UTC",
      user: "ann",
      pid: 7,
      error_severity: "LOG",
      message: "statement: SELECT 1",
    });
    expect((await told([`${json}\n`], { id: "ann" })).events).toEqual(["used SELECT 1"]);
    const lines = "2026-03-01 10:00:00.123 UTC [7] user=ann LOG:  statement: SELECT\n\t1\n\t, 2\n";
    expect((await told([lines], { id: "ann" })).events).toEqual(["used SELECT 1 , 2"]);
  });

  it.each([
    {
      statement: "SELECT 'a''b' , E'c\\'d', $$e$$, $x$f$x$ FROM t -- g",
      shown: "SELECT '…' , '…', '…', '…' FROM t",
    },
    { statement: "ALTER ROLE x PASSWORD 'cut off", shown: "ALTER ROLE x PASSWORD '…'" },
    { statement: 'SELECT "column" /* secret */ FROM t', shown: 'SELECT "column" FROM t' },
  ])("shows $shown", ({ statement, shown }) => {
    expect(shownStatement(statement)).toBe(shown);
  });
});

it("counts what is beyond the events that it keeps, and drops nothing", async () => {
  const more = 5;
  const calls = Array.from({ length: mostEvents + more }, (_, i) => ({
    ...cloudTrail("GetItem", "10:01:00"),
    eventID: `e${i}`,
  }));
  const timeline = await trace({ id: grant, paths: [write(ndjson(calls))] });
  expect(timeline.events).toHaveLength(mostEvents);
  expect(timeline.counted.map(({ what, count }) => ({ what, count }))).toEqual([
    { what: "dynamodb:GetItem", count: more },
  ]);
}, 30_000);

it("writes JSON by its schema", async () => {
  const ajv = addFormats(new Ajv2020({ strict: true }));
  const early = cloudTrailRecords.map((record) => ({
    ...record,
    eventTime: record.eventTime.replace("10:0", "09:5"),
  }));
  for (const records of [cloudTrailRecords, early, []]) {
    const timeline = await trace({
      id: grant,
      paths: [write(ndjson(brokerEvents)), write(ndjson(records)), write('{"cut')],
    });
    ajv.validate(schema, JSON.parse(jsonOf(timeline)));
    expect(ajv.errors).toBeNull();
  }
});

it("shows nothing of a log as markup, and no character that controls a terminal or turns text", async () => {
  const nasty = '<script>alert(1)</script>"&\u001b[31m\u202e';
  const events = brokerEvents.map((event) => ({
    ...event,
    detail: { ...event.detail, purpose: nasty },
    by: nasty,
  }));
  const timeline = await trace({ id: grant, paths: [write(ndjson(events))] });
  for (const shown of [htmlOf({ ...timeline, id: nasty }), textOf({ ...timeline, id: nasty })])
    expect(["\u001b", "\u202e"].filter((letter) => shown.includes(letter))).toEqual([]);
  expect(htmlOf({ ...timeline, id: nasty })).not.toContain("<script");
  expect(htmlOf(timeline)).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;");
});
