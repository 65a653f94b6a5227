import type { ResourceRule } from "../../../policy-packs/nhi/rule";
import { fail } from "../../../policy-packs/nhi/verdict";

export const type = "test:index:Thing";

/** A rule that finds every thing too big, unless told otherwise. */
export const ruleNamed = (id: string, change: Partial<ResourceRule> = {}): ResourceRule => ({
  id,
  title: "Things are small.",
  why: "Big ones fall.",
  fix: "Cut it.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee: "Other things.",
  whenNot: "Never.",
  samples: { bad: "", good: "" },
  types: [type],
  check: () => [fail("size", "is too big")],
  ...change,
});
