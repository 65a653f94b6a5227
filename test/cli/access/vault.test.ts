import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { GrantEvent } from "../../../broker/grant";
import { startPostgres, type Postgres } from "../../../demo/postgres";
import { callVault } from "../../../demo/vault";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { startTable, type Table } from "../../broker/stores/table";
import { refused, signIn, untilStartedMs } from "../../components/dynamic-secrets/stand";
import { startIssuer, type Issuer } from "../../support/issuer";

/** `nhi broker` and `nhi run` as processes, with a real Vault, a real PostgreSQL and grants in DynamoDB's format. */
const audience = "https://broker.example.org";
const issuer = "https://ci.example.org";
const command = join(__dirname, "../../../dist/cli/index.js");
let postgres: Postgres;
let vault: SecretsServer;
let keys: Issuer;
let table: Table;
let folder: string;
let env: NodeJS.ProcessEnv;
let broker: Awaited<ReturnType<typeof startBroker>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nhi-broker-"));
  [postgres, vault, keys, table] = await Promise.all([
    startPostgres(),
    startSecretsServer(await findSecretsServer(screenProgress())),
    startIssuer(),
    startTable(),
  ]);
  const operator = await vault.operatorToken();
  const call = (path: string, body: object) =>
    callVault(vault.address, "POST", path, { token: operator, body });
  const can = (path: string, capability: string) => `path "${path}" { capabilities = ["${capability}"] }`;
  await call("sys/policies/acl/broker", {
    policy: [
      "auth/token/create/jit",
      "auth/token/revoke-accessor",
      "auth/token/lookup-accessor",
      "sys/leases/revoke",
      "sys/leases/lookup",
    ]
      .map((path) => can(path, "update"))
      .join("\n"),
  });
  await call("sys/policies/acl/migrate", { policy: can("orders/creds/migrate", "read") });
  await call("auth/token/roles/jit", { allowed_policies: ["migrate"], orphan: true, renewable: false });
  await call("sys/mounts/orders", { type: "database" });
  await call("orders/config/orders", {
    plugin_name: "postgresql-database-plugin",
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${postgres.port}/postgres?sslmode=disable`,
    username: postgres.username,
    password: postgres.password,
    allowed_roles: "migrate",
  });
  await call("orders/roles/migrate", {
    db_name: "orders",
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`],
    default_ttl: "1h",
  });
  const { auth } = await call("auth/token/create", { policies: ["broker"] });

  writeFileSync(
    join(folder, "broker.json"),
    JSON.stringify({
      roles: {
        migrate: {
          tenant: "octo",
          environment: "production",
          tier: "standard",
          vault: {
            tokenRole: "jit",
            policies: ["migrate"],
            secrets: [{ path: "orders/creds/migrate", env: { PGUSER: "username", PGPASSWORD: "password" } }],
          },
        },
      },
      issuers: [{ issuer, audience, tenant: "octo", kind: "workload", jwksUri: keys.jwksUrl }],
    }),
  );
  mkdirSync(join(folder, "policies"));
  writeFileSync(
    join(folder, "policies", "migrate.cedar"),
    `@id("octo-migrates")
     permit (principal, action == Nhi::Action::"request", resource == Nhi::Role::"migrate")
     when { principal.hasTag("repository") && principal.getTag("repository") == "octo/app" };`,
  );
  env = {
    ...process.env,
    ...table.env,
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: auth.client_token,
  };
  broker = await startBroker();
}, untilStartedMs);
afterAll(async () => {
  await broker.stop();
  await table.stop();
  await vault.stop();
  await postgres.stop();
  keys.stop();
  rmSync(folder, { recursive: true });
});

async function startBroker(port = 0) {
  const file = (name: string) => join(folder, name);
  const args = [
    `--settings=${file("broker.json")}`,
    `--policies=${file("policies")}`,
    `--events=${file("events.ndjson")}`,
  ];
  const child = spawn(
    process.execPath,
    [command, "broker", ...args, `--table=${table.name}`, `--port=${port}`],
    {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (more: string) => (said += more));
  const ended = once(child, "close");
  const url = await new Promise<string>((resolve, reject) => {
    const look = setInterval(() => {
      const [, found] = /listens at (\S+)\n/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
      else if (child.exitCode !== null) reject(new Error(said));
      else return;
      clearInterval(look);
    }, 20);
  });
  return {
    url,
    said: () => said,
    stop: async (signal: NodeJS.Signals = "SIGTERM") => {
      child.kill(signal);
      await ended;
    },
  };
}

const claims = { iss: issuer, aud: audience, sub: "repo:octo/app", repository: "octo/app" };

/** A job that says who it is in the database, writes its user into a file, and goes on as `then` says. */
function run(then: string, { token = keys.token(claims), ttl = "60s" } = {}) {
  const file = join(folder, `user-${Math.random().toString(36).slice(2)}`);
  const job = `
    const { Client } = require("pg");
    const client = new Client({ host: "127.0.0.1", port: ${postgres.port}, database: "postgres" });
    client.on("error", () => undefined);
    client.connect()
      .then(() => client.query("SELECT current_user AS name"))
      .then(({ rows }) => {
        const { PGUSER, PGPASSWORD } = process.env;
        require("node:fs").writeFileSync(${JSON.stringify(file)}, JSON.stringify({ PGUSER, PGPASSWORD, name: rows[0].name, pid: process.pid }));
        ${then}
      });`;
  const about = [
    "--role=migrate",
    "--purpose=add a column to orders",
    "--environment=production",
    `--ttl=${ttl}`,
  ];
  const child = spawn(process.execPath, [command, "run", ...about, "--", process.execPath, "-e", job], {
    env: { ...process.env, NHI_BROKER: broker.url, NHI_TOKEN: token },
    stdio: ["ignore", "pipe", "pipe"],
    cwd: join(__dirname, "../../.."),
  });
  const ended = Promise.all([
    once(child, "close") as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]).then(([[code], out, err]) => ({ code, out, err }));
  const user = async () => {
    for (let tries = 0; tries < 1_000; tries += 1) {
      try {
        return JSON.parse(readFileSync(file, "utf8")) as Record<"PGUSER" | "PGPASSWORD" | "name", string> & {
          pid: number;
        };
      } catch {
        await wait(20);
      }
    }
    throw new Error(`the job did not begin: ${JSON.stringify(await ended)}`);
  };
  return { child, ended, user };
}

type User = Awaited<ReturnType<ReturnType<typeof run>["user"]>>;
const stillWorks = ({ PGUSER, PGPASSWORD }: User) => signIn(postgres, PGUSER, PGPASSWORD);
const goOn = "setInterval(() => {}, 1000);";
const events = () =>
  readFileSync(join(folder, "events.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as GrantEvent);

/** Begun first and looked at last: what nobody ends takes a minute to end by itself. */
let forgotten: { user: User; at: number };

it("leaves what a killed job had to the broker", async () => {
  const { child, user, ended } = run(goOn);
  const held = await user();
  child.kill("SIGKILL");
  process.kill(held.pid, "SIGKILL");
  await ended;
  expect(await stillWorks(held)).toBe(held.PGUSER);
  forgotten = { user: held, at: Date.now() };
}, 60_000);

it.each<{ how: string; then: string; code: number; signal?: NodeJS.Signals }>([
  { how: "ends well", then: "process.exit(0)", code: 0 },
  { how: "fails", then: "process.exit(9)", code: 9 },
  { how: "is interrupted", then: goOn, code: 130, signal: "SIGINT" },
  { how: "is told to end", then: goOn, code: 143, signal: "SIGTERM" },
])(
  "PostgreSQL refuses the job's user once the job $how",
  async ({ then, code, signal }) => {
    const { child, user, ended } = run(then);
    const held = await user();
    expect(held.name).toBe(held.PGUSER);
    if (signal) child.kill(signal);
    const end = await ended;
    expect(end.err).toContain("nhi: given back and revoked\n");
    expect(end.code).toBe(code);
    expect(await stillWorks(held)).toBe(refused(held.PGUSER));
  },
  60_000,
);

it("revokes after the broker was killed and started again in the middle", async () => {
  const { child, user, ended } = run(goOn);
  const held = await user();
  const port = Number(new URL(broker.url).port);
  await broker.stop("SIGKILL");
  broker = await startBroker(port);
  child.kill("SIGTERM");
  expect((await ended).err).toContain("nhi: given back and revoked\n");
  expect(await stillWorks(held)).toBe(refused(held.PGUSER));
}, 60_000);

it("revokes at once by nhi revoke, while the job still runs", async () => {
  const { child, user, ended } = run(goOn);
  const held = await user();
  const { grantId } = events().findLast(({ type }) => type === "nhi.grant.issued") ?? { grantId: "" };
  const revoke = spawn(process.execPath, [command, "revoke", grantId], {
    env: { ...process.env, NHI_BROKER: broker.url, NHI_TOKEN: keys.token(claims) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(await text(revoke.stdout)).toMatch(/^\w{26} {2}revoked {11}migrate/);
  expect(await stillWorks(held)).toBe(refused(held.PGUSER));
  child.kill("SIGTERM");
  await ended;
}, 60_000);

it("gives another repository nothing", async () => {
  const { code, err } = await run(goOn, { token: keys.token({ ...claims, repository: "mallory/app" }) })
    .ended;
  expect(code).toBe(125);
  expect(err).toMatch(/^nhi: denied: no policy permits it \(grant \w{26}\)\n$/);
}, 60_000);

it("has ended by itself what the killed job had, and says so", async () => {
  while (Date.now() < forgotten.at + 80_000 && (await stillWorks(forgotten.user)) === forgotten.user.PGUSER)
    await wait(500);
  expect(await stillWorks(forgotten.user)).toBe(refused(forgotten.user.PGUSER));
  for (let tries = 0; tries < 60; tries += 1) {
    if (events().some(({ type }) => type === "nhi.grant.timed_out")) break;
    await wait(500);
  }
  const told = events();
  const { grantId } = told.find(({ type }) => type === "nhi.grant.timed_out") ?? {};
  expect([...new Set(told.filter((event) => event.grantId === grantId).map(({ type }) => type))]).toEqual([
    "nhi.grant.requested",
    "nhi.grant.approved",
    "nhi.grant.issued",
    "nhi.grant.timed_out",
    expect.stringMatching(/^nhi\.grant\.(revoked|expired)$/),
  ]);
}, 120_000);

it("tells no secret: neither in its events nor on the screen", () => {
  const all = readFileSync(join(folder, "events.ndjson"), "utf8") + broker.said();
  expect(all).not.toContain(forgotten.user.PGPASSWORD);
  expect(all).not.toContain(env.VAULT_TOKEN);
});
