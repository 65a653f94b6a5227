import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { startOfflineProviders } from "../offline";
import { cacheFolder } from "./cache";
import { findPulumi, languageHostVariable, type PulumiCli } from "./find-pulumi";
import type { Progress } from "./progress";
import { vaultProvider } from "./vault-plugin";

export interface EngineOptions {
  /** Local providers for AWS, GCP and Vault instead of the real ones. */
  offline?: boolean;
  progress: Progress;
  /** Added to the environment of every command. */
  env?: Record<string, string>;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Standard input: how a secret gets in without standing in the process list. */
  input?: string;
  /** Gets the output as it comes, standard output and error together. Without it, it goes to the screen. */
  onOutput?: (text: string) => void;
}

/** A Pulumi CLI with everything it needs: language host, providers, a place for its state. */
export interface Engine {
  cli: PulumiCli;
  /** The environment of every command, for programs that start the CLI themselves. */
  env: Record<string, string>;
  /** Runs `pulumi` with these arguments. Resolves with the exit code. */
  run(args: string[], options?: RunOptions): Promise<number>;
  /** Interrupts the commands that run, as Ctrl-C does, waits for their end, and stops the providers. Safe to call twice. */
  stop(): Promise<void>;
}

const interruptTimeoutMs = 20_000;
const nodeFolder = dirname(process.execPath);

export async function openEngine({ offline = false, progress, env = {} }: EngineOptions): Promise<Engine> {
  const cli = await findPulumi(progress);
  const base: Record<string, string> = {
    ...(process.env as Record<string, string>),
    PATH: [dirname(cli.binary), nodeFolder, process.env.PATH ?? ""].join(delimiter),
    [languageHostVariable]: join(__dirname, "language-host", "run.sh"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // `npm run types` checks the types; at every preview it would cost 10 s.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...localState(),
    ...env,
  };
  const providers = offline ? await startOfflineProviders() : await vaultProvider(cli, base, progress);

  const ofAll = { ...base, ...(providers && { PULUMI_DEBUG_PROVIDERS: providers.attach }) };
  const running = new Set<ChildProcess>();
  return {
    cli,
    env: ofAll,
    async run(args, options = {}) {
      const child = start(cli.binary, args, { ...ofAll, ...options.env }, options);
      running.add(child);
      try {
        return await ended(child);
      } finally {
        running.delete(child);
      }
    },
    async stop() {
      await Promise.all([...running].map(interrupt));
      providers?.stop();
    },
  };
}

/**
 * A file backend in the cache folder, its secrets encrypted with a passphrase that is made once and readable by its
 * owner only. A backend that the user has chosen stays.
 */
function localState(): Record<string, string> {
  if (process.env.PULUMI_BACKEND_URL) return {};
  const folder = join(cacheFolder(), "state");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const passphrase = join(folder, "passphrase");
  try {
    writeFileSync(passphrase, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Made before, or by another process just now.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE_FILE: passphrase };
}

function start(
  binary: string,
  args: string[],
  env: Record<string, string>,
  { cwd, input, onOutput }: RunOptions,
): ChildProcess {
  const child = spawn(binary, args, {
    cwd,
    env,
    stdio: onOutput ? [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] : "inherit",
  });
  if (onOutput)
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onOutput);
  child.stdin?.end(input);
  return child;
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** The engine ends its update and what it started for it. One that does not is ended. */
async function interrupt(child: ChildProcess): Promise<void> {
  const closed = ended(child);
  child.kill("SIGINT");
  const late = setTimeout(() => child.kill("SIGKILL"), interruptTimeoutMs);
  await closed;
  clearTimeout(late);
}
