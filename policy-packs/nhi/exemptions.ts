import type { Rule } from "./rule";
import type { BaselineEntry, Exemption, Settings } from "./settings";
import type { Finding } from "./verdict";

/** Days that an exemption may last: the interval after which access is reviewed (CIS Controls 8.1, 5.3 and 6.2). */
export const longestExemptionDays = 90;

/** The URN of one resource. */
export const wholeUrn = /^urn:pulumi:[^:*]+::[^:*]+::[^*]+::[^*]+$/;
export const dayForm = /^\d{4}-\d{2}-\d{2}$/;

const dayInMilliseconds = 24 * 3600 * 1000;

/** What lets a finding stay for a while, and the words for its message. */
export interface Acceptance {
  entry: Exemption | BaselineEntry;
  says: string;
}

/** What lets this finding of a resource stay today. A finding is known by its rule, its resource and its property. */
export function acceptanceOf(
  rule: Rule,
  urn: string,
  { property }: Finding,
  settings: Settings,
  rules: readonly Rule[],
  now: number,
): Acceptance | undefined {
  const isIt = (entry: Exemption | BaselineEntry) =>
    entry.rule === rule.id && entry.urn === urn && entry.property === property;
  const exemption = settings.exemptions.find(
    (entry, index) => isIt(entry) && exemptionProblem(entry, index, rules, now) === undefined,
  );
  if (exemption !== undefined) {
    const { expires, owner, approvedBy, reason } = exemption;
    return {
      entry: exemption,
      says: `Exempted until ${expires} (owner ${owner}, approved by ${approvedBy}): ${reason}`,
    };
  }
  const known = settings.baseline.find(
    (entry, index) =>
      isIt(entry) && baselineProblem(entry, index, rules) === undefined && !isPast(entry.due, now),
  );
  return known && { entry: known, says: `Known when the pack was introduced, to be mended by ${known.due}.` };
}

/** What is wrong with an exemption, in one line; nothing when it holds. One that is wrong exempts nothing. */
export function exemptionProblem(
  exemption: Exemption,
  index: number,
  rules: readonly Rule[],
  now: number,
): string | undefined {
  const where = `exemptions[${index}]`;
  for (const field of [
    "rule",
    "urn",
    "property",
    "owner",
    "reason",
    "compensatingControl",
    "approvedBy",
    "expires",
  ] as const) {
    const value: unknown = exemption[field];
    if (typeof value !== "string" || value.trim() === "")
      return `${where}.${field} must be given: an exemption has all of its fields.`;
  }
  const { rule, urn, owner, approvedBy, expires } = exemption;
  const ruled =
    ruleProblem(where, rule, rules) ?? urnProblem(where, urn) ?? dayProblem(`${where}.expires`, expires);
  if (ruled !== undefined) return ruled;
  const never = rules.find(({ id }) => id === rule)?.neverExempt;
  if (never !== undefined) return `${where}.rule must be one that can be exempted, got ${rule}: ${never}`;
  if (owner.trim().toLowerCase() === approvedBy.trim().toLowerCase())
    return `${where}.approvedBy must be somebody else than the owner, got "${approvedBy}" for both.`;
  if (isPast(expires, now))
    return `${where} expired on ${expires}: mend the finding of ${rule} at ${urn}, or decide anew.`;
  const days = Math.ceil((Date.parse(expires) - now) / dayInMilliseconds);
  return days > longestExemptionDays
    ? `${where}.expires must be at most ${longestExemptionDays} days ahead, got ${expires}, which is ${days}.`
    : undefined;
}

export function baselineProblem(
  entry: BaselineEntry,
  index: number,
  rules: readonly Rule[],
): string | undefined {
  const where = `baseline[${index}]`;
  for (const field of ["rule", "urn", "property", "due"] as const) {
    const value: unknown = entry[field];
    if (typeof value !== "string" || value.trim() === "") return `${where}.${field} must be given.`;
  }
  return (
    ruleProblem(where, entry.rule, rules) ??
    urnProblem(where, entry.urn) ??
    dayProblem(`${where}.due`, entry.due)
  );
}

function ruleProblem(where: string, rule: string, rules: readonly Rule[]): string | undefined {
  return rules.some(({ id }) => id === rule)
    ? undefined
    : `${where}.rule must be the id of a rule, got "${rule}". RULES.md lists them.`;
}

function urnProblem(where: string, urn: string): string | undefined {
  return wholeUrn.test(urn) ? undefined : `${where}.urn must be the whole URN of one resource, got "${urn}".`;
}

export function dayProblem(argument: string, day: string): string | undefined {
  const time = dayForm.test(day) ? Date.parse(day) : NaN;
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
  return exists ? undefined : `${argument} must be a day as YYYY-MM-DD, got "${day}".`;
}

/** A day is past when it has ended, in UTC. */
const isPast = (day: string, now: number) => now >= Date.parse(day) + dayInMilliseconds;
