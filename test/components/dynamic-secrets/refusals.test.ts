import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseAccess,
  DatabaseSecrets,
  NhiKind,
  type DatabaseRole,
  type DatabaseSecretsArgs,
} from "pulumi-nhi";
import { refusalOf } from "../../support/mocks";

/** Everything that DatabaseSecrets refuses, beside what `database.test.ts` has of one PostgreSQL server. */
const metadata = {
  owner: "team-orders",
  purpose: "run the orders",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const server = { host: "db.example.com", username: "vault" };
const postgresql = { ...server, database: "orders" };
const tlsCa = "-----BEGIN CERTIFICATE-----";
const read: DatabaseRole = { name: "read", access: DatabaseAccess.ReadOnly };
const inDatabase: DatabaseRole = { ...read, schema: "orders" };
const args: DatabaseSecretsArgs = { metadata, postgresql, roles: [read] };
const only = (kind: string, given: object, role: DatabaseRole) =>
  ({ postgresql: undefined, [kind]: given, roles: [role] }) as Partial<DatabaseSecretsArgs>;

interface Case {
  what: string;
  change: Partial<DatabaseSecretsArgs>;
  says: string;
}
const kinds = "postgresql, mysql, mariadb, sqlServer, mongodb, redis";
const clear = "Without TLS the passwords cross the network in the clear.";
const noOwnPassword = (write: string) =>
  `roles[0].creationStatements must not set a password of its own. Write ${write}, which Vault makes for each lease.`;
const noRemoval = (example: string) =>
  `roles[0].revocationStatements must remove "{{name}}", for example: ${example} A lease that ends without it leaves the user behind.`;
const noOwner = 'roles[0].ownerRole must be left out, got "o". Only PostgreSQL\'s tables have an owner.';
const notMongo =
  'roles[0].creationStatements must be one JSON object with the user\'s roles: {"db": "admin", "roles": [{"role": "read", "db": "orders"}]}.';
const notRedis = 'roles[0].creationStatements must be one JSON list of ACL rules: ["~orders:*", "+@read"].';
const noSignIn =
  "roles[0].creationStatements must not say who signs in (on, off, nopass, >password and the like): Vault makes a password for each lease.";
const byMysql = `CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'`;
const bySqlServer = `CREATE LOGIN [{{name}}] WITH PASSWORD = '{{password}}'`;

const ofConnections: Case[] = [
  {
    what: "no server",
    change: { postgresql: undefined },
    says: `${kinds}: one of them must be given, got 0. Further servers go into connections.`,
  },
  {
    what: "two servers at one place",
    change: { mysql: server },
    says: `${kinds}: one of them must be given, got 2. Further servers go into connections.`,
  },
  {
    what: "a plugin that is not known",
    change: { connections: { old: { oracle: server } as object } },
    says: `connections.old must have exactly one of ${kinds}, got oracle.`,
  },
  {
    what: "a connection that is two",
    change: { connections: { old: { mysql: server, mariadb: server } } },
    says: `connections.old must have exactly one of ${kinds}, got mysql, mariadb.`,
  },
  {
    what: "a connection that is none",
    change: { connections: { old: {} } },
    says: `connections.old must have exactly one of ${kinds}, got none.`,
  },
  {
    what: "a connection's name in capitals",
    change: { connections: { Old: { mysql: server } } },
    says: 'connections must be called by lower-case letters, digits, _ or -, got "Old".',
  },
  {
    what: "two connections at one path",
    change: { connections: { postgresql: { mysql: server } } },
    says: 'connections.postgresql.mysql must have a name of its own, got "postgresql" again.',
  },
  {
    what: "a role of no connection",
    change: { connections: { old: { mysql: server } } },
    says: "roles[0].connection must be one of postgresql, old, got none.",
  },
  {
    what: "a role of a connection that is not there",
    change: { roles: [{ ...read, connection: "new" }] },
    says: 'roles[0].connection must be one of postgresql, got "new".',
  },
  {
    what: "a mount that is Vault's own",
    change: { mountPath: "sys/orders" },
    says: 'mountPath must not begin with auth, cubbyhole, identity, sys, which are Vault\'s own, got "sys/orders".',
  },
  {
    what: "a root's password as plain text",
    change: only("mysql", { ...server, bootstrapPassword: "canary" }, inDatabase),
    says: "mysql.bootstrapPassword must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty. Leave it out once the first up has ended well.",
  },
  {
    what: "a root's password in the host",
    change: only("mongodb", { ...server, host: "vault:hunter2@db" }, inDatabase),
    says: 'mongodb.host must be a host name or an address, without port, got "vault:hunter2@db".',
  },
  ...["mysql", "mariadb", "sqlServer", "mongodb", "redis"].map((kind) => ({
    what: `${kind} without TLS on another machine`,
    change: only(kind, { ...postgresql, tls: false }, inDatabase),
    says: `${kind}.tls must be left on for "db.example.com". ${clear}`,
  })),
  {
    what: "Redis without the authority that Vault needs",
    change: only("redis", server, inDatabase),
    says: "redis.tlsCa must be given: Vault's plugin for Redis trusts no authority by itself.",
  },
  {
    what: "an authority that Vault would not read",
    change: only("sqlServer", { ...postgresql, tlsCa }, read),
    says: "sqlServer.tlsCa must be left out: Vault's plugin for SQL Server reads no PEM. Have Vault's machine trust the authority.",
  },
  {
    what: "SQL Server without a database",
    change: only("sqlServer", { ...postgresql, database: "" }, read),
    says: "sqlServer.database must name a database, got none.",
  },
];

const ofPresets: Case[] = [
  {
    what: "a preset that there is not",
    change: { roles: [{ name: "read", access: "admin" as DatabaseAccess }] },
    says: 'roles[0].access must be one of read-only, read-write, migration-owner, got "admin".',
  },
  {
    what: "a preset with statements",
    change: { roles: [{ ...read, creationStatements: [] }] },
    says: "roles[0].creationStatements must not be given with access, which has statements of its own. Drop one of them.",
  },
  {
    what: "a schema without a preset",
    change: { roles: [{ name: "read", schema: "shop" }] },
    says: "roles[0].schema must be given with access only. Statements of one's own name what they are about.",
  },
  {
    what: "a schema that ends its quotes",
    change: { roles: [{ ...read, schema: 'shop" TO public; --' }] },
    says: 'roles[0].schema must be the name of a schema: letters, digits and _, got "shop\\" TO public; --".',
  },
  {
    what: "a migration without an owner",
    change: { roles: [{ name: "migrate", access: DatabaseAccess.MigrationOwner }] },
    says: "roles[0].ownerRole must name the role that owns the tables, for access migration-owner. What the user makes would go with it.",
  },
  {
    what: "an owner who reads",
    change: { roles: [{ ...read, ownerRole: "shop_owner" }] },
    says: "roles[0].ownerRole must be given with access migration-owner only.",
  },
  ...["mysql", "sqlServer", "mongodb"].map((kind) => ({
    what: `an owner in ${kind}`,
    change: only(kind, postgresql, { ...inDatabase, ownerRole: "o" }),
    says: noOwner,
  })),
  ...["mysql", "mongodb"].map((kind) => ({
    what: `${kind} without a database`,
    change: only(kind, server, read),
    says: 'roles[0].schema must be the name of a database: letters, digits and _, got "".',
  })),
  {
    what: "Redis with all keys",
    change: only("redis", { ...server, tlsCa }, { ...read, schema: "*" }),
    says: 'roles[0].schema must be what the keys begin with, before the colon: letters, digits and _, got "*".',
  },
  {
    what: "a migration of Redis",
    change: only("redis", { ...server, tlsCa }, { ...inDatabase, access: DatabaseAccess.MigrationOwner }),
    says: 'roles[0].access must be read-only or read-write for Redis, which has no tables to change, got "migration-owner".',
  },
];

const own = (creation: string[], revocation?: string[]): DatabaseRole => ({
  name: "read",
  creationStatements: creation,
  ...(revocation && { revocationStatements: revocation }),
});
const ofStatements: Case[] = [
  ...[
    `CREATE USER '{{name}}'@'%' IDENTIFIED BY 'canary'`,
    `CREATE USER '{{name}}'@'%' IDENTIFIED WITH mysql_native_password BY 'canary'`,
    `CREATE USER '{{name}}'@'%' IDENTIFIED BY PASSWORD 'canary'`,
    `CREATE USER '{{name}}'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('canary')`,
    `${byMysql}; CREATE USER app IDENTIFIED BY "canary"`,
  ].map((statement) => ({
    what: `MySQL with a fixed password: ${statement}`,
    change: only("mysql", server, own([statement], [`DROP USER '{{name}}'@'%'`])),
    says: noOwnPassword("IDENTIFIED BY '{{password}}'"),
  })),
  {
    what: "MySQL for one user of all leases",
    change: only("mysql", server, own([`CREATE USER app IDENTIFIED BY '{{password}}'`])),
    says: "roles[0].creationStatements must have '{{name}}'@'%', the user that Vault makes up for each lease.",
  },
  {
    what: "MySQL without a password",
    change: only("mysql", server, own([`CREATE USER '{{name}}'@'%'`])),
    says: "roles[0].creationStatements must have IDENTIFIED BY '{{password}}', which Vault makes for each lease.",
  },
  {
    what: "MySQL that removes nobody",
    change: only("mysql", server, own([byMysql])),
    says: noRemoval("DROP USER IF EXISTS '{{name}}'@'%';"),
  },
  {
    what: "MariaDB that removes somebody else",
    change: only("mariadb", server, own([byMysql], ["DROP USER app"])),
    says: noRemoval("DROP USER IF EXISTS '{{name}}'@'%';"),
  },
  {
    what: "SQL Server with a fixed password",
    change: only("sqlServer", postgresql, own([`CREATE LOGIN [{{name}}] WITH PASSWORD = 'canary'`])),
    says: noOwnPassword("PASSWORD = '{{password}}'"),
  },
  {
    what: "SQL Server for one login of all leases",
    change: only("sqlServer", postgresql, own([`CREATE LOGIN [app] WITH PASSWORD = '{{password}}'`])),
    says: "roles[0].creationStatements must have [{{name}}], the login that Vault makes up for each lease.",
  },
  {
    what: "SQL Server without a password",
    change: only("sqlServer", postgresql, own([`CREATE LOGIN [{{name}}] FROM WINDOWS`])),
    says: "roles[0].creationStatements must have PASSWORD = '{{password}}', which Vault makes for each lease.",
  },
  {
    what: "SQL Server that removes somebody else",
    change: only("sqlServer", postgresql, own([bySqlServer], ["DROP LOGIN [app]"])),
    says: noRemoval("DROP LOGIN [{{name}}];"),
  },
  ...["no JSON", "[]", `{"db":"admin"}`, `{"db":"admin","roles":[]}`].map((statement) => ({
    what: `MongoDB with ${statement}`,
    change: only("mongodb", server, own([statement])),
    says: notMongo,
  })),
  {
    what: "MongoDB with JavaScript to remove the user",
    change: only("mongodb", server, own([`{"db":"admin","roles":[{"role":"read"}]}`], ["db.dropUser()"])),
    says: 'roles[0].revocationStatements must be one JSON object with the user\'s database: {"db": "admin"}. Vault drops the user there.',
  },
  ...["+@read", "{}", "[]", "[1]"].map((statement) => ({
    what: `Redis with ${statement}`,
    change: only("redis", { ...server, tlsCa }, own([statement])),
    says: notRedis,
  })),
  ...[">canary", "nopass", "off", "#9f86d081", "reset"].map((rule) => ({
    what: `Redis with the rule ${rule}`,
    change: only("redis", { ...server, tlsCa }, own([JSON.stringify(["~orders:*", rule])])),
    says: noSignIn,
  })),
  {
    what: "a renewal that Vault would not run",
    change: only("mysql", server, {
      ...own([byMysql], [`DROP USER '{{name}}'@'%'`]),
      renewStatements: ["SELECT 1"],
    }),
    says: "roles[0].renewStatements must be left out for MySQL: Vault's plugin for it runs none when a lease is renewed.",
  },
  {
    what: "Redis with what Vault would not run",
    change: only("redis", { ...server, tlsCa }, own([`["+@read"]`], ["ACL DELUSER {{name}}"])),
    says: "roles[0].revocationStatements must be left out for Redis: Vault always removes the user, whatever they say.",
  },
];

const consumer = { name: "job", roles: ["read"], entityIds: ["e"] };
const ofConsumers: Case[] = [
  {
    what: "a consumer in capitals",
    change: { consumers: [{ ...consumer, name: "Job" }] },
    says: 'consumers[0].name must be lower-case letters, digits, _ or -, got "Job".',
  },
  {
    what: "two consumers of one name",
    change: { consumers: [consumer, consumer] },
    says: 'consumers[1].name must be used once, got "job" again.',
  },
  {
    what: "a consumer that can't ask again",
    change: { consumers: [{ ...consumer, canRefresh: false }] },
    says: 'consumers[0].canRefresh must be true: a credential of this engine ends and is asked for again. For "job", which can\'t, make a StaticCredentialException, which has an owner and an end.',
  },
  {
    what: "nobody",
    change: { consumers: [{ ...consumer, entityIds: [] }] },
    says: "consumers[0].entityIds must have at least one entity. Give the entityId of a VaultWorkload.",
  },
  {
    what: "a consumer of nothing",
    change: { consumers: [{ ...consumer, roles: [] }] },
    says: "consumers[0].roles must name at least one of the engine's roles: read.",
  },
  {
    what: "a consumer of every role",
    change: { consumers: [{ ...consumer, roles: ["*"] }] },
    says: 'consumers[0].roles must be roles of this engine (read), got "*".',
  },
  {
    what: "no requests at all",
    change: { maxRequestsPerSecond: 0 },
    says: "maxRequestsPerSecond must be a whole number from 1 up, got 0.",
  },
  {
    what: "half a lease",
    change: { maxLeases: 0.5 },
    says: "maxLeases must be a whole number from 1 up, got 0.5.",
  },
];

it.each([...ofConnections, ...ofPresets, ...ofStatements, ...ofConsumers])(
  "$what",
  async ({ change, says }) => {
    const message = await refusalOf(() => new DatabaseSecrets("orders", { ...args, ...change }));
    expect(message).toBe(`DatabaseSecrets "orders": ${says}`);
    expect(message).not.toContain("canary");
  },
);

it.each([
  ["mysql", server, own([byMysql], [`DROP USER '{{name}}'@'%'`])],
  [
    "mysql",
    server,
    own(
      [`CREATE USER '{{name}}'@'%' IDENTIFIED WITH caching_sha2_password BY '{{password}}'; ${byMysql}`],
      [`DROP USER '{{name}}'@'%'`],
    ),
  ],
  ["sqlServer", postgresql, own([bySqlServer])],
  ["mongodb", server, own([`{"db":"admin","roles":[{"role":"read"}]}`], [`{"db":"admin"}`])],
  ["redis", { ...server, tlsCa }, own([`["~orders:*","+@read"]`])],
  ["redis", { host: "127.0.0.1", username: "vault", tls: false }, own([`["~orders:*","+@read"]`])],
  ["mysql", { ...server, bootstrapPassword: pulumi.secret("canary") }, inDatabase],
] as const)("near misses are taken: %s", async (kind, given, role) => {
  const program = () => new DatabaseSecrets("orders", { ...args, ...only(kind, given, role) });
  await expect(refusalOf(program)).rejects.toThrow("registered before the refusal");
});
