import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { trace } from "../trace";
import { type SourceName, sourceNames } from "../trace/event";
import type { VaultHashes } from "../trace/join";
import { htmlOf } from "../trace/html";
import { jsonOf } from "../trace/json";
import { prefixProblem } from "../trace/sources/postgresql";
import { textOf } from "../trace/text";
import type { Timeline } from "../trace/timeline";
import { plain } from "../trace/words";
import { CouldNotRun, ExitCode } from "./exit-code";
import type { Screen } from "./screen";

export type TraceCommandOptions = Partial<Record<SourceName, string[]>> & {
  postgresPrefix?: string;
  vaultHash?: string[];
  format: string;
  output?: string;
};

const formats: Record<string, (timeline: Timeline, screen: Screen) => string> = {
  text: (timeline, screen) => textOf(timeline, screen.bold),
  json: jsonOf,
  html: htmlOf,
};
export const traceFormats = Object.keys(formats);

/** Puts together what logs say about one access: who asked, what decided, what was issued, used, and when it ended. */
export async function traceAccess(
  id: string,
  loose: readonly string[],
  options: TraceCommandOptions,
  screen: Screen,
): Promise<ExitCode> {
  const write = formats[options.format];
  if (!write)
    throw new CouldNotRun(`--format must be one of ${traceFormats.join(", ")}, got "${options.format}".`);
  const problem = options.postgresPrefix === undefined ? undefined : prefixProblem(options.postgresPrefix);
  if (problem !== undefined) throw new CouldNotRun(`--postgres-prefix can't be used: ${problem}.`);
  const vaultHashes = hashesOf(options.vaultHash ?? []);
  const named = sourceNames.filter((source) => options[source] !== undefined);
  const paths = [...named.flatMap((source) => options[source] ?? []), ...loose];
  if (paths.length === 0) throw new CouldNotRun("Name the logs: files or folders, or - for standard input.");

  const folder = paths.includes("-") ? mkdtempSync(join(tmpdir(), "nhi-trace-")) : undefined;
  try {
    // Logs are read more than once, and standard input comes once.
    if (folder !== undefined)
      await pipeline(process.stdin, createWriteStream(join(folder, "stdin"), { mode: 0o600 }));
    const files = paths.map((path) => (path === "-" && folder !== undefined ? join(folder, "stdin") : path));
    files.forEach(checkPath);
    const timeline = await trace({
      id,
      paths: files,
      given: new Set(named),
      ...(options.postgresPrefix !== undefined && { postgresPrefix: options.postgresPrefix }),
      vaultHashes,
    });
    for (const line of timeline.problems) screen.err(`${plain(line)}\n`);
    output(write(timeline, screen), options.output, screen);
    return exitCodeOf(timeline);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  }
}

function hashesOf(hashes: readonly string[]): VaultHashes {
  const found = { lease: [] as string[], accessor: [] as string[] };
  for (const one of hashes) {
    const [, name, hash] = /^(lease|accessor)=(hmac-sha256:[0-9a-f]{64})$/.exec(one) ?? [];
    if ((name !== "lease" && name !== "accessor") || hash === undefined)
      throw new CouldNotRun(
        "--vault-hash must be lease=HASH or accessor=HASH, with the hash as sys/audit-hash/<device> gives it: hmac-sha256: and 64 hex digits.",
      );
    found[name].push(hash);
  }
  return found;
}

function checkPath(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    throw new CouldNotRun(
      `${path} can't be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}

function output(text: string, file: string | undefined, screen: Screen): void {
  if (file === undefined) {
    screen.out(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}

/** A log that is cut off makes every other answer uncertain, so it comes first. */
function exitCodeOf({ events, findings, problems }: Timeline): ExitCode {
  if (problems.length > 0) return ExitCode.CouldNotRun;
  if (findings.some((finding) => finding.level === "contradiction")) return ExitCode.Blocked;
  const isMissing = events.length === 0 || findings.some((finding) => finding.level === "missing");
  return isMissing ? ExitCode.Undecided : ExitCode.Clean;
}
