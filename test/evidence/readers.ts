import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { validateXML } from "xmllint-wasm";
import ocsfSchema from "./schemas/ocsf-1.8.0-compliance-finding.json";

const read = (file: string) => readFileSync(join(__dirname, file), "utf8");

function compiled(schema: Record<string, unknown>, unicodeRegExp: boolean): ValidateFunction {
  const ajv = new Ajv({ strict: false, unicodeRegExp });
  addFormats(ajv);
  return ajv.compile(schema);
}

/** OASIS' own. It names draft 4 of JSON Schema, and takes nothing of it that draft 7 has not. */
function sarifValidator(): ValidateFunction {
  const schema = JSON.parse(read("sarif-2.1.0.schema.json")) as Record<string, unknown>;
  delete schema.$schema;
  delete schema.id;
  return compiled(schema, false);
}

/** NIST's own of OSCAL 1.2.1, without their white space. Its token is of letters of any language. */
const oscal = (model: string) => () =>
  compiled(JSON.parse(read(`schemas/oscal-1.2.1-${model}.json`)) as Record<string, unknown>, true);

const documents: Record<string, () => ValidateFunction> = {
  sarif: sarifValidator,
  "sarif-all": sarifValidator,
  "oscal-results": oscal("assessment-results"),
  "oscal-plan": oscal("assessment-plan"),
  "oscal-poam": oscal("poam"),
  "oscal-component": oscal("component"),
  "oscal-mapping": oscal("mapping"),
};

/** What the published schema or a reader of the format says against a file; nothing when it takes it. */
export async function formatProblem(format: string, file: string): Promise<string | undefined> {
  const document = documents[format];
  if (document) return jsonProblem(document(), [readFileSync(file, "utf8")]);
  switch (format) {
    case "ocsf":
      return jsonProblem(compiled(ocsfSchema, true), readFileSync(file, "utf8").trimEnd().split("\n"));
    case "junit":
      return junitProblem(readFileSync(file, "utf8"));
    case "parquet":
      return rowsProblem(`SELECT count(*) FROM '${file}'`);
    case "csv":
      return rowsProblem(
        `SELECT count(*) FROM read_csv('${file}', header = true, all_varchar = true, quote = '"')`,
      );
    case "markdown":
      return readFileSync(file, "utf8").startsWith("<!-- nhi -->\n###") ? undefined : "it has no head";
    default:
      return `nobody reads ${format} here`;
  }
}

function jsonProblem(validate: ValidateFunction, texts: readonly string[]): string | undefined {
  const bad = texts.find((text) => !validate(JSON.parse(text)));
  return bad === undefined ? undefined : JSON.stringify(validate.errors);
}

async function junitProblem(contents: string): Promise<string | undefined> {
  // Jenkins' own, of its xunit plugin, under the MIT licence.
  const { valid, rawOutput } = await validateXML({
    xml: [{ fileName: "nhi.xml", contents }],
    schema: [read("schemas/junit-10.xsd")],
  });
  return valid ? undefined : rawOutput;
}

async function rowsProblem(sql: string): Promise<string | undefined> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    const [[rows] = []] = (await connection.runAndReadAll(sql)).getRowsJson();
    return Number(rows) > 0 ? undefined : "it has no rows";
  } finally {
    connection.closeSync();
  }
}
