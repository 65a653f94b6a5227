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
import { jsonIn } from "./statements";
import { prefixProblem, usernameTemplate, type NamedUsers } from "./username";

/** A server of MongoDB 4.4 or later. Vault's user is one of the database `admin` with the role userAdminAnyDatabase. */
export interface MongodbServer extends DatabaseServer, NamedUsers {
  /** Whether Vault asks for TLS and checks the certificate and its name. Default: true. false for a server on Vault's machine only. */
  tls?: boolean | undefined;
}

const defaultPort = 27017;
/** As long as Vault's own names for MongoDB. */
const longestName = 100;

export const mongodb: DatabaseEngine<MongodbServer> = {
  title: "MongoDB",
  problem: (where, server) => serverProblem(where, server) ?? prefixProblem(where, server),
  hostProblem: (where, host, { tls }) => hostProblem(where, host, tlsProblem(where, host, tls)),
  connect: (name, server, connection, opts) =>
    sqlConnection(
      name,
      server,
      connection,
      (block) => ({
        mongodb: {
          ...block,
          usernameTemplate: usernameTemplate(server, longestName, 20),
          ...(server.tlsCa !== undefined && { tlsCa: server.tlsCa }),
        },
      }),
      (host) =>
        `mongodb://{{username}}:{{password}}@${authority(host, server.port ?? defaultPort)}/admin?tls=${String(server.tls ?? true)}`,
      opts,
    ),
  statements: (role) => (role.access === undefined ? ownStatements(role) : preset(role, role.access)),
  roleProblem: (where, role) =>
    role.access === undefined ? ownProblem(where, role) : presetProblem(where, role),
};

const roleNames: Record<DatabaseAccess, string[]> = {
  [DatabaseAccess.ReadOnly]: ["read"],
  [DatabaseAccess.ReadWrite]: ["readWrite"],
  [DatabaseAccess.MigrationOwner]: ["readWrite", "dbAdmin"],
};

function preset({ schema = "" }: DatabaseRole, access: DatabaseAccess): DatabaseStatements {
  const roles = roleNames[access].map((role) => ({ role, db: schema }));
  return {
    creationStatements: [JSON.stringify({ db: "admin", roles })],
    revocationStatements: [JSON.stringify({ db: "admin" })],
  };
}

const presetProblem = (where: string, role: DatabaseRole): Problem =>
  noOwnerProblem(where, role) ?? nameProblem(`${where}.schema`, role.schema ?? "", "the name of a database");

function ownProblem(
  where: string,
  { creationStatements = [], revocationStatements = [] }: DatabaseRole,
): Problem {
  const [creation, ...more] = creationStatements.map(jsonIn);
  const roles = (creation as { roles?: unknown } | undefined)?.roles;
  if (more.length > 0 || !Array.isArray(roles) || roles.length === 0)
    return `${where}.creationStatements must be one JSON object with the user's roles: {"db": "admin", "roles": [{"role": "read", "db": "orders"}]}.`;
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return revocationStatements.length > 1 || !revocationStatements.map(jsonIn).every(isObject)
    ? `${where}.revocationStatements must be one JSON object with the user's database: {"db": "admin"}. Vault drops the user there.`
    : undefined;
}
