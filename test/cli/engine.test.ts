import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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
    const { code, out, err } = await nhi(["audit", "--json", "--state", state]);
    expect(err).toBe("");
    const { findings } = JSON.parse(out) as { findings: { message: string }[] };
    expect(findings.map(({ message }) => message).sort()).toEqual(messages(preview.output));
    expect(code === 0).toBe(preview.code === 0);
  },
  180_000,
);

it("exports stacks itself, and says which it can't", async () => {
  const { name, project } = await deployed("blocked-static-key");
  const { code, out } = await nhi(["audit", "--stack", name], project);
  expect(code).toBe(1);
  expect(out).toContain(
    `blocks: aws:iam/accessKey:AccessKey "deploy": it is a static key.  (blocked-static-key/${name})`,
  );

  const missing = await nhi(["audit", "--stack", "missing"], project);
  expect(missing.code).toBe(3);
  expect(missing.err).toBe("stack missing could not be exported: no stack named 'missing' found.\n");
}, 180_000);

it("writes a baseline that lets a preview stop at what is new, and at nothing else", async () => {
  const { state, stack, name } = await deployed("blocked-static-key");
  const baseline = join(engine.folder, `${name}-baseline.json`);
  expect((await nhi(["audit", "--state", state, "--write-baseline", baseline])).code).toBe(0);
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

describe("nhi check", () => {
  const events = () => readdirSync(tmpdir()).filter((name) => name.startsWith("nhi-check-"));
  let count = 0;
  /** A check of a program with its evidence. */
  async function check(stack: string[], options: { settings?: object; env?: Record<string, string> } = {}) {
    const evidence = join(engine.folder, `check-${count}.ndjson`);
    const settings = join(engine.folder, `check-${count++}.json`);
    writeFileSync(settings, JSON.stringify(options.settings ?? {}));
    const { code, out, err } = await builtNhi(
      ["check", "--settings", settings, "--evidence", evidence, "--", ...stack],
      { cwd: root, env: { ...engine.engine.env, ...options.env } },
    );
    const text = existsSync(evidence) ? readFileSync(evidence, "utf8") : "";
    const records = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { code, out, err, text, records, trailer: records.at(-1), file: evidence };
  }
  const stackOf = (project: string) => createStack(engine.engine, join(root, project), engine.folder);
  const nameOf = (stack: string[]) => stack[stack.indexOf("--stack") + 1] ?? "";

  it("says what a preview with the pack says, by rule, and keeps evidence of each check", async () => {
    const before = events();
    const stack = await stackOf("examples/blocked-static-key");
    const { code, out, err, text, records, trailer, file } = await check(stack);
    const of = `(blocked-static-key/${nameOf(stack)})`;
    expect(out).toBe(`no-static-keys  (critical)  No machine holds a key that does not end by itself.
  blocks: aws:iam/accessKey:AccessKey "deploy": it is a static key.  ${of}
      Fix: Use an AWS role that the machine assumes with its own OIDC token or certificate.
  blocks: gcp:serviceaccount/key:Key "deploy": it is a static key.  ${of}
      Fix: Use a workload identity pool, and bind the machine's principal to the resource.
  More: nhi explain no-static-keys

no-static-provider-credentials  (critical)  A provider signs in with the identity of the job that runs it, not with a stored credential.
  blocks: pulumi:providers:vault "vault": token is a stored credential.  ${of}
  Fix: Use authLoginJwt with the job's own token, or leave VAULT_TOKEN to a short login step before the deployment.
  More: nhi explain no-static-provider-credentials

1 stack, 6 resources, 7 checks: 3 block, 0 advise, 0 stay for a while.
`);
    expect(code).toBe(1);
    expect(err).toContain("Previewing update");
    expect(trailer).toMatchObject({ record: "trailer", complete: true, exitCode: 1, stacks: 1 });
    expect(records[0]).toMatchObject({
      command: "check",
      tools: { pulumi: `v${engine.engine.cli.version}` },
    });
    // The program has a token in its configuration, which the engine's events hold.
    expect(out + text).not.toContain("a-token-in-the-configuration");
    expect(events()).toEqual(before);
    expect((await nhi(["verify", file])).code).toBe(0);
  }, 180_000);

  it("passes what is clean, and shows what the settings let stay", async () => {
    const stack = await stackOf("examples/blocked-static-key");
    const urn = (rest: string) => `urn:pulumi:${nameOf(stack)}::blocked-static-key::${rest}`;
    const entry = (rule: string, rest: string, property: string) => ({
      rule,
      urn: urn(rest),
      property,
      due: "2099-01-01",
    });
    const baseline = [
      entry("no-static-keys", "aws:iam/accessKey:AccessKey::deploy", "it"),
      entry("no-static-keys", "gcp:serviceaccount/key:Key::deploy", "it"),
      entry("no-static-provider-credentials", "pulumi:providers:vault::vault", "token"),
      entry("sessions-are-short", "aws:iam/role:Role::gone", "maxSessionDuration"),
    ];
    const { code, out, records } = await check(stack, { settings: { settings: { baseline } } });
    expect(out).toContain("These stay for a while:\n");
    expect(out).toContain(
      `that can go, because nothing is found there any more:\n  sessions-are-short: maxSessionDuration of ${urn("aws:iam/role:Role::gone")}\n`,
    );
    expect(out).toMatch(/: 0 block, 0 advise, 3 stay for a while\.\n$/);
    expect(code).toBe(0);
    expect(records).toContainEqual(
      expect.objectContaining({
        rule: "no-static-provider-credentials",
        status: "excepted",
        property: "token",
        until: "2099-01-01",
      }),
    );
  }, 180_000);

  it("says of a document that nobody knows yet that it could not be decided, and blocks where that is strict", async () => {
    const stack = await stackOf("test/policy-packs/nhi/program");
    const off = ["identities-are-audited", "identities-have-an-owner", "sessions-are-short"];
    const rest = Object.fromEntries(off.map((rule) => [rule, "disabled"]));
    const lenient = await check(stack, { settings: rest });
    expect(lenient.out).toContain("1 check could not be decided.\n");
    expect(lenient.code).toBe(0);
    expect(lenient.trailer).toMatchObject({ counts: { undetermined: 1 } });
    expect(lenient.trailer).toMatchObject({ disabled: off });
    expect((await check(stack, { settings: { ...rest, settings: { strictUnknown: ["*"] } } })).code).toBe(2);
  }, 180_000);

  it("says in the evidence that a program ended in the middle, and takes nothing of it as whole", async () => {
    const stack = await stackOf("test/cli/program");
    const whole = await check(stack);
    expect(whole.code).toBe(1);
    expect(whole.out).toContain('blocks: aws:iam/accessKey:AccessKey "late"');
    expect(whole.trailer).toMatchObject({ complete: true });

    const { code, err, text, trailer, records } = await check(stack, { env: { CRASHES: "yes" } });
    expect(code).toBe(3);
    expect(err).toContain("canary-of-the-program");
    expect(text).not.toContain("canary-of-the-program");
    const problem = expect.stringMatching(
      /^pulumi preview ended with \d+ before everything was judged: what it says is above\.$/,
    ) as string;
    expect(trailer).toMatchObject({ complete: false, problems: [problem], exitCode: 3 });
    expect(records).toContainEqual(expect.objectContaining({ record: "stack", complete: false, problem }));
  }, 180_000);

  it("could not run without a stack, and without a CLI", async () => {
    const { code, err, trailer } = await check([
      "-C",
      join(root, "examples/quickstart"),
      "--stack",
      "missing",
    ]);
    expect(code).toBe(3);
    expect(err).toContain("no stack named 'missing' found");
    expect(err).toMatch(/pulumi preview judged nothing and ended with \d+: what it says is above\.\n$/);
    expect(trailer).toMatchObject({ complete: false, stacks: 0 });
    expect(await builtNhi(["check"], { env: { PATH: "/nowhere" } })).toEqual({
      code: 3,
      out: "",
      err: "nothing could be previewed: there is no pulumi on PATH. Install it from https://www.pulumi.com/docs/install/.\n",
    });
  }, 180_000);
});
