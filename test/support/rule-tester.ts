import type { ResourceRule, Rule, StackRule } from "../../policy-packs/nhi/rule";
import { newRun } from "../../policy-packs/nhi/run";
import { unknown, type Value } from "../../policy-packs/nhi/value";
import { toPolicy } from "../../policy-packs/nhi/to-policy";
import { analyze, analyzeStack, type Given, type Props, secret, unknownText } from "./analyze";

/** The day of every run in these tests, for rules that compare days. */
export const today = Date.parse("2027-01-15T12:00:00Z");

interface Case {
  /** The situation, as a test's name. */
  name: string;
  /** Default: the rule's only type. */
  type?: string;
  props: Props;
  config?: Record<string, unknown>;
}

/** What a rule says of a resource: the property and what is wrong with it, without the rest of the message. */
interface Says extends Case {
  says: string[];
  /** Default: the rule's own level. */
  level?: "advisory";
}

export interface RuleCases {
  allows: Case[];
  blocks: Says[];
  /** Situations that can't be decided with what is known. */
  undecided?: Says[];
}

interface StackCase {
  name: string;
  resources: Given[];
  config?: Record<string, unknown>;
}
interface StackSays extends StackCase {
  /** Each starts with the resource, as in `aws:iam/role:Role "deploy": assumeRolePolicy …`. */
  says: string[];
  level?: "advisory";
}

export interface StackRuleCases {
  allows: StackCase[];
  blocks: StackSays[];
  undecided?: StackSays[];
}

const canary = "canary-that-no-message-may-show";

/** Runs a rule's cases through the SDK's own runtime path, and holds it to what every rule promises. */
export function testRule(rule: ResourceRule, { allows, blocks, undecided = [] }: RuleCases): void {
  const policy = toPolicy(
    rule,
    newRun([rule], () => today),
  );
  const judge = ({ type = rule.types[0] ?? "", props, config }: Case) =>
    analyze([policy], type, "thing", props, config);
  const said = (verdict: "fail" | "undetermined", { type = rule.types[0] ?? "", says, level }: Says) =>
    says.map((text) => diagnosticOf(rule, verdict, `${type} "thing": ${text}`, level));

  describe("allows", () => {
    it.each(allows)("$name", async (allowed) => {
      const { diagnostics, notApplicable } = await judge(allowed);
      expect(diagnostics).toEqual([]);
      expect(notApplicable).toEqual([]);
    });
  });

  describe("blocks", () => {
    it.each(blocks)("$name", async (blocked) => {
      expect((await judge(blocked)).diagnostics).toEqual(said("fail", blocked));
    });
  });

  if (undecided.length > 0)
    describe("can't decide", () => {
      it.each(undecided)("$name", async (open) => {
        expect((await judge(open)).diagnostics).toEqual(said("undetermined", open));
        const strict = await judge({ ...open, config: { ...open.config, strictUnknown: true } });
        expect(strict.diagnostics.map(({ level }) => level)).toEqual(open.says.map(() => rule.enforcement));
      });
    });

  describe("as every rule", () => {
    it("has a blocked case for each of its types", () => {
      expect([...new Set(blocks.map(({ type = rule.types[0] ?? "" }) => type))].sort()).toEqual(
        [...rule.types].sort(),
      );
    });

    it("does not apply to other types", async () => {
      const { diagnostics, notApplicable } = await analyze([policy], "other:index:Thing", "thing", {});
      expect({ diagnostics, notApplicable }).toEqual({ diagnostics: [], notApplicable: [rule.id] });
    });

    it.each(rule.types)("neither throws nor shows a value when %s holds nonsense", async (type) => {
      const properties = propertiesRead(rule, type);
      for (const nonsense of nonsenses) {
        const props = Object.fromEntries(properties.map((property) => [property, nonsense]));
        const { diagnostics } = await analyze([policy], type, "thing", props);
        for (const { message } of diagnostics) {
          expect(message).not.toContain("could not judge");
          expect(message).not.toContain(canary);
        }
      }
    });

    // The SDK itself takes long to unpack it.
    it.each(typesOfEachKind(rule))("nor when %s holds objects in objects", async (type) => {
      const props = Object.fromEntries(propertiesRead(rule, type).map((property) => [property, deep]));
      const { diagnostics } = await analyze([policy], type, "thing", props);
      for (const { message } of diagnostics) {
        expect(message).not.toContain("could not judge");
        expect(message).not.toContain(canary);
      }
    });
  });
}

/** Runs a stack rule's cases through the SDK's own runtime path. */
export function testStackRule(rule: StackRule, { allows, blocks, undecided = [] }: StackRuleCases): void {
  const policy = toPolicy(
    rule,
    newRun([rule], () => today),
  );
  const judge = async ({ resources, config }: StackCase) =>
    (await analyzeStack([policy], resources, config)).diagnostics;

  it.each(allows)("allows $name", async (allowed) => {
    expect(await judge(allowed)).toEqual([]);
  });

  it.each(blocks)("blocks $name", async ({ says, level, ...blocked }) => {
    expect(await judge(blocked)).toEqual(says.map((text) => diagnosticOf(rule, "fail", text, level)));
  });

  if (undecided.length > 0)
    it.each(undecided)("can't decide $name", async ({ says, ...open }) => {
      expect(await judge(open)).toEqual(says.map((text) => diagnosticOf(rule, "undetermined", text)));
    });

  it("says nothing of an empty stack", async () => {
    expect(await judge({ name: "", resources: [] })).toEqual([]);
  });

  it("has each of its types in a case", () => {
    const used = [...allows, ...blocks, ...undecided].flatMap(({ resources }) => resources);
    expect(rule.types.filter((type) => !used.some((resource) => resource.type === type))).toEqual([]);
  });

  it("neither throws nor shows a value when one of a case's resources holds nonsense", async () => {
    for (const { resources, ...others } of [...blocks, ...allows])
      for (const [at, resource] of resources.entries())
        for (const nonsense of nonsenses) {
          const props = Object.fromEntries(Object.keys(resource.props).map((name) => [name, nonsense]));
          for (const { message } of await judge({
            ...others,
            resources: resources.with(at, { ...resource, props }),
          })) {
            expect(message).not.toContain("could not judge");
            expect(message).not.toContain(canary);
          }
        }
  });
}

function diagnosticOf(rule: Rule, verdict: "fail" | "undetermined", text: string, level?: "advisory") {
  const rest = verdict === "fail" ? "Fix: .+ " : "Undetermined, not passed\\. ";
  return {
    level: verdict === "fail" ? (level ?? rule.enforcement) : "advisory",
    message: expect.stringMatching(
      new RegExp(`^${escape(`[${rule.id}] ${text}.`)} ${rest}Maps to .+\\. Docs: .+$`),
    ) as unknown,
    policy: rule.id,
  };
}

/** Every property that the rule reads of a resource that has none, and a few that it might. */
const propertiesRead = (rule: ResourceRule, type: string): string[] => [
  ...new Set(["__proto__x", "constructor", ...checked(rule, type, undefined).read]),
];

/** What a rule reads and says of a resource that has one value in every property. */
function checked(rule: ResourceRule, type: string, value: Value | undefined) {
  const read = new Set<string>();
  const findings = rule.check({
    type,
    read: (property) => {
      read.add(property);
      return value;
    },
    ceiling: () => 1,
    list: () => [],
    now: today,
  });
  return { read: [...read], findings };
}

/** One of all types that a rule judges alike, for what takes long: hundreds of resources have members. */
export function typesOfEachKind(rule: Rule): string[] {
  if (!("check" in rule)) return [...rule.types];
  const kinds = new Map<string, string>();
  for (const type of rule.types) {
    const said = [undefined, unknown, "text", [], ["text"], {}].map((value) => checked(rule, type, value));
    const kind = JSON.stringify(said);
    if (!kinds.has(kind)) kinds.set(kind, type);
  }
  return [...kinds.values()];
}

const deep = Array.from({ length: 90 }).reduce<Props>((inner) => ({ inner }), { leaf: canary });

const nonsenses: Props[string][] = [
  canary,
  secret(canary),
  unknownText,
  secret(unknownText),
  -1,
  1e308,
  true,
  null,
  [],
  [canary, null, [canary]],
  {},
  { [canary]: canary },
  { constructor: canary, toString: canary, hasOwnProperty: null },
  `{"${canary}": "${canary}"}`,
  `{"Statement": "${canary}"}`,
  "\uD800",
];

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
