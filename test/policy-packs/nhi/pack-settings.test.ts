import { definePack } from "../../../policy-packs/nhi/pack";
import type { Rule } from "../../../policy-packs/nhi/rule";
import type { Exemption } from "../../../policy-packs/nhi/settings";
import { fail, undetermined } from "../../../policy-packs/nhi/verdict";
import { analyzeAll } from "../../support/analyze";
import { ruleNamed, type } from "./rules-of-tests";

const today = Date.parse("2027-01-15T12:00:00Z");
const size = ruleNamed("things-are-small");
const never = ruleNamed("doors-are-shut", {
  check: () => [],
  neverExempt: "An open door is open to everybody.",
});
const urn = `urn:pulumi:test::test::${type}::thing`;
const exemption: Exemption = {
  rule: size.id,
  urn,
  property: "size",
  owner: "team-web",
  reason: "the vendor has no smaller one",
  compensatingControl: "it stands behind a wall",
  approvedBy: "security",
  expires: "2027-03-01",
};

/** What a pack with these settings says of one thing, without what every message ends with. */
async function said(settings: Record<string, unknown>, rules: Rule[] = [size, never]): Promise<string[]> {
  const policies = definePack(rules, () => today);
  const { diagnostics } = await analyzeAll(policies, [{ type, name: "thing", props: {} }], {
    settings,
  });
  return diagnostics.map(({ level, message }) => `${level} ${message.replace(/ Maps to .*/, "")}`);
}
const found = 'mandatory [things-are-small] test:index:Thing "thing": size is too big. Fix: Cut it.';

it("has each rule's own level without settings", async () => {
  expect(await said({})).toEqual([found]);
});

it("says of a setting that is none that it is none, and follows the others", async () => {
  expect(await said({ exemption: [], profile: "start" })).toEqual([
    "mandatory [settings] exemption is no setting. The settings are profile, levels, exemptions, baseline, tiers, labels, strictUnknown.",
    found.replace("mandatory", "advisory"),
  ]);
});

it("says no finding of a rule that is switched off, and calls it not applicable", async () => {
  const settings = { levels: [{ rules: [size.id], level: "disabled" }] };
  const policies = definePack([size], () => today);
  const { diagnostics, notApplicable } = await analyzeAll(policies, [{ type, name: "thing", props: {} }], {
    settings,
  });
  expect({ diagnostics, notApplicable }).toEqual({ diagnostics: [], notApplicable: [size.id] });
});

it("gives findings the level of the stack's setting", async () => {
  const settings = { levels: [{ rules: ["all"], level: "advisory", stacks: ["te*"] }] };
  expect(await said(settings)).toEqual([found.replace("mandatory", "advisory")]);
});

it("leaves what only advises an advisory under every profile", async () => {
  const advises = ruleNamed("mostly-harmless", {
    check: () => [{ ...fail("size", "is a bit big"), level: "advisory" }],
  });
  expect(await said({ profile: "strict" }, [advises])).toEqual([
    'advisory [mostly-harmless] test:index:Thing "thing": size is a bit big. Fix: Cut it.',
  ]);
});

describe("exemptions", () => {
  it("keep a finding as an advisory that says until when, who and why", async () => {
    expect(await said({ exemptions: [exemption] })).toEqual([
      'advisory [things-are-small] test:index:Thing "thing": size is too big. ' +
        "Exempted until 2027-03-01 (owner team-web, approved by security): the vendor has no smaller one",
    ]);
  });

  it("hide no other finding of the same rule on the same resource", async () => {
    const both = ruleNamed(size.id, {
      check: () => [fail("size", "is too big"), fail("weight", "is too much")],
    });
    expect(await said({ exemptions: [exemption] }, [both])).toEqual([
      expect.stringMatching(/^advisory .*size is too big\. Exempted/),
      'mandatory [things-are-small] test:index:Thing "thing": weight is too much. Fix: Cut it.',
    ]);
  });

  it("hold on their last day, and end with it", async () => {
    expect(await said({ exemptions: [{ ...exemption, expires: "2027-01-15" }] })).toEqual([
      expect.stringMatching(/^advisory .*Exempted until 2027-01-15/),
    ]);
    expect(await said({ exemptions: [{ ...exemption, expires: "2027-01-14" }] })).toEqual([
      `mandatory [settings] exemptions[0] expired on 2027-01-14: mend the finding of things-are-small at ${urn}, or decide anew.`,
      found,
    ]);
  });

  it.each<[string, Partial<Record<keyof Exemption, unknown>>, string]>([
    [
      "without an owner",
      { owner: " " },
      "exemptions[0].owner must be given: an exemption has all of its fields.",
    ],
    [
      "without a reason",
      { reason: undefined },
      "exemptions[0].reason must be given: an exemption has all of its fields.",
    ],
    [
      "for a rule that is none",
      { rule: "no-such-rule" },
      'exemptions[0].rule must be the id of a rule, got "no-such-rule". RULES.md lists them.',
    ],
    [
      "for a rule that may never be exempted",
      { rule: never.id },
      "exemptions[0].rule must be one that can be exempted, got doors-are-shut: An open door is open to everybody.",
    ],
    [
      "for every resource",
      { urn: "urn:pulumi:test::test::*::*" },
      'exemptions[0].urn must be the whole URN of one resource, got "urn:pulumi:test::test::*::*".',
    ],
    [
      "that the owner approved",
      { approvedBy: "Team-Web" },
      'exemptions[0].approvedBy must be somebody else than the owner, got "Team-Web" for both.',
    ],
    [
      "that lasts too long",
      { expires: "2027-04-16" },
      "exemptions[0].expires must be at most 90 days ahead, got 2027-04-16, which is 91.",
    ],
    [
      "without a real day",
      { expires: "2027-02-30" },
      'exemptions[0].expires must be a day as YYYY-MM-DD, got "2027-02-30".',
    ],
  ])("%s are refused, and the finding stands", async (_, change, says) => {
    expect(await said({ exemptions: [{ ...exemption, ...change }] })).toEqual([
      `mandatory [settings] ${says}`,
      found,
    ]);
  });

  it("that nothing comes up for are reported at the end, but not those of other stacks", async () => {
    const other = urn.replace(":test::test", ":other::test");
    const exemptions = [exemption, { ...exemption, property: "weight" }, { ...exemption, urn: other }];
    expect(await said({ exemptions })).toEqual([
      expect.stringMatching(/^advisory .*Exempted until/),
      `mandatory [exemptions] exemptions[1] is not needed: things-are-small finds nothing in weight of ${urn}. Remove it.`,
    ]);
  });
});

describe("the baseline", () => {
  const entry = { rule: size.id, urn, property: "size", due: "2027-06-30" };

  it("keeps what was there as an advisory until its day, and nothing else", async () => {
    const both = ruleNamed(size.id, {
      check: () => [fail("size", "is too big"), fail("weight", "is too much")],
    });
    expect(await said({ baseline: [entry] }, [both])).toEqual([
      'advisory [things-are-small] test:index:Thing "thing": size is too big. ' +
        "Known when the pack was introduced, to be mended by 2027-06-30.",
      'mandatory [things-are-small] test:index:Thing "thing": weight is too much. Fix: Cut it.',
    ]);
  });

  it("lets it block when the day has passed", async () => {
    expect(await said({ baseline: [{ ...entry, due: "2027-01-14" }] })).toEqual([found]);
  });

  it("is refused without a day", async () => {
    expect(await said({ baseline: [{ ...entry, due: "soon" }] })).toEqual([
      'mandatory [settings] baseline[0].due must be a day as YYYY-MM-DD, got "soon".',
      found,
    ]);
  });
});

describe("what can't be decided", () => {
  const open = ruleNamed("things-are-known", { check: () => [undetermined("size", "is not known yet")] });

  it("is counted at the end", async () => {
    expect(await said({}, [open])).toEqual([
      'advisory [things-are-known] test:index:Thing "thing": size is not known yet. Undetermined, not passed.',
      "advisory [undetermined] 1 check could not be decided with what is known now.",
    ]);
  });

  it("has the rule's own level in the stacks that want it", async () => {
    const [first] = await said({ strictUnknown: ["test"] }, [open]);
    expect(first).toMatch(/^mandatory .*Undetermined/);
  });
});

it.each([
  ["brief", "Maps to NHI-03 and PR.AC-4."],
  ["official", "Maps to OWASP NHI7:2025 Long-Lived Secrets and CSF 1.1; CSF 2.0: PR.AA-05."],
  [
    "both",
    "Maps to NHI-03 (official: OWASP NHI7:2025 Long-Lived Secrets) and PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05).",
  ],
])("names %s labels", async (labels, expected) => {
  const policies = definePack([size], () => today);
  const { diagnostics } = await analyzeAll(policies, [{ type, name: "thing", props: {} }], {
    settings: { labels },
  });
  expect(diagnostics[0]?.message).toContain(expected);
});
