import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Postgres } from "../../../demo/postgres";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

/** A real engine and a real secrets server, with a stack of one of the programs beside this file. */
export interface Stand {
  vault: SecretsServer;
  engine: TestEngine;
  /** The arguments by which a command finds the stack. */
  stack: string[];
  /** `done`, or all that the command said when it failed. */
  pulumi(command: string[], env?: Record<string, string>): Promise<string>;
  up(env?: Record<string, string>): Promise<string>;
  /** A call with the operator's token, unless another one is given. Throws what the server answers when it refuses. */
  call<Answer = Lease>(method: string, path: string, body?: object, token?: string): Promise<Answer>;
  /** Everything that the engine has written: the state, its history, the stack's configuration. */
  written(): string;
  stop(): Promise<void>;
}

export interface Lease {
  lease_id: string;
  lease_duration: number;
  data: { username: string; password: string };
}

/** The first test on a machine may have to get the servers. */
export const untilStartedMs = 30 * 60_000;

/** `serverEnv` is for the secrets server, for example its machine's own identity at a cloud. */
export async function startStand(
  program: string,
  env: Record<string, string>,
  serverEnv: Record<string, string> = {},
): Promise<Stand> {
  const vault = await startSecretsServer({
    ...(await findSecretsServer(screenProgress())),
    env: serverEnv,
  });
  const operator = await vault.operatorToken();
  const engine = await openTestEngine({
    offline: false,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: operator, ...env },
  });
  const stack = await createStack(engine.engine, join(__dirname, program), engine.folder);
  const pulumi: Stand["pulumi"] = async (command, more = {}) => {
    const { code, output } = await engine.pulumi([...command, ...stack], { env: more });
    return code === 0 ? "done" : output;
  };
  return {
    vault,
    engine,
    stack,
    pulumi,
    up: (more) => pulumi(["up", "--yes", "--skip-preview"], more),
    async call<Answer>(method: string, path: string, body?: object, token = operator) {
      const response = await fetch(`${vault.address}/v1/${path}`, {
        method,
        headers: { "x-vault-token": token },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return (text === "" ? {} : JSON.parse(text)) as Answer;
    },
    written: () =>
      readdirSync(engine.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
        .join("\n"),
    async stop() {
      await engine.close();
      await vault.stop();
    },
  };
}

/** Who PostgreSQL says the user is, or why it refuses. */
export async function signIn(
  { host, port, database }: Postgres,
  username: string,
  password: string,
  query = "SELECT current_user",
): Promise<string> {
  const client = new Client({ host, port, database, user: username, password });
  try {
    await client.connect();
    const { rows } = await client.query<{ current_user?: string }>(query);
    return rows[0]?.current_user ?? "done";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

/** What PostgreSQL says to a user that it does not know, and to a wrong password. */
export const refused = (username: string) => `password authentication failed for user "${username}"`;
