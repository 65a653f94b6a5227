import { createConnection } from "mysql2/promise";
import { createClient } from "redis";
import { ask, startMariaDb, type MariaDb } from "../../support/mariadb";
import { askRedis, startRedis, type Redis } from "../../support/redis";
import { startStand, untilStartedMs, type Lease, type Stand } from "./stand";

/** MariaDB and Redis, from Debian's packages, behind Vault's own plugins for them. */
let mariadb: MariaDb;
let redis: Redis;
let stand: Stand;

beforeAll(async () => {
  mariadb = await startMariaDb([
    "CREATE DATABASE shop_data;",
    "CREATE DATABASE shopXdata;",
    "CREATE TABLE shop_data.orders (id INT PRIMARY KEY);",
    "CREATE TABLE shopXdata.orders (id INT PRIMARY KEY);",
    "CREATE USER 'vault'@'%' IDENTIFIED BY 'canary-of-the-root';",
    "GRANT ALL ON *.* TO 'vault'@'%' WITH GRANT OPTION;",
  ]);
  redis = await startRedis(["default off", "vault on >canary-of-the-root ~* &* +@all"]);
  stand = await startStand("mixed", {
    MARIADB_PORT: String(mariadb.port),
    REDIS_PORT: String(redis.port),
  });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await redis.stop();
  await mariadb.stop();
});

const lease = (role: string) => stand.call("GET", `shop/creds/${role}`);
const revoke = (lease_id: string) => stand.call("PUT", "sys/leases/revoke", { lease_id, sync: true });
const inMariaDb = ({ data }: Lease, query?: string) => ask(mariadb, data.username, data.password, query);
const inRedis = ({ data }: Lease, ...command: string[]) =>
  askRedis(redis, data.username, data.password, ...command);
const refusedByRedis = "WRONGPASS invalid username-password pair or user is disabled.";
const refusedByMariaDb = (user: string) =>
  `Access denied for user '${user}'@'127.0.0.1' (using password: YES)`;

it("both come up with passwords that nobody knows", async () => {
  expect(await ask(mariadb, "vault", "canary-of-the-root")).toBe("vault");
  expect(await askRedis(redis, "vault", "canary-of-the-root", "PING")).toBe("PONG");
  expect(await stand.up({ PASSWORD: "canary-of-the-root" })).toBe("done");
  expect(await ask(mariadb, "vault", "canary-of-the-root")).toBe(refusedByMariaDb("vault"));
  expect(await askRedis(redis, "vault", "canary-of-the-root", "PING")).toBe(refusedByRedis);
}, 120_000);

describe("MariaDB", () => {
  it("mints a user that is refused as soon as it is revoked", async () => {
    const made = await lease("orders-read");
    expect(made.data.username).toMatch(/^rel-7-token-ope-order-[A-Za-z0-9]{10}$/);
    expect(await inMariaDb(made)).toBe(made.data.username);
    const start = performance.now();
    await revoke(made.lease_id);
    expect(await inMariaDb(made)).toBe(refusedByMariaDb(made.data.username));
    const took = (performance.now() - start).toFixed(0);
    process.stdout.write(`MariaDB: from the call that revokes to a refused sign-in: ${took} ms\n`);
  });

  it("ends the sessions that are open", async () => {
    const { data, lease_id } = await lease("orders-read");
    const { host, port } = mariadb;
    const connection = await createConnection({ host, port, user: data.username, password: data.password });
    connection.on("error", () => undefined);
    await connection.query("SELECT 1");
    await revoke(lease_id);
    await expect(connection.query("SELECT 1")).rejects.toThrow(/closed|killed|lost/i);
    connection.destroy();
  });

  it("gives each preset what it says, in its own database only", async () => {
    const insert = "INSERT INTO shop_data.orders VALUES (1)";
    const create = "CREATE TABLE shop_data.more (id INT)";
    const denied = expect.stringMatching(/^(INSERT|CREATE) command denied to user/) as string;
    const read = await lease("orders-read");
    expect(await inMariaDb(read, "SELECT id FROM shop_data.orders")).toBe("done");
    expect(await inMariaDb(read, insert)).toEqual(denied);
    // An underscore stands for any character in a grant, unless it is told not to.
    expect(await inMariaDb(read, "SELECT id FROM shopXdata.orders")).toMatch(/^SELECT command denied/);
    const write = await lease("orders-write");
    expect(await inMariaDb(write, insert)).toBe("done");
    expect(await inMariaDb(write, create)).toEqual(denied);
    const migrate = await lease("orders-migrate");
    expect(await inMariaDb(migrate, create)).toBe("done");
    expect(await inMariaDb(migrate, "CREATE USER x")).toMatch(/^Access denied/);
  });
});

describe("Redis", () => {
  it("mints a user that is refused as soon as it is revoked", async () => {
    const made = await lease("carts-read");
    expect(await inRedis(made, "GET", "cart:1")).toBe("nothing");
    const start = performance.now();
    await revoke(made.lease_id);
    expect(await inRedis(made, "GET", "cart:1")).toBe(refusedByRedis);
    const took = (performance.now() - start).toFixed(0);
    process.stdout.write(`Redis: from the call that revokes to a refused sign-in: ${took} ms\n`);
  });

  it("ends the sessions that are open", async () => {
    const { data, lease_id } = await lease("carts-read");
    const { host, port } = redis;
    const client = createClient({ socket: { host, port, reconnectStrategy: false }, ...data });
    client.on("error", () => undefined);
    await client.connect();
    expect(await client.get("cart:1")).toBeNull();
    await revoke(lease_id);
    await expect(client.get("cart:1")).rejects.toThrow(/closed/i);
  });

  it("gives each preset what it says, for its own keys only", async () => {
    const denied = expect.stringMatching(/^NOPERM/) as string;
    const [read, write] = [await lease("carts-read"), await lease("carts-write")];
    expect(await inRedis(write, "SET", "cart:1", "full")).toBe("OK");
    expect(await inRedis(read, "GET", "cart:1")).toBe("full");
    expect(await inRedis(read, "SET", "cart:1", "empty")).toEqual(denied);
    expect(await inRedis(write, "SET", "user:1", "x")).toEqual(denied);
    for (const command of [
      ["FLUSHALL"],
      ["KEYS", "*"],
      ["SCAN", "0"],
      ["RANDOMKEY"],
      ["ACL", "LIST"],
      ["EVAL", "", "0"],
    ])
      expect(await inRedis(write, ...command)).toEqual(denied);
  });

  it("keeps the changed password when something else of the connection changes", async () => {
    expect(await stand.up({ PASSWORD: "canary-of-the-root", MORE: "carts-more" })).toBe("done");
    expect(await inRedis(await lease("carts-more"), "GET", "cart:1")).toBe("full");
    expect(await stand.up({ MORE: "carts-more" })).toBe("done");
    expect(await stand.pulumi(["preview", "--expect-no-changes"], { MORE: "carts-more" })).toBe("done");
    expect(await stand.up()).toBe("done");
    await expect(lease("carts-more")).rejects.toThrow("400");
    expect(await inRedis(await lease("carts-read"), "GET", "cart:1")).toBe("full");
  }, 120_000);
});

it("neither root's first password stands in what the engine keeps", () => {
  expect(stand.written()).toContain("nhi:index:DatabaseSecrets");
  expect(stand.written()).not.toContain("canary-of-the-root");
});

it("both end with their leases", async () => {
  const [orders, carts] = [await lease("orders-read"), await lease("carts-read")];
  expect(await stand.pulumi(["destroy", "--yes", "--skip-preview"])).toBe("done");
  expect(await inMariaDb(orders)).toBe(refusedByMariaDb(orders.data.username));
  expect(await inRedis(carts, "PING")).toBe(refusedByRedis);
}, 120_000);
