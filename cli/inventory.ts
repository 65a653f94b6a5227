import { writeFileSync } from "node:fs";
import { inventoryCsv } from "../inventory/formats/csv";
import { inventoryDot } from "../inventory/formats/dot";
import { inventoryJson } from "../inventory/formats/json";
import { inventoryTable } from "../inventory/formats/table";
import { byUrgency, type Identity, identitiesOf, needsReview } from "../inventory/identity";
import { CouldNotRun, ExitCode } from "./exit-code";
import type { Screen } from "./screen";
import { nameOf, problemOf, sourcesOf, type SourceOptions, stateOf } from "./source";

export interface InventoryOptions extends SourceOptions {
  format: string;
  output?: string;
  due?: string;
}

export const inventoryFormats = ["table", "json", "csv", "dot"];

/** Lists every identity of stacks: what is overdue and what nobody owns come first. */
export async function inventory(options: InventoryOptions, screen: Screen): Promise<ExitCode> {
  const { format, output, due } = options;
  if (!inventoryFormats.includes(format))
    throw new CouldNotRun(`--format must be one of ${inventoryFormats.join(", ")}, got "${format}".`);
  const now = Date.now();
  const within = due === undefined ? 0 : timeOf(due);
  const all: Identity[] = [];
  const problems: string[] = [];
  for (const source of await sourcesOf(options, "list")) {
    try {
      const { stack, resources } = await stateOf(source);
      for (const identity of identitiesOf(stack ?? nameOf(source), resources, { now, within }))
        all.push(identity);
    } catch (error) {
      problems.push(problemOf(error, source, "read"));
    }
  }
  for (const problem of problems) screen.err(`${problem}\n`);
  const shown = (due === undefined ? all : all.filter(needsReview)).sort(byUrgency);
  const text = written(format, shown, { at: new Date(now).toISOString(), problems });
  if (output === undefined) screen.out(text);
  else save(output, text);
  if (problems.length > 0) return ExitCode.CouldNotRun;
  return due !== undefined && shown.length > 0 ? ExitCode.Blocked : ExitCode.Clean;
}

function written(format: string, shown: Identity[], about: { at: string; problems: string[] }): string {
  if (format === "json") return inventoryJson(shown, about);
  if (format === "csv") return inventoryCsv(shown);
  return format === "dot" ? inventoryDot(shown) : inventoryTable(shown);
}

/** `30d` in milliseconds. */
function timeOf(due: string): number {
  const [, days] = /^(\d{1,5})d$/.exec(due) ?? [];
  if (days === undefined) throw new CouldNotRun(`--due must be a number of days as 30d, got "${due}".`);
  return Number(days) * 86_400_000;
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}
