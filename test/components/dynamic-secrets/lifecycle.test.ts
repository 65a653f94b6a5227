import { startPostgres, type Postgres } from "../../../demo/postgres";
import { refused, signIn, startStand, untilStartedMs, type Lease, type Stand } from "./stand";

/** A database engine from its first `up` to its end, on the real engine, secrets server and PostgreSQL. */
let postgres: Postgres;
let stand: Stand;

beforeAll(async () => {
  postgres = await startPostgres();
  stand = await startStand("program", { PORT: String(postgres.port), USERNAME: postgres.username });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await postgres.stop();
});

const { pulumi, up, call }: Pick<Stand, "pulumi" | "up" | "call"> = {
  pulumi: (...given) => stand.pulumi(...given),
  up: (...given) => stand.up(...given),
  call: (...given) => stand.call(...given),
};
const lease = (role: string) => call("GET", `orders/creds/${role}`);
const use = ({ data }: Lease) => signIn(postgres, data.username, data.password);

it("makes users, and nobody knows the password that it makes them with", async () => {
  expect(await signIn(postgres, postgres.username, postgres.password)).toBe(postgres.username);
  expect(await up({ PASSWORD: postgres.password, ROLES: "read,admin" })).toBe("done");

  expect(await signIn(postgres, postgres.username, postgres.password)).toBe(refused(postgres.username));
  const made = await lease("read");
  expect(await use(made)).toBe(made.data.username);
  // Vault sends the password hashed, so a log of statements doesn't have it.
  expect(postgres.log()).toContain("PASSWORD 'SCRAM-SHA-256$");
  expect(postgres.log()).not.toContain(made.data.password);
}, 120_000);

it("does not need the first password again, and an update leaves the rotated one alone", async () => {
  const preview = ["preview", "--expect-no-changes"];
  expect(await pulumi(preview, { PASSWORD: postgres.password, ROLES: "read,admin" })).toBe("done");
  expect(await pulumi(preview, { ROLES: "read,admin" })).toBe("done");

  expect(await up({ PASSWORD: postgres.password, ROLES: "read,admin,write" })).toBe("done");
  expect(await up({ ROLES: "read,admin,write" })).toBe("done");
  const made = await lease("write");
  expect(await use(made)).toBe(made.data.username);
}, 120_000);

it("revokes the lease of a role that is gone", async () => {
  const made = await lease("write");
  expect(await up({ ROLES: "read,admin" })).toBe("done");
  await expect(lease("write")).rejects.toThrow("400");
  await call("PUT", "sys/leases/revoke", { lease_id: made.lease_id, sync: true });
  expect(await use(made)).toBe(refused(made.data.username));
}, 120_000);

it("takes a password that was set by hand, and changes it at once", async () => {
  const admin = await lease("admin");
  const reset = `ALTER ROLE "${postgres.username}" PASSWORD 'from-a-backup'`;
  expect(await signIn(postgres, admin.data.username, admin.data.password, reset)).toBe("done");

  expect(await up({ PASSWORD: "from-a-backup", VERSION: "2", ROLES: "read,admin" })).toBe("done");
  expect(await signIn(postgres, postgres.username, "from-a-backup")).toBe(refused(postgres.username));
  const made = await lease("read");
  expect(await use(made)).toBe(made.data.username);
}, 120_000);

it("ends with its leases, and leaves no user behind", async () => {
  const running = await lease("read");
  expect(await use(running)).toBe(running.data.username);
  expect(await pulumi(["destroy", "--yes", "--skip-preview"], { VERSION: "2", ROLES: "read,admin" })).toBe(
    "done",
  );
  expect(await use(running)).toBe(refused(running.data.username));
  await expect(lease("read")).rejects.toThrow("404");
}, 120_000);
