import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { BaselineEntry } from "#pack/define";
import { dayProblem } from "#pack/exemptions";
import { blocks, isStrictlyUndecided, type Finding } from "../evidence/result";
import { CouldNotRun } from "./exit-code";
import type { PackConfig } from "./settings-file";
import { stackOf } from "./state";

/** Days until a baseline's findings are mended, where nobody says otherwise: the interval of an access review. */
export const usualDays = 90;
/** Longer is no date to mend something by: it is a decision to leave it, which is what an exemption is for. */
export const mostDays = 365;

const dayInMilliseconds = 24 * 3600 * 1000;

/** The day by which what is written now has to be mended. */
export function dueDay(given: string | undefined, now: number): string {
  const inDays = (days: number) => new Date(now + days * dayInMilliseconds).toISOString().slice(0, 10);
  if (given === undefined) return inDays(usualDays);
  const problem = dayProblem("--due", given);
  if (problem !== undefined) throw new CouldNotRun(problem);
  if (given <= inDays(0) || given > inDays(mostDays))
    throw new CouldNotRun(`--due must be after today and at most ${mostDays} days ahead, got ${given}.`);
  return given;
}

/** Asked before anything is judged, which may take a while. */
export function checkBaselineFile(file: string, settings: string | undefined): void {
  if (existsSync(file) && (settings === undefined || resolve(settings) !== resolve(file)))
    throw new CouldNotRun(
      `${file} is there already: name it with --settings too, so that its entries stay, or remove it first.`,
    );
}

/** What a run says about the baseline that it was given. */
export interface BaselineState {
  /** Entries that nothing is found for any more, in the stacks that were judged. */
  spare: BaselineEntry[];
  /** Findings whose day is past, with that day. */
  overdue: Map<Finding, string>;
}

export function baselineState(
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  judged: ReadonlySet<string>,
): BaselineState {
  const known = new Map(entries.map((entry) => [keyOf(entry), entry]));
  const found = new Set(findings.map(keyOf));
  const overdue = new Map<Finding, string>();
  for (const finding of findings) {
    const entry = known.get(keyOf(finding));
    if (entry && finding.status !== "excepted") overdue.set(finding, entry.due);
  }
  return {
    spare: entries.filter((entry) => judged.has(stackOf(entry.urn)) && !found.has(keyOf(entry))),
    overdue,
  };
}

/**
 * The settings with a baseline of what is found today. Entries that were there keep their day, also a past one: who wants
 * more time for those says so by hand. Entries that nothing is found for any more are left out.
 */
export function withBaseline(
  config: PackConfig,
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  { spare }: BaselineState,
  due: string,
): { config: PackConfig; added: BaselineEntry[] } {
  const kept = entries.filter((entry) => !spare.includes(entry));
  const known = new Set(kept.map(keyOf));
  const added: BaselineEntry[] = [];
  for (const finding of findings) {
    const { rule, urn, property, status } = finding;
    const stays = status === "fail" || isStrictlyUndecided(finding);
    if (!stays || property === undefined || known.has(keyOf(finding))) continue;
    known.add(keyOf(finding));
    added.push({ rule, urn, property, due });
  }
  const { settings } = config;
  const before = typeof settings === "object" ? settings : {};
  return { config: { ...config, settings: { ...before, baseline: [...kept, ...added] } }, added };
}

export function writeBaseline(file: string, config: PackConfig): void {
  try {
    writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`);
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}

/** What blocks although a baseline is written: what no baseline can hold, and what is past its day. */
export const remaining = (findings: readonly Finding[], added: readonly BaselineEntry[]): Finding[] => {
  const known = new Set(added.map(keyOf));
  return findings.filter(
    (finding) => (blocks(finding) || isStrictlyUndecided(finding)) && !known.has(keyOf(finding)),
  );
};

const keyOf = ({ rule, urn, property }: { rule: string; urn: string; property?: string }) =>
  JSON.stringify([rule, urn, property]);
