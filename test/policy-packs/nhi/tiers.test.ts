import { definePack } from "../../../policy-packs/nhi/pack";
import type { TierSetting } from "../../../policy-packs/nhi/settings";
import { fail } from "../../../policy-packs/nhi/verdict";
import { judge, type Props } from "../../../policy-packs/nhi/testing";
import { ruleNamed, type } from "./rules-of-tests";

const rule = ruleNamed("sessions-end", {
  ceilings: {
    most: { seconds: 3600, sensitive: 900, longRunning: 43_200, says: "The most. Default: 3600." },
  },
  check: (resource) => [fail("it", `may be ${resource.ceiling("most")}`)],
});

/** The ceiling that a thing with these properties gets. */
async function ceilingOf(props: Props, settings: object = {}, config: Record<string, unknown> = {}) {
  const { diagnostics } = await judge(
    definePack([rule]),
    { type, name: "thing", props },
    {
      configs: { settings: settings as Record<string, unknown>, [rule.id]: config },
    },
  );
  return Number(/may be (\d+)\./.exec(diagnostics.at(-1)?.message ?? "")?.[1]);
}

it.each<[string, Props, number]>([
  ["nothing is said", {}, 3600],
  ["it is sensitive", { tags: { "nhi:tier": "sensitive" } }, 900],
  ["it is sensitive by a label", { labels: { "nhi-tier": "sensitive" } }, 900],
  [
    "it runs long and says why",
    { tags: { "nhi:tier": "long-running", "nhi:justification": "the export" } },
    43_200,
  ],
  ["it runs long without a reason", { tags: { "nhi:tier": "long-running" } }, 3600],
  [
    "it runs long with an empty reason",
    { tags: { "nhi:tier": "long-running", "nhi:justification": " " } },
    3600,
  ],
  ["its tier is none", { tags: { "nhi:tier": "gold" } }, 3600],
  [
    "it is an agent's, whatever else it says",
    { tags: { "nhi:kind": "ai-agent", "nhi:tier": "long-running", "nhi:justification": "it thinks" } },
    900,
  ],
])("when %s", async (_, props, expected) => {
  expect(await ceilingOf(props)).toBe(expected);
});

const urns = ["urn:pulumi:*::test:index:Thing::th*"];
it.each<[string, TierSetting, number]>([
  ["sensitive", { urns, tier: "sensitive" }, 900],
  ["long-running with a reason", { urns, tier: "long-running", justification: "the export" }, 43_200],
  ["long-running without one", { urns, tier: "long-running" }, 3600],
  ["about something else", { urns: ["urn:pulumi:*::other"], tier: "sensitive" }, 3600],
])("when the settings are %s", async (_, setting, expected) => {
  expect(await ceilingOf({}, { tiers: [setting] })).toBe(expected);
});

it("has a team's own ceiling for each tier", async () => {
  const config = { most: 1800, mostSensitive: 300 };
  expect(await ceilingOf({}, {}, config)).toBe(1800);
  expect(await ceilingOf({ tags: { "nhi:tier": "sensitive" } }, {}, config)).toBe(300);
});

it("is sensitive throughout under the profile for agents", async () => {
  expect(await ceilingOf({}, { profile: "ai-agents" })).toBe(900);
});
