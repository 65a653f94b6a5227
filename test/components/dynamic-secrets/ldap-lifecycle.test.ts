import { startDirectory, type Directory } from "../../support/ldap";
import { startStand, untilStartedMs, type Stand } from "./stand";

/** An engine for a directory from its first `up` to its end, on the real engine, secrets server and OpenLDAP. */
interface LdapLease {
  lease_id: string;
  lease_duration: number;
  data: { username: string; password: string; distinguished_names: string[]; service_account_name: string };
}

let directory: Directory;
let stand: Stand;
beforeAll(async () => {
  directory = await startDirectory();
  const { url, certificate, bindDn, password } = directory;
  stand = await startStand("ldap-program", {
    URL: url,
    CERTIFICATE: certificate,
    BIND_DN: bindDn,
    PASSWORD: password,
  });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await directory.stop();
});

const lease = (role: string) => stand.call<LdapLease>("GET", `directory/creds/${role}`);
const checkOut = () => stand.call<LdapLease>("POST", "directory/library/batch/check-out", {});
const revoke = (lease_id: string) => stand.call("PUT", "sys/leases/revoke", { lease_id, sync: true });
const dn = (name: string) => `cn=${name},ou=machines,dc=example,dc=com`;
const signIn = ({ data }: LdapLease) => directory.bind(dn(data.username), data.password);

it("makes accounts, and nobody knows the password that it makes them with", async () => {
  expect(await directory.bind(directory.bindDn, directory.password)).toBe("in");
  expect(await stand.up()).toBe("done");
  expect(await directory.bind(directory.bindDn, directory.password)).toBe("invalid credentials");

  const made = await lease("reports");
  expect(made.lease_duration).toBe(300);
  expect(made.data.username).toMatch(/^v-reports-[a-z0-9]{20}$/);
  expect(await signIn(made)).toBe("in");
  expect(directory.entries()).toContain(`member: ${dn(made.data.username)}`);
}, 60_000);

it("takes the account away with its lease, from its groups as well", async () => {
  const made = await lease("reports");
  const started = performance.now();
  await revoke(made.lease_id);
  expect(await signIn(made)).toBe("invalid credentials");
  console.log(`OpenLDAP: revoked and refused after ${Math.round(performance.now() - started)} ms`);
  expect(directory.entries()).not.toContain(made.data.username);
});

it("renews up to the end of the lease and not beyond", async () => {
  const { lease_id } = await lease("reports");
  const renewed = await stand.call<LdapLease>("PUT", "sys/leases/renew", { lease_id, increment: 86_400 });
  expect(renewed.lease_duration).toBeLessThanOrEqual(900);
  expect(renewed.lease_duration).toBeGreaterThan(890);
});

it("leaves no account behind that it could not make whole", async () => {
  await expect(lease("broken")).rejects.toThrow("No Such Object");
  expect(directory.entries()).not.toContain("v-broken-");
});

it("lends an account to one at a time, and changes its password when it comes back", async () => {
  const [one, other] = [await checkOut(), await checkOut()];
  const use = ({ data }: LdapLease) => directory.bind(dn(data.service_account_name), data.password);
  expect([one.data.service_account_name, other.data.service_account_name].sort()).toEqual([
    "batch-1",
    "batch-2",
  ]);
  expect(await use(one)).toBe("in");
  await expect(checkOut()).rejects.toThrow("No service accounts available for check-out");

  await stand.call("POST", "directory/library/batch/check-in", {
    service_account_names: [one.data.service_account_name],
  });
  expect(await use(one)).toBe("invalid credentials");
  // A lease that is revoked gives it back as well.
  await revoke(other.lease_id);
  expect(await use(other)).toBe("invalid credentials");
  expect(await use(await checkOut())).toBe("in");
});

it("leaves the rotated password alone in an update", async () => {
  expect(await stand.up({ PASSWORD: "not sent, since its version is the same", MAX_TTL: "600" })).toBe(
    "done",
  );
  expect(await signIn(await lease("reports"))).toBe("in");
  expect(await stand.pulumi(["preview", "--expect-no-changes"], { MAX_TTL: "600" })).toBe("done");
}, 60_000);

it("has the password encrypted in the state, if at all", async () => {
  const { output } = await stand.engine.pulumi(["stack", "export", ...stand.stack.slice(0, 4)]);
  expect(output).toContain(directory.url);
  expect(output).not.toContain(directory.password);
});

it("ends with its leases, and leaves no account behind", async () => {
  const made = await lease("reports");
  expect(await stand.pulumi(["destroy", "--yes", "--skip-preview"])).toBe("done");
  expect(await signIn(made)).toBe("invalid credentials");
  expect(directory.entries()).not.toContain("cn=v-");
}, 60_000);

it("can't be made anew with the password that was rotated away, and says what the directory says", async () => {
  const message = await stand.up();
  expect(message).toContain('vault.generic.Endpoint "directory-rotate-root"');
  expect(message).toContain('LDAP Result Code 49 "Invalid Credentials"');
  expect(message).not.toContain(directory.password);
}, 60_000);
