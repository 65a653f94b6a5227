import { writeFileSync } from "node:fs";
import { compare, hasNewBlocking, type Comparison } from "../evidence/compare";
import { page } from "../evidence/html/page";
import type { ResultRecord } from "../evidence/record";
import { readRun, type WholeRun } from "../evidence/whole-run";
import { count } from "./count";
import { CouldNotRun, ExitCode } from "./exit-code";
import type { Screen } from "./screen";
import { verifiedRecords } from "./verified";

export interface HtmlReportOptions {
  output?: string;
  diff?: boolean;
  json?: boolean;
}

/** Writes the newest of these runs as one HTML file. With `diff`, says what is otherwise than in the older of two. */
export async function htmlReport(
  files: readonly string[],
  { output, diff = false, json = false }: HtmlReportOptions,
  screen: Screen,
): Promise<ExitCode> {
  if (diff && files.length !== 2)
    throw new CouldNotRun(`--diff compares two files, OLD NEW, got ${files.length}.`);
  if (json && !diff) throw new CouldNotRun("--json goes with --diff.");
  const read: WholeRun[] = [];
  for (const file of files) read.push(await readRun(await verifiedRecords(file)));
  const [older, newer] = read;
  const comparison = diff && older && newer ? compare(older, newer) : undefined;
  // A comparison is in the order that was asked for; a trend goes by time.
  const runs = diff
    ? read
    : read.sort((a, b) => Date.parse(a.header.startedAt) - Date.parse(b.header.startedAt));
  if (comparison) screen.out(json ? `${JSON.stringify(comparison)}\n` : differences(comparison));
  if (output !== undefined || !diff) {
    const target = output ?? "report.html";
    write(target, page(runs, comparison, Date.now()));
    screen.err(`${target} is written.\n`);
  }
  return comparison && hasNewBlocking(comparison) ? ExitCode.Blocked : ExitCode.Clean;
}

function differences({ added, fixed, changed, scope }: Comparison): string {
  const lines = [
    `${count(added.length, "new finding")}, ${fixed.length} fixed, ${changed.length} changed, ${count(scope.length, "change")} of the scope`,
    ...added.map((finding) => `new      ${line(finding)}`),
    ...changed.map(
      ({ before, after }) => `changed  ${line(after)}, was ${before.status} (${before.level ?? ""})`,
    ),
    ...fixed.map((finding) => `fixed    ${line(finding)}`),
    ...scope.map((change) => `scope    ${change}`),
  ];
  return `${lines.map(oneLine).join("\n")}\n`;
}

const line = ({ rule, stack, resource, property, status, level }: ResultRecord) =>
  `[${rule}] ${stack} ${resource}${property === undefined ? "" : ` ${property}`}: ${status} (${level ?? ""})`;

/** A name may hold anything: here it moves no cursor, begins no line and turns none around. */
const oneLine = (value: string) => value.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\ufffd");

function write(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}
