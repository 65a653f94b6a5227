import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { rules } from "../../../policy-packs/nhi/rules";
import { sampleProgram } from "../../../policy-packs/nhi/rules-md";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { analyzeAll, type Given } from "../../support/analyze";
import { givenBy } from "../../support/mocks";
import tsconfig from "../../../tsconfig.json";

const root = join(__dirname, "../../..");
const rows = rules.flatMap((rule) =>
  (["bad", "good"] as const).map((kind) => ({
    kind,
    id: rule.id,
    rule,
    program: sampleProgram(rule.samples[kind]),
  })),
);

/** What a program registers, as the engine would pass it to the pack. */
function resourcesOf(program: string): Promise<Given[]> {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: true,
    },
  });
  return givenBy(() => {
    // The samples are this repository's own, and a page is worth as much as its code runs.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    (new Function("require", "exports", outputText) as (load: NodeJS.Require, exports: object) => void)(
      require,
      {},
    );
  });
}

it.each(rows.filter(({ kind }) => kind === "bad"))(
  "refuses the bad sample of $id",
  async ({ rule, program }) => {
    const { diagnostics } = await analyzeAll([toPolicy(rule)], await resourcesOf(program));
    expect(diagnostics).not.toEqual([]);
    expect(diagnostics.map(({ message }) => message).join("\n")).not.toContain("Undetermined");
  },
);

it.each(rows.filter(({ kind }) => kind === "good"))(
  "passes the good sample of $id",
  async ({ rule, program }) => {
    const resources = await resourcesOf(program);
    expect(resources).not.toEqual([]);
    expect((await analyzeAll([toPolicy(rule)], resources)).diagnostics).toEqual([]);
  },
);

it("has samples that compile as they stand on the pages", () => {
  const folder = mkdtempSync(join(root, "test", "samples-"));
  try {
    const files = rows.map(({ id, kind, program }) => {
      const file = join(folder, `${id}.${kind}.ts`);
      writeFileSync(file, program);
      return file;
    });
    const { options } = ts.convertCompilerOptionsFromJson(tsconfig.compilerOptions, root);
    const compiled = ts.createProgram(files, options);
    const problems = ts
      .getPreEmitDiagnostics(compiled)
      .map(({ file, messageText }) => [file?.fileName, messageText]);
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
