import { isIP, isIPv6 } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../refusal";

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

/** The server, PostgreSQL 10 or later, and the user that Vault makes other users with. */
export interface PostgresqlServer {
  /** Name or address of the server as Vault reaches it. */
  host: pulumi.Input<string>;
  /** The server's port. Default: 5432. */
  port?: number | undefined;
  /** The database that Vault connects to. */
  database: string;
  /** A user with CREATEROLE that only Vault uses: its password is changed at once. */
  username: string;
  /**
   * The user's password before Vault changes it. Needed until the first `up` has ended well, and of no use after: take
   * it out of the program then. Kept out of the component's state, and secret in the connection's. Nobody learns the
   * changed one, so an engine that is made anew needs a password that was set by hand.
   */
  bootstrapPassword?: pulumi.Input<string> | undefined;
  /**
   * Raise it, with a new `bootstrapPassword`, when the user's password was set by hand, for example after the database
   * came back from a backup: Vault takes it and changes it at once. Default: 1.
   */
  bootstrapVersion?: number | undefined;
  /** How Vault makes sure of the server. Default: `verify-full`. `disable` is for a server on Vault's machine only. */
  sslMode?: PostgresSslMode;
  /** The authority that signed the server's certificate, as PEM. Default: those that Vault's machine trusts. */
  tlsCa?: pulumi.Input<string> | undefined;
}

/** Vault puts user and password in where the braces are, so that neither stands in the URL. */
export function connectionUrl({
  host,
  port = 5432,
  database,
  sslMode,
}: PostgresqlServer): pulumi.Input<string> {
  const urlOf = (known: string) =>
    `postgresql://{{username}}:{{password}}@${isIPv6(known) ? `[${known}]` : known}:${port}/` +
    `${encodeURIComponent(database)}?sslmode=${sslMode ?? PostgresSslMode.VerifyFull}`;
  return typeof host === "string" ? urlOf(host) : pulumi.output(host).apply(urlOf);
}

export function postgresqlProblem(args: PostgresqlServer): Problem {
  const { port = 5432, database, username, bootstrapPassword, bootstrapVersion = 1, sslMode, tlsCa } = args;
  const modes: (string | undefined)[] = [undefined, ...Object.values(PostgresSslMode)];
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    return `postgresql.port must be a whole number from 1 to 65535, got ${port}.`;
  if (database.trim() === "") return "postgresql.database must name a database, got none.";
  if (username.trim() === "") return "postgresql.username must name a user, got none.";
  if (bootstrapPassword === "")
    return "postgresql.bootstrapPassword must not be empty. Leave it out once the first up has ended well.";
  if (!Number.isInteger(bootstrapVersion) || bootstrapVersion < 1)
    return `postgresql.bootstrapVersion must be a whole number from 1 up, got ${bootstrapVersion}.`;
  if (!modes.includes(sslMode))
    return `postgresql.sslMode must be one of ${Object.values(PostgresSslMode).join(", ")}, got ${shown(sslMode ?? "")}.`;
  if (sslMode === PostgresSslMode.VerifyCa && tlsCa === undefined)
    return "postgresql.tlsCa must be given with sslMode verify-ca. Without it a certificate of any public authority passes.";
  return undefined;
}

export function hostProblem(host: string, { sslMode }: PostgresqlServer): Problem {
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host))
    return `postgresql.host must be a host name or an address, without port, got ${shown(host)}.`;
  return sslMode === PostgresSslMode.Disable && !isLoopback(host)
    ? `postgresql.sslMode must be verify-full for ${shown(host)}, got "disable". Without TLS the passwords cross the network in the clear.`
    : undefined;
}

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
