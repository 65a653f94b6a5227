import { isoText, type seconds, type Time } from "./duration";
import type { Resource } from "./rule";
import { unknown, type Value } from "./value";
import { fail, type Finding, mendedBy, undetermined } from "./verdict";

/** Vault reads 0 as not set. */
export const isSet = (time: Time) => time !== undefined && time !== 0;

interface Limits {
  /** The name of the rule's ceiling. */
  ceiling: string;
  /** What a platform takes at least, in seconds: a ceiling below it can't be kept. */
  least?: number;
  /** What holds where nothing is set, as the end of "is not set, so". */
  otherwise?: string;
  /** What the ceiling is for, where that is not every session. */
  of?: string;
}

/** Each bound that is set ends the session, so one that is short enough is enough. */
export function tooLong(
  resource: Resource,
  property: string,
  bounds: readonly Time[],
  { ceiling: name, least = 0, otherwise = "it never ends", of }: Limits,
): Finding[] {
  const ceiling = Math.max(resource.ceiling(name), least);
  const set = bounds.filter(isSet);
  if (set.some((time) => typeof time === "number" && time <= ceiling)) return [];
  if (set.includes(unknown))
    return [undetermined(property, `is not known yet, and may be more than ${ceiling} seconds`)];
  const known = set.filter((time) => typeof time === "number");
  if (known.some(Number.isNaN)) return [undetermined(property, "can't be read as a time")];
  const what = known.length > 0 ? `is ${Math.min(...known)} seconds` : `is not set, so ${otherwise}`;
  const finding = fail(
    property,
    `${what}, and may be at most ${ceiling} seconds${of === undefined ? "" : ` for ${of}`}`,
  );
  const remedy = written(resource.read(property), property, ceiling);
  return [remedy === undefined ? finding : mendedBy(finding, { [property]: remedy })];
}

/** A time in the form in which the property has it. One that is not set has a form that only some names tell. */
function written(value: Value | undefined, property: string, time: number): number | string | undefined {
  if (typeof value === "number") return time;
  if (typeof value === "string" && value !== "")
    return value.startsWith("P") ? isoText(time) : /^\d+$/.test(value) ? String(time) : `${time}s`;
  return (value === undefined || value === null) && /^token(Explicit)?(Max)?Ttl$/.test(property)
    ? time
    : undefined;
}

/** A cap that has a short default of its own: only what is set can be too long. */
export function session(property: string, read: typeof seconds, least = 0) {
  return (resource: Resource): Finding[] => {
    const time = read(resource.read(property));
    return time === undefined
      ? []
      : tooLong(resource, property, [time], { ceiling: "maxSessionSeconds", least });
  };
}
