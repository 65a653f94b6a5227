import { CouldNotRun, type ExitCode } from "./exit-code";
import { judgeAll } from "./crew";
import { exitCodeOf, report } from "./report";
import type { Screen } from "./screen";
import { readSettingsFile } from "./settings-file";
import { allStacks, nameOf, type Source } from "./source";
import { addStack, newTally, type Tally } from "./tally";

export interface AuditOptions {
  state?: string[];
  stack?: string[];
  allStacks?: boolean;
  settings?: string;
  json?: boolean;
}

/** Judges what stacks are made of now: exported files, or stacks that the Pulumi CLI exports. */
export async function audit(options: AuditOptions, screen: Screen): Promise<ExitCode> {
  const sources = await sourcesOf(options);
  const config = options.settings === undefined ? {} : readSettingsFile(options.settings);
  const settings = { config, file: options.settings ?? "the settings", now: Date.now() };

  const tally = newTally();
  let done = 0;
  for await (const judged of judgeAll(sources, settings)) {
    done += 1;
    if ("problem" in judged) tally.problems.push(judged.problem);
    else addStack(tally, judged.stack);
    if (screen.showsProgress) screen.err(`\r\u001b[K${done} of ${sources.length}: ${nameOf(judged.source)}`);
  }
  if (screen.showsProgress) screen.err("\r\u001b[K");
  for (const problem of tally.problems) screen.err(`${problem}\n`);
  const code = exitCodeOf(tally);
  screen.out(options.json === true ? jsonReport(tally, code) : report(tally, screen));
  return code;
}

async function sourcesOf({
  state = [],
  stack = [],
  allStacks: isAll = false,
}: AuditOptions): Promise<Source[]> {
  const names = isAll ? await allStacks() : stack;
  const sources = [...state.map((file) => ({ file })), ...names.map((name) => ({ stack: name }))];
  if (sources.length === 0)
    throw new CouldNotRun(
      isAll
        ? "This project has no stacks."
        : "Name what to judge: --state FILE… as `pulumi stack export` writes it, --stack NAME… or --all-stacks.",
    );
  return sources;
}

function jsonReport(tally: Tally, exitCode: ExitCode): string {
  return `${JSON.stringify({ exitCode, ...tally }, undefined, 2)}\n`;
}
