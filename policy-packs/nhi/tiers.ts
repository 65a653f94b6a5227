import { matches } from "./levels";
import { markOf, marks } from "./marks";
import type { Resource } from "./rule";
import type { Settings, Tier } from "./settings";

/**
 * The tier of an identity decides how long its sessions may be. It is what the settings say of its URN, else what it says
 * of itself in `nhi:tier`. An agent that decides for itself what to do next is always in the tightest one, and a tier with
 * more time than usual needs its reason in `nhi:justification`.
 */
export function tierOf(resource: Pick<Resource, "read">, urn: string, settings: Settings): Tier {
  if (settings.profile === "ai-agents" || markOf(resource, "kind") === "ai-agent") return "sensitive";
  const set = settings.tiers.filter(({ urns }) => urns.some((pattern) => matches(pattern, urn))).at(-1);
  const tier = set?.tier ?? markOf(resource, marks.tier);
  if (tier === "sensitive") return "sensitive";
  const justification = set?.justification ?? markOf(resource, marks.justification);
  return tier === "long-running" && typeof justification === "string" && justification.trim() !== ""
    ? "long-running"
    : "standard";
}

/** The name under which a team sets a ceiling of a tier: `maxSessionSecondsSensitive`. */
export function tierSetting(ceiling: string, tier: Tier): string {
  return tier === "standard" ? ceiling : ceiling + (tier === "sensitive" ? "Sensitive" : "LongRunning");
}
