import type { Finding, JudgedStack } from "../evidence/result";
import type { BaselineState } from "./baseline";

/** What a run comes to, over all its stacks. */
export interface Tally {
  /** `project/stack` of each. */
  stacks: Set<string>;
  resources: number;
  /** Rules times the resources that they judged. */
  checks: number;
  findings: Finding[];
  /** One line for each source that could not be judged. */
  problems: string[];
  baseline: BaselineState;
}

export const newTally = (): Tally => ({
  stacks: new Set(),
  resources: 0,
  checks: 0,
  findings: [],
  problems: [],
  baseline: { spare: [], overdue: new Map() },
});

export function addStack(tally: Tally, { stack, resources, findings, passed }: JudgedStack): void {
  tally.stacks.add(stack);
  tally.resources += resources;
  const failed = new Set(findings.map(({ rule, urn }) => `${rule} ${urn}`)).size;
  tally.checks += failed + Object.values(passed).reduce((sum, urns) => sum + urns.length, 0);
  for (const finding of findings) tally.findings.push(finding);
}
