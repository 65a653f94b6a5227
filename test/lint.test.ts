import { join } from "node:path";
import { ESLint, type Linter } from "eslint";
import tseslint from "typescript-eslint";

const root = join(__dirname, "..");
// Imports are read from the text alone: without types a file can be linted that is not what is on the disk.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: tseslint.configs.disableTypeChecked as Linter.Config,
});

/** Whether a file may have this import, by the rules that `npm run lint` applies. */
async function mayImport(file: string, statement: string): Promise<boolean> {
  const [result] = await eslint.lintText(`${statement}\n`, { filePath: join(root, file) });
  return !result?.messages.some(({ ruleId }) => ruleId === "@typescript-eslint/no-restricted-imports");
}

it.each([
  ["components/jit-access/aws-jit-role.ts", 'import { a } from "../identity";', true],
  ["components/jit-access/aws-jit-role.ts", 'import { a } from "../dynamic-secrets/database";', false],
  ["components/jit-access/aws-jit-role.ts", 'import { a } from "../../policy-packs/nhi/rule";', false],
  ["components/index.ts", 'import { a } from "../tools/engine";', false],
  ["policy-packs/nhi/rule.ts", 'import { a } from "../../components";', false],
  ["policy-packs/nhi/rule.ts", 'import * as aws from "@pulumi/aws";', false],
  ["policy-packs/nhi/rule.ts", 'import type * as aws from "@pulumi/aws";', true],
  ["policy-packs/nhi/rule.ts", 'import { get } from "node:https";', false],
  ["policy-packs/nhi/rules/no-static-keys.ts", 'import { a } from "./sessions-are-short";', false],
  ["policy-packs/nhi/rules/no-static-keys.ts", 'import { a } from "../verdict";', true],
  ["cli/explain.ts", 'import { a } from "../policy-packs/nhi/rules";', false],
  ["cli/explain.ts", 'import { a } from "#pack/rules/index";', true],
  ["cli/explain.ts", 'import { a } from "../components";', false],
  ["evidence/run.ts", 'import { a } from "../cli/audit";', false],
  ["evidence/run.ts", 'import { a } from "#pack/controls";', true],
  ["offline/aws.ts", 'import { a } from "../tools/engine";', false],
  ["demo/story.ts", 'import { a } from "../components";', false],
  ["demo/story.ts", 'import { a } from "../tools/engine";', true],
  ["examples/quickstart/index.ts", 'import { a } from "../../components";', false],
  ["examples/quickstart/index.ts", 'import { a } from "pulumi-nhi";', true],
])(
  "lets %s have `%s`: %s",
  async (file, statement, allowed) => {
    expect(await mayImport(file, statement)).toBe(allowed);
  },
  60_000,
);
