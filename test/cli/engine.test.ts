import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createStack } from "../../tools/stack";
import { builtNhi } from "./run";
import { openTestEngine, type TestEngine } from "../support/engine";

const root = join(__dirname, "../..");
const pack = ["--policy-pack", join(root, "policy-packs", "nhi")];

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
}, 30 * 60_000);
afterAll(() => engine.close());

const nhi = (args: string[], cwd = root) => builtNhi(args, { cwd, env: engine.engine.env });

/** A stack of an example that is deployed, and the file of its exported state. */
async function deployed(example: string) {
  const project = join(root, "examples", example);
  const stack = await createStack(engine.engine, project, engine.folder);
  const up = await engine.pulumi(["up", "--yes", "--skip-preview", ...stack]);
  expect(up.code).toBe(0);
  const state = join(engine.folder, `${example}.json`);
  const { output } = await engine.pulumi(["stack", "export", ...stack.slice(0, 4)]);
  writeFileSync(state, output);
  return { stack, state, project, name: stack[stack.indexOf("--stack") + 1] ?? "" };
}

const messages = (text: string) =>
  [...text.matchAll(/\[[a-z-]+\] \S+ "[^\n]+?Docs: [\w/.-]+/g)].map(([message]) => message).sort();

it.each(["blocked-static-key", "github-to-aws", "quickstart"])(
  "says of the state of %s what a preview with the pack says",
  async (example) => {
    const { stack, state } = await deployed(example);
    const preview = await engine.pulumi(["preview", ...pack, ...stack]);
    const { code, out, err } = nhi(["audit", "--json", "--state", state]);
    expect(err).toBe("");
    const { findings } = JSON.parse(out) as { findings: { message: string }[] };
    expect(findings.map(({ message }) => message).sort()).toEqual(messages(preview.output));
    expect(code === 0).toBe(preview.code === 0);
  },
  180_000,
);

it("exports stacks itself, and says which it can't", async () => {
  const { name, project } = await deployed("blocked-static-key");
  const { code, out } = nhi(["audit", "--stack", name], project);
  expect(code).toBe(1);
  expect(out).toContain(
    `blocks: aws:iam/accessKey:AccessKey "deploy": it is a static key.  (blocked-static-key/${name})`,
  );

  const missing = nhi(["audit", "--stack", "missing"], project);
  expect(missing.code).toBe(3);
  expect(missing.err).toBe("stack missing could not be exported: no stack named 'missing' found.\n");
}, 180_000);

it("writes a baseline that lets a preview stop at what is new, and at nothing else", async () => {
  const { state, stack, name } = await deployed("blocked-static-key");
  const baseline = join(engine.folder, `${name}-baseline.json`);
  expect(nhi(["audit", "--state", state, "--write-baseline", baseline]).code).toBe(0);
  const preview = (file: string) =>
    engine.pulumi(["preview", ...pack, "--policy-pack-config", file, ...stack]);
  const known = await preview(baseline);
  expect(known.output.match(/Known when the pack was introduced/g)).toHaveLength(3);
  expect(known.code).toBe(0);

  // One of the three is new: it was not there on the day of the baseline.
  const config = JSON.parse(readFileSync(baseline, "utf8")) as { settings: { baseline: object[] } };
  const [first, ...rest] = config.settings.baseline;
  expect(first).toMatchObject({ property: "token" });
  const before = join(engine.folder, `${name}-before.json`);
  writeFileSync(before, JSON.stringify({ settings: { baseline: rest } }));
  const stopped = await preview(before);
  expect(stopped.code).not.toBe(0);
  expect(stopped.output.match(/\[mandatory\].*/g)).toEqual([
    expect.stringContaining("no-static-provider-credentials  (pulumi:providers:vault: vault)"),
  ]);
}, 180_000);
