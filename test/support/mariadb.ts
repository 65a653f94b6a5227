import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { findDebianProgram } from "../../tools/debian";
import { freePorts } from "../../tools/free-ports";
import { screenProgress } from "../../tools/progress";
import { startServer } from "./server";

export interface MariaDb {
  host: string;
  port: number;
  stop(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/**
 * A MariaDB server on loopback, its program from Debian's package, its data in a folder that goes with it. It runs `setUp`
 * at its start, one statement on each line.
 */
export async function startMariaDb(setUp: string[]): Promise<MariaDb> {
  const { binary, root, env } = await findDebianProgram(
    { program: "mariadbd", folder: "usr/sbin", package: "mariadb-server-core" },
    screenProgress(),
  );
  const folder = mkdtempSync(join(tmpdir(), "nhi-mariadb-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const shared = join(root, "usr/share/mysql");
  const always = [
    "--no-defaults",
    `--datadir=${join(folder, "data")}`,
    `--lc-messages-dir=${shared}`,
    `--character-sets-dir=${join(shared, "charsets")}`,
    ...(isRoot ? ["--user=root"] : []),
  ];
  try {
    mkdirSync(join(folder, "data"));
    // As mariadb-install-db does it, less the test database and the texts for a client's help.
    const scripts = [
      "mysql_system_tables.sql",
      "mysql_performance_tables.sql",
      "mysql_system_tables_data.sql",
    ];
    execFileSync(binary, [...always, "--bootstrap"], {
      env,
      input: [
        "CREATE DATABASE mysql;",
        "USE mysql;",
        "SET @auth_root_socket=NULL;",
        ...scripts.map((script) => readFileSync(join(shared, script), "utf8")),
      ].join("\n"),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const init = join(folder, "init.sql");
    writeFileSync(init, setUp.join("\n"));
    const [port = 0] = await freePorts(1);
    const where = [
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "socket")}`,
      `--pid-file=${join(folder, "pid")}`,
      `--init-file=${init}`,
      "--skip-name-resolve",
    ];
    const server = spawn(binary, [...always, ...where], { env, stdio: ["ignore", "pipe", "pipe"] });
    const stop = await startServer(server, "ready for connections");
    return {
      host: "127.0.0.1",
      port,
      async stop() {
        await stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What MariaDB answers to a query, in its column `answer`, or why it refuses. */
export async function ask(
  { host, port }: MariaDb,
  user: string,
  password: string,
  query = "SELECT SUBSTRING_INDEX(USER(), '@', 1) AS answer",
): Promise<string> {
  try {
    const connection = await createConnection({ host, port, user, password });
    try {
      const [rows] = await connection.query(query);
      const [first] = Array.isArray(rows) ? (rows as { answer?: string }[]) : [];
      return first?.answer ?? "done";
    } finally {
      connection.destroy();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
