import { rmSync } from "node:fs";
import { Ajv } from "ajv";
import { newFolder, key, urnOf } from "../cli/state";
import schema from "./schemas/ocsf-1.8.0-compliance-finding.json";
import { exportedAs, sample } from "./sample";

interface Event {
  class_uid: number;
  severity_id: number;
  status: string;
  type_uid: number;
  compliance: { status: string; control: string; requirements?: string[] };
  finding_info: { uid: string };
  resources: { uid: string }[];
  metadata: { sequence: number };
  [more: string]: unknown;
}

jest.setTimeout(60_000);
const isEvent = new Ajv({ strict: false }).compile(schema);
const files = newFolder();
afterAll(() => rmSync(files.folder, { recursive: true }));

let events: Event[];
beforeAll(async () => {
  const lines = (await exportedAs(await sample(files), "ocsf")).trimEnd().split("\n");
  events = lines.map((line) => JSON.parse(line) as Event);
});

it("writes events of the class Compliance Finding", () => {
  for (const event of events) {
    isEvent(event);
    expect(isEvent.errors).toBeNull();
    expect(event.type_uid).toBe(event.class_uid * 100 + 1);
  }
});

it.each([
  { wrong: { class_uid: 2001 } },
  { wrong: { type_uid: 200103 } },
  { wrong: { severity_id: "High" } },
  { wrong: { status: "pass" } },
  { wrong: { metadata: { version: "1.8.0" } } },
  { wrong: { finding_info: { title: "no uid" } } },
  { wrong: { compliance: { status_id: 4 } } },
  { wrong: { resources: [{ type: "aws:iam/role:Role" }] } },
  { wrong: { remediation: {} } },
  { wrong: { unknown: 1 } },
])("the schema of the test refuses a copy with $wrong", ({ wrong }) => {
  expect(isEvent({ ...events[0], ...wrong })).toBe(false);
});

it("has each status, what is switched off, and what could not be read", () => {
  const pairs = new Set(events.map(({ compliance, status }) => `${compliance.status}, ${status}`));
  expect(pairs).toEqual(new Set(["Fail, New", "Fail, Suppressed", "Warning, New", "Pass, Resolved"]));
  const said = events.filter(({ compliance }) => compliance.control === "run");
  expect(said.map(({ resources }) => resources[0]?.uid)).toEqual([expect.stringMatching(/torn\.json$/)]);
  const off = events.filter(({ compliance }) => compliance.control === "identities-are-audited");
  expect(off.map(({ message }) => message)).toEqual([
    "The settings switch identities-are-audited off for shop/prod.",
  ]);
});

it("names a control with its framework's version, and a finding by the same id as the other formats", async () => {
  const found = events.find(
    ({ compliance, resources }) =>
      compliance.control === "no-static-keys" && resources[0]?.uid === urnOf("prod", key),
  );
  expect(found?.compliance.requirements?.[0]).toBe("owasp-nhi 2025 NHI7:2025 Long-Lived Secrets");
  const sarif = await exportedAs(`${files.folder}/sample.ndjson`, "sarif");
  expect(sarif).toContain(`"nhiFinding/v1":"${found?.finding_info.uid}"`);
});
