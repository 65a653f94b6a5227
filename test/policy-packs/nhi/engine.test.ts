import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

const pack = join(__dirname, "../../../policy-packs/nhi");
let engine: TestEngine;
let stack: string[];
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
}, 30 * 60_000);
afterAll(() => engine.close());

/** A preview with the pack and this configuration: the exit code, and who said what at which level. */
async function preview(config: object) {
  const file = join(engine.folder, "policy-config.json");
  // No day of review: one day it would have passed.
  const keys = ["owner", "purpose", "environment", "kind"];
  writeFileSync(file, JSON.stringify({ "identities-have-an-owner": { keys }, ...config }));
  const { code, output } = await engine.pulumi([
    "preview",
    ...["--policy-pack", pack, "--policy-pack-config", file],
    ...stack,
  ]);
  const said = [...output.matchAll(/\[(mandatory|advisory)\] .*?(\S+)\s+\(aws:iam:Role: (\w+)\)/g)];
  return {
    passed: code === 0,
    output,
    said: said.map(([, level, rule, name]) => `${level} ${rule} ${name}`).sort(),
  };
}

it("refuses the long session, and says of the unknown document that it could not be decided", async () => {
  const { passed, said } = await preview({});
  expect(passed).toBe(false);
  expect(said).toEqual(["advisory federated-trust-is-bounded later", "mandatory sessions-are-short long"]);
}, 60_000);

it("takes a team's own ceiling", async () => {
  const { passed, said } = await preview({ "sessions-are-short": { maxSessionSeconds: 7200 } });
  expect(passed).toBe(true);
  expect(said).toEqual(["advisory federated-trust-is-bounded later"]);
}, 60_000);

it("stops at what can't be decided where a team wants that", async () => {
  const { passed, said } = await preview({
    "sessions-are-short": { maxSessionSeconds: 7200 },
    "federated-trust-is-bounded": { strictUnknown: true },
  });
  expect(passed).toBe(false);
  expect(said).toEqual(["mandatory federated-trust-is-bounded later"]);
}, 60_000);

it("refuses a setting that is no number, by its name", async () => {
  const { passed, output } = await preview({ "sessions-are-short": { maxSessionSeconds: "an hour" } });
  expect(passed).toBe(false);
  expect(output).toContain("maxSessionSeconds");
}, 60_000);

it("turns a rule off where a team says so", async () => {
  const { passed } = await preview({ "sessions-are-short": "disabled" });
  expect(passed).toBe(true);
}, 60_000);
