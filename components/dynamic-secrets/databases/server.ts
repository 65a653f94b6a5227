import { isIP, isIPv6 } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../../refusal";

/** A database server as Vault reaches it, and the user that Vault makes other users with. */
export interface DatabaseServer {
  /** Name or address of the server as Vault reaches it. */
  host: pulumi.Input<string>;
  /** The server's port. Default: the one that the database is known by. */
  port?: number | undefined;
  /** A user that may make users and that only Vault uses: its password is changed at once. */
  username: string;
  /**
   * The user's password before Vault changes it, as a secret. Needed until the first `up` has ended well, and of no use
   * after: take it out of the program then. Kept out of the component's state, and secret in the connection's. Nobody
   * learns the changed one, so an engine that is made anew needs a password that was set by hand.
   */
  bootstrapPassword?: pulumi.Input<string> | undefined;
  /**
   * Raise it, with a new `bootstrapPassword`, when the user's password was set by hand, for example after the database
   * came back from a backup: Vault takes it and changes it at once. Default: 1.
   */
  bootstrapVersion?: number | undefined;
  /** When the password is changed again. Default: once, right after the connection is made. */
  rootRotation?: RootRotation | undefined;
  /** The authority that signed the server's certificate, as PEM. Default: those that Vault's machine trusts. */
  tlsCa?: pulumi.Input<string> | undefined;
}

/** When Vault changes the password that it signs in with. */
export interface RootRotation {
  /**
   * Any text, for example the month: `2027-01`. When it changes, the next `up` rotates. With Vault's community edition and
   * with OpenBao a job that runs `up` on a schedule is how a root is rotated on a schedule.
   */
  on?: string | undefined;
  /** How often Vault rotates by itself, in seconds, at least 10. Vault Enterprise 1.19 or later only: others refuse it. */
  periodSeconds?: number | undefined;
  /** When Vault rotates by itself, as cron writes it: `0 3 * * SUN`. Vault Enterprise 1.19 or later only: others refuse it. */
  schedule?: string | undefined;
  /** How long after `schedule` Vault may still rotate, in seconds. At least 3600, as Vault has it. */
  windowSeconds?: number | undefined;
}

export function serverProblem(where: string, server: DatabaseServer): Problem {
  const { port = 1, username, bootstrapPassword, bootstrapVersion = 1, rootRotation = {} } = server;
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    return `${where}.port must be a whole number from 1 to 65535, got ${port}.`;
  if (username.trim() === "") return `${where}.username must name a user, got none.`;
  if (typeof bootstrapPassword === "string")
    return `${where}.bootstrapPassword must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty. Leave it out once the first up has ended well.`;
  if (!Number.isInteger(bootstrapVersion) || bootstrapVersion < 1)
    return `${where}.bootstrapVersion must be a whole number from 1 up, got ${bootstrapVersion}.`;
  return rotationProblem(`${where}.rootRotation`, rootRotation);
}

export function rotationProblem(
  where: string,
  { periodSeconds, schedule, windowSeconds }: RootRotation,
): Problem {
  if (periodSeconds !== undefined && (!Number.isInteger(periodSeconds) || periodSeconds < 10))
    return `${where}.periodSeconds must be a whole number from 10 up, got ${periodSeconds}.`;
  if (periodSeconds !== undefined && schedule !== undefined)
    return `${where}.schedule must not be given with periodSeconds. Vault takes one of them.`;
  if (schedule !== undefined && !/^\S+( \S+){4}$/.test(schedule))
    return `${where}.schedule must be five fields as cron has them, got ${shown(schedule)}.`;
  if (windowSeconds !== undefined && schedule === undefined)
    return `${where}.windowSeconds must be given with schedule only.`;
  return windowSeconds !== undefined && (!Number.isInteger(windowSeconds) || windowSeconds < 3600)
    ? `${where}.windowSeconds must be a whole number from 3600 up, got ${windowSeconds}.`
    : undefined;
}

/** A host that is none, or one on another machine to which the passwords would go in the clear. */
export function hostProblem(where: string, host: string, withoutTls: Problem): Problem {
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host))
    return `${where}.host must be a host name or an address, without port, got ${shown(host)}.`;
  return withoutTls !== undefined && !isLoopback(host) ? withoutTls : undefined;
}

export const tlsProblem = (where: string, host: string, tls: boolean | undefined): Problem =>
  tls === false
    ? `${where}.tls must be left on for ${shown(host)}. Without TLS the passwords cross the network in the clear.`
    : undefined;

export const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** For a URL: IPv6 is in brackets there. */
export const authority = (host: string, port: number) => `${isIPv6(host) ? `[${host}]` : host}:${port}`;
