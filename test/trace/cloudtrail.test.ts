import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { trace } from "../../trace";
import { htmlOf } from "../../trace/html";
import { jsonOf } from "../../trace/json";
import { textOf } from "../../trace/text";
import { grant, ndjson } from "./records";

const folder = mkdtempSync(join(tmpdir(), "nhi-trace-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const write = (content: string | Buffer) => {
  const file = join(folder, String(++files));
  writeFileSync(file, content);
  return file;
};

const corpusFile = join(__dirname, "corpus", "cloudtrail.json");
const corpus = readFileSync(corpusFile, "utf8");
const { Records: records } = JSON.parse(corpus) as { Records: Record<string, unknown>[] };

/** What happened, one line each, and what could not be read. */
async function told(paths: string[], id = grant) {
  const timeline = await trace({ id, paths });
  const name = (path: string) => path.replace(`${folder}/`, "");
  return {
    events: timeline.events.map((event) => `${event.step} ${event.what} ${event.fields.error ?? ""}`.trim()),
    problems: timeline.problems.map(name),
    unknown: timeline.unknown,
    records: timeline.coverage.cloudtrail?.records,
  };
}

const ofGrant = [
  "issued sts:AssumeRole",
  "issued sts:AssumeRole",
  "used s3:PutObject",
  "refused sts:GetSessionToken AccessDenied",
  "used cloudformation:DescribeStacks",
  "refused s3:GetObject ThrottlingException",
  "used signin:SwitchRole",
];
const whole = { events: ofGrant, problems: [], unknown: 0, records: records.length };

it("follows a grant into the session that its session assumed, and takes no record of others", async () => {
  expect(await told([corpusFile])).toEqual(whole);
});

it.each([
  { id: "ASIAWEBIDENTITY00001", events: ["issued sts:AssumeRoleWithWebIdentity", "used s3:ListBuckets"] },
  { id: "ASIASESSIONTOKEN0001", events: ["issued sts:GetSessionToken", "used iam:ListUsers"] },
  { id: "ASIAINSTANCE00000001", events: ["issued sts:AssumeRole"] },
  { id: "octo-app", events: ofGrant },
  { id: "nobody", events: [] },
])("finds by $id what is of it", async ({ id, events }) => {
  expect((await told([corpusFile], id)).events).toEqual(events);
});

it("reads each form that the same records come in", async () => {
  const lookup = {
    Events: records.map((record) => ({ EventId: record.eventID, CloudTrailEvent: JSON.stringify(record) })),
  };
  const forms = [
    JSON.stringify({ Records: records }),
    ndjson(records),
    JSON.stringify(records),
    JSON.stringify(lookup, null, 1),
    ndjson(
      records.map((detail) => ({
        version: "0",
        "detail-type": "AWS API Call via CloudTrail",
        source: "aws.sts",
        detail,
      })),
    ),
    gzipSync(corpus),
    zstdCompressSync(corpus),
    Buffer.concat([gzipSync(ndjson(records.slice(0, 5))), gzipSync(ndjson(records.slice(5)))]),
  ];
  for (const form of forms) expect(await told([write(form)])).toEqual(whole);
});

/** A value as Athena writes a struct into CSV. */
const struct = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? `{${Object.entries(value)
        .map(([name, one]) => `${name.toLowerCase()}=${struct(one)}`)
        .join(", ")}}`
    : String(value);

it("reads the result of an Athena query: names in lower case, structs, JSON in a cell", async () => {
  const columns = [
    "eventTime",
    "eventSource",
    "eventName",
    "userIdentity",
    "requestParameters",
    "responseElements",
    "errorCode",
    "eventID",
  ];
  const cell = (record: Record<string, unknown>, name: string) => {
    const value = record[name] ?? "";
    if (name === "userIdentity") return struct(value);
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = records.map((record) => columns.map((name) => quoted(cell(record, name))).join(","));
  const csv = [columns.map((name) => quoted(name.toLowerCase())).join(","), ...lines].join("\n");
  expect(await told([write(csv)])).toEqual(whole);
});

it("gives what is before the place where a file is cut off, and says where that is", async () => {
  const text = JSON.stringify({ Records: records.slice(0, 7) });
  const last = text.lastIndexOf('{"eventVersion"');
  expect(await told([write(text.slice(0, -200))])).toEqual({
    events: ofGrant.slice(0, 6),
    problems: [`${files}: the file is cut off at byte ${last}.`],
    unknown: 0,
    records: 6,
  });
  const lines = ndjson(records.slice(0, 7));
  const cut = await told([write(lines.slice(0, -200))]);
  expect(cut.events).toEqual(ofGrant.slice(0, 6));
  expect(cut.problems).toEqual([
    `${files}: there is no whole JSON object at byte ${lines.lastIndexOf('{"eventVersion"')}.`,
  ]);
  const packed = gzipSync(lines, { level: 0 });
  const half = await told([write(packed.subarray(0, packed.length - 300))]);
  expect(half.events).toEqual(ofGrant.slice(0, 6));
  expect(half.problems.at(-1)).toBe(`${files}: it can't be unpacked or read to its end (Z_BUF_ERROR).`);
});

it("goes on after a line that is none", async () => {
  const [first = {}, ...rest] = records;
  const text = `${JSON.stringify(first)}\nnot json\n\n[1]\n{"of": "no log"}\n${ndjson(rest)}`;
  const { events, problems, unknown } = await told([write(text)]);
  expect({ events, problems: problems.length, unknown }).toEqual({
    events: ofGrant,
    problems: 2,
    unknown: 1,
  });
});

it("gives the same timeline however the records are shuffled, repeated and spread over files", async () => {
  const timelineOf = async (paths: string[]) => {
    const { events, findings } = await trace({ id: grant, paths });
    return { events, findings: findings.filter((finding) => finding.id !== "duplicates") };
  };
  const wanted = await timelineOf([corpusFile]);
  const pieces = fc
    .tuple(
      fc.shuffledSubarray(records, { minLength: records.length }),
      fc.subarray(records),
      fc.array(fc.nat(records.length), { maxLength: 4 }),
    )
    .map(([shuffled, again, cuts]) => {
      const all = [...shuffled, ...again];
      const places = [0, ...cuts.sort((one, other) => one - other), all.length];
      return places.slice(1).map((end, i) => all.slice(places[i], end));
    });
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (parts, isLines) => {
      const paths = parts.map((part) => write(isLines ? ndjson(part) : JSON.stringify({ Records: part })));
      expect(await timelineOf(paths)).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
}, 30_000);

it("shows no secret, no message and no field that it does not know", async () => {
  const timeline = await trace({ id: grant, paths: [corpusFile] });
  for (const format of [textOf, jsonOf, htmlOf]) {
    const shown = format(timeline);
    expect(shown).toContain("ASIACHAINED000000001");
    expect(shown).not.toContain("canary");
  }
});
