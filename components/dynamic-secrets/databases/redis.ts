import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import type { Problem } from "../../refusal";
import type { Connected, Connection, DatabaseEngine } from "./engine";
import {
  DatabaseAccess,
  nameProblem,
  noOwnerProblem,
  ownStatements,
  type DatabaseRole,
  type DatabaseStatements,
} from "./role";
import { hostProblem, serverProblem, tlsProblem, type DatabaseServer } from "./server";
import { jsonIn } from "./statements";

/**
 * A server of Redis 6 or later, or of Valkey. Vault's user needs the commands of `@admin`. Vault does not save what it
 * changes: keep the users in an ACL file and let a job run ACL SAVE, or a restart brings the first password back and
 * Vault needs it as `bootstrapPassword` again.
 */
export interface RedisServer extends DatabaseServer {
  /** Whether Vault asks for TLS, which it does with `tlsCa` only. Default: true. false for a server on Vault's machine only. */
  tls?: boolean | undefined;
}

const defaultPort = 6379;

export const redis: DatabaseEngine<RedisServer> = {
  title: "Redis",
  problem: redisProblem,
  hostProblem: (where, host, { tls }) => hostProblem(where, host, tlsProblem(where, host, tls)),
  connect,
  statements: (role) => (role.access === undefined ? ownStatements(role) : preset(role, role.access)),
  roleProblem: (where, role) =>
    role.access === undefined ? ownProblem(where, role) : presetProblem(where, role),
};

function redisProblem(where: string, server: RedisServer): Problem {
  if (server.tls !== false && server.tlsCa === undefined)
    return `${where}.tlsCa must be given: Vault's plugin for Redis trusts no authority by itself.`;
  return serverProblem(where, server);
}

/**
 * The provider has a type for Redis, but it keeps the first password in the state and sends it with every change, after
 * which Vault would have a password that is none any more. So the connection is written in two parts: one with the
 * password, once for each bootstrapVersion, and one without it, for all that changes.
 */
function connect(
  name: string,
  server: RedisServer,
  { mountPath, name: connectionName, host, allowedRoles }: Connection,
  opts: pulumi.CustomResourceOptions,
): Connected {
  const { bootstrapPassword, bootstrapVersion = 1, rootRotation = {} } = server;
  const path = `${mountPath}/config/${connectionName}`;
  const config = {
    plugin_name: "redis-database-plugin",
    allowed_roles: allowedRoles,
    host,
    port: server.port ?? defaultPort,
    username: server.username,
    tls: server.tls ?? true,
    ...(server.tlsCa !== undefined && { ca_cert: server.tlsCa }),
    ...(rootRotation.periodSeconds !== undefined && { rotation_period: rootRotation.periodSeconds }),
    ...(rootRotation.schedule !== undefined && { rotation_schedule: rootRotation.schedule }),
    ...(rootRotation.windowSeconds !== undefined && { rotation_window: rootRotation.windowSeconds }),
  };
  const written = { path, disableRead: true, disableDelete: true };
  const made = new vault.generic.Endpoint(
    `${name}-bootstrap-${bootstrapVersion}`,
    { ...written, dataJson: pulumi.jsonStringify({ ...config, password: bootstrapPassword }) },
    { ...opts, ignoreChanges: ["dataJson"] },
  );
  return {
    made,
    settle: (rotation) =>
      new vault.generic.Endpoint(
        name,
        { ...written, dataJson: pulumi.jsonStringify(config) },
        { ...opts, dependsOn: rotation },
      ),
  };
}

const commands: Record<DatabaseAccess, string[]> = {
  [DatabaseAccess.ReadOnly]: ["+@read"],
  [DatabaseAccess.ReadWrite]: ["+@read", "+@write"],
  [DatabaseAccess.MigrationOwner]: [],
};

/** What looks past the keys that the user has: FLUSHALL and KEYS are dangerous, the other two are not called so. */
const beyondTheKeys = ["-@dangerous", "-@admin", "-scan", "-randomkey"];

function preset({ schema = "" }: DatabaseRole, access: DatabaseAccess): DatabaseStatements {
  const rules = [`~${schema}:*`, ...commands[access], ...beyondTheKeys];
  return { creationStatements: [JSON.stringify(rules)] };
}

function presetProblem(where: string, role: DatabaseRole): Problem {
  const owner = noOwnerProblem(where, role);
  if (owner !== undefined) return owner;
  if (role.access === DatabaseAccess.MigrationOwner)
    return `${where}.access must be read-only or read-write for Redis, which has no tables to change, got "migration-owner".`;
  return nameProblem(`${where}.schema`, role.schema ?? "", "what the keys begin with, before the colon");
}

/** Rules that decide who signs in, which is Vault's part: passwords, and whether the user is on. */
const signIn = /^([<>#!]|(on|off|nopass|resetpass|reset)$)/i;

function ownProblem(where: string, { creationStatements = [], revocationStatements }: DatabaseRole): Problem {
  if (revocationStatements !== undefined)
    return `${where}.revocationStatements must be left out for Redis: Vault always removes the user, whatever they say.`;
  const [rules, ...more] = creationStatements.map(jsonIn);
  if (
    more.length > 0 ||
    !Array.isArray(rules) ||
    rules.length === 0 ||
    !rules.every((rule) => typeof rule === "string")
  )
    return `${where}.creationStatements must be one JSON list of ACL rules: ["~orders:*", "+@read"].`;
  return rules.some((rule) => signIn.test(rule))
    ? `${where}.creationStatements must not say who signs in (on, off, nopass, >password and the like): Vault makes a password for each lease.`
    : undefined;
}
