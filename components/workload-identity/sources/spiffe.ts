import { shown, type Problem } from "../../refusal";
import { exactProblem, issuerProblem, withoutScheme } from "./exact";
import { each, type Source } from "./source";

/** A workload with a SPIFFE id, which shows a JWT-SVID. One with an X.509-SVID belongs in `workloads.certificate`. */
export interface SpiffeWorkload {
  /** The URL of SPIRE's OIDC discovery provider, or of another one that publishes the trust domain's keys. */
  issuer: string;
  /** The whole id, for example `spiffe://example.org/shop/orders`. */
  id: string;
}

/** SPIFFE and SPIRE, with a JWT-SVID. */
export const spiffe: Source<SpiffeWorkload> = {
  title: "SPIFFE (JWT-SVID)",
  problem: each(
    "spiffe",
    ({ issuer, id }, where, target) =>
      issuerProblem(`${where}.issuer`, issuer, target) ?? spiffeIdProblem(`${where}.id`, id),
  ),
  proof: ({ issuer, id }) => ({
    token: {
      issuer: withoutScheme(issuer),
      subjects: [id],
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [{ issuer: "https://oidc.example.org", id: "spiffe://example.org/shop/orders" }],
};

/** The SPIFFE-ID standard, section 2: a trust domain in lower case, and a path without empty or relative segments. */
export function spiffeIdProblem(argument: string, id: string): Problem {
  const problem = exactProblem(argument, id);
  if (problem !== undefined) return problem;
  const segments = id.split("/").slice(3);
  return /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[\w.-]+)+$/.test(id) &&
    !segments.some((segment) => segment === "." || segment === "..")
    ? undefined
    : `${argument} must be a whole SPIFFE id with its path, for example spiffe://example.org/shop/orders, got ${shown(id)}.`;
}
