import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { rules } from "#pack/rules/index";
import type { JudgedStack } from "../evidence/result";
import { CouldNotRun } from "./exit-code";
import { judgeState } from "./judge-stack";
import type { PackConfig } from "./settings-file";
import { readState, type State } from "./state";

const execute = promisify(execFile);

/** Where a stack's state comes from. */
export type Source = { file: string } | { stack: string };

export const nameOf = (source: Source) => ("file" in source ? source.file : `stack ${source.stack}`);

export interface SourceOptions {
  state?: string[];
  stack?: string[];
  allStacks?: boolean;
}

/** The sources that somebody names, for what is done with them: "judge". */
export async function sourcesOf(
  { state = [], stack = [], allStacks: isAll = false }: SourceOptions,
  purpose: string,
): Promise<Source[]> {
  const names = isAll ? await allStacks() : stack;
  const sources = [...state.map((file) => ({ file })), ...names.map((name) => ({ stack: name }))];
  if (sources.length === 0)
    throw new CouldNotRun(
      isAll
        ? "This project has no stacks."
        : `Name what to ${purpose}: --state FILE… as \`pulumi stack export\` writes it, --stack NAME… or --all-stacks.`,
    );
  return sources;
}

export const stateOf = async (source: Source): Promise<State> =>
  readState(await textOf(source), nameOf(source));

/** What is the same for every stack of a run. It goes to each worker, so it is plain data. */
export interface Settings {
  config: PackConfig;
  now: number;
}

/** What came of one source: a judged stack, or one line on why not. */
export type Judged =
  | { source: Source; stack: JudgedStack; written: string | undefined; cli: string | undefined }
  | { source: Source; problem: string };

export async function judgeSource(source: Source, settings: Settings): Promise<Judged> {
  try {
    const state = await stateOf(source);
    const stack = await judgeState(state, { rules, ...settings });
    return { source, stack, written: state.written, cli: state.cli };
  } catch (error) {
    return { source, problem: problemOf(error, source) };
  }
}

/** What was not foreseen may hold a value in its text, so only its kind is told. */
export function problemOf(error: unknown, source: Source, done = "judged"): string {
  if (error instanceof CouldNotRun) return error.message;
  const { name, code } = error as NodeJS.ErrnoException;
  return `${nameOf(source)} could not be ${done}: ${code ?? name}.`;
}

async function textOf(source: Source): Promise<string> {
  if ("stack" in source) return exported(source.stack);
  try {
    return await readFile(source.file, "utf8");
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    const why = code === "ERR_STRING_TOO_LONG" || code === "ERR_FS_FILE_TOO_LARGE" ? "it is too large" : code;
    throw new CouldNotRun(`${source.file} can't be read: ${why}.`);
  }
}

/** As much as a string of Node's can hold. */
const mostOutput = 512 * 1024 * 1024;

async function exported(stack: string): Promise<string> {
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  const { stdout } = await pulumi(args, `stack ${stack} could not be exported`);
  return stdout;
}

/** Names of all stacks of the project in this folder. */
export async function allStacks(): Promise<string[]> {
  const { stdout } = await pulumi(
    ["stack", "ls", "--json", "--non-interactive"],
    "the stacks could not be listed",
  );
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}

/** The version of the `pulumi` on PATH: `v3.259.0`. */
export async function pulumiVersion(): Promise<string> {
  const { stdout } = await pulumi(["version"], "nothing could be previewed");
  return stdout.trim();
}

async function pulumi(args: string[], otherwise: string): Promise<{ stdout: string }> {
  try {
    return await execute("pulumi", args, {
      maxBuffer: mostOutput,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT")
      throw new CouldNotRun(
        `${otherwise}: there is no pulumi on PATH. Install it from https://www.pulumi.com/docs/install/.`,
      );
    const says = /^error: (.+)$/m.exec(stderr)?.[1] ?? "pulumi says no reason";
    throw new CouldNotRun(`${otherwise}: ${says.replace(/\.$/, "")}.`);
  }
}
