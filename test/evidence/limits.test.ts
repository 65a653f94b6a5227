import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import type { Log } from "sarif";
import { validateXML } from "xmllint-wasm";
import { openRun } from "../../evidence/run";
import { rules } from "../../policy-packs/nhi/rules";
import { newFolder } from "../cli/state";
import { exportedAs, sample } from "./sample";

jest.setTimeout(120_000);
const files = newFolder();
afterAll(() => rmSync(files.folder, { recursive: true }));
const schemaOf = (name: string) => readFileSync(join(__dirname, name), "utf8");

/** Evidence of a stack with so many findings, of which the last block. */
function findings(count: number, blocking: number): string {
  const file = join(files.folder, `${count}.ndjson`);
  const tools = { nhi: "1.0.0", pack: "1.0.0", policySdk: "1.0.0", node: "24.0.0" };
  const run = openRun(file, { command: "audit", rules, levels: new Map(), tools, settings: null });
  run.judged(
    {
      stack: "shop/prod",
      resources: count,
      findings: Array.from({ length: count }, (_, at) => ({
        rule: "no-static-keys",
        urn: `urn:pulumi:prod::shop::aws:iam/accessKey:AccessKey::key-${at}`,
        status: "fail" as const,
        level: at >= count - blocking ? ("mandatory" as const) : ("advisory" as const),
        message: `[no-static-keys] aws:iam/accessKey:AccessKey "key-${at}": it is a static key.`,
        property: "it",
      })),
      passed: {},
      notApplicable: {},
      disabled: [],
    },
    { source: { kind: "state-file", name: "prod.json" }, writtenAt: null, pulumi: null },
  );
  run.end(1);
  return file;
}

describe("what code scanning takes", () => {
  const runOf = async (file: string, format = "sarif") => {
    const text = await exportedAs(file, format);
    const log = JSON.parse(text) as Log;
    return { run: log.runs[0], runs: log.runs.length, text };
  };
  const notes = (run: Log["runs"][number] | undefined) =>
    run?.invocations?.[0]?.toolExecutionNotifications?.map(({ message }) => message.text);

  it("keeps 25,000 of 30,000 findings, all that block, and says how many are left out", async () => {
    const file = findings(30_000, 20_000);
    const { run, runs, text } = await runOf(file);
    expect(runs).toBe(1);
    expect(run?.results).toHaveLength(25_000);
    expect(run?.results?.filter(({ level }) => level === "error")).toHaveLength(20_000);
    expect(notes(run)).toEqual([
      "30000 results were found. Code scanning takes 25000 and shows 5000: 5000 are left out of this file, what does not block before what does, and are in the evidence.",
    ]);
    expect(gzipSync(text).length).toBeLessThan(10 * 1000 * 1000);
    expect((await runOf(file, "sarif-all")).run?.results).toHaveLength(30_000);
  });

  it("says when not all is shown, and nothing where all is", async () => {
    expect(notes((await runOf(findings(5001, 1))).run)).toEqual([
      "5001 results are in this file, and code scanning shows 5000, the most severe first.",
    ]);
    expect(notes((await runOf(findings(5000, 1))).run)).toBeUndefined();
  });

  it("has no more rules, tags and locations than it takes", async () => {
    const { run } = await runOf(findings(2, 1));
    expect(run?.tool.driver.rules?.length).toBeLessThan(25_000);
    for (const { properties } of run?.tool.driver.rules ?? [])
      expect((properties?.tags ?? []).length).toBeLessThanOrEqual(10);
    for (const { locations } of run?.results ?? []) expect(locations).toHaveLength(1);
  });
});

describe("the readers' schemas refuse what is wrong", () => {
  const schema = JSON.parse(schemaOf("sarif-2.1.0.schema.json")) as Record<string, unknown>;
  delete schema.$schema;
  delete schema.id;
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  addFormats(ajv);
  const isSarif = ajv.compile(schema);

  it.each([
    { from: '"version":"2.1.0"', to: '"version":"2.0.0"' },
    { from: '"kind":"fail"', to: '"kind":"failed"' },
    { from: '"level":"error"', to: '"level":"critical"' },
    { from: '"driver":{"name":"pulumi-nhi",', to: '"driver":{' },
    { from: '"kind":"external","status":"accepted"', to: '"status":"accepted"' },
    { from: '"startLine":1', to: '"startLine":0' },
    { from: '"columnKind"', to: '"columns"' },
  ])("SARIF with $to for $from", async ({ from, to }) => {
    const text = await exportedAs(await sampled(), "sarif");
    expect(isSarif(JSON.parse(text))).toBe(true);
    expect(text).toContain(from);
    expect(isSarif(JSON.parse(text.replace(from, to)))).toBe(false);
  });

  // Jenkins' own, of its xunit plugin, under the MIT licence.
  const isJunit = async (contents: string) =>
    (
      await validateXML({
        xml: [{ fileName: "nhi.xml", contents }],
        schema: [schemaOf("schemas/junit-10.xsd")],
      })
    ).valid;

  it.each([
    { from: ' errors="0"', to: "" },
    { from: "<skipped ", to: "<ignored " },
    { from: "<testcase classname", to: "<testcase class" },
    { from: "</testsuites>", to: "" },
    { from: "&lt;b&gt;", to: "<b>" },
  ])("JUnit with $to for $from", async ({ from, to }) => {
    const text = await exportedAs(await sampled(), "junit");
    expect(await isJunit(text)).toBe(true);
    expect(text).toContain(from);
    expect(await isJunit(text.replace(from, to))).toBe(false);
  });

  let file: Promise<string> | undefined;
  const sampled = () => (file ??= sample(files));
});
