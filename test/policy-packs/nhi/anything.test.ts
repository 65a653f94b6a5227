import * as sdk from "@pulumi/policy";
import fc from "fast-check";
import type { Rule } from "../../../policy-packs/nhi/rule";
import { rules } from "../../../policy-packs/nhi/rules";
import { newRun } from "../../../policy-packs/nhi/run";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { unknownText } from "../../support/analyze";
import { today, typesOfEachKind } from "../../support/rule-tester";
import cases from "./cases.json";

/**
 * Whatever stands in a property, no rule throws, hangs or shows it: a throw would stop a deployment, and the value may
 * be a secret. Rules are held to it with every type of theirs, and with every property that they ask for.
 */
const canary = "canary-that-no-message-may-show";

// Exported since 1.21, and left out of the types.
const { unknownCheckingProxy } = sdk as unknown as { unknownCheckingProxy: (props: object) => object };

type Values = (property: string) => unknown;

/** A resource that has every property that anybody asks for. The SDK's own proxy throws at what is not known yet. */
function resourceWith(valueOf: Values): object {
  const value = (name: string | symbol) => {
    const known = unknownCheckingProxy({ value: valueOf(String(name)) }) as { value: unknown };
    return known.value;
  };
  return new Proxy(
    {},
    {
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: true }),
      get: (_, name) => value(name),
    },
  );
}

/** What a rule says of a resource, or of a stack that has two of them. */
function messagesOf(rule: Rule, type: string, valueOf: Values): string[] {
  const messages: string[] = [];
  const report = (violation: unknown) => messages.push((violation as { message: string }).message);
  const around = { getConfig: () => ({}), stackTags: new Map(), notApplicable: () => undefined };
  const resource = (name: string) => ({
    ...{ type, name, urn: `urn:pulumi:test::test::${type}::${name}`, props: resourceWith(valueOf) },
    ...{ dependencies: [], propertyDependencies: {}, opts: {} },
  });
  const policy = toPolicy(
    rule,
    newRun(rules, () => today),
  ) as unknown as Record<
    "validateResource" | "validateStack",
    ((args: object, report: unknown) => void) | undefined
  >;
  policy.validateResource?.({ ...around, ...resource("thing") }, report);
  policy.validateStack?.({ ...around, resources: [resource("thing"), resource("other")] }, report);
  return messages;
}

/** What no message may be. Whose tokens get in is what a message is about, and no secret: a subject is quoted. */
const wrong = (messages: string[]) =>
  messages
    .map((message) => message.replaceAll(/ whose subject (is|starts with) ".*?"/g, ""))
    .filter((message) => message.includes("could not judge") || message.includes(canary));

/** All keys and texts of the known cases: what documents, claims and roles are made of. */
const words = { keys: new Set<string>(), texts: new Set<string>() };
JSON.stringify(cases, (key, value: unknown) => {
  words.keys.add(key);
  if (typeof value === "string" && value.length < 200) words.texts.add(value);
  return value;
});

const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...words.keys) },
  fc.constantFrom("__proto__", "constructor", "toString", "nhi:part", "nhi:jit", "nhi:environment", "value"),
  fc.string(),
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words.texts) },
  fc.constantFrom(
    canary,
    `arn:aws:iam::123456789012:role/${canary}`,
    `${canary},*`,
    `{"${canary}`,
    unknownText,
  ),
  fc.constantFrom("true", "jwt", "glob", "*", "\uD800", `\uDC00${canary}`, "2020-01-01", "issuer"),
  fc.string({ unit: "binary" }),
);
const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
  anything: fc.oneof(
    { depthSize: "small" },
    text,
    fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie("anything"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("anything")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    tie("anything").map((value) => JSON.stringify(value)),
  ),
}));

/** Each name has one of the values, always the same one. */
const drawnFrom =
  (values: readonly unknown[]): Values =>
  (name) =>
    values[
      Array.from(name, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % values.length
    ];

/** A known case with some of its parts replaced. */
const replaced = (value: unknown, parts: Iterator<{ part: unknown; at: number }>, depth = 0): unknown => {
  const { part, at } = parts.next().value as { part: unknown; at: number };
  if (at < 2 && depth > 0) return part;
  if (Array.isArray(value)) return value.map((item) => replaced(item, parts, depth + 1));
  if (typeof value !== "object" || value === null) return at < 4 ? part : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, replaced(item, parts, depth + 1)]),
  );
};

function* again<Item>(items: readonly Item[]): Generator<Item> {
  for (let index = 0; ; index++) yield items[index % items.length] as Item;
}

const rows = rules.flatMap((rule) => rule.types.map((type) => ({ rule, type, id: rule.id })));

it.each(rows)("$id takes anything in a $type", ({ rule, type }) => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 12 }), (values) => {
      expect(wrong(messagesOf(rule, type, drawnFrom(values)))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

const known = cases.flatMap(({ type, bad, good, ...row }) => [
  { type, props: bad },
  { type: "goodType" in row ? row.goodType : type, props: good },
]);

it.each(rows.filter(({ type }) => known.some((row) => row.type === type)))(
  "$id takes a known $type with anything in it",
  ({ rule, type }) => {
    const ofType = known.filter((row) => row.type === type);
    const change = fc.record({ part: anything, at: fc.nat({ max: 15 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...ofType),
        fc.array(change, { minLength: 40, maxLength: 40 }),
        ({ props }, changes) => {
          const given = replaced(props, again(changes)) as Record<string, unknown>;
          expect(wrong(messagesOf(rule, type, (name) => given[name]))).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  },
);

/** What grows or nests without an end: larger than what any platform takes. */
const deep = 10_000;
const huge: [string, unknown][] = [
  ["a text of 10 MB", canary + "a".repeat(10_000_000)],
  [
    "a document of 10 MB",
    `{"Statement":[${`{"Effect":"Allow","Principal":"${canary}"},`.repeat(220_000)}{}]}`,
  ],
  ["a text for a regular expression", `${"repo:a/".repeat(200_000)}!${canary}`],
  ["a text of separators", `${",".repeat(500_000)} (owner ${", kind ".repeat(50_000)})`],
  ["brackets in brackets", "(".repeat(deep) + "a" + ")".repeat(deep)],
  ["operators in a row", `${"!".repeat(deep)}a ${"&& a ".repeat(deep)}`],
  ["a JSON text in arrays in arrays", "[".repeat(deep) + "]".repeat(deep)],
  [
    "objects in objects",
    Array.from({ length: deep }).reduce((inner) => ({ a: canary, Statement: inner }), canary),
  ],
  ["arrays in arrays", Array.from({ length: deep }).reduce((inner) => [inner], canary)],
  ["a list of 20,000 texts", Array.from({ length: 20_000 }, (_, index) => `${canary}${index}`)],
  ["20,000 names", Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`a${index}`, canary]))],
];

describe.each(huge)("%s", (_, value) => {
  it.each(rules.map((rule) => [rule.id, rule] as const))("is taken by %s", (__, rule) => {
    for (const type of typesOfEachKind(rule)) {
      expect(wrong(messagesOf(rule, type, () => value))).toEqual([]);
      // And where every other property is as it should be. What is no text takes the same way, and its time.
      const props = known.find((row) => row.type === type)?.props as Record<string, unknown> | undefined;
      const replaceable = typeof value === "string" ? Object.keys(props ?? {}) : [];
      const messages = replaceable.flatMap((property) =>
        messagesOf(rule, type, (name) => (name === property ? value : props?.[name])),
      );
      expect(wrong(messages)).toEqual([]);
    }
  });
});
