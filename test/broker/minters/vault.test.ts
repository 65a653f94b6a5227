import { setTimeout as wait } from "node:timers/promises";
import type { Grant } from "../../../broker/grant";
import { vaultMinter, type VaultHost } from "../../../broker/minters/vault";
import type { Minted } from "../../../broker/ports";
import type { Role, VaultTarget } from "../../../broker/settings";
import { callVault } from "../../../demo/vault";
import { startPostgres, type Postgres } from "../../../demo/postgres";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { refused, signIn, untilStartedMs } from "../../components/dynamic-secrets/stand";
import { startGate, type Gate } from "../../components/dynamic-secrets/gate";
import { grantOf } from "../sample";

/** On a real Vault and a real PostgreSQL: what is minted works, and what is revoked is refused by the database. */
let postgres: Postgres;
let gate: Gate;
let vault: SecretsServer;
let operator: string;
let broker: string;

const brokerPolicy = `
path "auth/token/create/jit" { capabilities = ["update"] }
path "auth/token/revoke-accessor" { capabilities = ["update"] }
path "auth/token/lookup-accessor" { capabilities = ["update"] }
path "sys/leases/revoke" { capabilities = ["update"] }
path "sys/leases/lookup" { capabilities = ["update"] }
`;
const jobPolicy = `
path "shop/creds/read" { capabilities = ["read"] }
path "kv/release" { capabilities = ["read"] }
path "brief/session" { capabilities = ["read"] }
path "auth/token/lookup-self" { capabilities = ["read"] }
`;

const call = (method: "GET" | "POST", path: string, body?: object, token = operator) =>
  callVault(vault.address, method, path, { token, ...(body && { body }) });

beforeAll(async () => {
  postgres = await startPostgres();
  gate = await startGate(postgres.port);
  vault = await startSecretsServer(await findSecretsServer(screenProgress()));
  operator = await vault.operatorToken();
  await call("POST", "sys/policies/acl/broker", { policy: brokerPolicy });
  await call("POST", "sys/policies/acl/job", { policy: jobPolicy });
  for (const role of ["jit", "batch"])
    await call("POST", `auth/token/roles/${role}`, {
      allowed_policies: ["job"],
      orphan: true,
      token_type: role === "jit" ? "service" : "batch",
      renewable: false,
    });
  broker = (await call("POST", "auth/token/create", { policies: ["broker"] })).auth.client_token;
  await call("POST", "sys/mounts/kv", { type: "kv" });
  await call("POST", "kv/release", { key: "static" });
  await call("POST", "sys/mounts/brief", { type: "kv" });
  // A secret without a lease that says when it ends, as AWS's sessions from Vault are.
  await call("POST", "brief/session", { session: "canary-of-a-session", ttl: "30s" });
  await call("POST", "sys/mounts/shop", { type: "database" });
  await call("POST", "shop/config/shop", {
    plugin_name: "postgresql-database-plugin",
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${gate.port}/postgres?sslmode=disable`,
    username: postgres.username,
    password: postgres.password,
    allowed_roles: "*",
  });
  await call("POST", "shop/roles/read", {
    db_name: "shop",
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`],
    default_ttl: "1h",
  });
}, untilStartedMs);
afterAll(async () => {
  await vault.stop();
  await gate.stop();
  await postgres.stop();
});

const role = (target: Partial<VaultTarget> = {}): Role => ({
  name: "reports",
  tenant: "t",
  environment: "production",
  tier: "standard",
  maxTtlSeconds: 3600,
  vault: {
    tokenRole: "jit",
    policies: ["job"],
    secrets: [{ path: "shop/creds/read", env: { PGUSER: "username", PGPASSWORD: "password" } }],
    ...target,
  },
});
const minter = (more: Partial<VaultHost> = {}) =>
  vaultMinter({ address: vault.address, token: () => Promise.resolve(broker), ...more });
const won = (seconds = 600) =>
  grantOf({ state: "minting", expiresAt: new Date(Date.now() + seconds * 1000).toISOString() });
const withHandle = (grant: Grant, { handle }: Pick<Minted, "handle">): Grant => ({ ...grant, handle });
const remember = () => Promise.resolve();
const use = ({ credential: { values } }: Minted) =>
  signIn(postgres, values.PGUSER ?? "", values.PGPASSWORD ?? "");
const user = ({ credential }: Minted) => credential.values.PGUSER ?? "";
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

it("mints a database user, and PostgreSQL refuses it once the grant is revoked", async () => {
  const grant = won();
  const remembered: Record<string, string>[] = [];
  const made = await minter().mint(grant, role(), (handle) => Promise.resolve(void remembered.push(handle)));
  expect(Object.keys(made.credential.values)).toEqual(["PGUSER", "PGPASSWORD"]);
  expect(made.credential.expiresAt).toBe(grant.expiresAt);
  expect(await use(made)).toBe(user(made));
  expect(remembered).toEqual([{ accessor: made.handle.accessor }, made.handle]);
  expect(JSON.stringify(remembered)).not.toContain(made.credential.values.PGPASSWORD);

  const ended = await minter().revoke(withHandle(grant, made), role(), new Date());
  expect(ended).toEqual({ how: "revoked", mechanism: "vault-lease" });
  expect(await use(made)).toBe(refused(user(made)));
  expect(await minter().revoke(withHandle(grant, made), role(), new Date())).toEqual(ended);
}, 60_000);

it("gives a token to a role without secrets alone, which says whose it is and ends with the grant", async () => {
  const grant = won();
  const made = await minter().mint(grant, role({ secrets: [] }), remember);
  expect(made.credential.values).toEqual({
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: expect.stringMatching(/^\S{20,}$/) as string,
  });
  const token = made.credential.values.VAULT_TOKEN;
  const { data } = await call("GET", "auth/token/lookup-self", undefined, token);
  expect(data).toMatchObject({
    display_name: `token-nhi-${grant.id}`,
    policies: ["job"],
    orphan: true,
    renewable: false,
    type: "service",
    meta: {
      nhi_grant_id: grant.id,
      nhi_requester: grant.requester.id,
      nhi_purpose: "release 42 of the shop",
      nhi_role: "reports",
    },
  });
  expect(Date.parse(data.expire_time ?? "")).toBeLessThanOrEqual(Date.parse(grant.expiresAt ?? ""));
  expect(await minter().revoke(withHandle(grant, made), role(), new Date())).toEqual({
    how: "revoked",
    mechanism: "vault-token",
  });
  await expect(call("GET", "auth/token/lookup-self", undefined, token)).rejects.toThrow("403");
});

it("leaves nothing usable where the broker ends right after it wrote down the accessor", async () => {
  const grant = won();
  let handle: Record<string, string> = {};
  const crash = (given: Record<string, string>) => {
    handle = given;
    return Promise.reject(new Error("the process ended"));
  };
  expect(await problemOf(minter().mint(grant, role(), crash))).toBe("Error: the process ended");
  await expect(call("POST", "auth/token/lookup-accessor", handle)).resolves.toBeDefined();
  await minter().revoke(withHandle(grant, { handle }), role(), new Date());
  await expect(call("POST", "auth/token/lookup-accessor", handle)).rejects.toThrow("invalid accessor");
});

it("a lease that could last an hour ends with the token of a short grant, though nobody revokes it", async () => {
  const grant = won(4);
  const made = await minter().mint(grant, role(), remember);
  expect(await use(made)).toBe(user(made));
  const isOver = async () => (await use(made)) === refused(user(made));
  const until = Date.now() + 30_000;
  while (Date.now() < until && !(await isOver())) await wait(250);
  expect(await use(made)).toBe(refused(user(made)));
}, 60_000);

it("throws while the server is sealed, and works when it is tried later", async () => {
  const grant = won();
  const made = await minter().mint(grant, role(), remember);
  await vault.seal();
  expect(await problemOf(minter().revoke(withHandle(grant, made), role(), new Date()))).toBe(
    "VaultFailed: Vault answered auth/token/lookup-accessor with 503.",
  );
  expect(await problemOf(minter().mint(won(), role(), remember))).toBe(
    "VaultFailed: Vault answered auth/token/create/jit with 503.",
  );
  await vault.unseal();
  expect(await use(made)).toBe(user(made));
  await minter().revoke(withHandle(grant, made), role(), new Date());
  expect(await use(made)).toBe(refused(user(made)));
}, 60_000);

it("does not say that a lease is revoked which Vault could not revoke", async () => {
  const grant = won();
  const made = await minter().mint(grant, role(), remember);
  gate.close();
  expect(await problemOf(minter().revoke(withHandle(grant, made), role(), new Date()))).toBe(
    "VaultFailed: Vault answered sys/leases/lookup with 200.",
  );
  gate.open();
  expect(await use(made)).toBe(user(made));
  await minter().revoke(withHandle(grant, made), role(), new Date());
  expect(await use(made)).toBe(refused(user(made)));
}, 120_000);

it("does not take it for gone where the broker may not look", async () => {
  const grant = won();
  const made = await minter().mint(grant, role(), remember);
  const weak = (await call("POST", "auth/token/create", { policies: ["default"] })).auth.client_token;
  const blind = minter({ token: () => Promise.resolve(weak) });
  expect(await problemOf(blind.revoke(withHandle(grant, made), role(), new Date()))).toBe(
    "VaultFailed: Vault answered auth/token/lookup-accessor with 403.",
  );
  await minter().revoke(withHandle(grant, made), role(), new Date());
});

describe("a secret without a lease", () => {
  const secrets = [{ path: "brief/session", env: { SESSION: "session" } }];

  it("is given where it ends within the grant, and has ended only then", async () => {
    const grant = won(600);
    const made = await minter().mint(grant, role({ secrets }), remember);
    expect(made.handle).toEqual({ accessor: made.handle.accessor, expiryOnly: "true" });
    const at = (seconds: number) => new Date(Date.parse(grant.expiresAt ?? "") + seconds * 1000);
    const revoke = (now: Date) => minter().revoke(withHandle(grant, made), role(), now);
    expect(await problemOf(revoke(at(60)))).toBe(
      "ExpiryOnly: Part of the credential has no lease, and ends by itself.",
    );
    await expect(call("POST", "auth/token/lookup-accessor", made.handle)).rejects.toThrow("invalid accessor");
    expect(await revoke(at(61))).toEqual({ how: "expired", mechanism: "expiry" });
  });

  it.each([{ path: "kv/release" }, { path: "brief/session" }])(
    "is refused where it does not: $path",
    async ({ path }) => {
      const one = role({ secrets: [{ path, env: { KEY: "key" } }] });
      expect(await problemOf(minter().mint(won(20), one, remember))).toBe(
        `Error: The secret at ${path} has no lease and does not end within the grant. Read one that ends with its lease.`,
      );
    },
  );
});

it.each([
  {
    target: { secrets: [{ path: "shop/creds/write", env: { PGUSER: "username" } }] },
    says: "Error: Vault answered GET shop/creds/write with 403. Look at the token role and the policies.",
  },
  {
    target: { secrets: [{ path: "shop/creds/read", env: { PGUSER: "name" } }] },
    says: "Error: The secret at shop/creds/read has no field name.",
  },
  {
    target: { policies: ["root"] },
    says: "Error: Vault answered POST auth/token/create/jit with 400. Look at the token role and the policies.",
  },
  {
    target: { tokenRole: "other" },
    says: "Error: Vault answered POST auth/token/create/other with 403. Look at the token role and the policies.",
  },
])("refuses in one line: $says", async ({ target, says }) => {
  const grant = won();
  let handle: Record<string, string> | undefined;
  const mint = minter().mint(grant, role(target), (given) => Promise.resolve(void (handle = given)));
  expect(await problemOf(mint)).toBe(says);
  const after = { ...grant, ...(handle && { handle }) };
  expect((await minter().revoke(after, role(), new Date())).how).toBe("revoked");
});

it("refuses a token role whose tokens can't be revoked, and a grant whose time is over", async () => {
  const all = minter({ token: () => Promise.resolve(operator) });
  expect(await problemOf(all.mint(won(), role({ tokenRole: "batch" }), remember))).toBe(
    "Error: Vault answered POST auth/token/create/batch with 400. Look at the token role and the policies.",
  );
  expect(await problemOf(minter().mint(won(0), role(), remember))).toBe(
    "Error: The grant's time is over. Ask anew.",
  );
});

it("gives nothing where the server was so slow that the token outlasts the grant", async () => {
  const grant = won(10);
  const times = [Date.now(), Date.now() + 5000].map((time) => new Date(time));
  const slow = minter({ clock: () => times.shift() ?? new Date() });
  let handle: Record<string, string> = {};
  const mint = slow.mint(grant, role(), (given) => Promise.resolve(void (handle = given)));
  expect(await problemOf(mint)).toBe("Error: Vault's token would last longer than the grant. Ask anew.");
  expect((await minter().revoke(withHandle(grant, { handle }), role(), new Date())).how).toBe("revoked");
});

it("throws where no server answers", async () => {
  const nobody = minter({ address: "http://127.0.0.1:1" });
  const grant = withHandle(won(), { handle: { accessor: "a" } });
  expect(await problemOf(nobody.revoke(grant, role(), new Date()))).toBe("TypeError: fetch failed");
  expect(await nobody.revoke(won(), role(), new Date())).toEqual({
    how: "revoked",
    mechanism: "nothing-minted",
  });
});
