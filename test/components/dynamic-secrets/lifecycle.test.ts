import { join } from "node:path";
import { Client } from "pg";
import { startPostgres, type Postgres } from "../../../demo/postgres";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

/** A database engine from its first `up` to its end, on the real engine, secrets server and PostgreSQL. */
interface Lease {
  lease_id: string;
  data: { username: string; password: string };
}

let vault: SecretsServer;
let postgres: Postgres;
let engine: TestEngine;
let stack: string[];
let operator: string;

beforeAll(async () => {
  vault = await startSecretsServer(await findSecretsServer(screenProgress()));
  operator = await vault.operatorToken();
  postgres = await startPostgres();
  engine = await openTestEngine({
    offline: false,
    env: {
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: operator,
      PORT: String(postgres.port),
      USERNAME: postgres.username,
    },
  });
  stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
}, 30 * 60_000);
afterAll(async () => {
  await engine.close();
  await postgres.stop();
  await vault.stop();
});

const pulumi = async (command: string[], env: Record<string, string>) => {
  const { code, output } = await engine.pulumi([...command, ...stack], { env });
  return code === 0 ? "done" : output;
};
const up = (env: Record<string, string>) => pulumi(["up", "--yes", "--skip-preview"], env);

async function call(method: string, path: string, body?: object): Promise<Lease> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method,
    headers: { "x-vault-token": operator },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === "" ? {} : JSON.parse(text)) as Lease;
}

const lease = (role: string) => call("GET", `orders/creds/${role}`);

/** Who PostgreSQL says the user is, or why it refuses. */
async function signIn(username: string, password: string, query = "SELECT current_user"): Promise<string> {
  const { host, port, database } = postgres;
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
const refused = (username: string) => `password authentication failed for user "${username}"`;
const use = ({ data }: Lease) => signIn(data.username, data.password);

it("makes users, and nobody knows the password that it makes them with", async () => {
  expect(await signIn(postgres.username, postgres.password)).toBe(postgres.username);
  expect(await up({ PASSWORD: postgres.password, ROLES: "read,admin" })).toBe("done");

  expect(await signIn(postgres.username, postgres.password)).toBe(refused(postgres.username));
  const made = await lease("read");
  expect(await use(made)).toBe(made.data.username);
  // Vault sends the password hashed, so a log of statements doesn't have it.
  expect(postgres.log()).toContain("PASSWORD 'SCRAM-SHA-256$");
  expect(postgres.log()).not.toContain(made.data.password);
}, 60_000);

it("does not need the first password again, and an update leaves the rotated one alone", async () => {
  const preview = ["preview", "--expect-no-changes"];
  expect(await pulumi(preview, { PASSWORD: postgres.password, ROLES: "read,admin" })).toBe("done");
  expect(await pulumi(preview, { ROLES: "read,admin" })).toBe("done");

  expect(await up({ PASSWORD: postgres.password, ROLES: "read,admin,write" })).toBe("done");
  expect(await up({ ROLES: "read,admin,write" })).toBe("done");
  const made = await lease("write");
  expect(await use(made)).toBe(made.data.username);
}, 60_000);

it("revokes the lease of a role that is gone", async () => {
  const made = await lease("write");
  expect(await up({ ROLES: "read,admin" })).toBe("done");
  await expect(lease("write")).rejects.toThrow("400");
  await call("PUT", "sys/leases/revoke", { lease_id: made.lease_id, sync: true });
  expect(await use(made)).toBe(refused(made.data.username));
}, 60_000);

it("takes a password that was set by hand, and changes it at once", async () => {
  const admin = await lease("admin");
  const reset = `ALTER ROLE "${postgres.username}" PASSWORD 'from-a-backup'`;
  expect(await signIn(admin.data.username, admin.data.password, reset)).toBe("done");

  expect(await up({ PASSWORD: "from-a-backup", VERSION: "2", ROLES: "read,admin" })).toBe("done");
  expect(await signIn(postgres.username, "from-a-backup")).toBe(refused(postgres.username));
  const made = await lease("read");
  expect(await use(made)).toBe(made.data.username);
}, 60_000);

it("ends with its leases, and leaves no user behind", async () => {
  const running = await lease("read");
  expect(await use(running)).toBe(running.data.username);
  expect(await pulumi(["destroy", "--yes", "--skip-preview"], { VERSION: "2", ROLES: "read,admin" })).toBe(
    "done",
  );
  expect(await use(running)).toBe(refused(running.data.username));
  await expect(lease("read")).rejects.toThrow("404");
}, 60_000);
