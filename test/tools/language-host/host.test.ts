import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

const programs = join(__dirname, "programs");
let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
}, 30 * 60_000);
afterAll(() => engine.close());

const stackOf = (program: string) => createStack(engine.engine, join(programs, program), engine.folder);

it("tells the program its project, stack, configuration and whether it is a preview", async () => {
  const stack = await stackOf("told");
  await engine.pulumi(["config", "set", "plain", "a: value, with = signs", ...stack]);
  await engine.pulumi(["config", "set", "--secret", "hidden", "canary-of-the-configuration", ...stack]);

  const preview = await engine.pulumi(["preview", ...stack]);
  expect(preview.code).toBe(0);
  expect(preview.output).toContain("dryRun        : true");
  expect(preview.output).toContain("said on standard output");

  const up = await engine.pulumi(["up", "--yes", "--skip-preview", ...stack]);
  expect(up.code).toBe(0);
  expect(preview.output + up.output).not.toContain("canary-of-the-configuration");
  const outputs = await engine.pulumi(["stack", "output", "--json", ...stack.slice(0, 4)]);
  expect(JSON.parse(outputs.output)).toEqual({
    hidden: "[secret]",
    told: {
      project: "told",
      stack: stack[3],
      organization: "organization",
      dryRun: false,
      plain: "a: value, with = signs",
      secretIsMarked: true,
    },
  });
}, 60_000);

it("shows a program's error once and stops", async () => {
  const { code, output } = await engine.pulumi(["preview", ...(await stackOf("fails"))]);
  expect(code).not.toBe(0);
  expect(output.match(/Error: the program says no/g)).toHaveLength(1);
  expect(output).not.toContain("exited with code");
}, 60_000);

it("says which code a program exited with when it said nothing itself", async () => {
  const { code, output } = await engine.pulumi(["preview", ...(await stackOf("exits"))]);
  expect(code).not.toBe(0);
  expect(output).toContain("the program exited with code 3");
}, 60_000);

it("ends the program when the command is interrupted", async () => {
  const other = await openTestEngine({ offline: true });
  const stack = await createStack(other.engine, join(programs, "waits"), other.folder);
  const pidFile = join(other.folder, "pid");
  const running = other.pulumi(["preview", ...stack], { env: { PID_FILE: pidFile } });
  while (!existsSync(pidFile)) await wait(50);
  await wait(100);
  const pid = Number(readFileSync(pidFile, "utf8"));
  expect(isRunning(pid)).toBe(true);
  await other.close();
  expect((await running).code).not.toBe(0);
  for (const until = Date.now() + 10_000; isRunning(pid) && Date.now() < until;) await wait(50);
  expect(isRunning(pid)).toBe(false);
}, 60_000);

it("serves a component provider to the engine", async () => {
  const { code, output } = await engine.pulumi(["package", "get-schema", join(programs, "component")]);
  expect(code).toBe(0);
  const schema = JSON.parse(output.slice(output.indexOf("{"))) as { resources: Record<string, unknown> };
  expect(Object.keys(schema.resources)).toEqual(["greeter:index:Greeter"]);
}, 60_000);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
