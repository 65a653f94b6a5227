import { dayProblem } from "./exemptions";
import type { Rule } from "./rule";
import type { Level, LevelSetting, Settings } from "./settings";

/** Where a run takes place. */
export interface Place {
  stack: string;
  stackTags: ReadonlyMap<string, string>;
  now: number;
}

/** The level that the settings give a rule here and now; nothing where they leave it to the rule. */
export function levelOf(rule: Rule, { profile, levels }: Settings, place: Place): Level | undefined {
  const set = levels.filter((setting) => holds(setting, rule, place)).at(-1);
  return set?.level ?? ofProfile(rule, profile);
}

function ofProfile({ severity }: Rule, profile: Settings["profile"]): Level | undefined {
  switch (profile) {
    case "start":
      return severity === "critical" ? undefined : "advisory";
    case "standard":
      return undefined;
    case "strict":
    case "ai-agents":
      return "mandatory";
  }
}

function holds({ rules, stacks, stackTag, from }: LevelSetting, { id }: Rule, place: Place): boolean {
  if (!rules.includes(id) && !rules.includes("all")) return false;
  if (stacks !== undefined && !stacks.some((pattern) => matches(pattern, place.stack))) return false;
  if (stackTag !== undefined && place.stackTags.get(stackTag.name) !== stackTag.value) return false;
  return from === undefined || place.now >= Date.parse(from);
}

/** What is wrong with a level setting, in one line. */
export function levelProblem(
  { rules: ids, from }: LevelSetting,
  index: number,
  rules: readonly Rule[],
): string | undefined {
  const unknown = ids.find((id) => id !== "all" && !rules.some((rule) => rule.id === id));
  if (unknown !== undefined)
    return `levels[${index}].rules must name rules or all, got "${unknown}". RULES.md lists them.`;
  return from === undefined ? undefined : dayProblem(`levels[${index}].from`, from);
}

/** Whether what can't be decided has the rule's own level here. */
export const isStrict = ({ profile, strictUnknown }: Settings, { stack }: Place): boolean =>
  profile === "strict" || profile === "ai-agents" || strictUnknown.some((pattern) => matches(pattern, stack));

/** `*` stands for any text, everything else for itself. */
export function matches(pattern: string, name: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === name;
  const end = rest.pop() ?? "";
  if (!name.startsWith(start) || name.length < start.length + end.length || !name.endsWith(end)) return false;
  let left = name.slice(start.length, name.length - end.length);
  for (const part of rest) {
    const at = left.indexOf(part);
    if (at < 0) return false;
    left = left.slice(at + part.length);
  }
  return true;
}
