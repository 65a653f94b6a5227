import { firstProblem, shown, type Problem } from "../refusal";

/** The roles of an engine: at least one, each with a name of its own that can be part of a path, and each by its own check. */
export function namedRolesProblem<Role extends { name: string }>(
  argument: string,
  roles: readonly Role[],
  check: (role: Role, where: string) => Problem,
): Problem {
  if (roles.length === 0)
    return `${argument} must have at least one role. Without one nobody can get a credential.`;
  return firstProblem(roles, (role, index) => {
    const where = `${argument}[${index}]`;
    if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(role.name))
      return `${where}.name must be lower-case letters, digits, _ or -, got ${shown(role.name)}.`;
    if (roles.findIndex((other) => other.name === role.name) !== index)
      return `${where}.name must be used once, got ${shown(role.name)} again.`;
    return check(role, where);
  });
}

/** What ends a credential before its own end. */
export const CredentialEnd = {
  /** Revoking the lease takes it away at once. */
  Lease: "lease",
  /** Nothing: it lives until its own end, whatever becomes of the lease. */
  ExpiryOnly: "expiry-only",
} as const;
export type CredentialEnd = (typeof CredentialEnd)[keyof typeof CredentialEnd];
