import { readSettings } from "#pack/settings";
import { baselineState, checkBaselineFile, dueDay, remaining, withBaseline, writeBaseline } from "./baseline";
import { beginEvidence, originOf } from "./evidence-file";
import { CouldNotRun, type ExitCode } from "./exit-code";
import { judgeAll } from "./crew";
import { exitCodeOf, jsonReport, report } from "./report";
import type { Screen } from "./screen";
import { signerOf } from "./sign";
import { configuredPack, packSettings, readSettingsFile, type PackConfig } from "./settings-file";
import { nameOf, sourcesOf, type SourceOptions } from "./source";
import { addStack, newTally, type Tally } from "./tally";

export interface AuditOptions extends SourceOptions {
  settings?: string;
  json?: boolean;
  writeBaseline?: string;
  due?: string;
  evidence?: string;
  sign?: string;
}

/** Judges what stacks are made of now: exported files, or stacks that the Pulumi CLI exports. */
export async function audit(options: AuditOptions, screen: Screen): Promise<ExitCode> {
  const now = Date.now();
  const { settings: settingsFile, writeBaseline: baselineFile } = options;
  if (baselineFile !== undefined) checkBaselineFile(baselineFile, settingsFile);
  else if (options.due !== undefined) throw new CouldNotRun("--due goes with --write-baseline.");
  const due = dueDay(options.due, now);
  const config = settingsFile === undefined ? {} : readSettingsFile(settingsFile);
  const settings = { config, now };
  // Told once here, and not by every stack.
  configuredPack(config, settingsFile ?? "the settings");
  const sources = await sourcesOf(options, "judge");

  const signer = signerOf(options);
  const evidence =
    options.evidence === undefined
      ? undefined
      : beginEvidence(options.evidence, { command: "audit", config, settingsFile });
  const tally = newTally();
  let done = 0;
  for await (const judged of judgeAll(sources, settings)) {
    done += 1;
    if ("problem" in judged) {
      tally.problems.push(judged.problem);
      evidence?.notJudged(originOf(judged.source), judged.problem);
    } else {
      addStack(tally, judged.stack);
      evidence?.judged(judged.stack, originOf(judged.source, judged.written, judged.cli));
    }
    if (screen.showsProgress) screen.err(`\r\u001b[K${done} of ${sources.length}: ${nameOf(judged.source)}`);
  }
  if (screen.showsProgress) screen.err("\r\u001b[K");
  for (const problem of tally.problems) screen.err(`${problem}\n`);
  const { baseline } = readSettings(packSettings(config));
  tally.baseline = baselineState(baseline, tally.findings, tally.stacks);
  const code = exitCodeOf(tally);
  evidence?.end(code);
  await signer?.();
  screen.out(options.json === true ? jsonReport(tally, code) : report(tally, screen));
  return baselineFile === undefined ? code : recordBaseline(baselineFile, { config, tally, due }, screen);
}

function recordBaseline(
  file: string,
  { config, tally, due }: { config: PackConfig; tally: Tally; due: string },
  screen: Screen,
): ExitCode {
  if (tally.problems.length > 0)
    throw new CouldNotRun(
      `${file} was not written: a baseline of half an estate would let in the other half.`,
    );
  const { baseline } = readSettings(packSettings(config));
  const { config: written, added } = withBaseline(config, baseline, tally.findings, tally.baseline, due);
  writeBaseline(file, written);
  screen.err(
    `${file} has ${added.length} new ${added.length === 1 ? "entry" : "entries"}, due by ${due}. ` +
      `Use it: pulumi preview --policy-pack-config ${file}, or nhi audit --settings ${file}.\n`,
  );
  return exitCodeOf({ findings: remaining(tally.findings, added), problems: [] });
}
