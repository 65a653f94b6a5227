import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { version } from "@pulumi/vault/package.json";
import { cacheFolder } from "./cache";
import type { PulumiCli } from "./find-pulumi";
import type { Progress } from "./progress";

const execute = promisify(execFile);

/** A refused download is not tried again for a day. */
const rememberMs = 24 * 60 * 60_000;
const startTimeoutMs = 30_000;

/**
 * The Vault provider: the real plugin where it is installed or can be, else the one in `vault-provider`, attached to
 * the engine. Nothing to attach for the real one.
 */
export async function vaultProvider(
  cli: PulumiCli,
  env: Record<string, string>,
  progress: Progress,
): Promise<{ attach: string; stop(): void } | undefined> {
  if (env.PULUMI_DEBUG_PROVIDERS) return undefined;
  if (await hasRealPlugin(cli, env, progress)) return undefined;

  progress.say(
    `The Vault plugin ${version} can't be downloaded here: the provider in tools/vault-provider does its work.`,
  );
  const child = spawn(
    process.execPath,
    ["--import", require.resolve("tsx"), join(__dirname, "vault-provider", "main.ts")],
    { env, stdio: ["pipe", "pipe", "inherit"] },
  );
  const port = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error("tools/vault-provider did not start within 30 s")),
      startTimeoutMs,
    );
    createInterface(child.stdout).once("line", (line) => {
      clearTimeout(late);
      resolve(line);
    });
    child.once("exit", (code) =>
      reject(new Error(`tools/vault-provider ended with code ${code ?? "unknown"} before it served`)),
    );
  });
  return { attach: `vault:${port}`, stop: () => child.kill("SIGTERM") };
}

async function hasRealPlugin(
  cli: PulumiCli,
  env: Record<string, string>,
  progress: Progress,
): Promise<boolean> {
  const { stdout } = await execute(cli.binary, ["plugin", "ls", "--json"], { env });
  const installed = JSON.parse(stdout) as { name: string; kind: string; version?: string }[];
  if (
    installed.some(
      (plugin) => plugin.kind === "resource" && plugin.name === "vault" && plugin.version === version,
    )
  )
    return true;

  const refused = join(cacheFolder(), `no-vault-plugin-${version}`);
  if (existsSync(refused) && Date.now() - statSync(refused).mtimeMs < rememberMs) return false;
  progress.say(`Getting the Vault plugin ${version}.`);
  try {
    await execute(cli.binary, ["plugin", "install", "resource", "vault", version], {
      env,
      timeout: 5 * 60_000,
    });
    return true;
  } catch {
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(refused, "");
    return false;
  }
}
