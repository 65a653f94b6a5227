import type { StackFinding, StackRule } from "../rule";
import { leadsToSame, staticKeysIn, targetTypes, waysIn } from "../stack/targets";
import { fail } from "../verdict";

export const staticKeysGiveWayToJit: StackRule = {
  id: "static-keys-give-way-to-jit",
  title: "What can be reached just in time, or with a dynamic secret, has no static key beside that.",
  why: "As long as the key is there, nobody has to ask, and nothing ends.",
  fix: "Let the last user of the key ask for access, and delete the key.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee:
    "Keys and ways in of other stacks, and whether the way in gives the same rights. Two providers are taken for two targets unless an account or a project says otherwise.",
  whenNot:
    "While a consumer moves: mark the key as a static exception with an end, and the rule waits for that day.",
  samples: {
    bad: `
new vault.database.SecretBackendRole("orders", {
  backend: "database",
  dbName: "orders",
  defaultTtl: 900,
  maxTtl: 3600,
  creationStatements: ["CREATE ROLE ..."],
});
new vault.database.SecretBackendStaticRole("orders-legacy", {
  backend: "database",
  dbName: "orders",
  username: "legacy",
  rotationPeriod: 86400,
});
`,
    good: `
new vault.database.SecretBackendRole("orders", {
  backend: "database",
  dbName: "orders",
  defaultTtl: 900,
  maxTtl: 3600,
  creationStatements: ["CREATE ROLE ..."],
});
`,
  },
  types: targetTypes,
  checkStack(resources) {
    const ways = waysIn(resources);
    return staticKeysIn(resources).flatMap((resource): StackFinding[] => {
      const way = ways.find((candidate) => leadsToSame(resource, candidate));
      if (!way) return [];
      const says = `is a static key for what ${way.type} "${way.name}" gives access to when it is needed`;
      return [{ ...fail("it", says), resource }];
    });
  },
};
