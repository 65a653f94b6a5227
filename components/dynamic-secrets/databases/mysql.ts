import type { Problem } from "../../refusal";
import type { DatabaseEngine } from "./engine";
import {
  DatabaseAccess,
  nameProblem,
  noOwnerProblem,
  ownStatements,
  type DatabaseRole,
  type DatabaseStatements,
} from "./role";
import { authority, hostProblem, serverProblem, tlsProblem, type DatabaseServer } from "./server";
import { sqlConnection } from "./sql-connection";
import { mysqlStatementsProblem } from "./statements";
import { prefixProblem, usernameTemplate, type NamedUsers } from "./username";

/** A server of MySQL 5.7 or later, or of MariaDB. Vault's user is `'<username>'@'%'`, with CREATE USER and what it gives WITH GRANT OPTION. */
export interface MysqlServer extends DatabaseServer, NamedUsers {
  /** Whether Vault asks for TLS and checks the certificate and its name. Default: true. false for a server on Vault's machine only. */
  tls?: boolean | undefined;
}

const defaultPort = 3306;
/** MySQL takes no longer name (Reference Manual, "Account user names"). */
const longestName = 32;

/** What the two have in common; they differ in how an open session is ended. */
const engine = (title: string, revocationStatements: string[]): DatabaseEngine<MysqlServer> => ({
  title,
  problem: (where, server) => serverProblem(where, server) ?? prefixProblem(where, server),
  hostProblem: (where, host, { tls }) => hostProblem(where, host, tlsProblem(where, host, tls)),
  connect: (name, server, connection, opts) =>
    sqlConnection(
      name,
      server,
      connection,
      (block) => ({
        mysql: {
          ...block,
          usernameTemplate: usernameTemplate(server, longestName, 10),
          ...(server.tlsCa !== undefined && { tlsCa: server.tlsCa }),
        },
      }),
      (host) =>
        `{{username}}:{{password}}@tcp(${authority(host, server.port ?? defaultPort)})/?tls=${String(server.tls ?? true)}`,
      opts,
    ),
  statements: (role) =>
    role.access === undefined ? ownStatements(role) : preset(role, role.access, revocationStatements),
  roleProblem: (where, role) =>
    role.access === undefined
      ? mysqlStatementsProblem(where, role.creationStatements ?? [], role.revocationStatements ?? [])
      : presetProblem(where, role),
});

/** What is dropped while it is signed in stays signed in, until it signs out: MySQL has no statement that ends it. */
export const mysql = engine("MySQL", [
  `ALTER USER IF EXISTS '{{name}}'@'%' ACCOUNT LOCK;`,
  `DROP USER IF EXISTS '{{name}}'@'%';`,
]);

export const mariadb = engine("MariaDB", [
  `ALTER USER IF EXISTS '{{name}}'@'%' ACCOUNT LOCK;`,
  `KILL HARD USER '{{name}}'@'%';`,
  `DROP USER IF EXISTS '{{name}}'@'%';`,
]);

const rights: Record<DatabaseAccess, string> = {
  [DatabaseAccess.ReadOnly]: "SELECT, SHOW VIEW",
  [DatabaseAccess.ReadWrite]: "SELECT, INSERT, UPDATE, DELETE, SHOW VIEW",
  // No views, routines or triggers: they would run as the user who made them, and stop when it is gone.
  [DatabaseAccess.MigrationOwner]:
    "SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, CREATE, ALTER, DROP, INDEX, REFERENCES, LOCK TABLES",
};

function preset(
  role: DatabaseRole,
  access: DatabaseAccess,
  revocationStatements: string[],
): DatabaseStatements {
  // In a grant, _ stands for any character.
  const database = (role.schema ?? "").replaceAll("_", String.raw`\_`);
  return {
    creationStatements: [
      `CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}';`,
      `GRANT ${rights[access]} ON \`${database}\`.* TO '{{name}}'@'%';`,
    ],
    revocationStatements,
  };
}

const presetProblem = (where: string, role: DatabaseRole): Problem =>
  noOwnerProblem(where, role) ?? nameProblem(`${where}.schema`, role.schema ?? "", "the name of a database");
