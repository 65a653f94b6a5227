import { sourceNames } from "./event";
import { headOf, levels, type Finding } from "./findings";
import type { PlacedEvent, Timeline } from "./timeline";
import { iso, plain, titleOf } from "./words";

/** A run of events that differ in time only. */
export interface Run {
  first: PlacedEvent;
  last: PlacedEvent;
  count: number;
}

/** Events that follow each other and say the same, as one: an access may make a call thousands of times. */
export function runsOf(events: readonly PlacedEvent[]): Run[] {
  const runs: Run[] = [];
  for (const event of events) {
    const run = runs.at(-1);
    if (run && isAlike(run.first, event)) Object.assign(run, { last: event, count: run.count + 1 });
    else runs.push({ first: event, last: event, count: 1 });
  }
  return runs;
}

const isAlike = (one: PlacedEvent, other: PlacedEvent) =>
  one.source === other.source &&
  one.step === other.step &&
  one.what === other.what &&
  one.isAfterEnd === other.isAfterEnd &&
  one.fields.by === other.fields.by &&
  one.fields.error === other.fields.error &&
  one.fields.address === other.fields.address;

/** What a step is called: what is refused after the end is as it should be. */
export function wordOf({ step, isAfterEnd }: PlacedEvent): string {
  if (step === "lifted") return "revocation lifted";
  if (step === "revoke_failed") return "revoking failed";
  return isAfterEnd && (step === "refused" || step === "used") ? `${step} after` : step;
}

/** The fields that a line shows, in this order. The rest is in the JSON. */
const shownFields = [
  "by",
  "through",
  "purpose",
  "task",
  "environment",
  "decisionId",
  "policyHash",
  "policies",
  "reason",
  "target",
  "role",
  "metadata",
  "sourceIdentity",
  "lease",
  "username",
  "accessKeyId",
  "grantName",
  "resource",
  "resources",
  "address",
  "region",
  "expiresAt",
  "expires",
  "mechanism",
  "latencyMs",
  "error",
] as const;

export function detailsOf({ fields, loose }: PlacedEvent): string {
  const shown = shownFields
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}=${fields[name] ?? ""}`);
  return [...shown, ...(loose === undefined ? [] : [`(${loose})`])].map(plain).join("  ");
}

/** The timeline alone, for a terminal or a file. */
export function timelineText(
  { events, counted }: Timeline,
  bold: (text: string) => string = (text) => text,
): string {
  const runs = runsOf(events);
  const words = runs.reduce((longest, { first }) => Math.max(longest, wordOf(first).length), 0);
  const lines = runs.flatMap(({ first, last, count }) => {
    const many = count > 1 ? `  ${count} times, until ${iso(last.at)}` : "";
    const details = detailsOf(first);
    return [
      `${iso(first.at)}  ${bold(wordOf(first).padEnd(words))}  ${first.source.padEnd(10)}  ${plain(first.what)}${many}`,
      ...(details ? [`${" ".repeat(26)}${details}`] : []),
    ];
  });
  const more = counted.map(
    ({ source, step, what, count, from, until }) =>
      `${iso(from)}  ${step.padEnd(words)}  ${source.padEnd(10)}  ${plain(what)}  ${count} more, until ${iso(until)}`,
  );
  return [...lines, ...more].map((line) => `${line}\n`).join("");
}

/** The timeline with what was found in it and what it is made of. */
export function textOf(timeline: Timeline, bold: (text: string) => string = (text) => text): string {
  const lines = [];
  for (const level of levels) {
    const own = timeline.findings.filter((finding) => finding.level === level);
    if (own.length > 0)
      lines.push("", bold(headOf[level]), ...own.map((finding) => `  ${plain(finding.text)}`));
  }
  lines.push("", searched(timeline), verdict(timeline));
  return `${bold(`Trace of ${plain(timeline.id)}`)}\n\n${timelineText(timeline, bold)}${lines.join("\n")}\n`;
}

/** What was read, so that a reader knows what the trace is made of. */
export function searched({ files, coverage, unknown, passes }: Timeline): string {
  const logs = sourceNames.flatMap((source) => {
    const covered = coverage[source];
    return covered
      ? [`${titleOf(source)} ${covered.records} (${iso(covered.from)} to ${iso(covered.until)})`]
      : [];
  });
  return (
    `Searched ${files} ${files === 1 ? "file" : "files"} in ${passes} ${passes === 1 ? "pass" : "passes"}: ` +
    (logs.join(", ") || "no record of a log that is known") +
    (unknown > 0 ? `; ${unknown} records or lines are of no log that is known, or have no time.` : ".")
  );
}

export function verdict({ events, findings, problems }: Timeline): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  if (events.length === 0) return "No record of it was found.";
  const parts = [
    ...(count("contradiction") ? [`${count("contradiction")} contradicted`] : []),
    ...(count("missing") ? [`${count("missing")} missing`] : []),
    ...(problems.length ? [`${problems.length} could not be read`] : []),
  ];
  return parts.length ? `Not complete: ${parts.join(", ")}.` : "Complete, and without a contradiction.";
}
