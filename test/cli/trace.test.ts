import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokerEvents, cloudTrail, cloudTrailFile, cloudTrailRecords, grant, ndjson } from "../trace/records";
import { nhi } from "./run";

const folder = mkdtempSync(join(tmpdir(), "nhi-trace-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string | Buffer) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const broker = write("broker.ndjson", ndjson(brokerEvents));
const cloudtrail = write("cloudtrail.json", cloudTrailFile(cloudTrailRecords));

it("prints one timeline of a grant, from the request to what is refused after its end", async () => {
  const { code, out, err } = await nhi(["trace", grant, "--broker", broker, "--cloudtrail", cloudtrail]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const lines = out.split("\n").filter((line) => !line.startsWith(" ".repeat(26)));
  expect(lines).toEqual([
    `Trace of ${grant}`,
    "",
    "2026-03-01T10:00:00.000Z  requested      broker      nhi.grant.requested",
    "2026-03-01T10:00:00.200Z  decided        broker      nhi.grant.approved",
    "2026-03-01T10:00:02.000Z  issued         cloudtrail  sts:AssumeRole",
    "2026-03-01T10:00:02.500Z  issued         broker      nhi.grant.issued",
    "2026-03-01T10:01:00.000Z  used           cloudtrail  dynamodb:GetItem",
    "2026-03-01T10:02:00.000Z  used           cloudtrail  dynamodb:Query",
    "2026-03-01T10:05:00.000Z  completed      broker      nhi.grant.completed",
    "2026-03-01T10:05:01.000Z  revoked        cloudtrail  iam:PutRolePolicy",
    "2026-03-01T10:05:03.000Z  revoked        broker      nhi.grant.revoked",
    "2026-03-01T10:06:00.000Z  refused after  cloudtrail  dynamodb:GetItem",
    "",
    "Notes",
    "  It was tried once after the end, and refused (CloudTrail, 2026-03-01T10:06:00.000Z).",
    "",
    "Searched 2 files in 2 passes: the broker 5 (2026-03-01T10:00:00.000Z to 2026-03-01T10:05:03.000Z), " +
      "CloudTrail 5 (2026-03-01T10:00:02.000Z to 2026-03-01T10:06:00.000Z).",
    "Complete, and without a contradiction.",
    "",
  ]);
  expect(out).toContain(`policyHash=${"ab".repeat(32)}`);
  expect(out).not.toContain("canary");
});

it("gives an investigator one line when nothing is found: what was searched", async () => {
  const { code, out } = await nhi(["trace", "01JZ8F4N6Q2W3E4R5T6Y7V8K9Z", cloudtrail]);
  expect({ code, out: out.split("\n").slice(-3) }).toEqual({
    code: 2,
    out: [
      "Searched 1 file in 1 pass: CloudTrail 5 (2026-03-01T10:00:02.000Z to 2026-03-01T10:06:00.000Z).",
      "No record of it was found.",
      "",
    ],
  });
});

it.each([
  { args: [], err: "Name the logs: files or folders, or - for standard input." },
  { args: ["nowhere.json"], err: "nowhere.json can't be read: ENOENT." },
  { args: [broker, "--format", "xml"], err: '--format must be one of text, json, html, got "xml".' },
  {
    args: [broker, "--postgres-prefix", "%m "],
    err: "--postgres-prefix can't be used: it has no user (%u), and users are what a lease is joined by.",
  },
  {
    args: [broker, "--vault-hash", "orders"],
    err:
      "--vault-hash must be lease=HASH or accessor=HASH, with the hash as sys/audit-hash/<device> gives it: " +
      "hmac-sha256: and 64 hex digits.",
  },
])("refuses $args in one line", async ({ args, err }) => {
  expect(await nhi(["trace", grant, ...args])).toEqual({ code: 3, out: "", err: `${err}\n` });
});

it.each([
  {
    what: "is complete",
    cloud: cloudTrailRecords,
    code: 0,
    verdict: "Complete, and without a contradiction.",
  },
  {
    what: "is contradicted",
    cloud: [...cloudTrailRecords, cloudTrail("Scan", "10:07:00")],
    code: 1,
    verdict: "Not complete: 1 contradicted.",
  },
  { what: "lacks a log", cloud: undefined, code: 2, verdict: "Not complete: 1 missing." },
])("ends with $code when the trace $what", async ({ cloud, code, verdict }) => {
  const logs = cloud ? [broker, write("cloud.json", cloudTrailFile(cloud))] : [broker];
  const ran = await nhi(["trace", grant, ...logs]);
  expect({ code: ran.code, verdict: ran.out.trim().split("\n").at(-1) }).toEqual({ code, verdict });
});

it("ends with 3 when a log is cut off, says where, and uses what is before", async () => {
  const cut = write("cut.ndjson", ndjson(cloudTrailRecords).slice(0, -10));
  const offset = ndjson(cloudTrailRecords.slice(0, -1)).length;
  const { code, out, err } = await nhi(["trace", grant, broker, cut]);
  expect({ code, err }).toEqual({
    code: 3,
    err: `${cut}: there is no whole JSON object at byte ${offset}.\n`,
  });
  expect(out).toContain("revoked    cloudtrail  iam:PutRolePolicy");
  expect(out).toMatch(/Not complete: 1 missing, 1 could not be read\.\n$/);
});

it("writes the page and the JSON into a file", async () => {
  for (const [format, start] of [
    ["html", "<!doctype html>"],
    ["json", '{\n  "version": "nhi-trace/v1"'],
  ] as const) {
    const output = join(folder, `trace.${format}`);
    const args = ["trace", grant, broker, cloudtrail, "--format", format, "--output", output];
    expect(await nhi(args)).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(output, "utf8").startsWith(start)).toBe(true);
  }
});
