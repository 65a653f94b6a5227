import { noCounts, type Chained, type Counts, type Header, type ResultRecord } from "./record";
import type { RuleRecord, ScopeRecord, StackRecord, Trailer } from "./record";

/** One run as a report reads it: passes are counts for each rule and stack, and no rows. */
export interface WholeRun {
  header: Header;
  trailer: Trailer;
  /** The last hash of the chain. */
  hash: string;
  rules: RuleRecord[];
  stacks: StackRecord[];
  /** For each rule what its scopes count, over all stacks. */
  counts: Map<string, Counts>;
  /** Rules that were switched off, as `stack rule`. */
  disabled: Set<string>;
  findings: ResultRecord[];
}

/** Takes evidence that was verified: it has a header and a trailer. */
export async function readRun(records: AsyncIterable<Chained>): Promise<WholeRun> {
  const rules: RuleRecord[] = [];
  const stacks: StackRecord[] = [];
  const findings: ResultRecord[] = [];
  const counts = new Map<string, Counts>();
  const disabled = new Set<string>();
  let header: Header | undefined;
  for await (const record of records) {
    if (record.record === "header") header = record;
    else if (record.record === "rule") rules.push(record);
    else if (record.record === "stack") stacks.push(record);
    else if (record.record === "scope") {
      addCounts(counts, record);
      if (record.disabled) disabled.add(`${record.stack} ${record.rule}`);
    } else if (record.record === "result") {
      if (record.status !== "pass") findings.push(record);
    } else if (header) {
      return { header, trailer: record, hash: record.hash, rules, stacks, counts, disabled, findings };
    }
  }
  throw new Error("evidence that was verified has a header and a trailer");
}

function addCounts(all: Map<string, Counts>, { rule, counts }: ScopeRecord): void {
  const sum = all.get(rule) ?? noCounts();
  for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name];
  all.set(rule, sum);
}
