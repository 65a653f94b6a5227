import type { ResultRecord } from "./record";
import type { WholeRun } from "./whole-run";

export interface Change {
  before: ResultRecord;
  after: ResultRecord;
}

/** What is otherwise in a newer run of the same estate. */
export interface Comparison {
  added: ResultRecord[];
  fixed: ResultRecord[];
  /** Findings that were there and have another status or level now. */
  changed: Change[];
  /** One line for each difference in what was asked. */
  scope: string[];
}

/** Findings are the same one by rule, stack, resource and property. */
export function compare(before: WholeRun, after: WholeRun): Comparison {
  const old = byKey(before.findings);
  const now = byKey(after.findings);
  const changed: Change[] = [];
  for (const [key, finding] of now) {
    const earlier = old.get(key);
    if (earlier && (earlier.status !== finding.status || earlier.level !== finding.level))
      changed.push({ before: earlier, after: finding });
  }
  // What is gone with its stack, or because nobody asked, was not fixed: the changes of the scope say so.
  const asked = new Set(after.stacks.flatMap(({ stack, complete }) => (complete && stack ? [stack] : [])));
  const rules = new Set(after.rules.map(({ id }) => id));
  const wasAsked = ({ stack, rule }: ResultRecord) =>
    asked.has(stack) && rules.has(rule) && !after.disabled.has(`${stack} ${rule}`);
  return {
    added: [...now].flatMap(([key, finding]) => (old.has(key) ? [] : [finding])),
    fixed: [...old].flatMap(([key, finding]) => (now.has(key) || !wasAsked(finding) ? [] : [finding])),
    changed,
    scope: scopeChanges(before, after),
  };
}

/** Whether something blocks now that did not. */
export const hasNewBlocking = ({ added, changed }: Comparison): boolean =>
  [...added, ...changed.filter(({ before }) => !isBlocking(before)).map(({ after }) => after)].some(
    isBlocking,
  );

const isBlocking = ({ level, status }: ResultRecord) => level === "mandatory" && status === "fail";

function byKey(findings: readonly ResultRecord[]): Map<string, ResultRecord> {
  const all = new Map<string, ResultRecord>();
  const seen = new Map<string, number>();
  for (const finding of findings) {
    const { rule, stack, resource, property } = finding;
    const base = JSON.stringify([rule, stack, resource, property ?? null]);
    const index = seen.get(base) ?? 0;
    seen.set(base, index + 1);
    // Several findings of a rule at one property are told apart by their order.
    all.set(`${base} ${index}`, finding);
  }
  return all;
}

function scopeChanges(before: WholeRun, after: WholeRun): string[] {
  const completed = ({ stacks }: WholeRun) =>
    new Map(stacks.flatMap(({ stack, complete }) => (stack === null ? [] : [[stack, complete] as const])));
  const levels = ({ rules }: WholeRun) => new Map(rules.map(({ id, level }) => [id, level]));
  const versions = ({ header }: WholeRun) => new Map(Object.entries(header.tools));
  const settings = ({ header }: WholeRun) => header.settings?.sha256 ?? "none";
  const lines = [
    ...differences("stack", completed(before), completed(after), (isComplete) =>
      isComplete ? "complete" : "not complete",
    ),
    ...differences("rule", levels(before), levels(after), (level) => level),
    ...differences("version of", versions(before), versions(after), (version) => version),
  ];
  for (const name of after.disabled) if (!before.disabled.has(name)) lines.push(`switched off: ${name}`);
  for (const name of before.disabled)
    if (!after.disabled.has(name)) lines.push(`no longer switched off: ${name}`);
  if (settings(before) !== settings(after))
    lines.push(`SHA-256 of the settings: ${settings(before)} before, ${settings(after)} now`);
  return lines;
}

function differences<V>(
  what: string,
  before: ReadonlyMap<string, V>,
  after: ReadonlyMap<string, V>,
  says: (value: V) => string,
): string[] {
  const lines: string[] = [];
  for (const [name, value] of after) {
    const earlier = before.get(name);
    if (earlier === undefined) lines.push(`${what} ${name}: new, ${says(value)}`);
    else if (earlier !== value) lines.push(`${what} ${name}: ${says(earlier)} before, ${says(value)} now`);
  }
  for (const name of before.keys()) if (!after.has(name)) lines.push(`${what} ${name}: no longer there`);
  return lines;
}
