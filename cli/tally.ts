import type { Finding, JudgedStack } from "../evidence/result";
import type { BaselineEntry } from "#pack/define";

/** What a run comes to, over all its stacks. */
export interface Tally {
  stacks: number;
  resources: number;
  /** Rules times the resources that they judged. */
  checks: number;
  findings: Finding[];
  /** One line for each source that could not be judged. */
  problems: string[];
  /** Entries of the baseline that nothing came up for in the stacks that were judged. */
  spare: BaselineEntry[];
}

export const newTally = (): Tally => ({
  stacks: 0,
  resources: 0,
  checks: 0,
  findings: [],
  problems: [],
  spare: [],
});

export function addStack(tally: Tally, { resources, findings, passed }: JudgedStack): void {
  tally.stacks += 1;
  tally.resources += resources;
  const failed = new Set(findings.map(({ rule, urn }) => `${rule} ${urn}`)).size;
  tally.checks += failed + Object.values(passed).reduce((sum, urns) => sum + urns.length, 0);
  for (const finding of findings) tally.findings.push(finding);
}
