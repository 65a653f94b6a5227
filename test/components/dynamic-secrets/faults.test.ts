import { startPostgres, type Postgres } from "../../../demo/postgres";
import { startGate, type Gate } from "./gate";
import { refused, signIn, startStand, untilStartedMs, type Lease, type Stand } from "./stand";

/** From `up` to `destroy` with a database that goes away, a sealed server, and an engine that was there before. */
let postgres: Postgres;
let gate: Gate;
let stand: Stand;
const root = "canary-of-the-root";

const setUp = `
  CREATE ROLE vault LOGIN CREATEROLE PASSWORD '${root}';
  CREATE ROLE shop_owner;
  GRANT shop_owner TO vault WITH ADMIN OPTION;
  CREATE SCHEMA shop AUTHORIZATION shop_owner;
`;
const asOwner = (query: string) => signIn(postgres, postgres.username, postgres.password, query);
const usersLeft = () =>
  asOwner(`SELECT count(*)::text AS current_user FROM pg_roles WHERE rolname LIKE 'release-7-%'`);

beforeAll(async () => {
  postgres = await startPostgres();
  await asOwner(setUp);
  gate = await startGate(postgres.port);
  stand = await startStand("shop", { PORT: String(gate.port), PASSWORD: root });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await gate.stop();
  await postgres.stop();
});

const lease = (role: string, mount = "shop") => stand.call("GET", `${mount}/creds/${role}`);
const use = ({ data }: Lease) => signIn(postgres, data.username, data.password);
const revoke = (lease_id: string) => stand.call("PUT", "sys/leases/revoke", { lease_id, sync: true });
const destroy = (env = {}) => stand.pulumi(["destroy", "--yes", "--skip-preview"], env);
/** The leases of a role that the server still has. */
const leases = (prefix: string) =>
  stand.call<{ data: { keys: string[] } }>("LIST", `sys/leases/lookup/${prefix}`).then(
    ({ data }) => data.keys,
    () => [],
  );

it("a database that is down is named, and the next up goes on from there", async () => {
  gate.close();
  const output = await stand.up();
  expect(output).toContain(
    'vault.database.SecretBackendConnection "shop": the server at ' +
      `${stand.vault.address} refused POST shop/config/postgresql (400: error creating database object: error verifying connection`,
  );
  expect(output).not.toContain(root);
  gate.open();
  expect(await stand.up()).toBe("done");
  const made = await lease("read");
  expect(await use(made)).toBe(made.data.username);
}, 120_000);

it("a changed TTL holds for the next lease, and the one that lives goes on", async () => {
  const before = await lease("read");
  expect(await stand.up({ TTL: "60" })).toBe("done");
  expect(before.lease_duration).toBe(300);
  expect((await lease("read")).lease_duration).toBe(60);
  expect(await use(before)).toBe(before.data.username);
}, 120_000);

it("no secret stands in the state, nor in what the engine keeps beside it", async () => {
  const made = await lease("read");
  const written = stand.written();
  expect(written).toContain("nhi:index:DatabaseSecrets");
  for (const secret of [root, made.data.password, made.data.username]) expect(written).not.toContain(secret);
});

it("a sealed server is named, loses nothing, and the next up goes on", async () => {
  const made = await lease("read");
  await stand.vault.seal();
  expect(await stand.up({ TTL: "120" })).toMatch(/503: Vault is sealed|sealed/i);
  await stand.vault.unseal();
  expect(await stand.up({ TTL: "120" })).toBe("done");
  expect(await use(made)).toBe(made.data.username);
  expect((await lease("read")).lease_duration).toBe(120);
}, 120_000);

it("what could not be revoked is listed, and is revoked when the database is back", async () => {
  await stand.call("PUT", "sys/leases/revoke-prefix/shop/creds", { sync: true });
  const made = await lease("write");
  gate.close();
  await expect(revoke(made.lease_id)).rejects.toThrow("failed to revoke");
  expect(await leases("shop/creds/write")).toEqual([made.lease_id.split("/").at(-1)]);
  // The server goes on trying: it has not given the lease up.
  const given = await stand.call<{ data: { lease_count: number } }>("GET", "sys/leases?type=irrevocable");
  expect(given.data.lease_count).toBe(0);
  gate.open();
  await revoke(made.lease_id);
  expect(await use(made)).toBe(refused(made.data.username));
  expect(await leases("shop/creds/write")).toEqual([]);
}, 120_000);

it("destroy with the database gone says so and leaves the leases; again, it leaves nothing", async () => {
  const made = await lease("write");
  gate.close();
  const output = await destroy({ TTL: "120" });
  expect(output).toContain("failed to revoke");
  expect(await leases("shop/creds/write")).toHaveLength(1);
  gate.open();
  expect(await destroy({ TTL: "120" })).toBe("done");
  expect(await use(made)).toBe(refused(made.data.username));
  expect(await leases("shop/creds/write")).toEqual([]);
  expect(await usersLeft()).toBe("0");
}, 120_000);

it("a mount that somebody made before is taken over with its leases", async () => {
  await asOwner(`ALTER ROLE vault PASSWORD '${root}'`);
  await stand.call("POST", "sys/mounts/old", {
    type: "database",
    description:
      "run the shop (owner team-shop, environment production, kind workload, review by 2027-06-30)",
    config: {
      default_lease_ttl: "300s",
      max_lease_ttl: "900s",
      audit_non_hmac_response_keys: ["username"],
    },
  });
  await stand.call("POST", "old/config/by-hand", {
    plugin_name: "postgresql-database-plugin",
    allowed_roles: ["by-hand"],
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${postgres.port}/postgres?sslmode=disable`,
    username: postgres.username,
    password: postgres.password,
  });
  await stand.call("POST", "old/roles/by-hand", {
    db_name: "by-hand",
    creation_statements: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
    ],
  });
  const before = await lease("by-hand", "old");
  expect(await stand.up({ ADOPT: "old" })).toBe("done");
  expect(await use(before)).toBe(before.data.username);
  const made = await lease("read", "old");
  expect(await use(made)).toBe(made.data.username);
  expect(await destroy({ ADOPT: "old" })).toBe("done");
  expect(await use(before)).toBe(refused(before.data.username));
  expect(await use(made)).toBe(refused(made.data.username));
}, 120_000);
