import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { denyDocument } from "../../broker/minters/aws-documents";
import { trace } from "../../trace";
import type { SourceName } from "../../trace/event";
import {
  at,
  brokerEvent,
  brokerEvents,
  cloudTrail,
  cloudTrailFile,
  cloudTrailRecords,
  deny,
  grant,
  ndjson,
  otherGrant,
} from "./records";

const folder = mkdtempSync(join(tmpdir(), "nhi-trace-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** What a trace of the grant finds: level, id and text of each. */
async function found(
  broker: readonly object[] | undefined,
  cloudtrail: readonly object[] | undefined,
  id = grant,
) {
  const paths: string[] = [];
  const given = new Set<SourceName>();
  const add = (source: SourceName, text: string) => {
    const file = join(folder, String(++files));
    writeFileSync(file, text);
    paths.push(file);
    given.add(source);
  };
  if (broker) add("broker", ndjson(broker));
  if (cloudtrail) add("cloudtrail", cloudTrailFile(cloudtrail));
  const timeline = await trace({ id, paths, given });
  return timeline.findings.map(({ level, text }) => `${level}: ${text}`);
}

const refusedAfter =
  "note: It was tried once after the end, and refused (CloudTrail, 2026-03-01T10:06:00.000Z).";
const without = <T extends object>(records: readonly T[], ...indexes: number[]) =>
  records.filter((_, i) => !indexes.includes(i));

it("finds nothing but the good refusal in a grant that went as it should", async () => {
  expect(await found(brokerEvents, cloudTrailRecords)).toEqual([refusedAfter]);
});

it("says what is used after the revocation took effect, and not what is used before", async () => {
  const late = cloudTrail("DeleteItem", "10:05:05");
  const inTime = cloudTrail("Scan", "10:05:03");
  expect(await found(brokerEvents, [...cloudTrailRecords, late, inTime])).toEqual([
    "contradiction: It was used once after it was revoked: first 2000 ms later, dynamodb:DeleteItem (CloudTrail, 2026-03-01T10:05:05.000Z).",
    refusedAfter,
  ]);
});

it("says that it was issued without a decision", async () => {
  expect(await found(without(brokerEvents, 1), cloudTrailRecords)).toEqual([
    "contradiction: CloudTrail has it issued at 2026-03-01T10:00:02.000Z, and the broker's events have no decision that allows it.",
    refusedAfter,
  ]);
});

it("says that it was issued after it was denied", async () => {
  const events = [
    brokerEvents[0] ?? {},
    brokerEvent(1, "denied", "10:00:00.200", { reason: "no" }),
    ...brokerEvents.slice(2),
  ];
  expect(await found(events, cloudTrailRecords)).toEqual([
    "contradiction: It was denied at 2026-03-01T10:00:00.200Z, and CloudTrail has it issued at 2026-03-01T10:00:02.000Z.",
    refusedAfter,
  ]);
});

it("says that a revocation left no record where it should have had its effect", async () => {
  expect(await found(brokerEvents, without(cloudTrailRecords, 3))).toEqual([
    "contradiction: The broker has it revoked at 2026-03-01T10:05:03.000Z by aws-grant-deny, and CloudTrail has no record of that.",
    refusedAfter,
  ]);
});

it("says that a revocation was lifted while the session lasts, and not when it is written again", async () => {
  const again = [deny("10:07:00", [grant]), deny("10:08:00", [otherGrant])];
  expect(await found(brokerEvents, [...cloudTrailRecords, ...again])).toEqual([
    "contradiction: The deny policy stopped naming it at 2026-03-01T10:08:00.000Z, and it lasts until 2026-03-01T10:15:00.200Z.",
    refusedAfter,
    "note: The deny policy was written once again, with the grant still in it.",
  ]);
  expect(await found(brokerEvents, [...cloudTrailRecords, deny("10:20:00", [otherGrant])])).toEqual([
    refusedAfter,
  ]);
});

it("takes the policies that the broker writes: a list of grants, or a cut-off of all sessions", async () => {
  const list = { ids: new Set([otherGrant]), foreign: [], isExact: true };
  const put = (clock: string, policyDocument: string) => ({
    ...deny(clock, []),
    requestParameters: { roleName: "orders-read", policyName: "nhi-revoked-grants", policyDocument },
  });
  const named = put("10:05:01", denyDocument({ ...list, ids: new Set([otherGrant, grant]) }));
  const cutOff = put("10:05:01", denyDocument({ ...list, cutOff: at("10:05:01") }));
  const earlier = put("10:05:01", denyDocument({ ...list, cutOff: at("09:05:01") }));
  const byCutOff = [
    ...brokerEvents.slice(0, 4),
    brokerEvent(4, "revoked", "10:05:03.000", {
      mechanism: "aws-role-cutoff",
      effectiveAt: at("10:05:03.000"),
    }),
  ];
  const logOf = (record: object) => [...without(cloudTrailRecords, 3), record];
  expect(await found(brokerEvents, logOf(named))).toEqual([refusedAfter]);
  expect(
    await found(
      brokerEvents,
      logOf(put("10:05:01", encodeURIComponent(denyDocument({ ...list, ids: new Set([grant]) })))),
    ),
  ).toEqual([refusedAfter]);
  expect(await found(byCutOff, logOf(cutOff))).toEqual([refusedAfter]);
  expect(
    await found(byCutOff, [
      ...logOf(named),
      put("10:06:00", denyDocument({ ...list, cutOff: at("10:06:00") })),
    ]),
  ).toEqual([refusedAfter, "note: The deny policy was written once again, with the grant still in it."]);
  expect(await found(byCutOff, logOf(earlier))).toEqual([
    "contradiction: The broker has it revoked at 2026-03-01T10:05:03.000Z by aws-role-cutoff, and CloudTrail has no record of that.",
    refusedAfter,
  ]);
});

it("says that revoking failed and never worked", async () => {
  const failed = brokerEvent(4, "revoke_failed", "10:05:03.000", { problem: "Throttling", attempts: 1 });
  expect(await found([...brokerEvents.slice(0, 4), failed], without(cloudTrailRecords, 3, 4))).toEqual([
    "contradiction: Revoking it failed once, last at 2026-03-01T10:05:03.000Z, and nothing says that it worked later.",
  ]);
});

it("says that a grant has more sessions than were issued", async () => {
  const [first] = cloudTrailRecords;
  const second = {
    ...first,
    eventID: "another",
    eventTime: at("10:00:03"),
    responseElements: { credentials: { accessKeyId: "ASIAIOSFODNN7EXAMPL2" } },
  };
  expect(await found(brokerEvents, [...cloudTrailRecords, second])).toContain(
    "contradiction: AWS has 2 sessions of it, and the broker has issued 1.",
  );
});

it("says how far a clock is off, and puts the order right", async () => {
  const early = cloudTrailRecords.map((record) => ({
    ...record,
    eventTime: new Date(Date.parse(record.eventTime) - 30_000).toISOString(),
  }));
  expect(await found(brokerEvents, early)).toEqual([
    "note: It was tried once after the end, and refused (CloudTrail, 2026-03-01T10:05:30.000Z).",
    "note: The clock of CloudTrail is at least 28200 ms behind that of the broker: cloudtrail's issued is before broker's decided. The order below puts it right.",
  ]);
});

it("says that it never ended, and that it was never used", async () => {
  expect(await found(brokerEvents.slice(0, 3), cloudTrailRecords.slice(0, 1))).toEqual([
    "missing: Nothing says that it ended: no revocation and no expiry.",
    "note: No record has it used.",
  ]);
});

it("says what each log would tell when it was not given", async () => {
  expect(await found(undefined, cloudTrailRecords)).toEqual([
    "missing: Nothing says who decided that it was allowed, and by which policy.",
    "missing: Nothing says who asked for it.",
    "missing: the broker: no log was given. It would say who asked for it, and what decided.",
    refusedAfter,
  ]);
  expect(await found(brokerEvents, undefined)).toEqual([
    "missing: CloudTrail: no log was given. It would say what it did in AWS.",
    "note: No record has it used.",
  ]);
  expect(await found(brokerEvents, [])).toEqual([
    "missing: CloudTrail: what was given holds no record of it that can be read. It would say what it did in AWS.",
    "note: No record has it used.",
  ]);
});

it("says that a log begins after the access or ends before it", async () => {
  const range = "its records are from 2026-03-01T10:01:00.000Z to 2026-03-01T10:02:00.000Z.";
  expect(await found(brokerEvents, cloudTrailRecords.slice(1, 3))).toEqual([
    `missing: CloudTrail begins after the access did (2026-03-01T10:00:02.500Z): ${range}`,
    `missing: CloudTrail ends before the access did (2026-03-01T10:05:03.000Z): ${range}`,
  ]);
});

it("counts a record that comes more than once as one, and says how many did", async () => {
  expect(
    await found(
      [...brokerEvents, ...brokerEvents.slice(0, 2)],
      [...cloudTrailRecords, ...cloudTrailRecords.slice(1, 2)],
    ),
  ).toEqual([
    refusedAfter,
    "note: the broker holds 2 records more than once; each counts once.",
    "note: CloudTrail holds 1 record more than once; each counts once.",
  ]);
});

it("keeps the accesses of one source identity apart", async () => {
  const second = {
    ...cloudTrail("Query", "10:30:00"),
    userIdentity: {
      type: "AssumedRole",
      accessKeyId: "ASIAOTHER",
      arn: `arn:aws:sts::111111111111:assumed-role/orders-read/${otherGrant}`,
      sessionContext: { sourceIdentity: "orders-migration" },
    },
  };
  expect(await found(brokerEvents, [...cloudTrailRecords, second], "orders-migration")).toEqual([
    `contradiction: ${otherGrant}: It was used once after it was revoked: first 1499000 ms later, dynamodb:Query (CloudTrail, 2026-03-01T10:30:00.000Z).`,
    `missing: ${otherGrant}: It was used, and nothing says when it was issued.`,
    `missing: ${otherGrant}: the broker: none of 5 records is of this access; its records are from 2026-03-01T10:00:00.000Z to 2026-03-01T10:05:03.000Z. It would say who asked for it, and what decided.`,
    refusedAfter.replace("note: ", `note: ${grant}: `),
  ]);
});
