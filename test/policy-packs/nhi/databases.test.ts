import * as pulumi from "@pulumi/pulumi";
import { DatabaseAccess, DatabaseSecrets, NhiKind, type DatabaseRole } from "../../../components";
import { rules } from "../../../policy-packs/nhi/rules";
import { newRun } from "../../../policy-packs/nhi/run";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { analyzeAll, type Given, type Props } from "../../support/analyze";
import { givenBy } from "../../support/mocks";
import { today } from "../../support/rule-tester";

/** What DatabaseSecrets makes of every kind of database is good to the pack, and each of them weakened is not. */
const policies = rules.map((rule) =>
  toPolicy(
    rule,
    newRun(rules, () => today),
  ),
);
const ofWholeStacks = ["identities-are-audited", "capabilities-are-covered"];

async function findings(resources: readonly Given[]): Promise<string[]> {
  const { diagnostics } = await analyzeAll(policies, resources);
  return diagnostics
    .filter(({ policy }) => !ofWholeStacks.includes(policy))
    .map(({ message }) => message.slice(0, message.indexOf(". ")));
}

const withoutCa = {
  host: "db.example.com",
  username: "vault",
  bootstrapPassword: pulumi.secret("of the first connection only"),
};
const server = { ...withoutCa, tlsCa: "-----BEGIN CERTIFICATE-----" };
const { ReadOnly, ReadWrite, MigrationOwner } = DatabaseAccess;
const roles = (connection: string, more: Partial<DatabaseRole>, accesses: DatabaseAccess[]): DatabaseRole[] =>
  accesses.map((access) => ({
    name: `${connection}-${access}`,
    connection,
    access,
    ...more,
    ...(connection === "pg" && access === MigrationOwner && { ownerRole: "shop_owner" }),
  }));

const all = () =>
  new DatabaseSecrets("shop", {
    metadata: {
      owner: "web",
      purpose: "runs the shop",
      environment: "production",
      kind: NhiKind.Workload,
      reviewBy: "2027-06-30",
    },
    connections: {
      pg: { postgresql: { ...server, database: "shop" } },
      my: { mysql: server },
      maria: { mariadb: server },
      ms: { sqlServer: { ...withoutCa, database: "shop" } },
      mongo: { mongodb: server },
      redis: { redis: server },
    },
    roles: [
      ...roles("pg", { schema: "shop" }, [ReadOnly, ReadWrite, MigrationOwner]),
      ...roles("my", { schema: "shop" }, [ReadOnly, ReadWrite, MigrationOwner]),
      ...roles("maria", { schema: "shop" }, [ReadOnly, ReadWrite, MigrationOwner]),
      ...roles("ms", {}, [ReadOnly, ReadWrite, MigrationOwner]),
      ...roles("mongo", { schema: "shop" }, [ReadOnly, ReadWrite, MigrationOwner]),
      ...roles("redis", { schema: "shop" }, [ReadOnly, ReadWrite]),
    ],
  });

it("has nothing to say of any kind of database, with any preset", async () => {
  for (const preview of [true, false]) expect(await findings(await givenBy(all, { preview }))).toEqual([]);
});

const role = "vault:database/secretBackendRole:SecretBackendRole";
const connection = "vault:database/secretBackendConnection:SecretBackendConnection";
const fixed = "creationStatements set a password that is the same for every lease";
const stays =
  "revocationStatements neither drop nor disable the user that Vault made, so that it outlives its lease";
const other = "revocationStatements end another user than the one that Vault made, which is {{name}}";

it.each<[what: string, type: string, name: string, change: Props, says: string]>([
  [
    "MySQL: a fixed password",
    role,
    "my-read-only",
    { creationStatements: [`CREATE USER '{{name}}'@'%' IDENTIFIED BY 'hunter2'`] },
    fixed,
  ],
  [
    "MySQL: the digest of one",
    role,
    "my-read-only",
    { creationStatements: [`CREATE USER '{{name}}'@'%' IDENTIFIED WITH mysql_native_password AS '*6BB4'`] },
    fixed,
  ],
  [
    "PostgreSQL: a fixed password",
    role,
    "pg-read-only",
    { creationStatements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD 'hunter2' VALID UNTIL '{{expiration}}'`] },
    fixed,
  ],
  [
    "SQL Server: a fixed password",
    role,
    "ms-read-only",
    { creationStatements: [`CREATE LOGIN [{{name}}] WITH PASSWORD = 'hunter2'`] },
    fixed,
  ],
  [
    "MongoDB: a fixed password",
    role,
    "mongo-read-only",
    { creationStatements: [`{"db":"admin","pwd":"hunter2","roles":[{"role":"read","db":"shop"}]}`] },
    fixed,
  ],
  [
    "Redis: a fixed password",
    role,
    "redis-read-only",
    { creationStatements: [`["~shop:*",">hunter2"]`] },
    fixed,
  ],
  ["Redis: no password", role, "redis-read-only", { creationStatements: [`["~shop:*","nopass"]`] }, fixed],
  ["MySQL: nothing is removed", role, "my-read-only", { revocationStatements: ["FLUSH PRIVILEGES"] }, stays],
  [
    "MariaDB: another user is removed",
    role,
    "maria-read-only",
    { revocationStatements: ["DROP USER app"] },
    other,
  ],
  [
    "SQL Server: another login is removed",
    role,
    "ms-read-only",
    { revocationStatements: ["DROP LOGIN [app]"] },
    other,
  ],
  ["MySQL: every role of the mount", connection, "my", { allowedRoles: ["*"] }, "allowedRoles"],
  ["MongoDB: every role of the mount", connection, "mongo", { allowedRoles: ["*"] }, "allowedRoles"],
  [
    "SQL Server: a lease of a day",
    role,
    "ms-read-only",
    { defaultTtl: 86_400, maxTtl: 86_400 },
    "defaultTtl is 86400 seconds",
  ],
  [
    "MySQL: a password in the URL",
    connection,
    "my",
    { mysql: { connectionUrl: "root:hunter2@tcp(db:3306)/" } },
    "mysql.connectionUrl holds a password, which Vault can't rotate",
  ],
  [
    "MongoDB: the owner of everything",
    role,
    "mongo-read-only",
    { creationStatements: [`{"db":"admin","roles":[{"role":"root"}]}`] },
    "creationStatements have a role that is as good as the owner",
  ],
  [
    "Redis: every command",
    role,
    "redis-read-only",
    { creationStatements: [`["~*","+@all"]`] },
    "creationStatements allow every command",
  ],
])("refuses %s", async (_, type, name, change, says) => {
  const resources = (await givenBy(all)).map((given) =>
    given.type === type && given.name === `shop-${name}`
      ? { ...given, props: { ...given.props, ...change } }
      : given,
  );
  const found = await findings(resources);
  expect(found.filter((message) => message.includes(says))).toHaveLength(1);
  expect(found.join()).not.toContain("hunter2");
});
