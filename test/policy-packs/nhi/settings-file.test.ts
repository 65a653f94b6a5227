import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import fc from "fast-check";
import { settingsProblems } from "../../../policy-packs/nhi/pack";
import { rules } from "../../../policy-packs/nhi/rules";
import { readSettings, settingsSchema } from "../../../policy-packs/nhi/settings";
import { settingsFileSchema } from "../../../policy-packs/nhi/settings-file";

const root = join(__dirname, "../../..");
const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
const takes = ajv.compile(settingsFileSchema(rules));
/** What the engine checks of the pack's own settings. */
const engineTakes = ajv.compile({ type: "object", ...settingsSchema });
const today = Date.parse("2027-01-15T12:00:00Z");

const exemption = {
  rule: "sessions-are-short",
  urn: "urn:pulumi:prod::shop::aws:iam/role:Role::nightly",
  property: "maxSessionDuration",
  owner: "team-batch",
  reason: "the nightly job can't be split before the summer",
  compensatingControl: "the role reads one bucket",
  approvedBy: "security",
  expires: "2027-03-01",
};
const baseline = { rule: "no-static-keys", urn: exemption.urn, property: "it", due: "2027-06-30" };
const level = { rules: ["all"], level: "advisory" };
const tier = { urns: ["urn:pulumi:*::payments-*"], tier: "sensitive" };

it("is written as the rules and settings are now: run `npm run docs`", () => {
  const written = readFileSync(join(root, "policy-packs/nhi/settings.schema.json"), "utf8");
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(settingsFileSchema(rules))));
});

it("takes every file of settings that the guide shows", () => {
  const guide = readFileSync(join(root, "docs/policy-pack.md"), "utf8");
  const shown = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json = ""]) => JSON.parse(json) as object,
  );
  // The editor's own settings, which name the schema, are no settings of the pack.
  const files = shown.filter((file) => !("json.schemas" in file));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect([takes(file), takes.errors]).toEqual([true, null]);
});

it.each<{ what: string; file: object; at: string }>([
  { what: "a rule that is none", file: { "no-static-key": "advisory" }, at: "no-static-key" },
  { what: "a level that is none", file: { "no-static-keys": "warn" }, at: "/no-static-keys" },
  {
    what: "the level remediate for a rule that has no remedy",
    file: { "no-static-keys": "remediate" },
    at: "/no-static-keys",
  },
  {
    what: "the same among the rule's settings",
    file: { "no-static-keys": { enforcementLevel: "remediate" } },
    at: "/no-static-keys/enforcementLevel",
  },
  {
    what: "the schema's own name, which the engine takes for a policy",
    file: { $schema: "x" },
    at: "$schema",
  },
  {
    what: "a ceiling that is no number",
    file: { "sessions-are-short": { maxSessionSeconds: "an hour" } },
    at: "/sessions-are-short/maxSessionSeconds",
  },
  {
    what: "a ceiling that is misspelled",
    file: { "sessions-are-short": { maxSessionSecond: 1800 } },
    at: "maxSessionSecond",
  },
  { what: "a profile that is none", file: { settings: { profile: "lenient" } }, at: "/settings/profile" },
  { what: "a setting that is none", file: { settings: { exemption: [] } }, at: "exemption" },
  {
    what: "an exemption for a rule that may never have one",
    file: { settings: { exemptions: [{ ...exemption, rule: "federated-trust-is-bounded" }] } },
    at: "/settings/exemptions/0/rule",
  },
  {
    what: "an exemption without an owner",
    file: { settings: { exemptions: [{ ...exemption, owner: " " }] } },
    at: "/settings/exemptions/0/owner",
  },
  {
    what: "a pattern of URNs in a baseline",
    file: { settings: { baseline: [{ ...baseline, urn: "urn:pulumi:prod::shop::*::*" }] } },
    at: "/settings/baseline/0/urn",
  },
  {
    what: "a day in another form",
    file: { settings: { levels: [{ ...level, from: "1.4.2027" }] } },
    at: "/settings/levels/0/from",
  },
])("refuses $what, where it stands", ({ file, at }) => {
  expect(takes(file)).toBe(false);
  const places = (takes.errors ?? []).map(({ instancePath, params }) =>
    "additionalProperty" in params ? String(params.additionalProperty) : instancePath,
  );
  expect(places).toContain(at);
});

describe("the schema and the pack", () => {
  /** The pack refuses what the engine finds wrong with its schema, and then what it finds itself. */
  const packTakes = (settings: object) =>
    engineTakes(settings) && settingsProblems(readSettings(settings), rules, today).length === 0;

  const wrong = fc.constantFrom<unknown>(
    ...["", " ", "lenient", "1.4.2027", "no-such-rule", "urn:pulumi:*::shop::*::*"],
    ...[0, true, null, {}, [], [1], ["no-such-rule"], { name: "tier" }, { name: "tier", value: 1 }],
  );
  const mostly = <T>(arbitrary: fc.Arbitrary<T>) => ({ weight: 25, arbitrary });
  /** An entry as it may stand, or with a property that is wrong, missing or too many. */
  const entry = (good: Record<string, unknown>, optional: Record<string, unknown> = {}) =>
    fc.oneof(
      mostly(fc.constantFrom(good, { ...good, ...optional })),
      fc
        .tuple(fc.constantFrom(...Object.keys({ ...good, ...optional }), "other"), wrong)
        .map(([name, value]) => ({ ...good, [name]: value })),
      fc
        .constantFrom(...Object.keys(good))
        .map((name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))),
      wrong,
    );
  const list = (entries: fc.Arbitrary<unknown>) =>
    fc.oneof(mostly(fc.array(entries, { maxLength: 2 })), wrong);
  const settings = fc.record(
    {
      profile: fc.oneof(mostly(fc.constantFrom("start", "standard", "strict", "ai-agents")), wrong),
      labels: fc.oneof(mostly(fc.constantFrom("brief", "official", "both")), wrong),
      strictUnknown: fc.oneof(mostly(fc.constant(["prod-*"])), wrong),
      levels: list(
        entry(level, { stacks: ["dev"], stackTag: { name: "tier", value: "one" }, from: "2027-04-01" }),
      ),
      exemptions: list(entry(exemption)),
      baseline: list(entry(baseline)),
      tiers: list(entry(tier, { justification: "it is long" })),
    },
    { requiredKeys: [] },
  );
  const misnamed = fc.tuple(settings, wrong).map(([given, value]) => ({ ...given, exemption: value }));

  it("refuse the same settings", () => {
    let taken = 0;
    const runs = 3000;
    fc.assert(
      fc.property(fc.oneof(mostly(settings), misnamed), (given) => {
        const isTaken = packTakes(given);
        taken += Number(isTaken);
        expect(takes({ settings: given })).toBe(isTaken);
      }),
      { numRuns: runs },
    );
    // Neither always refuses nor always takes.
    expect(taken).toBeGreaterThan(runs / 4);
    expect(taken).toBeLessThan((runs * 3) / 4);
  });

  it.each([
    ["an exemption that the owner approved", { ...exemption, approvedBy: "Team-Batch" }],
    ["an exemption that has expired", { ...exemption, expires: "2027-01-14" }],
    ["an exemption of more than 90 days", { ...exemption, expires: "2027-06-01" }],
    ["a day that no calendar has", { ...exemption, expires: "2027-02-31" }],
  ])("leave %s to the pack alone", (_, entry) => {
    const given = { exemptions: [entry] };
    expect(takes({ settings: given })).toBe(true);
    expect(packTakes(given)).toBe(false);
  });
});
