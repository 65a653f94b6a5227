import { shown, type Problem } from "../../refusal";
import type { DatabaseEngine } from "./engine";
import {
  nameProblem,
  ownStatements,
  DatabaseAccess,
  type DatabaseRole,
  type DatabaseStatements,
} from "./role";
import { authority, hostProblem, serverProblem, type DatabaseServer } from "./server";
import { sqlConnection } from "./sql-connection";
import { postgresqlStatementsProblem } from "./statements";
import { prefixProblem, usernameTemplate, type NamedUsers } from "./username";

/** How Vault checks that it talks to the right server. */
export const PostgresSslMode = {
  /** The certificate is of a trusted authority and names the host. */
  VerifyFull: "verify-full",
  /** The certificate is of the authority in `tlsCa`, whatever host it names. */
  VerifyCa: "verify-ca",
  /** No TLS. For a server on the same machine as Vault. */
  Disable: "disable",
} as const;
export type PostgresSslMode = (typeof PostgresSslMode)[keyof typeof PostgresSslMode];

/** The server, PostgreSQL 10 or later. Vault's user needs CREATEROLE. */
export interface PostgresqlServer extends DatabaseServer, NamedUsers {
  /** The database that Vault connects to. */
  database: string;
  /** How Vault makes sure of the server. Default: `verify-full`. `disable` is for a server on Vault's machine only. */
  sslMode?: PostgresSslMode;
}

const defaultPort = 5432;
/** PostgreSQL cuts a name after 63 bytes (NAMEDATALEN). */
const longestName = 63;

export const postgresql: DatabaseEngine<PostgresqlServer> = {
  title: "PostgreSQL",
  runsRenewal: true,
  problem: postgresqlProblem,
  hostProblem: (where, host, { sslMode }) =>
    hostProblem(
      where,
      host,
      sslMode === PostgresSslMode.Disable
        ? `${where}.sslMode must be verify-full for ${shown(host)}, got "disable". Without TLS the passwords cross the network in the clear.`
        : undefined,
    ),
  connect: (name, server, connection, opts) =>
    sqlConnection(
      name,
      server,
      connection,
      (block) => ({
        postgresql: {
          ...block,
          // Without this, PostgreSQL gets each password in plain text inside a statement, and may log it.
          passwordAuthentication: "scram-sha-256",
          usernameTemplate: usernameTemplate(server, longestName, 20),
          ...(server.tlsCa !== undefined && { tlsCa: server.tlsCa }),
        },
      }),
      (host) => connectionUrl(server, host),
      opts,
    ),
  statements: (role) => (role.access === undefined ? ownStatements(role) : preset(role, role.access)),
  roleProblem(where, role) {
    if (role.access === undefined) return postgresqlStatementsProblem(where, role);
    const isOwner = role.access === DatabaseAccess.MigrationOwner;
    if (isOwner !== (role.ownerRole !== undefined))
      return isOwner
        ? `${where}.ownerRole must name the role that owns the tables, for access migration-owner. What the user makes would go with it.`
        : `${where}.ownerRole must be given with access migration-owner only.`;
    return (
      nameProblem(`${where}.schema`, schemaOf(role), "the name of a schema") ??
      nameProblem(`${where}.ownerRole`, role.ownerRole ?? "none", "the name of a role")
    );
  },
};

/** Vault puts user and password in where the braces are, so that neither stands in the URL. */
export function connectionUrl(
  { port = defaultPort, database, sslMode }: Omit<PostgresqlServer, "host">,
  host: string,
) {
  return (
    `postgresql://{{username}}:{{password}}@${authority(host, port)}/` +
    `${encodeURIComponent(database)}?sslmode=${sslMode ?? PostgresSslMode.VerifyFull}`
  );
}

export function postgresqlProblem(where: string, server: PostgresqlServer): Problem {
  const { database, sslMode, tlsCa } = server;
  const modes: (string | undefined)[] = [undefined, ...Object.values(PostgresSslMode)];
  if (database.trim() === "") return `${where}.database must name a database, got none.`;
  if (!modes.includes(sslMode))
    return `${where}.sslMode must be one of ${Object.values(PostgresSslMode).join(", ")}, got ${shown(sslMode)}.`;
  if (sslMode === PostgresSslMode.VerifyCa && tlsCa === undefined)
    return `${where}.tlsCa must be given with sslMode verify-ca. Without it a certificate of any public authority passes.`;
  return serverProblem(where, server) ?? prefixProblem(where, server);
}

const schemaOf = ({ schema = "public" }: DatabaseRole) => schema;

const rowsOf: Record<DatabaseAccess, string> = {
  [DatabaseAccess.ReadOnly]: "SELECT",
  [DatabaseAccess.ReadWrite]: "SELECT, INSERT, UPDATE, DELETE",
  [DatabaseAccess.MigrationOwner]: "",
};

function preset(role: DatabaseRole, access: DatabaseAccess): DatabaseStatements {
  const schema = `"${schemaOf(role)}"`;
  const owner = `"${role.ownerRole ?? ""}"`;
  const isOwner = access === DatabaseAccess.MigrationOwner;
  const sequences = access === DatabaseAccess.ReadWrite ? "USAGE, SELECT" : "SELECT";
  return {
    creationStatements: [
      // As the owner it acts by SET ROLE only: what it makes is the owner's from the start.
      `CREATE ROLE "{{name}}" LOGIN${isOwner ? " NOINHERIT" : ""} PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
      // Vault's user may end the sessions of a role that it is a member of.
      `GRANT "{{name}}" TO CURRENT_USER;`,
      ...(isOwner
        ? [`GRANT ${owner} TO "{{name}}";`, `ALTER ROLE "{{name}}" SET ROLE TO ${owner};`]
        : [
            `GRANT USAGE ON SCHEMA ${schema} TO "{{name}}";`,
            `GRANT ${rowsOf[access]} ON ALL TABLES IN SCHEMA ${schema} TO "{{name}}";`,
            `GRANT ${sequences} ON ALL SEQUENCES IN SCHEMA ${schema} TO "{{name}}";`,
          ]),
    ],
    revocationStatements: [
      // One block, so that it also ends well when somebody has removed the user before.
      `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN
  ALTER ROLE "{{name}}" NOLOGIN;
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';
${isOwner ? `  REASSIGN OWNED BY "{{name}}" TO ${owner};\n` : ""}  DROP OWNED BY "{{name}}";
  DROP ROLE "{{name}}";
END IF; END $$;`,
    ],
  };
}
