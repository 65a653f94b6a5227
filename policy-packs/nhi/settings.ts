import type { PolicyConfigSchema } from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

/** What a team sets for the whole pack, in the policy configuration under `settings`. */
export interface Settings {
  profile: Profile;
  levels: LevelSetting[];
  exemptions: Exemption[];
  baseline: BaselineEntry[];
  /** The ids that messages name: the short labels, the official ones, or each label with the official id behind it. */
  labels: "brief" | "official" | "both";
  tiers: TierSetting[];
  /** Stacks in which what could not be decided counts as found, as patterns of their names. */
  strictUnknown: string[];
}

/** How much blocks from the first day on. */
export type Profile = "start" | "standard" | "strict" | "ai-agents";

export type Level = "advisory" | "mandatory" | "disabled";

/** How long the sessions of an identity may be: up to 15 minutes, an hour, or 12 hours with a reason. */
export type Tier = "sensitive" | "standard" | "long-running";

/** A tier for resources that can't say it in a tag of their own. Of several that fit, the last one counts. */
export interface TierSetting {
  /** Patterns of URNs, with `*` for any text. */
  urns: string[];
  tier: Tier;
  /** Why a session needs more than an hour. Without it, `long-running` is `standard`. */
  justification?: string;
}

/** A level for rules, where it holds and from when on. Of several that fit, the last one counts. */
export interface LevelSetting {
  /** Ids of rules, or `all`. */
  rules: string[];
  level: Level;
  /** Only in stacks whose names match one of these, with `*` for any text. Default: every stack. */
  stacks?: string[];
  /** Only in stacks that have this tag with this value. */
  stackTag?: { name: string; value: string };
  /** From this day on, as YYYY-MM-DD. Before it, this setting is not there. */
  from?: string;
}

/** A finding that stays for a while, and who answers for that. */
export interface Exemption {
  rule: string;
  /** The whole URN of the resource. */
  urn: string;
  /** The property that the finding names, so that no other finding is hidden. */
  property: string;
  owner: string;
  reason: string;
  /** What keeps the weakness from being used meanwhile. */
  compensatingControl: string;
  approvedBy: string;
  /** The last day on which it holds, as YYYY-MM-DD. */
  expires: string;
}

/** A finding that was there when the pack was introduced. */
export interface BaselineEntry {
  rule: string;
  urn: string;
  property: string;
  /** The day by which it is mended, as YYYY-MM-DD. After it, the finding has its own level again. */
  due: string;
}

export const defaultSettings: Settings = {
  profile: "standard",
  levels: [],
  exemptions: [],
  baseline: [],
  tiers: [],
  labels: "both",
  strictUnknown: [],
};

const text = (description: string) => ({ type: "string" as const, description });
const texts = (description: string) => ({
  type: "array" as const,
  items: { type: "string" as const },
  description,
});
const day = (description: string) => text(`${description}, as YYYY-MM-DD.`);
/** Objects with these properties and no others: one that is misspelled would be a setting that does nothing. */
const objects = (properties: Record<string, PolicyConfigJSONSchema>, required: string[] = []) => ({
  type: "object" as const,
  properties,
  required,
  additionalProperties: false,
});

/**
 * What the engine checks before anything is judged. What it can't say in a schema, or would say without a name, is in
 * `settingsProblems`.
 */
export const settingsSchema = {
  properties: {
    profile: {
      type: "string",
      enum: ["start", "standard", "strict", "ai-agents"],
      default: defaultSettings.profile,
      description:
        "How much blocks. start: critical rules only, everything else advises. standard: each rule's own level. " +
        "strict: every rule, and what can't be decided. ai-agents: as strict, and every identity has the sensitive " +
        "tier's ceilings. Default: standard.",
    },
    levels: {
      type: "array",
      description:
        "Levels for rules, by stack and by date. Of several that fit, the last one counts. Default: none.",
      items: objects(
        {
          rules: texts("Ids of rules, or all."),
          level: { type: "string", enum: ["advisory", "mandatory", "disabled"] },
          stacks: texts("Patterns of stack names, with * for any text. Default: every stack."),
          stackTag: objects({ name: text("The tag's name."), value: text("The tag's value.") }, [
            "name",
            "value",
          ]),
          from: day("The day from which on it holds"),
        },
        ["rules", "level"],
      ),
    },
    exemptions: {
      type: "array",
      description: "Findings that stay for a while, each with an owner, a reason and an end. Default: none.",
      items: objects({
        rule: text("The rule's id."),
        urn: text("The whole URN of the resource."),
        property: text("The property that the finding names."),
        owner: text("Who answers for it."),
        reason: text("Why the weakness can't be mended now."),
        compensatingControl: text("What keeps it from being used meanwhile."),
        approvedBy: text("Who agreed."),
        expires: day("The last day on which it holds, at most 90 days ahead"),
      }),
    },
    baseline: {
      type: "array",
      description:
        "Findings that were there when the pack was introduced, each with a day by which it is mended. Default: none.",
      items: objects({
        rule: text("The rule's id."),
        urn: text("The whole URN of the resource."),
        property: text("The property that the finding names."),
        due: day("The day by which it is mended"),
      }),
    },
    tiers: {
      type: "array",
      description:
        "Tiers for resources that can't say theirs in the tag nhi:tier. Of several that fit, the last one counts. Default: none.",
      items: objects(
        {
          urns: texts("Patterns of URNs, with * for any text."),
          tier: { type: "string", enum: ["sensitive", "standard", "long-running"] },
          justification: text("Why a session needs more than an hour, for long-running."),
        },
        ["urns", "tier"],
      ),
    },
    labels: {
      type: "string",
      enum: ["brief", "official", "both"],
      default: defaultSettings.labels,
      description:
        "The ids that messages name. Default: both, each short label with the official id behind it.",
    },
    strictUnknown: {
      ...texts(
        "Patterns of the names of stacks in which what can't be decided has the rule's own level. Default: none.",
      ),
      default: [],
    },
  },
} satisfies PolicyConfigSchema;

/** The settings as the engine passes them, with the defaults that a run without an engine has not filled in. */
export function readSettings(config: object): Settings {
  return { ...defaultSettings, ...(config as Partial<Settings>) };
}
