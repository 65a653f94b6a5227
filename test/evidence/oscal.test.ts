import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import crosswalk from "../../policy-packs/nhi/crosswalk.json";
import { tokenOf } from "../../evidence/formats/oscal/document";
import { rules } from "../../policy-packs/nhi/rules";
import { newFolder } from "../cli/state";
import { exportedAs, sample } from "./sample";

// NIST's own schemas of OSCAL 1.2.1, without their white space. NIST's works are in the public domain.
const validators = Object.fromEntries(
  (["assessment-results", "assessment-plan", "component", "mapping", "poam"] as const).map((model) => {
    const schema = JSON.parse(
      readFileSync(join(__dirname, `schemas/oscal-1.2.1-${model}.json`), "utf8"),
    ) as object;
    // Its token is of letters of any language, which needs expressions with Unicode.
    const ajv = new Ajv({ strict: false, unicodeRegExp: true });
    addFormats(ajv);
    return [model, ajv.compile(schema)];
  }),
);
const modelOf: Record<string, string> = {
  "oscal-results": "assessment-results",
  "oscal-plan": "assessment-plan",
  "oscal-poam": "poam",
  "oscal-component": "component",
  "oscal-mapping": "mapping",
};

/** As much of the documents as is looked at here. */
interface Documents {
  "assessment-results": { results: StackResult[] };
  "plan-of-action-and-milestones": {
    risks: { status: string; deadline?: string }[];
    "poam-items": object[];
  };
  "mapping-collection": {
    mappings: { maps: { sources: { "id-ref": string }[]; targets: { "id-ref": string }[] }[] }[];
  };
}
interface StackResult {
  description: string;
  props: object[];
  findings?: { title: string; target: { status: { state: string } } }[];
}
jest.setTimeout(60_000);
const files = newFolder();
afterAll(() => rmSync(files.folder, { recursive: true }));
let file: string;
beforeAll(async () => {
  file = await sample(files);
});
const read = async (format: string) => JSON.parse(await exportedAs(file, format)) as Documents;
const problemsOf = (format: string, document: unknown) => {
  const validate = validators[modelOf[format] ?? ""];
  validate?.(document);
  return validate?.errors;
};

describe.each(Object.keys(modelOf))("%s", (format) => {
  it("is valid by NIST's schema", async () => {
    expect(problemsOf(format, await read(format))).toBeNull();
  });

  it("has the same ids in every export, and each once where it is defined", async () => {
    const uuids = (document: Documents) =>
      [...JSON.stringify(document).matchAll(/"uuid":"([^"]+)"/g)].map(([, id]) => id);
    const first = uuids(await read(format));
    expect(uuids(await read(format))).toEqual(first);
    const ofStacks = first.filter((id, at) => first.indexOf(id) !== at);
    expect(ofStacks).toEqual([]);
  });
});

it.each([
  { format: "oscal-results", from: '"import-ap":', to: '"import-xx":' },
  { format: "oscal-results", from: '"state":"satisfied"', to: '"state":"passed"' },
  { format: "oscal-results", from: '"collected":', to: '"gathered":' },
  { format: "oscal-results", from: /"uuid":"[^"]+"/, to: '"uuid":"00000000-0000-1000-8000-000000000000"' },
  { format: "oscal-results", from: /"control-id":"[^"]+"/, to: '"control-id":"NHI7:2025"' },
  { format: "oscal-plan", from: /"control-id":"[^"]+"/, to: '"control-id":"1.13"' },
  { format: "oscal-plan", from: '"import-ssp":', to: '"import-xxx":' },
  { format: "oscal-poam", from: '"poam-items":', to: '"items":' },
  { format: "oscal-poam", from: '"deadline":"2099-01-01T23:59:59Z"', to: '"deadline":"2099-01-01T23:59:59"' },
  { format: "oscal-component", from: /"control-id":"[^"]+"/, to: '"control-id":"GOVERN 1.6"' },
  { format: "oscal-component", from: '"source":', to: '"sauce":' },
  { format: "oscal-mapping", from: '"method":"human"', to: '"method":"guess"' },
  { format: "oscal-mapping", from: '"target-resource":', to: '"target":' },
])("NIST's schema refuses $format with $to for $from", async ({ format, from, to }) => {
  const text = JSON.stringify(await read(format));
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  expect(problemsOf(format, JSON.parse(changed))).not.toBeNull();
});

it("says of each rule in a stack whether it is met, and what was not judged", async () => {
  const { results } = (await read("oscal-results"))["assessment-results"];
  const [prod, torn] = results;
  const statusOf = (rule: string) => prod?.findings?.find(({ title }) => title === rule)?.target.status;
  expect(statusOf("no-static-keys")).toMatchObject({ state: "not-satisfied", reason: "fail" });
  expect(statusOf("sessions-are-short")).toMatchObject({ state: "not-satisfied", reason: "fail" });
  expect(statusOf("identities-are-audited")).toEqual({
    state: "not-satisfied",
    reason: "other",
    remarks: "The settings switch this rule off here.",
  });
  expect(prod?.findings?.filter(({ target }) => target.status.state === "satisfied")).not.toHaveLength(0);
  expect(torn?.findings).toBeUndefined();
  expect(torn?.props).toContainEqual(expect.objectContaining({ name: "complete", value: "false" }));
  expect(torn?.description).toMatch(/torn\.json/);
});

it("has each exception with its day in the plan of action", async () => {
  const { risks, "poam-items": items } = (await read("oscal-poam"))["plan-of-action-and-milestones"];
  expect(
    risks.filter(({ status }) => status === "deviation-approved").map(({ deadline }) => deadline),
  ).toEqual(["2099-01-01T23:59:59Z"]);
  expect(items).toHaveLength(risks.length);
  expect(risks.map(({ status }) => status)).toContain("open");
});

it("has a token for each control as the crosswalk has it", () => {
  for (const { framework, id, oscalId } of crosswalk.topics.flatMap(({ mappings }) => mappings))
    expect(tokenOf({ framework, id })).toBe(oscalId);
});

it("maps every rule of the pack, and NHI3:2025 only where third parties are meant", async () => {
  const { mappings } = (await read("oscal-mapping"))["mapping-collection"];
  const maps = mappings.flatMap(({ maps: of }) => of);
  expect(new Set(maps.map(({ sources }) => sources[0]?.["id-ref"]))).toEqual(
    new Set(rules.map(({ id }) => id)),
  );
  const ofThird = maps.filter(({ targets }) => targets[0]?.["id-ref"] === "NHI3:2025");
  const thirds = rules.filter(({ topic }) => topic === "third-party-trust").map(({ id }) => id);
  expect(ofThird.map(({ sources }) => sources[0]?.["id-ref"])).toEqual(thirds);
  expect(thirds).not.toHaveLength(0);
});
