import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@pulumi/policy";
import type { ResourceValidation } from "@pulumi/policy";
import * as protocol from "@pulumi/policy/protoutil";
import type { AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb";
import { rules } from "../../../policy-packs/nhi/rules";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { createStack } from "../../../tools/stack";
import { analyze, secret, unknownText } from "../../support/analyze";
import { openTestEngine, type TestEngine } from "../../support/engine";

/** What the pack relies on in the SDK and in the engine, so that an upgrade that changes it is seen here. */
const pack = join(__dirname, "../../../policy-packs/nhi");
const policy = (validateResource: ResourceValidation) => ({ name: "p", description: "d", validateResource });

const readsA: ResourceValidation = (args) => {
  expect((args.props as Record<string, unknown>).a).toBeDefined();
};

it("looks at a policy's type before it unpacks the resource", async () => {
  let called = 0;
  const validate: ResourceValidation = () => {
    called += 1;
  };
  Object.assign(validate, { __pulumiType: "a:b:C" });
  expect((await analyze([policy(validate)], "x:y:Z", "n", {})).notApplicable).toEqual(["p"]);
  expect(called).toBe(0);
  await analyze([policy(validate)], "a:b:C", "n", {});
  expect(called).toBe(1);
});

it("throws when a value that is not known yet is read, and not when its presence is asked for", () => {
  // Exported since 1.21, and left out of the types.
  const { unknownCheckingProxy } = sdk as unknown as { unknownCheckingProxy: (props: object) => object };
  const props = unknownCheckingProxy({ a: unknownText, b: 1 }) as Record<string, unknown>;
  expect(() => props.a).toThrow("string value at .a can't be known during preview");
  expect(Object.keys(props)).toEqual(["a", "b"]);
  expect("a" in props).toBe(true);
});

it("ends a policy at such a read with an advisory, whatever its level: the silent pass that the pack avoids", async () => {
  const { diagnostics } = await analyze(
    [{ ...policy(readsA), enforcementLevel: "mandatory" }],
    "a:b:C",
    "n",
    { a: unknownText },
  );
  expect(diagnostics.map(({ level }) => level)).toEqual(["advisory"]);
});

it("fails the whole call when a policy throws anything else: the stopped deployment that the pack avoids", async () => {
  const throws = policy(() => {
    throw new Error("broken");
  });
  await expect(analyze([throws], "a:b:C", "n", {})).rejects.toThrow();
});

it("lets one violation have a level of its own", async () => {
  const reports: ResourceValidation = (_, report) =>
    (report as unknown as (violation: object) => void)({ message: "m", enforcementLevel: "advisory" });
  const { diagnostics } = await analyze(
    [{ ...policy(reports), enforcementLevel: "mandatory" }],
    "a:b:C",
    "n",
    {},
  );
  expect(diagnostics).toEqual([{ policy: "p", level: "advisory", message: "m" }]);
});

it("gives a policy secrets in plain text, so that no message may show a value", async () => {
  let seen: unknown;
  const reads: ResourceValidation = (args) => {
    seen = (args.props as Record<string, unknown>).a;
  };
  await analyze([policy(reads)], "a:b:C", "n", { a: secret("plain") });
  expect(seen).toBe("plain");
});

it("tells a policy that does not apply by an error of its own, which ends the policy and nothing else", async () => {
  const { stackTraceLimit } = Error;
  const ofManyTypes = rules.find(({ types }) => types.length > 1);
  if (ofManyTypes === undefined) throw new Error("Every rule has one type.");
  const others = toPolicy(ofManyTypes);
  const { diagnostics, notApplicable } = await analyze([others], "x:y:Z", "n", {});
  expect({ diagnostics, notApplicable }).toEqual({ diagnostics: [], notApplicable: [others.name] });
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

it("takes one framework for a policy, its tags, and the schema of its configuration as it stands", () => {
  const configSchema = {
    properties: { list: { type: "array", items: { type: "object", required: ["a"] } } },
  } as const;
  const framework = { name: "f", version: "1.10", reference: "r", specification: "s" };
  // Internal to the SDK: what its server answers when the engine asks for the policies.
  const { makeAnalyzerInfo } = protocol as unknown as {
    makeAnalyzerInfo: (name: string, version: string, level: string, args: object) => AnalyzerInfo;
  };
  const given = { ...policy(readsA), framework, tags: ["one", "two"], configSchema };
  const [told] = makeAnalyzerInfo("pack", "0.0.0", "advisory", { policies: [given] }).getPoliciesList();
  expect(told?.getFramework()?.toObject()).toEqual(framework);
  expect(told?.getTagsList()).toEqual(["one", "two"]);
  expect(told?.getConfigschema()?.getProperties()?.toJavaScript()).toEqual(configSchema.properties);
});

describe("a pack's process", () => {
  it("says its port first, which is all that the engine reads of its output", async () => {
    const entry = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [entry, "127.0.0.1:1", pack], { cwd: pack });
    const [first] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    child.kill("SIGKILL");
    expect(first).toMatch(/^\d+\n/);
  }, 30_000);

  it("loads no provider's SDK and no validator of schemas: each would cost every preview", () => {
    const program = `
      require("./dist/define.js");
      const loaded = Object.keys(require.cache).filter((file) => /@pulumi.(aws|gcp|vault|azure)|.ajv./.test(file));
      console.log(JSON.stringify({ loaded, policy: Object.keys(require.cache).some((file) => /@pulumi.policy/.test(file)) }));
    `;
    const said = execFileSync(process.execPath, ["-e", program], { cwd: pack, encoding: "utf8" });
    expect(JSON.parse(said)).toEqual({ loaded: [], policy: true });
  }, 30_000);
});

describe("the engine", () => {
  type Entry = Record<string, unknown>;
  let engine: TestEngine;
  let stack: string[];
  let recorded: Entry[];

  beforeAll(async () => {
    engine = await openTestEngine({ offline: true });
    stack = await createStack(engine.engine, join(__dirname, "recorder/program"), engine.folder);
    const file = join(engine.folder, "record.jsonl");
    const { code, output } = await engine.pulumi(
      ["preview", "--policy-pack", join(__dirname, "recorder"), ...stack],
      { env: { RECORD_TO: file } },
    );
    if (code !== 0) throw new Error(output);
    recorded = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Entry);
  }, 30 * 60_000);
  afterAll(() => engine.close());

  const of = (name: string) => recorded.filter((entry) => entry.name === name || entry.remedy === name);

  it("gives a policy every resource: custom ones, components, providers and the stack", () => {
    expect(recorded.flatMap(({ each }) => (each === undefined ? [] : [each])).sort()).toEqual([
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
      "pulumi:providers:aws",
      "pulumi:pulumi:Stack",
      "test:index:Parent",
    ]);
  });

  it("runs a remediation first, and gives the policies what it made of the resource", () => {
    expect(of("first")).toEqual([
      { remedy: "first" },
      expect.objectContaining({ props: { assumeRolePolicy: "{}", description: "remedied" } }),
    ]);
  });

  it("gives secrets in plain text, unknown values as errors, the provider, and the configuration with its defaults", () => {
    expect(of("first")[1]).toMatchObject({ props: { assumeRolePolicy: "{}" }, provider: "mine" });
    expect(of("second")).toEqual([
      {
        each: "aws:iam/rolePolicy:RolePolicy",
        name: "second",
        props: { policy: "UnknownValueError" },
        provider: "mine",
        config: { most: 3 },
      },
    ]);
  });

  it("gives a policy over the stack all resources at preview, with parents, providers and what properties are made of", () => {
    const all = recorded.flatMap(({ together }) => (together ?? []) as Entry[]);
    expect(all.map(({ type }) => type).sort()).toEqual([
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
      "pulumi:providers:aws",
      "pulumi:pulumi:Stack",
      "test:index:Parent",
    ]);
    const role = all.find(({ name }) => name === "first");
    expect(role).toMatchObject({ parent: "parent", provider: "mine", props: { assumeRolePolicy: "{}" } });
    const policyOfRole = all.find(({ name }) => name === "second");
    expect(policyOfRole).toMatchObject({ role: ["first"], props: { policy: "UnknownValueError" } });
  });
});
