import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CedarDecider } from "../../broker/decide/cedar";
import type { Caller, GrantRequest } from "../../broker/grant";
import { readSettings } from "../../broker/settings";

const page = readFileSync(join(__dirname, "../../docs/access-broker.md"), "utf8");
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(page)?.[1] ?? "";

const settings = readSettings(block("json"));
const decider = new CedarDecider({ "page.cedar": block("cedar") });
const monday = new Date("2027-03-01T09:00:00Z");

const decide = (role: string, caller: Partial<Caller>, request: Partial<GrantRequest>, now = monday) => {
  const found = settings.roles[role];
  if (!found) throw new Error(`the page has no role ${role}`);
  const asked = {
    requestToken: "t",
    role,
    purpose: "p",
    ttlSeconds: 300,
    environment: "production",
    ...request,
  };
  const who: Caller = { id: "x", tenant: "octo", kind: "workload", claims: {}, ...caller };
  return decider.decide(who, asked, found, { now, ttlSeconds: asked.ttlSeconds, depth: 0 });
};

it("shows settings and policies that do what it says of them", () => {
  expect(Object.keys(settings.roles)).toEqual(["migrate", "deploy"]);
  expect(settings.roles.migrate).toMatchObject({
    maxTtlSeconds: 900,
    approval: { expiresInSeconds: 10_800 },
  });

  expect(decide("migrate", { claims: { repository_id: "456789" } }, {})).toMatchObject({
    effect: "allow",
    policies: ["octo-migrates"],
  });
  expect(decide("migrate", { claims: { repository_id: "666" } }, {}).effect).toBe("deny");

  const intent = { task: "count orders", tools: ["sql-read"], targets: ["orders"] };
  const agent = { kind: "ai-agent" as const };
  expect(decide("migrate", agent, { intent }).policies).toEqual(["agents-read-orders-for-five-minutes"]);
  expect(decide("migrate", agent, { intent, ttlSeconds: 301 }).effect).toBe("deny");
  expect(decide("migrate", agent, { intent: { ...intent, tools: ["sql-read", "sql-write"] } }).effect).toBe(
    "deny",
  );
});

it.each([
  ["2027-03-01T05:59:59Z", ["no-deployments-at-night"]],
  ["2027-03-01T06:00:00Z", []],
  ["2027-03-06T12:00:00Z", ["no-deployments-at-night"]],
  ["2027-03-07T12:00:00Z", ["no-deployments-at-night"]],
])("knows at %s which day and hour it is", (time, policies) => {
  expect(decide("deploy", {}, {}, new Date(time)).policies).toEqual(policies);
});
