import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseAccess,
  DatabaseSecrets,
  NhiKind,
  type DatabaseConnection,
  type DatabaseRole,
} from "pulumi-nhi";
import { registeredBy, secret, type Registered } from "../../../support/mocks";

/** What each kind of database is to Vault: its connection, and the statements of its presets. */
const metadata = {
  owner: "team-orders",
  purpose: "run the orders",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const server = { host: "db.example.com", username: "vault", bootstrapPassword: pulumi.secret("canary") };
const tlsCa = "-----BEGIN CERTIFICATE-----";
const { ReadOnly, ReadWrite, MigrationOwner } = DatabaseAccess;

const made = async (connection: DatabaseConnection, roles: DatabaseRole[]) => {
  const registered = await registeredBy(
    () => new DatabaseSecrets("orders", { metadata, ...connection, roles }),
  );
  const inputsOf = (kind: string) =>
    registered.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs as Inputs);
  return { registered, inputsOf };
};
type Inputs = Record<string, unknown>;

const inSchema = (schema: string): DatabaseRole[] =>
  [ReadOnly, ReadWrite, MigrationOwner].map((access) => ({ name: access, access, schema }));
const password = { passwordWo: secret("canary"), passwordWoVersion: 1 };
const withoutQuotes = `| replace "'" "" | replace "\\"" "" | replace "\`" "" | replace "]" "" | replace "\\\\" "" | replace ";" ""`;
const template = (display: number, role: number, random: number) =>
  `{{ printf "v-%s-%s-%s" (.DisplayName ${withoutQuotes} | truncate ${display}) (.RoleName | truncate ${role}) (random ${random}) }}`;
const mysqlBlock = {
  connectionUrl: "{{username}}:{{password}}@tcp(db.example.com:3306)/?tls=true",
  username: "vault",
  usernameTemplate: template(11, 7, 10),
  tlsCa,
  ...password,
};

it.each<[string, DatabaseConnection, Inputs]>([
  ["mysql", { mysql: { ...server, tlsCa } }, { mysql: mysqlBlock }],
  ["mariadb", { mariadb: { ...server, tlsCa } }, { mysql: mysqlBlock }],
  [
    "sqlserver",
    { sqlServer: { ...server, database: "orders & more", port: 1434 } },
    {
      mssql: {
        connectionUrl:
          "sqlserver://{{username}}:{{password}}@db.example.com:1434?database=orders%20%26%20more&encrypt=true&TrustServerCertificate=false",
        username: "vault",
        usernameTemplate: template(63, 41, 20),
        ...password,
      },
    },
  ],
  [
    "mongodb",
    { mongodb: server },
    {
      mongodb: {
        connectionUrl: "mongodb://{{username}}:{{password}}@db.example.com:27017/admin?tls=true",
        username: "vault",
        usernameTemplate: template(46, 30, 20),
        ...password,
      },
    },
  ],
])("the connection of %s asks for TLS and sends the first password once", async (name, connection, block) => {
  const role = { name: "read", access: ReadOnly, schema: "shop" };
  const { inputsOf } = await made(connection, [role]);
  expect(inputsOf("SecretBackendConnection")).toEqual([
    { backend: "orders", name, allowedRoles: ["read"], verifyConnection: true, ...block },
  ]);
});

const lock = "ALTER USER IF EXISTS '{{name}}'@'%' ACCOUNT LOCK;";
const drop = "DROP USER IF EXISTS '{{name}}'@'%';";
const mysqlUser = "CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}';";
const onMysql = (rights: string) => [mysqlUser, `GRANT ${rights} ON \`the\\_shop\`.* TO '{{name}}'@'%';`];
const mysqlRights = [
  "SELECT, SHOW VIEW",
  "SELECT, INSERT, UPDATE, DELETE, SHOW VIEW",
  "SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, CREATE, ALTER, DROP, INDEX, REFERENCES, LOCK TABLES",
].map(onMysql);
const login = [
  "CREATE LOGIN [{{name}}] WITH PASSWORD = '{{password}}';",
  "CREATE USER [{{name}}] FOR LOGIN [{{name}}];",
];

it.each<[string, DatabaseConnection, string[][], string[] | undefined]>([
  ["MySQL", { mysql: server }, mysqlRights, [lock, drop]],
  ["MariaDB", { mariadb: server }, mysqlRights, [lock, "KILL HARD USER '{{name}}'@'%';", drop]],
  [
    "SQL Server",
    { sqlServer: { ...server, database: "orders" } },
    [
      [...login, "GRANT SELECT ON SCHEMA::[the_shop] TO [{{name}}];"],
      [...login, "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[the_shop] TO [{{name}}];"],
      [
        ...login,
        "GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, REFERENCES, EXECUTE ON SCHEMA::[the_shop] TO [{{name}}];",
        "GRANT CREATE TABLE, CREATE VIEW, CREATE PROCEDURE TO [{{name}}];",
      ],
    ],
    undefined,
  ],
  [
    "MongoDB",
    { mongodb: server },
    [
      ['{"db":"admin","roles":[{"role":"read","db":"the_shop"}]}'],
      ['{"db":"admin","roles":[{"role":"readWrite","db":"the_shop"}]}'],
      ['{"db":"admin","roles":[{"role":"readWrite","db":"the_shop"},{"role":"dbAdmin","db":"the_shop"}]}'],
    ],
    ['{"db":"admin"}'],
  ],
])("the presets of %s", async (_, connection, creation, revocation) => {
  const { inputsOf } = await made(connection, inSchema("the_shop"));
  const roles = inputsOf("SecretBackendRole");
  const byName = new Map(roles.map((role) => [role.name, role]));
  const inOrder = [ReadOnly, ReadWrite, MigrationOwner].map((access) => byName.get(access));
  expect(inOrder.map((role) => role?.creationStatements)).toEqual(creation);
  expect(inOrder.map((role) => role?.revocationStatements)).toEqual([revocation, revocation, revocation]);
});

it("Redis's connection is written once with the first password and then without it, which the engine is told to hide", async () => {
  const { registered } = await made({ redis: { ...server, tlsCa, bootstrapVersion: 2 } }, [
    { name: "read", access: ReadOnly, schema: "cart" },
  ]);
  const endpoints = registered.filter(({ type }) => type === "vault:generic/endpoint:Endpoint");
  const config = {
    plugin_name: "redis-database-plugin",
    allowed_roles: ["read"],
    host: "db.example.com",
    port: 6379,
    username: "vault",
    tls: true,
    ca_cert: tlsCa,
  };
  const data = ({ inputs }: Registered) =>
    JSON.parse((inputs as { dataJson: { "<secret>": string } }).dataJson["<secret>"]) as object;
  expect(endpoints.map((endpoint) => [endpoint.name, data(endpoint), endpoint.after])).toEqual([
    ["orders", config, ["Endpoint orders-rotate-root"]],
    ["orders-bootstrap-2", { ...config, password: "canary" }, ["Mount orders"]],
    ["orders-rotate-root", { bootstrap_version: 2 }, ["Endpoint orders-bootstrap-2"]],
  ]);
});

it("statements of one's own reach Vault as they are", async () => {
  const statements = {
    creationStatements: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
    ],
    revocationStatements: [`DROP ROLE IF EXISTS "{{name}}";`],
    renewStatements: [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`],
    rollbackStatements: [`DROP ROLE IF EXISTS "{{name}}";`],
  };
  const { inputsOf } = await made({ postgresql: { ...server, database: "orders" } }, [
    { name: "own", ...statements },
  ]);
  expect(inputsOf("SecretBackendRole")).toEqual([
    { backend: "orders", name: "own", dbName: "postgresql", ...statements, defaultTtl: 300, maxTtl: 900 },
  ]);
});

it("several servers have a connection each, with exactly their roles", async () => {
  const { inputsOf } = await made(
    { postgresql: { ...server, database: "orders" }, ...{ connections: { old: { mysql: server } } } },
    [
      { name: "read", connection: "postgresql", access: ReadOnly },
      { name: "old-read", connection: "old", access: ReadOnly, schema: "shop" },
    ],
  );
  expect(inputsOf("SecretBackendConnection").map(({ name, allowedRoles }) => [name, allowedRoles])).toEqual([
    ["postgresql", ["read"]],
    ["old", ["old-read"]],
  ]);
  expect(inputsOf("SecretBackendRole").map(({ name, dbName }) => [name, dbName])).toEqual([
    ["old-read", "old"],
    ["read", "postgresql"],
  ]);
});
