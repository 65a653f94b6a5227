import { shown, type Problem } from "../refusal";

/** How long access that is given for one task may last. */
export const JitTier = {
  /** Production data, secrets, rights over others: at most 15 minutes. */
  Sensitive: "sensitive",
  /** Anything else: at most an hour. */
  Standard: "standard",
} as const;
export type JitTier = (typeof JitTier)[keyof typeof JitTier];

/**
 * No standard says how long is too long. 900 seconds is the shortest session that AWS gives (STS API Reference,
 * AssumeRole), and 3600 the longest that a role's session may have in another role (IAM User Guide, role chaining).
 */
export const tierSeconds: Readonly<Record<JitTier, number>> = { sensitive: 900, standard: 3600 };

export function tierProblem(tier: string | undefined): Problem {
  const tiers: string[] = Object.values(JitTier);
  return tier === undefined || tiers.includes(tier)
    ? undefined
    : `tier must be one of ${tiers.join(", ")}, got ${shown(tier)}.`;
}
