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
import { sqlServerStatementsProblem } from "./statements";
import { prefixProblem, usernameTemplate, type NamedUsers } from "./username";

/** A server of SQL Server 2016 or later. Vault's login needs ALTER ANY LOGIN, ALTER ANY USER, ALTER ANY CONNECTION and what it gives WITH GRANT OPTION. */
export interface SqlServer extends DatabaseServer, NamedUsers {
  /** The database that Vault connects to, in which the users are made. */
  database: string;
  /** Whether Vault asks for TLS and checks the certificate and its name. Default: true. false for a server on Vault's machine only. */
  tls?: boolean | undefined;
}

const defaultPort = 1433;
/** A name of SQL Server (`sysname`). */
const longestName = 128;

export const sqlServer: DatabaseEngine<SqlServer> = {
  title: "SQL Server",
  problem: sqlServerProblem,
  hostProblem: (where, host, { tls }) => hostProblem(where, host, tlsProblem(where, host, tls)),
  connect: (name, server, connection, opts) =>
    sqlConnection(
      name,
      server,
      connection,
      (block) => ({ mssql: { ...block, usernameTemplate: usernameTemplate(server, longestName, 20) } }),
      (host) =>
        `sqlserver://{{username}}:{{password}}@${authority(host, server.port ?? defaultPort)}` +
        `?database=${encodeURIComponent(server.database)}&encrypt=${server.tls === false ? "disable" : "true&TrustServerCertificate=false"}`,
      opts,
    ),
  statements: (role) => (role.access === undefined ? ownStatements(role) : preset(role, role.access)),
  roleProblem: (where, role) =>
    role.access === undefined
      ? sqlServerStatementsProblem(where, role.creationStatements ?? [], role.revocationStatements ?? [])
      : presetProblem(where, role),
};

function sqlServerProblem(where: string, server: SqlServer): Problem {
  if (server.database.trim() === "") return `${where}.database must name a database, got none.`;
  if (server.tlsCa !== undefined)
    return `${where}.tlsCa must be left out: Vault's plugin for SQL Server reads no PEM. Have Vault's machine trust the authority.`;
  return serverProblem(where, server) ?? prefixProblem(where, server);
}

const rows = "SELECT, INSERT, UPDATE, DELETE";
const rights: Record<DatabaseAccess, string> = {
  [DatabaseAccess.ReadOnly]: "SELECT",
  [DatabaseAccess.ReadWrite]: rows,
  // What is made in a schema belongs to the schema's owner.
  [DatabaseAccess.MigrationOwner]: `${rows}, ALTER, REFERENCES, EXECUTE`,
};

/** Vault by itself disables the login, ends its sessions and drops it with its users: there is no statement to add. */
function preset(role: DatabaseRole, access: DatabaseAccess): DatabaseStatements {
  const isOwner = access === DatabaseAccess.MigrationOwner;
  return {
    creationStatements: [
      `CREATE LOGIN [{{name}}] WITH PASSWORD = '{{password}}';`,
      `CREATE USER [{{name}}] FOR LOGIN [{{name}}];`,
      `GRANT ${rights[access]} ON SCHEMA::[${schemaOf(role)}] TO [{{name}}];`,
      ...(isOwner ? [`GRANT CREATE TABLE, CREATE VIEW, CREATE PROCEDURE TO [{{name}}];`] : []),
    ],
  };
}

const schemaOf = ({ schema = "dbo" }: DatabaseRole) => schema;

const presetProblem = (where: string, role: DatabaseRole): Problem =>
  noOwnerProblem(where, role) ?? nameProblem(`${where}.schema`, schemaOf(role), "the name of a schema");
