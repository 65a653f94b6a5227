import { firstProblem, shown, type Problem } from "../refusal";

/** A name that can be part of a path, and that is not among those before it. */
export function pathNameProblem(where: string, name: string, before: readonly string[]): Problem {
  if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(name))
    return `${where}.name must be lower-case letters, digits, _ or -, got ${shown(name)}.`;
  return before.includes(name) ? `${where}.name must be used once, got ${shown(name)} again.` : undefined;
}

/** What has a name of its own that can be part of a path, each by its own check as well. */
export function namedProblem<Named extends { name: string }>(
  argument: string,
  all: readonly Named[],
  check: (one: Named, where: string) => Problem,
): Problem {
  const names = all.map(({ name }) => name);
  return firstProblem(all, (one, index) => {
    const where = `${argument}[${index}]`;
    return pathNameProblem(where, one.name, names.slice(0, index)) ?? check(one, where);
  });
}

/** The roles of an engine: the same, and at least one. `what` is what nobody could get without. */
export const namedRolesProblem = <Role extends { name: string }>(
  argument: string,
  roles: readonly Role[],
  check: (role: Role, where: string) => Problem,
  what = "credential",
): Problem =>
  roles.length === 0
    ? `${argument} must have at least one role. Without one nobody can get a ${what}.`
    : namedProblem(argument, roles, check);

/** What ends a credential before its own end. */
export const CredentialEnd = {
  /** Revoking the lease takes it away at once. */
  Lease: "lease",
  /** Nothing: it lives until its own end, whatever becomes of the lease. */
  ExpiryOnly: "expiry-only",
} as const;
export type CredentialEnd = (typeof CredentialEnd)[keyof typeof CredentialEnd];
