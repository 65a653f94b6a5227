import { createSign, generateKeyPairSync } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { startPostgres, type Postgres } from "../../../demo/postgres";
import { refused, signIn, startStand, untilStartedMs, type Lease, type Stand } from "./stand";

/**
 * What a lease is worth, on the real engine, secrets server and PostgreSQL. Vault's user is no superuser: it may make
 * users, and is a member of the role that owns the tables.
 */
let postgres: Postgres;
let stand: Stand;

const setUp = `
  CREATE ROLE vault LOGIN CREATEROLE PASSWORD 'first';
  CREATE ROLE shop_owner;
  GRANT shop_owner TO vault WITH ADMIN OPTION;
  CREATE SCHEMA shop AUTHORIZATION shop_owner;
  SET ROLE shop_owner;
  CREATE TABLE shop.orders (id serial PRIMARY KEY);
  INSERT INTO shop.orders DEFAULT VALUES;
`;
const asOwner = (query: string) => signIn(postgres, postgres.username, postgres.password, query);

beforeAll(async () => {
  postgres = await startPostgres();
  await asOwner(setUp);
  stand = await startStand("shop", { PORT: String(postgres.port), PASSWORD: "first" });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await postgres.stop();
});

const lease = (role: string) => stand.call("GET", `shop/creds/${role}`);
const use = ({ data }: Lease, query?: string) => signIn(postgres, data.username, data.password, query);
const revoke = (lease_id: string) => stand.call("PUT", "sys/leases/revoke", { lease_id, sync: true });
const usersLeft = () =>
  asOwner(`SELECT count(*)::text AS current_user FROM pg_roles WHERE rolname LIKE 'release-7-%'`);

it("a credential is minted, used, and refused as soon as it is revoked", async () => {
  expect(await stand.up()).toBe("done");
  const made = await lease("read");
  expect(made.data.username).toMatch(/^release-7-token-[\w-]+-read-[A-Za-z0-9]{20}$/);
  expect(await use(made)).toBe(made.data.username);

  const start = performance.now();
  await revoke(made.lease_id);
  expect(await use(made)).toBe(refused(made.data.username));
  const took = performance.now() - start;
  process.stdout.write(
    `PostgreSQL: from the call that revokes to a refused sign-in: ${took.toFixed(0)} ms\n`,
  );
}, 120_000);

it("revoking ends the sessions that are open", async () => {
  const { data, lease_id } = await lease("read");
  const { host, port, database } = postgres;
  const client = new Client({ host, port, database, user: data.username, password: data.password });
  client.on("error", () => undefined);
  await client.connect();
  const ended = new Promise((resolve) => client.once("end", resolve));
  await revoke(lease_id);
  await ended;
  await expect(client.query("SELECT 1")).rejects.toThrow(/not queryable|terminat|closed/);
});

it("each preset may do what it says, and no more", async () => {
  const [read, write, migrate] = [await lease("read"), await lease("write"), await lease("migrate")];
  const denied = "permission denied for table orders";
  const insert = "INSERT INTO shop.orders DEFAULT VALUES";
  expect(await use(read, "SELECT id FROM shop.orders")).toBe("done");
  expect(await use(read, insert)).toBe(denied);
  expect(await use(write, insert)).toBe("done");
  expect(await use(write, "DELETE FROM shop.orders WHERE id = 2")).toBe("done");
  expect(await use(write, "TRUNCATE shop.orders")).toBe(denied);
  expect(await use(write, "CREATE TABLE shop.more (id int)")).toBe("permission denied for schema shop");
  expect(await use(migrate, "CREATE TABLE shop.more (id int)")).toBe("done");
  for (const { lease_id } of [read, write, migrate]) await revoke(lease_id);
  // What the migration made stays, and is the owner's.
  expect(await asOwner("SELECT tableowner AS current_user FROM pg_tables WHERE tablename = 'more'")).toBe(
    "shop_owner",
  );
  expect(await usersLeft()).toBe("0");
}, 120_000);

it("a lease is renewed within its maximum, and neither lives nor is renewed beyond it", async () => {
  const made = await lease("brief");
  expect(made.lease_duration).toBe(2);
  const renew = () =>
    stand.call("PUT", "sys/leases/renew", { lease_id: made.lease_id, increment: 900 }).then(
      ({ lease_duration }) => lease_duration,
      (error: unknown) => (error as Error).message,
    );
  const renewed = await renew();
  // Never more than the maximum, however much was asked for.
  expect(renewed).toBeGreaterThan(0);
  expect(renewed).toBeLessThanOrEqual(4);
  while ((await use(made)) !== refused(made.data.username)) await wait(200);
  expect(await renew()).toMatch(/400 .*lease (not found|expired)/);
}, 120_000);

it("two hundred leases at once are all gone after one revocation", async () => {
  const made = await Promise.all(Array.from({ length: 200 }, () => lease("read")));
  expect(new Set(made.map(({ data }) => data.username)).size).toBe(200);
  expect(await usersLeft()).toBe("200");
  await stand.call("PUT", "sys/leases/revoke-prefix/shop/creds/read", { sync: true });
  expect(await usersLeft()).toBe("0");
  for (const one of made) expect(await use(one)).toBe(refused(one.data.username));
}, 120_000);

it("a user that somebody has removed by hand does not keep its lease alive", async () => {
  const made = await lease("read");
  await asOwner(`DROP OWNED BY "${made.data.username}"; DROP ROLE "${made.data.username}"`);
  await revoke(made.lease_id);
  await expect(stand.call("PUT", "sys/leases/lookup", { lease_id: made.lease_id })).rejects.toThrow("400");
});

it("the root's password is another one at once, and again when rootRotation.on changes", async () => {
  const hash = () => asOwner("SELECT rolpassword AS current_user FROM pg_authid WHERE rolname = 'vault'");
  expect(await signIn(postgres, "vault", "first")).toBe(refused("vault"));
  const first = await hash();
  expect(await stand.up()).toBe("done");
  expect(await hash()).toBe(first);
  expect(await stand.up({ MONTH: "2027-01" })).toBe("done");
  expect(await hash()).not.toBe(first);
  expect(await use(await lease("read"))).toContain("release-7-");
}, 120_000);

it("a rotation by Vault itself is Enterprise's, and the server says so", async () => {
  const output = await stand.up({ MONTH: "2027-01", PERIOD: "86400" });
  expect(output).toContain("rotation manager capabilities not supported in Vault community edition");
  expect(await stand.up({ MONTH: "2027-01" })).toBe("done");
}, 120_000);

it("a name in a token's claim can't end the name in a statement", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await stand.call("POST", "sys/auth/anyone", { type: "jwt" });
  const key = publicKey.export({ type: "spki", format: "pem" });
  await stand.call("POST", "auth/anyone/config", { jwt_validation_pubkeys: [key] });
  const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["v"], token_policies: ["any"] };
  await stand.call("POST", "auth/anyone/role/any", role);
  const policy = 'path "shop/creds/read" { capabilities = ["read"] }';
  await stand.call("PUT", "sys/policies/acl/any", { policy });

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + 300 };
  const claims = { sub: `a";'b\\]\``, aud: "v", ...times };
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  const jwt = `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
  const { auth } = await stand.call<{ auth: { client_token: string } }>(
    "POST",
    "auth/anyone/login",
    { role: "any", jwt },
    "",
  );
  const made = await stand.call("GET", "shop/creds/read", undefined, auth.client_token);
  expect(made.data.username).toMatch(/^release-7-anyone-ab-read-[A-Za-z0-9]{20}$/);
  expect(await use(made)).toBe(made.data.username);
}, 120_000);
