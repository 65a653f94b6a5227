import { isStrict, levelOf, levelProblem, matches, type Place } from "../../../policy-packs/nhi/levels";
import type { Rule } from "../../../policy-packs/nhi/rule";
import { defaultSettings, type LevelSetting, type Profile } from "../../../policy-packs/nhi/settings";
import { ruleNamed } from "./rules-of-tests";

const severe = ruleNamed("keys-are-gone", { severity: "critical" });
const mild = ruleNamed("names-are-nice", { severity: "low", enforcement: "advisory" });
const here = (change: Partial<Place> = {}): Place => ({
  stack: "production",
  stackTags: new Map([["tier", "one"]]),
  now: Date.parse("2027-01-15T12:00:00Z"),
  ...change,
});
const level = (rule: Rule, levels: LevelSetting[], place = here()) =>
  levelOf(rule, { ...defaultSettings, levels }, place);

describe("profiles", () => {
  it.each<[Profile, unknown, unknown]>([
    ["start", undefined, "advisory"],
    ["standard", undefined, undefined],
    ["strict", "mandatory", "mandatory"],
    ["ai-agents", "mandatory", "mandatory"],
  ])("%s", (profile, ofSevere, ofMild) => {
    const settings = { ...defaultSettings, profile };
    expect([levelOf(severe, settings, here()), levelOf(mild, settings, here())]).toEqual([ofSevere, ofMild]);
    expect(isStrict(settings, here())).toBe(profile === "strict" || profile === "ai-agents");
  });

  it("is overruled by a level", () => {
    const settings = { ...defaultSettings, profile: "strict" as const };
    const levels: LevelSetting[] = [{ rules: [mild.id], level: "disabled" }];
    expect(levelOf(mild, { ...settings, levels }, here())).toBe("disabled");
  });
});

describe("levels", () => {
  it("hold for the rules that are named, or for all", () => {
    expect(level(severe, [{ rules: [severe.id], level: "advisory" }])).toBe("advisory");
    expect(level(mild, [{ rules: [severe.id], level: "advisory" }])).toBeUndefined();
    expect(level(mild, [{ rules: ["all"], level: "mandatory" }])).toBe("mandatory");
  });

  it("hold in the stacks that are named", () => {
    const levels: LevelSetting[] = [{ rules: ["all"], level: "advisory", stacks: ["dev", "sandbox-*"] }];
    expect(level(severe, levels)).toBeUndefined();
    expect(level(severe, levels, here({ stack: "dev" }))).toBe("advisory");
    expect(level(severe, levels, here({ stack: "sandbox-ana" }))).toBe("advisory");
    expect(level(severe, levels, here({ stack: "sandbox" }))).toBeUndefined();
  });

  it("hold in stacks with a tag", () => {
    const stackTag = { name: "tier", value: "one" };
    expect(level(mild, [{ rules: ["all"], level: "mandatory", stackTag }])).toBe("mandatory");
    expect(
      level(mild, [{ rules: ["all"], level: "mandatory", stackTag }], here({ stackTags: new Map() })),
    ).toBeUndefined();
  });

  it("hold from their day on", () => {
    const levels: LevelSetting[] = [{ rules: ["all"], level: "mandatory", from: "2027-01-16" }];
    expect(level(mild, levels)).toBeUndefined();
    expect(level(mild, levels, here({ now: Date.parse("2027-01-16T00:00:00Z") }))).toBe("mandatory");
  });

  it("are overruled by later ones", () => {
    const all: LevelSetting = { rules: ["all"], level: "mandatory" };
    const dev: LevelSetting = { rules: [mild.id], level: "advisory" };
    expect([level(mild, [all, dev]), level(mild, [dev, all])]).toEqual(["advisory", "mandatory"]);
  });

  it.each<[LevelSetting, string]>([
    [
      { rules: ["no-such-rule"], level: "advisory" },
      'levels[0].rules must name rules or all, got "no-such-rule". RULES.md lists them.',
    ],
    [
      { rules: ["all"], level: "mandatory", from: "2027-02-30" },
      'levels[0].from must be a day as YYYY-MM-DD, got "2027-02-30".',
    ],
  ])("are refused with %j", (setting, says) => {
    expect(levelProblem(setting, 0, [severe, mild])).toBe(says);
  });
});

it("is strict in the stacks that are named", () => {
  const settings = { ...defaultSettings, strictUnknown: ["prod*"] };
  expect([isStrict(settings, here()), isStrict(settings, here({ stack: "dev" }))]).toEqual([true, false]);
});

it.each([
  ["production", "production", true],
  ["production", "production-eu", false],
  ["*", "anything", true],
  ["prod-*", "prod-", true],
  ["*-eu", "prod-eu", true],
  ["prod-*-eu", "prod-eu", false],
  ["prod-*-eu", "prod--eu", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a.c", "abc", false],
])("%s and %s: %s", (pattern, name, fits) => {
  expect(matches(pattern, name)).toBe(fits);
});
