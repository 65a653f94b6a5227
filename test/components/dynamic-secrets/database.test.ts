import * as pulumi from "@pulumi/pulumi";
import { DatabaseSecrets, NhiKind, PostgresSslMode, type DatabaseSecretsArgs } from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, secret, unknown, type Registered } from "../../support/mocks";

const line =
  "migrate the orders database (owner team-orders, environment production, kind pipeline, review by 2027-06-30)";
const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const creationStatements = [
  `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
  `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
];
const revocationStatements = [
  `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{{name}}";`,
  `DROP ROLE IF EXISTS "{{name}}";`,
];
const role = { name: "migrate", creationStatements, revocationStatements };
const postgresql = { host: "db.example.com", database: "orders", username: "vault" };
const args: DatabaseSecretsArgs = {
  metadata,
  postgresql: { ...postgresql, bootstrapPassword: pulumi.secret("canary") },
  roles: [role],
};
const policy = (path: string) => `# ${line}
path "${path}" {
  capabilities = ["read"]
}
path "sys/leases/renew" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["${path}/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["${path}/*"]
    "sync" = []
  }
}
`;
const withoutQuotes = `| replace "'" "" | replace "\\"" "" | replace "\`" "" | replace "]" "" | replace "\\\\" "" | replace ";" ""`;
const usernameTemplate = `{{ printf "v-%s-%s-%s" (.DisplayName ${withoutQuotes} | truncate 24) (.RoleName | truncate 15) (random 20) }}`;
const connection = {
  backend: "orders",
  name: "postgresql",
  allowedRoles: ["migrate"],
  verifyConnection: true,
  postgresql: {
    connectionUrl: "postgresql://{{username}}:{{password}}@db.example.com:5432/orders?sslmode=verify-full",
    username: "vault",
    passwordAuthentication: "scram-sha-256",
    usernameTemplate,
    passwordWo: secret("canary"),
    passwordWoVersion: 1,
  },
};
const typed = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`));

describe("what is registered", () => {
  it("is engine, connection, rotation, and for each role a role and a policy", async () => {
    const child = { parent: "DatabaseSecrets orders" };
    expect(await registeredBy(() => new DatabaseSecrets("orders", args))).toEqual([
      {
        type: "nhi:index:DatabaseSecrets",
        name: "orders",
        inputs: { metadata, postgresql, roles: [role] },
        outputs: {
          mountPath: "orders",
          credentialPaths: { migrate: "orders/creds/migrate" },
          policyNames: { migrate: "nhi.orders.migrate" },
        },
      },
      {
        ...child,
        type: "vault:database/secretBackendConnection:SecretBackendConnection",
        name: "orders",
        inputs: connection,
        after: ["Mount orders"],
        deletedWith: "Mount orders",
        additionalSecretOutputs: ["postgresql"],
      },
      {
        ...child,
        type: "vault:database/secretBackendRole:SecretBackendRole",
        name: "orders-migrate",
        inputs: {
          backend: "orders",
          name: "migrate",
          dbName: "postgresql",
          creationStatements,
          revocationStatements,
          defaultTtl: 300,
          maxTtl: 900,
        },
        after: ["Endpoint orders-rotate-root"],
        deletedWith: "Mount orders",
      },
      {
        ...child,
        type: "vault:generic/endpoint:Endpoint",
        name: "orders-rotate-root",
        inputs: {
          path: "orders/rotate-root/postgresql",
          dataJson: secret('{"bootstrap_version":1}'),
          disableRead: true,
          disableDelete: true,
        },
        after: ["SecretBackendConnection orders"],
        deletedWith: "Mount orders",
        additionalSecretOutputs: ["dataJson"],
      },
      {
        ...child,
        type: "vault:index/mount:Mount",
        name: "orders",
        inputs: {
          path: "orders",
          type: "database",
          description: line,
          defaultLeaseTtlSeconds: 300,
          maxLeaseTtlSeconds: 900,
          auditNonHmacResponseKeys: ["username"],
        },
      },
      {
        ...child,
        type: "vault:index/policy:Policy",
        name: "orders-migrate",
        inputs: { name: "nhi.orders.migrate", policy: policy("orders/creds/migrate") },
      },
      {
        ...child,
        type: "vault:index/quotaRateLimit:QuotaRateLimit",
        name: "orders",
        inputs: { name: "nhi.orders.requests", path: "orders", rate: 100 },
        after: ["Mount orders"],
      },
    ]);
  });

  it("is everything that was asked for", async () => {
    const registered = await registeredBy(
      () =>
        new DatabaseSecrets("orders", {
          metadata,
          mountPath: "teams/orders/db",
          postgresql: {
            host: "10.0.0.7",
            port: 6432,
            database: "orders & more",
            username: "vault",
            bootstrapPassword: pulumi.secret("canary"),
            bootstrapVersion: 2,
            sslMode: PostgresSslMode.VerifyCa,
            tlsCa: "-----BEGIN CERTIFICATE-----",
          },
          roles: [role, { ...role, name: "read", defaultTtlSeconds: 60, maxTtlSeconds: 120 }],
        }),
    );
    expect(typed(registered, "SecretBackendConnection")[0]?.inputs).toEqual({
      ...connection,
      backend: "teams/orders/db",
      allowedRoles: ["migrate", "read"],
      postgresql: {
        ...connection.postgresql,
        connectionUrl:
          "postgresql://{{username}}:{{password}}@10.0.0.7:6432/orders%20%26%20more?sslmode=verify-ca",
        tlsCa: "-----BEGIN CERTIFICATE-----",
        passwordWoVersion: 2,
      },
    });
    expect(typed(registered, "Endpoint")[0]?.inputs).toMatchObject({
      path: "teams/orders/db/rotate-root/postgresql",
      dataJson: secret('{"bootstrap_version":2}'),
    });
    expect(typed(registered, "SecretBackendRole").map(({ inputs }) => inputs)).toMatchObject([
      { name: "migrate", defaultTtl: 300, maxTtl: 900 },
      { name: "read", defaultTtl: 60, maxTtl: 120 },
    ]);
    expect(typed(registered, "Policy").map(({ inputs }) => inputs)).toEqual([
      { name: "nhi.teams.orders.db.migrate", policy: policy("teams/orders/db/creds/migrate") },
      { name: "nhi.teams.orders.db.read", policy: policy("teams/orders/db/creds/read") },
    ]);
    expect(typed(registered, "DatabaseSecrets")[0]?.outputs).toEqual({
      mountPath: "teams/orders/db",
      credentialPaths: { migrate: "teams/orders/db/creds/migrate", read: "teams/orders/db/creds/read" },
      policyNames: { migrate: "nhi.teams.orders.db.migrate", read: "nhi.teams.orders.db.read" },
    });
  });

  it("differs by nothing but the password once that is left out, so the provider sends nothing", async () => {
    const withPassword = await registeredBy(() => new DatabaseSecrets("orders", args));
    const without = await registeredBy(() => new DatabaseSecrets("orders", { ...args, postgresql }));
    const { passwordWo, ...left } = connection.postgresql;
    expect(passwordWo).toEqual(secret("canary"));
    expect(typed(without, "SecretBackendConnection")[0]?.inputs).toEqual({ ...connection, postgresql: left });
    const others = (registered: Registered[]) =>
      registered.filter(({ type }) => !type.endsWith("Connection"));
    expect(others(without)).toEqual(others(withPassword));
  });

  it("shows the password of an output to nobody, and keeps all else known at preview", async () => {
    const registered = await registeredBy(
      () =>
        new DatabaseSecrets("orders", {
          ...args,
          postgresql: { ...postgresql, bootstrapPassword: notYetKnown() },
        }),
      { preview: true },
    );
    const known = registered.filter(({ name }) => name !== "not-yet-made");
    expect(typed(known, "SecretBackendConnection")[0]?.inputs).toEqual({
      ...connection,
      postgresql: { ...connection.postgresql, passwordWo: secret(unknown) },
    });
    const rest = known.filter(({ type }) => !type.endsWith("Connection"));
    expect(JSON.stringify(rest)).not.toContain(unknown);
    expect(rest).toHaveLength(6);
  });

  it("has the password in one place, marked secret, and in no other", async () => {
    const registered = await registeredBy(() => new DatabaseSecrets("orders", args));
    expect(JSON.stringify(registered).split("canary")).toHaveLength(2);
  });
});

describe("what is refused", () => {
  const mountPath = (got: string) =>
    `mountPath must be lower-case letters, digits, _ or -, with / between parts, got "${got}".`;
  const roleName = (got: string) => `roles[0].name must be lower-case letters, digits, _ or -, got "${got}".`;

  it.each<[string, Partial<DatabaseSecretsArgs>, string]>([
    ["no owner", { metadata: { ...metadata, owner: "" } }, 'metadata.owner must say something, got "".'],
    ["a mount in capitals", { mountPath: "Orders" }, mountPath("Orders")],
    ["a mount that ends with a slash", { mountPath: "orders/" }, mountPath("orders/")],
    ["a mount that would widen a policy", { mountPath: "orders/*" }, mountPath("orders/*")],
    ["a mount that would end a policy's path", { mountPath: 'orders" {}' }, mountPath('orders\\" {}')],
    ["a mount with a dot", { mountPath: "orders.db" }, mountPath("orders.db")],
    [
      "a server without TLS on another machine",
      { postgresql: { ...postgresql, sslMode: PostgresSslMode.Disable } },
      'postgresql.sslMode must be verify-full for "db.example.com", got "disable". ' +
        "Without TLS the passwords cross the network in the clear.",
    ],
    [
      "no roles",
      { roles: [] },
      "roles must have at least one role. Without one nobody can get a credential.",
    ],
    ["a role in capitals", { roles: [{ ...role, name: "Migrate" }] }, roleName("Migrate")],
    ["a role of all", { roles: [{ ...role, name: "*" }] }, roleName("*")],
    ["a role without a name", { roles: [{ ...role, name: "" }] }, roleName("")],
    [
      "two roles of one name",
      { roles: [role, role] },
      'roles[1].name must be used once, got "migrate" again.',
    ],
    [
      "a password in the SQL, which the message keeps to itself",
      { roles: [{ ...role, creationStatements: [`CREATE ROLE "{{name}}" PASSWORD 'canary'`] }] },
      "roles[0].creationStatements must not set a password of its own. " +
        "Write PASSWORD '{{password}}', which Vault makes for each lease.",
    ],
    [
      "no revocation",
      { roles: [{ ...role, revocationStatements: [] }] },
      'roles[0].revocationStatements must remove "{{name}}", for example: DROP ROLE IF EXISTS "{{name}}"; ' +
        "A lease that ends without it leaves the user behind.",
    ],
    [
      "a lease of an hour",
      { roles: [{ ...role, maxTtlSeconds: 3600 }] },
      "roles[0].maxTtlSeconds must be a whole number from 1 to 900 seconds, got 3600. Let a longer job ask again.",
    ],
    [
      "a lease that never ends",
      { roles: [{ ...role, maxTtlSeconds: 0 }] },
      "roles[0].maxTtlSeconds must be a whole number from 1 to 900 seconds, got 0. Let a longer job ask again.",
    ],
    [
      "a lease that outlives its end",
      { roles: [{ ...role, maxTtlSeconds: 60 }] },
      "roles[0].defaultTtlSeconds must be a whole number from 1 to 60 seconds, got 300. A lease ends with maxTtlSeconds.",
    ],
  ])("%s", async (_, change, says) => {
    const message = await refusalOf(() => new DatabaseSecrets("orders", { ...args, ...change }));
    expect(message).toBe(`DatabaseSecrets "orders": ${says}`);
  });

  it("a component's name that can't be a mount", async () => {
    expect(await refusalOf(() => new DatabaseSecrets("Orders", args))).toBe(
      `DatabaseSecrets "Orders": ${mountPath("Orders")}`,
    );
  });
});
