import { firstProblem, plainProblem, shown, type Problem } from "../../refusal";
import type { DatabaseEngine } from "./engine";
import { mariadb, mysql, type MysqlServer } from "./mysql";
import { mongodb, type MongodbServer } from "./mongodb";
import { postgresql, type PostgresqlServer } from "./postgresql";
import { redis, type RedisServer } from "./redis";
import type { DatabaseRole } from "./role";
import type { DatabaseServer } from "./server";
import { sqlServer, type SqlServer } from "./sql-server";

/** One server. Exactly one of these. */
export interface DatabaseConnection {
  /** A server of PostgreSQL. */
  postgresql?: PostgresqlServer | undefined;
  /** A server of MySQL. */
  mysql?: MysqlServer | undefined;
  /** A server of MariaDB. */
  mariadb?: MysqlServer | undefined;
  /** A server of SQL Server. */
  sqlServer?: SqlServer | undefined;
  /** A server of MongoDB. */
  mongodb?: MongodbServer | undefined;
  /** A server of Redis or Valkey. */
  redis?: RedisServer | undefined;
}

const engines: Record<keyof DatabaseConnection, DatabaseEngine<DatabaseServer>> = {
  postgresql,
  mysql,
  mariadb,
  sqlServer,
  mongodb,
  redis,
};
const kinds = Object.keys(engines) as (keyof DatabaseConnection)[];

/** A connection and all that is to be known of it. */
export interface NamedConnection {
  /** What it is called in Vault. */
  name: string;
  /** Where it stands in the arguments. */
  where: string;
  engine: DatabaseEngine<DatabaseServer>;
  server: DatabaseServer;
}

interface Connections extends DatabaseConnection {
  connections?: Record<string, DatabaseConnection> | undefined;
}

/** All connections: the one that stands in the arguments themselves is called as its kind. */
export function connectionsOf(args: Connections): NamedConnection[] {
  return [
    ...serversIn(args).map(([kind, server]) => named(kind, kind, kind, server)),
    ...Object.entries(args.connections ?? {}).flatMap(([name, connection]) =>
      serversIn(connection).map(([kind, server]) => named(name, `connections.${name}.${kind}`, kind, server)),
    ),
  ];
}

const named = (name: string, where: string, kind: keyof DatabaseConnection, server: DatabaseServer) => ({
  name: name.toLowerCase(),
  where,
  engine: engines[kind],
  server,
});

const serversIn = (connection: DatabaseConnection) =>
  kinds.flatMap((kind) => {
    const server = connection[kind];
    return server === undefined ? [] : [[kind, server] as const];
  });

/** The connection that a role is for, or nothing when it names none of them. */
export const connectionOf = (all: readonly NamedConnection[], { connection }: DatabaseRole) =>
  connection === undefined && all.length === 1 ? all[0] : all.find(({ name }) => name === connection);

/** The arguments as a component's own inputs, where nothing is encrypted. */
export function withoutPasswords<Args extends Connections>(args: Args): Args {
  const connections = Object.entries(args.connections ?? {}).map(
    ([name, connection]) => [name, withoutPassword(connection)] as const,
  );
  return {
    ...withoutPassword(args),
    ...(args.connections && { connections: Object.fromEntries(connections) }),
  };
}

function withoutPassword<Given extends DatabaseConnection>(connection: Given): Given {
  const servers = serversIn(connection).map(([kind, server]) => {
    const { bootstrapPassword, ...shown } = server;
    return [kind, bootstrapPassword === undefined ? server : shown];
  });
  return { ...connection, ...(Object.fromEntries(servers) as DatabaseConnection) };
}

export function connectionsProblem(args: Connections): Problem {
  const all = connectionsOf(args);
  const further = Object.entries(args.connections ?? {});
  return (
    (serversIn(args).length > 1 || (all.length === 0 && further.length === 0)
      ? `${kinds.join(", ")}: one of them must be given, got ${serversIn(args).length}. Further servers go into connections.`
      : undefined) ??
    firstProblem(further, ([name, connection]) => connectionProblem(name, connection)) ??
    firstProblem(all, ({ name, where }, index) =>
      all.findIndex((other) => other.name === name) === index
        ? undefined
        : `${where} must have a name of its own, got ${shown(name)} again.`,
    ) ??
    firstProblem(
      all,
      ({ engine, server, where }) =>
        engine.problem(where, server) ??
        plainProblem(server.host, (host) => engine.hostProblem(where, host, server)),
    )
  );
}

function connectionProblem(name: string, connection: DatabaseConnection): Problem {
  if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(name))
    return `connections must be called by lower-case letters, digits, _ or -, got ${shown(name)}.`;
  const given = Object.keys(connection);
  return given.length === 1 && kinds.includes(given[0] as keyof DatabaseConnection)
    ? undefined
    : `connections.${name} must have exactly one of ${kinds.join(", ")}, got ${given.join(", ") || "none"}.`;
}

/** Whether each role's connection is there, and takes what the role says. */
export function roleConnectionsProblem(args: Connections, roles: readonly DatabaseRole[]): Problem {
  const all = connectionsOf(args);
  return firstProblem(roles, (role, index) => {
    const where = `roles[${index}]`;
    const found = connectionOf(all, role);
    if (found === undefined)
      return `${where}.connection must be one of ${all.map(({ name }) => name).join(", ")}, got ${role.connection === undefined ? "none" : shown(role.connection)}.`;
    const { engine } = found;
    if (role.renewStatements !== undefined && !engine.runsRenewal)
      return `${where}.renewStatements must be left out for ${engine.title}: Vault's plugin for it runs none when a lease is renewed.`;
    return engine.roleProblem(where, role);
  });
}
