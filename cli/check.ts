import { spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BaselineEntry } from "#pack/define";
import { rules } from "#pack/rules/index";
import { readSettings } from "#pack/settings";
import { newListener, type Told } from "../evidence/events";
import { linesOf } from "../evidence/lines";
import type { Finding } from "../evidence/result";
import { baselineState } from "./baseline";
import { beginEvidence } from "./evidence-file";
import { CouldNotRun, type ExitCode } from "./exit-code";
import { exitCodeOf, jsonReport, report } from "./report";
import type { Screen } from "./screen";
import { signerOf } from "./sign";
import { configuredPack, disabledIn, packSettings, readSettingsFile, type PackConfig } from "./settings-file";
import { pulumiVersion } from "./source";
import { addStack, newTally } from "./tally";
import { packageFolder } from "./version";

export interface CheckOptions {
  settings?: string;
  json?: boolean;
  evidence?: string;
  sign?: string;
}

/** Runs `pulumi preview` with the pack, and says what the pack said. */
export async function check(
  pulumiArgs: readonly string[],
  options: CheckOptions,
  screen: Screen,
): Promise<ExitCode> {
  const { settings: settingsFile } = options;
  const config = settingsFile === undefined ? {} : readSettingsFile(settingsFile);
  const pulumi = await pulumiVersion();
  const signer = signerOf(options);
  const evidence =
    options.evidence === undefined
      ? undefined
      : beginEvidence(options.evidence, { command: "check", config, settingsFile, pulumi });

  const { told, exitCode } = await preview(pulumiArgs, config, settingsFile, screen);
  const tally = newTally();
  const origin = {
    source: { kind: "preview" as const, name: told?.stack.stack ?? "the preview" },
    writtenAt: null,
    pulumi,
  };
  const problem = problemOf(told, exitCode);
  if (problem !== undefined) tally.problems.push(problem);
  if (told) {
    const { baseline, exemptions } = readSettings(packSettings(config));
    const stack = {
      ...told.stack,
      findings: told.stack.findings.map((one) => withProperty(one, [...baseline, ...exemptions])),
    };
    addStack(tally, stack);
    // What was not judged is not gone.
    tally.baseline = baselineState(baseline, tally.findings, told.isComplete ? tally.stacks : new Set());
    evidence?.judged(stack, origin, problem);
  } else evidence?.notJudged(origin, problem ?? "");

  for (const line of tally.problems) screen.err(`${line}\n`);
  const code = exitCodeOf(tally);
  evidence?.end(code);
  await signer?.();
  screen.out(options.json === true ? jsonReport(tally, code) : report(tally, screen));
  return code;
}

/** Why not everything was judged. Never with pulumi's own words, which may show a value: they are on the screen. */
function problemOf(told: Told | undefined, exitCode: number): string | undefined {
  if (told === undefined)
    return `pulumi preview judged nothing and ended with ${exitCode}: what it says is above.`;
  if (!told.isComplete)
    return `pulumi preview ended with ${exitCode} before everything was judged: what it says is above.`;
  const isStopped = told.stack.findings.some(({ level }) => level === "mandatory");
  return exitCode !== 0 && !isStopped
    ? `pulumi preview ended with ${exitCode}, and not because of a finding: what it says is above.`
    : undefined;
}

async function preview(
  pulumiArgs: readonly string[],
  config: PackConfig,
  settingsFile: string | undefined,
  screen: Screen,
): Promise<{ told: Told | undefined; exitCode: number }> {
  // The engine's events hold properties, also such as are secret: readable by nobody else, and gone at the end.
  const folder = mkdtempSync(join(tmpdir(), "nhi-check-"));
  try {
    const log = join(folder, "events.json");
    const exitCode = await runPulumi(
      [
        "preview",
        ...["--policy-pack", join(packageFolder, "policy-packs", "nhi")],
        ...(settingsFile === undefined ? [] : ["--policy-pack-config", settingsFile]),
        ...["--event-log", log, "--non-interactive"],
        ...pulumiArgs,
      ],
      screen,
    );
    const listener = newListener(rules);
    if (existsSync(log))
      for await (const { bytes, isWhole } of linesOf(createReadStream(log) as AsyncIterable<Buffer>))
        if (isWhole) listener.hear(JSON.parse(bytes.toString("utf8")) as Parameters<typeof listener.hear>[0]);
    const policies = configuredPack(config, settingsFile ?? "");
    const told = listener.told((urn) => disabledIn(config, policies, rules, urn, Date.now()));
    return { told, exitCode };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What pulumi says goes to standard error: standard output has the result alone. */
function runPulumi(args: readonly string[], screen: Screen): Promise<number> {
  const child = spawn("pulumi", args, {
    stdio: ["inherit", "pipe", "pipe"],
    // `--event-log` is a flag of the commands for debugging. It has all events of policies; `--json` has none.
    env: { ...process.env, PULUMI_DEBUG_COMMANDS: "true", PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", screen.err);
  // Ctrl-C goes to the whole group: pulumi ends its preview, and this process waits for it.
  const wait = () => undefined;
  process.on("SIGINT", wait);
  return new Promise<number>((resolve, reject) => {
    child.on("error", () => reject(new CouldNotRun("pulumi could not be started.")));
    child.on("close", (code) => resolve(code ?? 1));
  }).finally(() => process.off("SIGINT", wait));
}

/** The engine tells the message and not the property: the settings name it. */
function withProperty(
  finding: Finding,
  entries: readonly Pick<BaselineEntry, "rule" | "urn" | "property">[],
): Finding {
  const entry = entries.find(
    ({ rule, urn, property }) =>
      rule === finding.rule && urn === finding.urn && finding.message.includes(`": ${property} `),
  );
  return entry ? { ...finding, property: entry.property } : finding;
}
