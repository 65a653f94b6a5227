import { shown, type Problem } from "../../refusal";

/** What the made-up users of a connection are called. */
export interface NamedUsers {
  /**
   * What the users' names begin with, for example the grant or the release that the connection is for. Lower-case letters,
   * digits and -, at most 12. Default: `v`.
   *
   * Behind it come the token's display name, which is the auth mount and the workload (`github-456789`), the role, and random
   * letters. That is all that Vault gives to a name: neither the token's metadata nor the run is among it. The audit log
   * joins the name to them, and a role of its own for a grant carries the grant.
   */
  usernamePrefix?: string | undefined;
}

/** A display name can have in it what a token's claim has: none of it may end a name in a statement. */
const withoutQuotes = ["'", '\\"', "`", "]", "\\\\", ";"].map((mark) => `| replace "${mark}" ""`).join(" ");

/** Vault's template of a name that has no more than `longest` characters, of which the random ones are never cut. */
export function usernameTemplate(
  { usernamePrefix = "v" }: NamedUsers,
  longest: number,
  random: number,
): string {
  const rest = longest - usernamePrefix.length - random - 3;
  const display = Math.ceil(rest * 0.6);
  return (
    `{{ printf "${usernamePrefix}-%s-%s-%s" (.DisplayName ${withoutQuotes} | truncate ${display}) ` +
    `(.RoleName | truncate ${rest - display}) (random ${random}) }}`
  );
}

export const prefixProblem = (where: string, { usernamePrefix }: NamedUsers): Problem =>
  usernamePrefix === undefined || /^[a-z][a-z0-9-]{0,11}$/.test(usernamePrefix)
    ? undefined
    : `${where}.usernamePrefix must be at most 12 lower-case letters, digits or -, and begin with a letter, got ${shown(usernamePrefix)}.`;
