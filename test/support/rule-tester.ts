import { toPolicy, type Rule } from "../../policy-packs/nhi/rule";
import { analyze, type Props, secret, unknownText } from "./analyze";

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
}

export interface RuleCases {
  allows: Case[];
  blocks: Says[];
  /** Situations that can't be decided with what is known. */
  undecided?: Says[];
}

const canary = "canary-that-no-message-may-show";

/** Runs a rule's cases through the SDK's own runtime path, and holds it to what every rule promises. */
export function testRule(rule: Rule, { allows, blocks, undecided = [] }: RuleCases): void {
  const policy = toPolicy(rule);
  const judge = ({ type = rule.types[0] ?? "", props, config }: Case) =>
    analyze([policy], type, "thing", props, config);
  const said = (verdict: "fail" | "undetermined", { type = rule.types[0] ?? "", says }: Says) =>
    says.map((text) => ({
      level: verdict === "fail" ? rule.enforcement : "advisory",
      message: expect.stringMatching(
        new RegExp(
          `^${escape(`[${rule.id}] ${type} "thing": ${text}.`)} ${verdict === "fail" ? "Fix: .+ " : "Undetermined, not passed\\. "}Maps to .+\\. Docs: .+$`,
        ),
      ) as unknown,
      policy: rule.id,
    }));

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
  });
}

/** Every property that the rule reads of a resource that has none, and a few that it might. */
function propertiesRead(rule: Rule, type: string): string[] {
  const read = new Set<string>(["__proto__x", "constructor"]);
  rule.check({
    type,
    read: (property) => {
      read.add(property);
      return undefined;
    },
    ceiling: () => 1,
  });
  return [...read];
}

const deep = Array.from({ length: 90 }).reduce<Props>((inner) => ({ inner }), { leaf: canary });

const nonsenses = [
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
  deep,
  `{"${canary}": "${canary}"}`,
  `{"Statement": "${canary}"}`,
  "\uD800",
];

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
