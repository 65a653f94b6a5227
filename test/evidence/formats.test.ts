import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import type { Log, Result } from "sarif";
import { rules } from "../../policy-packs/nhi/rules";
import { nhi } from "../cli/run";
import { exported, key, newFolder, role, urnOf } from "../cli/state";

// What these formats must be is their readers' schema: SARIF's is of OASIS, as the npm package @microsoft/jest-sarif has it.
const sarifSchema = JSON.parse(readFileSync(join(__dirname, "sarif-2.1.0.schema.json"), "utf8")) as Record<
  string,
  unknown
>;
const ajv = new Ajv({ strict: false, unicodeRegExp: false });
addFormats(ajv);
// It names draft 4 of JSON Schema, and takes nothing of it that draft 7 has not.
delete sarifSchema.$schema;
delete sarifSchema.id;
const isSarif = ajv.compile(sarifSchema);

jest.setTimeout(60_000);
const { folder, write } = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const evil = { ...key, name: '=cmd|"<b>`@all\u0001,\n' };
const later = role("later", { assumeRolePolicy: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
const night = role("night", { maxSessionDuration: 43200 });
const canary = "canary-51d0";
const provider = { type: "pulumi:providers:vault", name: "vault", inputs: { token: canary } };

let file: string;
beforeAll(async () => {
  const settings = {
    "identities-are-audited": "disabled",
    "identities-are-reviewed": "advisory",
    settings: {
      baseline: [
        {
          rule: "sessions-are-short",
          urn: urnOf("prod", night),
          property: "maxSessionDuration",
          due: "2099-01-01",
        },
      ],
    },
  };
  file = join(folder, "evidence.ndjson");
  const state = write("prod.json", exported("prod", [key, evil, night, later, provider]));
  await nhi([
    ...["audit", "--state", state, "--evidence", file],
    ...["--settings", write("settings.json", JSON.stringify(settings))],
  ]);
});

/** The evidence in a format. */
async function exportedAs(format: string) {
  const { code, out, err } = await nhi(["export", file, "--format", format]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).not.toContain(canary);
  return out;
}

describe("SARIF", () => {
  const log = async (format: string) => JSON.parse(await exportedAs(format)) as Log;
  const resultsOf = ({ runs }: Log): Result[] => runs[0]?.results ?? [];

  it.each(["sarif", "sarif-all"])("is valid as %s", async (format) => {
    isSarif(await log(format));
    expect(isSarif.errors).toBeNull();
  });

  it("has what fails and what stays for a while, and every rule", async () => {
    const sarif = await log("sarif");
    expect(sarif.runs[0]?.tool.driver.rules?.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    const results = resultsOf(sarif);
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(["fail"]));
    const [first] = results.filter(({ ruleId }) => ruleId === "no-static-keys");
    expect(first).toEqual({
      ruleId: "no-static-keys",
      ruleIndex: 0,
      kind: "fail",
      level: "error",
      message: {
        text: expect.stringMatching(/^\[no-static-keys\] aws:iam\/accessKey:AccessKey "ci": it is/) as string,
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: "Pulumi.yaml" }, region: { startLine: 1 } },
          logicalLocations: [{ fullyQualifiedName: urnOf("prod", key), kind: "resource" }],
        },
      ],
      partialFingerprints: { "nhiFinding/v1": expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      properties: { stack: "shop/prod", property: "it" },
    });
    expect(results.find(({ ruleId }) => ruleId === "sessions-are-short")).toMatchObject({
      level: "warning",
      suppressions: [{ kind: "external", status: "accepted" }],
      properties: { until: "2099-01-01" },
    });
  });

  it("knows a finding again in the next run", async () => {
    const prints = async () => resultsOf(await log("sarif")).map((result) => result.partialFingerprints);
    const before = await prints();
    expect(new Set(before.map((print) => JSON.stringify(print))).size).toBe(before.length);
    expect(await prints()).toEqual(before);
  });

  it("has what passes and what nobody could decide where all is asked for", async () => {
    const all = resultsOf(await log("sarif-all"));
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(["fail", "open", "pass"]));
    expect(all.filter(({ kind, level }) => kind !== "fail" && level !== "none")).toEqual([]);
  });
});

it("JUnit has a case for each check, failed only where it blocks, and is XML whatever a name holds", async () => {
  const xml = await exportedAs("junit");
  const counts = /<testsuite name="shop\/prod" tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)">/
    .exec(xml)
    ?.slice(1)
    .map(Number);
  expect(counts).toEqual([
    xml.match(/<testcase /g)?.length,
    xml.match(/<failure /g)?.length,
    xml.match(/<skipped /g)?.length,
  ]);
  expect(xml.match(/<failure /g)).toHaveLength(3);
  expect(xml).toContain(
    '<testcase classname="identities-are-audited" name="the whole stack"><skipped message="The settings switch this rule off here."/></testcase>',
  );
  expect(xml).toContain("=cmd|&quot;&lt;b&gt;`@all\ufffd,&#10;");
  // Every line is one element, so nothing of a name got out of its attribute.
  for (const line of xml.trimEnd().split("\n"))
    expect(line).toMatch(/^ *<[^<>]+>(<[^<>]+>)?(<\/testcase>)?$/);
});

it("CSV has a row for each check, and nothing that a spreadsheet would run", async () => {
  const text = await exportedAs("csv");
  const rows = text.split("\r\n");
  expect(rows[0]).toBe("stack,rule,resource,status,level,property,until,message");
  expect(rows[1]).toMatch(
    /^shop\/prod,no-static-keys,urn:pulumi:prod::shop::aws:iam\/accessKey:AccessKey::ci,fail,mandatory,it,,"\[no-static-keys\] aws:iam\/accessKey:AccessKey ""ci"": it is a static key\./,
  );
  expect(rows.filter((row) => /^[=+\-@]|,[=+\-@]/.test(row.replaceAll(/"(?:[^"]|"")*"/g, "")))).toEqual([]);
});

it("Markdown says what blocks first, and takes no name for a table, a tag or a person", async () => {
  const text = await exportedAs("markdown");
  expect(text).toMatch(
    /^<!-- nhi -->\n### Machine identities: blocked\n\n\d+ checks pass, \d+ fail, 1 stay for a while, 1 could not be decided\.\n\n\*\*Blocks\*\*\n/,
  );
  expect(text).toContain(
    '| no-static-keys | shop/prod | aws:iam/accessKey:AccessKey "ci": it is a static key. | Use an AWS role that the machine assumes with its own OIDC token or certificate. |\n',
  );
  expect(text).toContain('"=cmd\\|"&lt;b>\\`&#64;all');
  expect(text).toContain("\n\nSwitched off: identities-are-audited.\n");
});

it("passes on nothing that is not as it was written, and knows its formats", async () => {
  const changed = write(
    "changed.ndjson",
    readFileSync(file, "utf8").replace("no-static-keys", "no-static-kexs"),
  );
  expect(await nhi(["export", changed, "--format", "csv"])).toEqual({
    code: 3,
    out: "",
    err: `${changed}: line 2 is not what was written: its hash is another one.\n`,
  });
  expect((await nhi(["export", file, "--format", "pdf"])).err).toBe(
    '--format must be one of sarif, sarif-all, junit, csv, markdown, ocsf, oscal-results, oscal-plan, oscal-poam, parquet, oscal-component, oscal-mapping, got "pdf".\n',
  );
  expect((await nhi(["export", join(folder, "missing"), "--format", "csv"])).err).toBe(
    `${join(folder, "missing")} can't be read: ENOENT.\n`,
  );
  const output = join(folder, "out.csv");
  expect(await nhi(["export", file, "--format", "csv", "--output", output])).toEqual({
    code: 0,
    out: "",
    err: "",
  });
  expect(readFileSync(output, "utf8")).toBe(await exportedAs("csv"));
});
