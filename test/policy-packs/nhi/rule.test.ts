import type { ResourceRule, StackRule } from "../../../policy-packs/nhi/rule";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { unknown } from "../../../policy-packs/nhi/value";
import { fail, undetermined } from "../../../policy-packs/nhi/verdict";
import { analyze, analyzeStack, secret, unknownText } from "../../support/analyze";

const type = "test:index:Thing";
const weakness = {
  id: "things-hold",
  title: "Things hold.",
  why: "They must.",
  fix: "Hold them.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee: "Other things.",
  whenNot: "Never.",
  samples: { bad: "", good: "" },
  types: [type],
} as const;
const rule = (check: ResourceRule["check"]): ResourceRule => ({ ...weakness, check });
const judge = (check: ResourceRule["check"], props = {}, config?: Record<string, unknown>) =>
  analyze([toPolicy(rule(check))], type, "thing", props, config);

it("writes one line: which rule, which resource, what is wrong, what to do, what it maps to, where to read on", async () => {
  const { diagnostics } = await judge(() => [fail("size", "is too big")]);
  expect(diagnostics).toEqual([
    {
      policy: "things-hold",
      level: "mandatory",
      message:
        '[things-hold] test:index:Thing "thing": size is too big. Fix: Hold them. ' +
        "Maps to NHI-03 (official: OWASP NHI7:2025 Long-Lived Secrets) and PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05). " +
        "Docs: policy-packs/nhi/docs/things-hold.md",
    },
  ]);
});

it("takes a finding's own fix before the rule's", async () => {
  const { diagnostics } = await judge(() => [fail("size", "is too big", "Cut it.")]);
  expect(diagnostics[0]?.message).toContain("Fix: Cut it. Maps to");
});

it("reports what it can't decide as an advisory, and under strictUnknown at the rule's level", async () => {
  const check = () => [undetermined("size", "is not known yet")];
  const message =
    '[things-hold] test:index:Thing "thing": size is not known yet. Undetermined, not passed. ' +
    "Maps to NHI-03 (official: OWASP NHI7:2025 Long-Lived Secrets) and PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05). " +
    "Docs: policy-packs/nhi/docs/things-hold.md";
  expect((await judge(check)).diagnostics).toEqual([{ policy: "things-hold", level: "advisory", message }]);
  const strict = await judge(check, {}, { strictUnknown: true });
  expect(strict.diagnostics).toEqual([{ policy: "things-hold", level: "mandatory", message }]);
});

it("turns a rule that throws into an advisory about that rule, without the error's text", async () => {
  const { diagnostics } = await judge(() => {
    throw new TypeError("value canary in the text");
  });
  expect(diagnostics).toEqual([
    {
      policy: "things-hold",
      level: "advisory",
      message:
        '[things-hold] could not judge "thing": the rule threw TypeError. Report it with the type test:index:Thing.',
    },
  ]);
});

it("reads a value that is not known yet as unknown, at every depth, and goes on with the rest", async () => {
  let read: unknown;
  await judge(
    (resource) => {
      read = [resource.read("all"), resource.read("part"), resource.read("none"), resource.read("hidden")];
      return [];
    },
    { all: unknownText, part: { known: ["a", unknownText, { b: unknownText }] }, hidden: secret({ c: 1 }) },
  );
  expect(
    JSON.parse(JSON.stringify(read, (_, value: unknown) => (value === unknown ? "?" : (value ?? "nothing")))),
  ).toEqual(["?", { known: ["a", "?", { b: "?" }] }, "nothing", { c: 1 }]);
});

it("reads keys that JavaScript has plans for like any others", async () => {
  let read: unknown;
  await judge(
    (resource) => {
      read = resource.read("map");
      return [];
    },
    { map: JSON.parse('{"constructor": "a", "hasOwnProperty": "b"}') as Record<string, string> },
  );
  expect(Object.entries(read as object)).toEqual([
    ["constructor", "a"],
    ["hasOwnProperty", "b"],
  ]);
});

describe("a rule over all resources", () => {
  const overAll = (checkStack: StackRule["checkStack"]): StackRule => ({ ...weakness, checkStack });

  it("sees resources of its types: where they belong, their provider, what their properties are made of", async () => {
    let seen: unknown;
    await analyzeStack(
      [
        toPolicy(
          overAll((resources) => {
            seen = resources.map((resource) => ({
              ...{ name: resource.name, parent: resource.parent, provider: resource.provider },
              part: resource.sourcesOf("part"),
              none: resource.sourcesOf("constructor"),
              isOpen: resource.read("part") === unknown,
            }));
            return [];
          }),
        ),
      ],
      [
        { type: "test:index:Parent", name: "parent", props: {} },
        { type, name: "first", props: {}, parent: "parent", provider: "east" },
        { type, name: "second", props: { part: unknownText }, sources: { part: ["first", "parent"] } },
      ],
    );
    const parent = "urn:pulumi:test::test::test:index:Parent::parent";
    const provider = "urn:pulumi:test::test::pulumi:providers:test::east";
    const first = "urn:pulumi:test::test::test:index:Thing::first";
    expect(seen).toEqual([
      { name: "first", parent, provider, part: [], none: [], isOpen: false },
      {
        name: "second",
        parent: undefined,
        provider: undefined,
        part: [first, parent],
        none: [],
        isOpen: true,
      },
    ]);
  });

  it("says what stands at a resource, and what stands at none", async () => {
    const policy = toPolicy(
      overAll(([resource]) => [
        { ...fail("size", "is too big"), resource },
        { ...undetermined("parts", "may be missing"), resource: undefined },
      ]),
    );
    const { diagnostics } = await analyzeStack([policy], [{ type, name: "thing", props: {} }]);
    expect(
      diagnostics.map(({ level, message }) => [level, message.slice(0, message.indexOf(".") + 1)]),
    ).toEqual([
      ["mandatory", '[things-hold] test:index:Thing "thing": size is too big.'],
      ["advisory", '[things-hold] pulumi:pulumi:Stack "the stack": parts may be missing.'],
    ]);
  });

  it("turns a rule that throws into an advisory about that rule", async () => {
    const policy = toPolicy(
      overAll(() => {
        throw new RangeError("value canary in the text");
      }),
    );
    expect((await analyzeStack([policy], [])).diagnostics).toEqual([
      {
        policy: "things-hold",
        level: "advisory",
        message:
          '[things-hold] could not judge "the stack": the rule threw RangeError. Report it with the type pulumi:pulumi:Stack.',
      },
    ]);
  });
});
