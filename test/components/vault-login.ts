/**
 * Decides as Vault's JWT method does whether a role lets a token in (vault-plugin-auth-jwt: `validateBoundClaims`,
 * `validateAudience`), for the few words that our roles use. Any other word is an error. The real server is asked the same
 * in `vault-sources.test.ts`; this one is asked ten thousand times for each source.
 */
export interface JwtRole {
  roleType: string;
  boundAudiences: string[];
  boundClaimsType: string;
  /** As a program writes them: the values of a claim in one text, with commas between them. */
  boundClaims: Record<string, string>;
  userClaim: string;
}

export function signsIn(role: JwtRole, claims: Record<string, string>): boolean {
  if (role.roleType !== "jwt") throw new Error(`a role type that is not understood: ${role.roleType}`);
  if (!role.boundAudiences.includes(claims.aud ?? "")) return false;
  // The entity is named after it, so a token without it is refused.
  if ((claims[role.userClaim] ?? "") === "") return false;
  return Object.entries(role.boundClaims).every(([claim, text]) => {
    if (claim.startsWith("/")) throw new Error(`a pointer into a token: ${claim}`);
    const actual = claims[claim];
    const values = text.split(",").map((value) => value.trim());
    return actual !== undefined && values.some((value) => fits(role.boundClaimsType, value, actual));
  });
}

function fits(type: string, value: string, actual: string): boolean {
  if (type === "string") return value === actual;
  if (type !== "glob") throw new Error(`a type of bound claims that is not understood: ${type}`);
  // ryanuber/go-glob: `*` is any text, everything else is itself.
  const parts = value.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(actual);
}
