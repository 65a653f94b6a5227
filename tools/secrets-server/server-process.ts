import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts } from "../free-ports";
import { health } from "./api";
import { serverConfig } from "./config";
import { killWithThisProcess } from "./guard";

const startTimeoutMs = 30_000;
const stopTimeoutMs = 5_000;
const keptLines = 8;

export interface ServerOptions {
  binary: string;
  kind: "openbao" | "vault";
  /** Gets each line that the server prints. */
  onLine?: (line: string) => void;
  /** Variables for the server, for example its machine's own identity at a cloud. Default: none. */
  env?: Record<string, string>;
}

export interface ServerProcess {
  address: string;
  pid: number;
  dir: string;
  stop: () => Promise<void>;
}

/** Starts the server and waits until it answers. A port that somebody else took in between is tried again. */
export async function startProcess(options: ServerOptions): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === 3 || !(error as Error).message.includes("address already in use")) throw error;
    }
  }
}

async function startOnce({ binary, kind, onLine, env }: ServerOptions): Promise<ServerProcess> {
  const [port = 0, clusterPort = 0] = await freePorts(2);
  const dir = mkdtempSync(join(tmpdir(), "nhi-secrets-"));
  mkdirSync(join(dir, "data"), { mode: 0o700 });
  const config = join(dir, "server.json");
  writeFileSync(config, JSON.stringify(serverConfig({ kind, dir, port, clusterPort })), { mode: 0o600 });

  const child = spawn(binary, ["server", `-config=${config}`], {
    cwd: dir,
    // Variables for a client of some other server, VAULT_… or BAO_…, would change what this one does.
    env: { ...env, PATH: process.env.PATH, HOME: dir },
    // A group of its own: Ctrl-C reaches this process, which ends the server when nobody needs it any more.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on("line", (line) => {
      onLine?.(line);
      if (line.trim()) lines.push(line.trim());
      if (lines.length > keptLines) lines.shift();
    });

  let ending: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const end = (how: string) => {
      ending ??= how;
      resolve();
    };
    child.on("error", (error) => end(`it could not be run: ${error.message}`));
    child.on("close", (code, signal) => end(`it ended with ${signal ?? `code ${code ?? "unknown"}`}`));
  });
  const hasEnded = () => ending !== undefined;
  // A server that was killed just now may still write a file while its folder goes.
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  const release = killWithThisProcess(() => {
    if (!hasEnded()) child.kill("SIGKILL");
    remove();
  });
  const stop = async () => {
    if (!hasEnded()) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
      await ended;
      clearTimeout(late);
    }
    remove();
    release();
  };

  const address = `http://127.0.0.1:${port}`;
  if (await answersWithin(address, startTimeoutMs, hasEnded))
    return { address, pid: child.pid ?? 0, dir, stop };
  const how = ending ?? `it did not answer within ${startTimeoutMs / 1000} s`;
  await stop();
  throw new Error(`The secrets server ${binary} did not start: ${how}. ${lastWords(lines)}`);
}

async function answersWithin(address: string, withinMs: number, hasEnded: () => boolean): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until && !hasEnded();) {
    if ((await health(address)).status !== 0) return !hasEnded();
    await wait(50);
  }
  return false;
}

const lastWords = (lines: string[]) =>
  lines.length ? `Its last lines: ${lines.join(" | ")}` : "It printed nothing.";
