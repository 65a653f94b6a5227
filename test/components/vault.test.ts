import { DatabaseSecrets, NhiKind, VaultFederatedRole } from "pulumi-nhi";
import { registeredBy } from "../support/mocks";
import { jwt, startVault, type VaultServer } from "./vault-server";

/**
 * What the Vault components register, given to a real server: who gets in, and what a token may do then. The calls are
 * those that the Vault provider makes for these resources.
 */
let vault: VaultServer;
const call: VaultServer["call"] = (...args) => vault.call(...args);
const issuer = "https://token.actions.githubusercontent.com";
const now = () => Math.floor(Date.now() / 1000);

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const role = (name: string) => ({
  name,
  creationStatements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`],
  revocationStatements: [`DROP ROLE IF EXISTS "{{name}}";`],
});

beforeAll(async () => {
  vault = await startVault();
  await vault.trust("github", issuer);
  const registered = await registeredBy(() => {
    new DatabaseSecrets("orders", {
      metadata,
      postgresql: { host: "db.example.com", database: "orders", username: "vault" },
      roles: [role("migrate"), role("read")],
    });
    new VaultFederatedRole("migration", {
      metadata,
      mount: "github",
      audience: "https://vault.example.com",
      workloads: {
        github: [
          {
            owner: "octo",
            ownerId: "123456",
            repository: "app",
            repositoryId: "456789",
            environment: "production",
          },
          { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", branch: "main" },
        ],
      },
      policies: ["nhi.orders.migrate"],
    });
  });
  // The database engine is not there: its policies are.
  for (const resource of registered.filter(({ type }) => /:(Policy|AuthBackendRole)$/.test(type)))
    await vault.write(resource);
}, 30 * 60_000);
afterAll(() => vault.stop());

describe("who gets in", () => {
  const claims = () => ({
    iss: issuer,
    aud: "https://vault.example.com",
    sub: "repo:octo/app:environment:production",
    repository_id: "456789",
    repository_owner_id: "123456",
    repository: "octo/app",
    run_id: "4711",
    iat: now(),
    exp: now() + 300,
  });
  const login = async (changes: object) =>
    call("POST", "auth/github/login", { role: "migration", jwt: jwt({ ...claims(), ...changes }) }, "");

  it.each<[string, object]>([
    ["a classic subject", {}],
    ["an immutable subject", { sub: "repo:octo@123456/app@456789:environment:production" }],
    ["the other job of the repository", { sub: "repo:octo/app:ref:refs/heads/main" }],
    ["a clock that is a little behind", { iat: now() + 20 }],
  ])("%s", async (_, changes) => {
    expect((await login(changes)).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ["another audience", { aud: "https://github.com/octo" }, "invalid audience (aud) claim"],
    ["another issuer", { iss: `${issuer}/octo` }, "invalid issuer (iss) claim"],
    ["another environment", { sub: "repo:octo/app:environment:staging" }, 'claim "sub" does not match'],
    ["another branch", { sub: "repo:octo/app:ref:refs/heads/main2" }, 'claim "sub" does not match'],
    ["a pull request", { sub: "repo:octo/app:pull_request" }, 'claim "sub" does not match'],
    ["both subjects in one", { sub: "repo:octo/app:environment:production,x" }, 'claim "sub" does not match'],
    ["a new repository of that name", { repository_id: "999999" }, 'claim "repository_id" does not match'],
    [
      "a new owner of that name",
      { repository_owner_id: "999999" },
      'claim "repository_owner_id" does not match',
    ],
    ["no repository", { repository_id: undefined }, '"repository_id" not found'],
    ["a token that has ended", { exp: now() - 40 }, "token is expired"],
    ["a token that says no end", { exp: undefined, iat: now() - 40 }, "token is expired"],
  ])("not %s", async (_, changes, says) => {
    const { status, errors } = await login(changes);
    expect(status).toBe(400);
    expect(errors?.join()).toContain(says);
  });

  it("and the trail says who it was", async () => {
    const { auth } = await login({});
    expect(auth?.metadata).toEqual({
      role: "migration",
      sub: "repo:octo/app:environment:production",
      repository: "octo/app",
      run_id: "4711",
    });
    expect(auth?.token_policies.sort()).toEqual(["nhi.orders.migrate", "nhi.session.github.migration"]);
  });

  it("and a session can see, renew and end itself, and nothing more", async () => {
    const token = (await login({})).auth?.client_token ?? "";
    expect((await call("GET", "auth/token/lookup-self", undefined, token)).status).toBe(200);
    expect((await call("POST", "auth/token/renew-self", {}, token)).status).toBe(200);
    expect((await call("GET", "sys/policies/acl/nhi.orders.migrate", undefined, token)).status).toBe(403);
    expect((await call("POST", "auth/token/create", {}, token)).status).toBe(403);
    expect((await call("POST", "cubbyhole/x", { a: "b" }, token)).status).toBe(403);
    expect((await call("POST", "auth/token/revoke-self", undefined, token)).status).toBe(204);
    expect((await call("GET", "auth/token/lookup-self", undefined, token)).status).toBe(403);
  });
});

describe("what a token with a role's policy may do with leases", () => {
  const own = "orders/creds/migrate/abc";
  const token = async () => {
    const body = { policies: ["nhi.orders.migrate"], no_default_policy: true };
    return (await call("POST", "auth/token/create", body)).auth?.client_token;
  };

  // No such lease is there: past the policy, the server has nothing to revoke, and says so when it is to renew.
  it.each<[string, string, object, number[]]>([
    ["revoke its own", "sys/leases/revoke", { lease_id: own }, [202, 204]],
    ["revoke its own and wait", "sys/leases/revoke", { lease_id: own, sync: true }, [204]],
    ["renew its own", "sys/leases/renew", { lease_id: own, increment: 60 }, [400]],
  ])("%s", async (_, path, body, statuses) => {
    expect(statuses).toContain((await call("PUT", path, body, await token())).status);
  });

  it.each<[string, string, object]>([
    ["revoke one of another role", "sys/leases/revoke", { lease_id: "orders/creds/read/abc" }],
    [
      "revoke one of a role that begins alike",
      "sys/leases/revoke",
      { lease_id: "orders/creds/migrate2/abc" },
    ],
    ["revoke one of another engine", "sys/leases/revoke", { lease_id: "aws/creds/migrate/abc" }],
    ["revoke by another way", `sys/leases/revoke/${own}`, {}],
    ["revoke another one behind its own", `sys/leases/revoke/${own}`, { lease_id: "orders/creds/read/abc" }],
    ["revoke all of its role", "sys/leases/revoke-prefix/orders/creds/migrate", {}],
    ["renew one of another role", "sys/leases/renew", { lease_id: "orders/creds/read/abc" }],
    ["look up leases", "sys/leases/lookup", { lease_id: own }],
  ])("not %s", async (_, path, body) => {
    expect((await call("PUT", path, body, await token())).status).toBe(403);
  });

  it.each(["orders/creds/read", "orders/config/postgresql", "orders/roles/migrate"])(
    "nor read %s",
    async (path) => {
      expect((await call("GET", path, undefined, await token())).status).toBe(403);
    },
  );
});
