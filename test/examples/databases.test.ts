import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { startPostgres, type Postgres } from "../../demo/postgres";
import { findDebianProgram } from "../../tools/debian";
import { findSecretsServer } from "../../tools/find-secrets-server";
import { screenProgress } from "../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../tools/secrets-server";
import { createStack } from "../../tools/stack";
import { refused, signIn } from "../components/dynamic-secrets/stand";
import { openTestEngine, type TestEngine } from "../support/engine";
import { startIssuer, type Issuer } from "../support/issuer";
import { askRedis, startRedis, type Redis } from "../support/redis";

/** The examples with databases: made by the real engine with the pack, and used with a job's own token. */
const root = join(__dirname, "../..");
const pack = ["--policy-pack", join(root, "policy-packs", "nhi")];
const execute = promisify(execFile);

let vault: SecretsServer;
let engine: TestEngine;
let issuer: Issuer;
let postgres: Postgres;
let redis: Redis;

const setUp = `
  CREATE ROLE vault LOGIN CREATEROLE PASSWORD 'first';
  CREATE ROLE shop_owner;
  GRANT shop_owner TO vault WITH ADMIN OPTION;
  CREATE SCHEMA shop AUTHORIZATION shop_owner;
  CREATE SCHEMA reports AUTHORIZATION shop_owner;
  SET ROLE shop_owner;
  CREATE TABLE shop.orders (id int);
  CREATE TABLE reports.nightly (line text);
`;
const asOwner = (query: string) => signIn(postgres, postgres.username, postgres.password, query);

beforeAll(async () => {
  issuer = await startIssuer();
  postgres = await startPostgres();
  await asOwner(setUp);
  redis = await startRedis(["default off", "vault on >first ~* &* +@all"]);
  vault = await startSecretsServer(await findSecretsServer(screenProgress()));
  engine = await openTestEngine({
    offline: false,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.operatorToken() },
  });
}, 30 * 60_000);
afterAll(async () => {
  await engine.close();
  await vault.stop();
  await redis.stop();
  await postgres.stop();
  issuer.stop();
});

interface Answer {
  auth: { client_token: string };
  data: { username: string; password: string };
}

async function call(method: string, path: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method,
    headers: { "x-vault-token": token },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}`);
  return (text === "" ? {} : JSON.parse(text)) as Answer;
}

async function made(example: string, config: Record<string, string>) {
  const stack = await createStack(engine.engine, join(root, "examples", example), engine.folder);
  const pulumi = (...args: string[]) => engine.pulumi([...args, ...stack]);
  const all = { jwksUrl: issuer.jwksUrl, vaultAddress: vault.address, ...config };
  for (const [key, value] of Object.entries(all))
    await pulumi("config", "set", ...(key.endsWith("Password") ? ["--secret"] : []), key, value);
  const up = await pulumi("up", "--yes", "--skip-preview", ...pack);
  if (up.code !== 0 || up.output.includes("[mandatory]")) throw new Error(up.output);
  return pulumi;
}

const github = (repository: string, claims: object = {}) =>
  issuer.token({
    iss: "https://token.actions.githubusercontent.com",
    aud: vault.address,
    sub: `repo:octo/${repository}:environment:production`,
    repository_id: "456789",
    repository_owner_id: "123456",
    ...claims,
  });

it("examples/database-secrets gives the workload users of two databases, of the roles that it is a consumer of", async () => {
  const pulumi = await made("database-secrets", {
    ordersHost: "127.0.0.1",
    ordersPort: String(postgres.port),
    ordersDatabase: "postgres",
    ordersPassword: "first",
    ordersSslMode: "disable",
    cartsHost: "127.0.0.1",
    cartsPort: String(redis.port),
    cartsPassword: "first",
    cartsTls: "false",
  });
  const login = { role: "shop", jwt: github("shop") };
  const { client_token } = (await call("POST", "auth/github/login", "", login)).auth;
  const read = (role: string) => call("GET", `databases/creds/${role}`, client_token);

  const { username, password } = (await read("orders-read")).data;
  expect(await signIn(postgres, username, password, "SELECT id FROM shop.orders")).toBe("done");
  const cart = (await read("carts-read")).data;
  expect(await askRedis(redis, cart.username, cart.password, "GET", "cart:1")).toBe("nothing");
  await expect(read("orders-write")).rejects.toThrow("403");
  await expect(read("orders-migrate")).rejects.toThrow("403");

  expect((await pulumi("preview", "--expect-no-changes", ...pack)).code).toBe(0);
  expect((await pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
  expect(await signIn(postgres, username, password)).toBe(refused(username));
}, 180_000);

it("examples/long-job lets only the step that publishes at the database, with its own script", async () => {
  await asOwner("ALTER ROLE vault PASSWORD 'first'");
  const pulumi = await made("long-job", {
    databaseHost: "127.0.0.1",
    databasePort: String(postgres.port),
    database: "postgres",
    databasePassword: "first",
    databaseSslMode: "disable",
  });
  // The job that computes has no environment.
  const compute = {
    role: "publish",
    jwt: github("reports", { sub: "repo:octo/reports:ref:refs/heads/main" }),
  };
  await expect(call("POST", "auth/github/login", "", compute)).rejects.toThrow("400");

  const report = join(engine.folder, "report.sql");
  writeFileSync(report, "INSERT INTO reports.nightly VALUES (current_user);");
  const script = join(root, "examples/long-job/publish.sh");
  await execute(script, [report], { env: { ...(await programs()), JOB_TOKEN: github("reports") } });

  const user = await asOwner("SELECT line AS current_user FROM reports.nightly");
  expect(user).toMatch(/^v-github-456789-publish-/);
  // The lease has ended with the session.
  expect(await asOwner(`SELECT count(*)::text AS current_user FROM pg_roles WHERE rolname = '${user}'`)).toBe(
    "0",
  );
  expect((await pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
}, 180_000);

/** What the script runs: `jq` from Debian's package, and `psql` as far as it is needed here. */
async function programs(): Promise<NodeJS.ProcessEnv> {
  const jq = await findDebianProgram({ program: "jq", folder: "usr/bin", package: "jq" }, screenProgress());
  const bin = join(engine.folder, "bin");
  mkdirSync(bin);
  symlinkSync(jq.binary, join(bin, "jq"));
  const psql = join(bin, "psql");
  const code = `const { Client } = require(${JSON.stringify(require.resolve("pg"))});
const client = new Client();
client.connect().then(() => client.query(require("node:fs").readFileSync(process.argv.at(-1), "utf8"))).finally(() => client.end());`;
  writeFileSync(psql, `#!${process.execPath}\n${code}\n`);
  chmodSync(psql, 0o755);
  return {
    ...jq.env,
    PATH: [bin, process.env.PATH].join(delimiter),
    VAULT_ADDR: vault.address,
    PGHOST: "127.0.0.1",
    PGPORT: String(postgres.port),
    PGDATABASE: "postgres",
  };
}
