import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
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
  /** Interrupts the command as Ctrl-C does: the engine ends what it started. */
  interrupt?: AbortSignal;
}

/** A Pulumi CLI with everything it needs: language host, providers, a place for its state. */
export interface Engine {
  cli: PulumiCli;
  /** Runs `pulumi` with these arguments. Resolves with the exit code. */
  run(args: string[], options?: RunOptions): Promise<number>;
  /** Stops the providers it started. Safe to call twice. */
  stop(): void;
}

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

  return {
    cli,
    run: (args, options = {}) =>
      run(
        cli.binary,
        args,
        { ...base, ...(providers && { PULUMI_DEBUG_PROVIDERS: providers.attach }), ...options.env },
        options,
      ),
    stop: () => providers?.stop(),
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
  if (!existsSync(passphrase))
    writeFileSync(passphrase, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  return { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE_FILE: passphrase };
}

function run(
  binary: string,
  args: string[],
  env: Record<string, string>,
  { cwd, input, onOutput, interrupt }: RunOptions,
): Promise<number> {
  const child = spawn(binary, args, {
    cwd,
    env,
    stdio: onOutput ? [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] : "inherit",
  });
  if (onOutput)
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onOutput);
  child.stdin?.end(input);
  interrupt?.addEventListener("abort", () => child.kill("SIGINT"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
