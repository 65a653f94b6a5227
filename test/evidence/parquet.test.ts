import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { openRun } from "../../evidence/run";
import { rules } from "../../policy-packs/nhi/rules";
import { nhi } from "../cli/run";
import { newFolder } from "../cli/state";
import { canary, sample } from "./sample";

jest.setTimeout(120_000);
const files = newFolder();
let duckdb: DuckDBConnection;
let file: string;
beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await exportedTo("earlier.parquet", run("earlier.ndjson", 44_999));
  file = await sample(files);
  await exportedTo("later.parquet", file);
});
afterAll(() => {
  duckdb.closeSync();
  rmSync(files.folder, { recursive: true });
});

async function exportedTo(name: string, from: string) {
  const args = ["export", from, "--format", "parquet", "--output", join(files.folder, name)];
  expect(await nhi(args)).toEqual({ code: 0, out: "", err: "" });
}

/** Evidence of so many resources that pass, and one that does not and is gone later. */
function run(name: string, resources: number): string {
  const path = join(files.folder, name);
  const tools = { nhi: "1.0.0", pack: "1.0.0", policySdk: "1.0.0", node: "24.0.0" };
  const evidence = openRun(path, { command: "audit", rules, levels: new Map(), tools, settings: null });
  const urns = Array.from({ length: resources }, (_, at) => `urn:pulumi:qa::shop::aws:iam/role:Role::r${at}`);
  evidence.judged(
    {
      stack: "shop/qa",
      resources,
      findings: [
        {
          rule: "no-static-keys",
          urn: "urn:pulumi:qa::shop::aws:iam/accessKey:AccessKey::old",
          status: "fail",
          level: "mandatory",
          message: '[no-static-keys] aws:iam/accessKey:AccessKey "old": it is a static key.',
        },
      ],
      passed: { "sessions-are-short": urns },
      notApplicable: {},
      disabled: [],
    },
    { source: { kind: "state-file", name: "qa.json" }, writtenAt: null, pulumi: null },
  );
  evidence.end(0);
  return path;
}

const asked = async (sql: string) =>
  (
    await duckdb.runAndReadAll(sql.replaceAll("'evidence/*.parquet'", `'${files.folder}/*.parquet'`))
  ).getRowObjectsJson();
const page = readFileSync(join(__dirname, "../../docs/evidence-queries.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, sql = ""]) => sql);

it("has a row for each check, each gap and each rule that is switched off, over row groups", async () => {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const records = lines.map(
    (line) => JSON.parse(line) as { record: string; disabled?: boolean; problem?: string },
  );
  const results = records.filter(({ record }) => record === "result").length;
  const off = records.filter(({ record, disabled }) => record === "scope" && disabled).length;
  const gaps = records.filter(({ record, problem }) => record === "stack" && problem != null).length;
  const [first] = await asked(
    `SELECT count(*)::INT AS rows, count(*) FILTER (status = 'not-judged')::INT AS gaps,
     count(*) FILTER (status = 'switched-off')::INT AS off, bool_or(run_complete) AS complete
     FROM '${files.folder}/later.parquet'`,
  );
  expect(first).toEqual({ rows: results + off + gaps, gaps, off, complete: false });
  expect({ off, gaps }).toEqual({ off: 1, gaps: 1 });
  const [second] = await asked(
    `SELECT count(*)::INT AS rows, count(DISTINCT resource)::INT AS resources FROM '${files.folder}/earlier.parquet'`,
  );
  expect(second).toEqual({ rows: 45_000, resources: 45_000 });
  const groups = await asked(
    `SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata('${files.folder}/earlier.parquet') ORDER BY 1`,
  );
  expect(groups.map(({ row_group_num_rows: rows }) => Number(rows))).toEqual([20_000, 20_000, 5_000]);
});

it("has what the evidence has, with days and moments as such", async () => {
  const [row] = await asked(
    `SELECT * FROM '${files.folder}/later.parquet' WHERE rule = 'sessions-are-short' AND status = 'excepted'`,
  );
  expect(row).toMatchObject({
    stack: "shop/prod",
    until: "2099-01-01",
    property: "maxSessionDuration",
    resource_type: "aws:iam/role:Role",
    resource_name: "night",
    level: "advisory",
    controls: expect.stringMatching(/^owasp-nhi 2025 NHI7:2025; /) as string,
  });
});

it.each(blocks("sql").map((sql, at) => ({ at, sql })))(
  "the documented query $at gives rows",
  async ({ sql }) => {
    expect((await asked(sql)).length).toBeGreaterThan(0);
  },
);

it("Athena's table has the file's columns, with its types", async () => {
  const described = await asked(`DESCRIBE SELECT * FROM '${files.folder}/later.parquet'`);
  const types: Record<string, string> = {
    VARCHAR: "string",
    BIGINT: "bigint",
    BOOLEAN: "boolean",
    DATE: "date",
    TIMESTAMP: "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
  };
  const table = /nhi_evidence \(\n(.*?)\n\)/s.exec(blocks("athena")[0] ?? "")?.[1] ?? "";
  expect(table.split(",\n").map((line) => line.trim())).toEqual(
    described.map(({ column_name: name, column_type: type }) => `${name as string} ${types[type as string]}`),
  );
});

it("is no text for a screen, and holds no secret", async () => {
  expect(await nhi(["export", file, "--format", "parquet"])).toEqual({
    code: 3,
    out: "",
    err: "--format parquet is no text: name a file for it with --output.\n",
  });
  expect(readFileSync(join(files.folder, "later.parquet")).includes(canary)).toBe(false);
});
