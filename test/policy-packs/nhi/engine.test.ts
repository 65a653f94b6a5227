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

it("judges what has been made, from the exported state, without the program, the clouds or their secrets", async () => {
  const made = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
  expect((await engine.pulumi(["up", "--yes", "--skip-preview", ...made])).code).toBe(0);
  const state = join(engine.folder, "state.json");
  // It takes no `--config-file`.
  const [directory = "", project = "", option = "", name = ""] = made;
  const exported = ["stack", "export", "--file", state, directory, project, option, name];
  expect((await engine.pulumi(exported)).code).toBe(0);
  const analyze = async (settings: object) => {
    const file = join(engine.folder, "analyze.json");
    writeFileSync(file, JSON.stringify({ settings }));
    const { code, output } = await engine.pulumi(
      ["policy", "analyze", "--file", state, "--policy-pack", pack, "--policy-pack-config", file],
      // The secrets stay closed, and there is no backend.
      { env: { PULUMI_CONFIG_PASSPHRASE: "", PULUMI_BACKEND_URL: "file:///nowhere" } },
    );
    return { code, output };
  };
  const refused = await analyze({});
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(
    '[sessions-are-short] aws:iam/role:Role "long": maxSessionDuration is 7200 seconds',
  );
  // After `up` everything is known.
  expect(refused.output).not.toContain("could not be decided");
  expect((await analyze({ levels: [{ rules: ["all"], level: "advisory" }] })).code).toBe(0);
}, 120_000);

describe("the pack's settings", () => {
  /** The stack that the tests preview, from `--stack NAME`. */
  const stackName = () => stack[stack.indexOf("--stack") + 1] ?? "";
  const long = () => `urn:pulumi:${stackName()}::judged::aws:iam/role:Role::long`;
  const exemption = () => ({
    rule: "sessions-are-short",
    urn: long(),
    property: "maxSessionDuration",
    owner: "team-batch",
    reason: "the nightly job can't be split before the summer",
    compensatingControl: "the role reads one bucket",
    approvedBy: "security",
    expires: new Date(Date.now() + 30 * 24 * 3600_000).toISOString().slice(0, 10),
  });

  it("let a level hold in some stacks only", async () => {
    const levels = (pattern: string) => [{ rules: ["all"], level: "advisory", stacks: [pattern] }];
    expect((await preview({ settings: { levels: levels(stackName()) } })).passed).toBe(true);
    expect((await preview({ settings: { levels: levels(`${stackName()}-other`) } })).passed).toBe(false);
  }, 60_000);

  it("let a level hold in stacks with a tag only", async () => {
    const tag = async (value: string) => {
      const { code } = await engine.pulumi(["stack", "tag", "set", "tier", value, ...stack.slice(0, 4)]);
      expect(code).toBe(0);
    };
    const levels = [{ rules: ["all"], level: "advisory", stackTag: { name: "tier", value: "sandbox" } }];
    await tag("sandbox");
    expect((await preview({ settings: { levels } })).passed).toBe(true);
    await tag("one");
    expect((await preview({ settings: { levels } })).passed).toBe(false);
  }, 60_000);

  it("exempt a finding for a while, and say so", async () => {
    const { passed, output } = await preview({ settings: { exemptions: [exemption()] } });
    expect(passed).toBe(true);
    expect(output).toContain("Exempted until");
    expect(output).toContain("the nightly job can't be split before the summer");
  }, 60_000);

  it("exempt nothing any more in the run in which the exemption has expired", async () => {
    const { passed, output } = await preview({
      settings: { exemptions: [{ ...exemption(), expires: "2026-01-01" }] },
    });
    expect(passed).toBe(false);
    expect(output).toContain("[settings] exemptions[0] expired on 2026-01-01");
    expect(output).toContain("[sessions-are-short]");
  }, 60_000);

  it("stop at an exemption that is not needed", async () => {
    const { passed, output } = await preview({
      settings: { exemptions: [exemption(), { ...exemption(), property: "tags" }] },
    });
    expect(passed).toBe(false);
    expect(output).toContain(
      "[exemptions] exemptions[1] is not needed: sessions-are-short finds nothing in tags",
    );
  }, 60_000);

  it("let what a baseline knows pass, and block what is new", async () => {
    const known = {
      rule: "sessions-are-short",
      urn: long(),
      property: "maxSessionDuration",
      due: "2099-01-01",
    };
    expect((await preview({ settings: { baseline: [known] } })).passed).toBe(true);
    expect((await preview({ settings: { baseline: [{ ...known, property: "tags" }] } })).passed).toBe(false);
  }, 60_000);

  it("stop at what can't be decided in the stacks that they name, and count it in every stack", async () => {
    const strictIn = (pattern: string) =>
      preview({
        settings: { strictUnknown: [pattern] },
        "sessions-are-short": { maxSessionSeconds: 7200 },
      });
    const counted = "[undetermined] 1 check could not be decided with what is known now.";
    const here = await strictIn(`${stackName().slice(0, -1)}*`);
    expect(here.passed).toBe(false);
    expect(here.said).toEqual(["mandatory federated-trust-is-bounded later"]);
    expect(here.output).toContain(counted);
    const elsewhere = await strictIn(`${stackName()}-other`);
    expect(elsewhere.passed).toBe(true);
    expect(elsewhere.said).toEqual(["advisory federated-trust-is-bounded later"]);
    expect(elsewhere.output).toContain(counted);
  }, 60_000);

  it.each([
    [
      "a setting of another name",
      { settings: { exemption: [] } },
      "[settings] exemption is no setting. The settings are profile, levels, exemptions, baseline, tiers, labels, strictUnknown.",
    ],
    [
      "a level for no rule",
      { settings: { levels: [{ level: "advisory" }] } },
      "settings: levels.0: rules is required",
    ],
    [
      "a property of another name",
      { settings: { levels: [{ rules: ["all"], level: "advisory", stack: ["dev"] }] } },
      "settings: levels.0: Additional property stack is not allowed",
    ],
    [
      "the name of a schema, which the engine takes for a policy",
      { $schema: "./settings.schema.json" },
      'parsing enforcement level for "$schema"',
    ],
  ])(
    "are refused where they have %s",
    async (_, config, message) => {
      const { passed, output } = await preview(config);
      expect(passed).toBe(false);
      expect(output).toContain(message);
    },
    60_000,
  );

  it("are refused by name before anything is judged", async () => {
    const { passed, output } = await preview({ settings: { profile: "lenient" } });
    expect(passed).toBe(false);
    expect(output).toContain("profile");
    expect(output).not.toContain("[sessions-are-short]");
  }, 60_000);
});

describe("remediation", () => {
  const remedied = { "sessions-are-short": { enforcementLevel: "remediate" } };

  it("writes in the session's ceiling before the role is made, and says so", async () => {
    const { passed, output, said } = await preview(remedied);
    expect(passed).toBe(true);
    expect(output).toMatch(/\[remediate\]\s+sessions-are-short\s+\(1 resource\)/);
    expect(said).toEqual(["advisory federated-trust-is-bounded later"]);
  }, 60_000);

  it("is what the provider gets", async () => {
    const file = join(engine.folder, "remediate.json");
    writeFileSync(file, JSON.stringify({ ...remedied, "identities-have-an-owner": "disabled" }));
    const up = await engine.pulumi([
      ...["up", "--yes", "--skip-preview"],
      ...["--policy-pack", pack, "--policy-pack-config", file],
      ...stack,
    ]);
    expect(up.code).toBe(0);
    const { output } = await engine.pulumi(["stack", "export", ...stack.slice(0, 4)]);
    expect(output).toContain('"maxSessionDuration": 3600');
    expect(output).not.toContain('"maxSessionDuration": 7200');
    await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack]);
  }, 90_000);
});

it("says which rule is broken, and stops nothing for it", async () => {
  const { code, output } = await engine.pulumi([
    "preview",
    "--policy-pack",
    join(__dirname, "broken-pack"),
    ...stack,
  ]);
  expect(output).toContain('[throws] could not judge "long": the rule threw TypeError.');
  expect(output).toContain('[throws-at-the-end] could not judge "the stack": the rule threw RangeError.');
  expect(output).not.toContain("canary");
  expect(code).toBe(0);
}, 60_000);
