import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

const packFolder = join(__dirname, "../../../policy-packs/nhi");

let folder: string;
let engine: TestEngine;
/** The pack as a team has it that installed it from a registry: nothing of this repository is near. */
let installed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nhi-published-"));
  const run = (args: string[], cwd: string) =>
    execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  run(["pack", "--pack-destination", folder], packFolder);
  const [tarball = ""] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "team", private: true }));
  run(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], folder);
  installed = join(folder, "node_modules", "pulumi-nhi-policy-pack");
  engine = await openTestEngine({ offline: true });
}, 30 * 60_000);

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

it("holds all that it needs, and nothing that only this repository needs", () => {
  const files = readdirSync(installed).sort();
  expect(files).toEqual([
    ...["PulumiPolicy.yaml", "RULES.md", "dist", "docs", "package.json", "settings.schema.json"],
  ]);
});

it("judges on the real engine", async () => {
  const stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
  const { code, output } = await engine.pulumi(["preview", "--policy-pack", installed, ...stack]);
  expect(code).not.toBe(0);
  expect(output).toContain(
    '[sessions-are-short] aws:iam/role:Role "long": maxSessionDuration is 7200 seconds',
  );
}, 120_000);

it("lets a team test its rules and put them into a pack of its own, without starting one", () => {
  const program = `
    const { definePack, fail, rules } = require("pulumi-nhi-policy-pack/define");
    const { judge } = require("pulumi-nhi-policy-pack/testing");
    const rule = { ...rules[0], id: "ours", types: ["a:b:C"], check: () => [fail("size", "is too big")] };
    judge(definePack([rule]), { type: "a:b:C", name: "thing", props: {} }).then(({ diagnostics }) =>
      console.log(diagnostics.map(({ policy, level }) => policy + " " + level).join()),
    );
  `;
  expect(execFileSync("node", ["-e", program], { cwd: folder, encoding: "utf8" }).trim()).toBe(
    "ours mandatory",
  );
});
