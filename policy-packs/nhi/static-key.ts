import { numberOf, seconds, type Time } from "./duration";
import type { Judge, Resource } from "./rule";
import { isObject, unknown, type Value } from "./value";
import { fail, type Finding, undetermined } from "./verdict";

/** For a type that is a static key by being there. */
export const staticKey =
  (instead: string): Judge =>
  () => [fail("it", "is a static key", `Use ${instead}.`)];

/** For a type that is a key only with certain settings. */
export const keyWhen =
  (instead: string, judge: Judge): Judge =>
  (resource) =>
    judge(resource).map((finding) => ({ ...finding, fix: `Use ${instead}.` }));

/** A setting that makes a key of it. */
export function isSet(property: string, banned: string, says: string): Judge {
  return (resource) => {
    const value = resource.read(property);
    if (value === unknown) return [undetermined(property, `is not known yet, and "${banned}" ${says}`)];
    return value === banned ? [fail(property, `is "${banned}", which ${says}`)] : [];
  };
}

/** The engine may pass what is not set as an empty text, and a value that is not known yet is one that is set. */
export const isGiven = (value: Value | undefined) =>
  value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);

/** Properties that hold a key. The first of them is reported: they are one key. */
export function mustBeAbsent(...properties: string[]): Judge {
  return (resource) =>
    properties
      .filter((property) => isGiven(resource.read(property)))
      .slice(0, 1)
      .map((property) => fail(property, "is a static key"));
}

/** The ceiling of a key that ends by itself. */
export const maxKeySeconds = {
  seconds: 86_400,
  says: "The longest life of a key that the other side ends by itself, in seconds. Default: 86400, a day: longer than any job, and as GitLab counts.",
};

/** For a key that the other side ends: at a moment, or after a time. */
export interface End {
  property: string;
  /** The life of the key in seconds from now, `NaN` where the value is none. */
  lifeOf: (value: Value, now: number) => number | typeof unknown;
  /** When the property is not set, in seconds. Nothing: the key has no end. */
  unset?: number;
}

export const endsAt = (property: string, unset?: number): End => ({
  property,
  lifeOf: until,
  ...(unset !== undefined && { unset }),
});
export const endsAfter = (property: string, unset?: number): End => ({
  property,
  lifeOf: duration,
  ...(unset !== undefined && { unset }),
});
/** A number of seconds, or a text with units. */
export const endsAfterSeconds = (property: string): End => ({
  property,
  lifeOf: (value) => seconds(value) ?? NaN,
});
export const endsAfterHours = (property: string): End => ({
  property,
  lifeOf: (value) => numberOf(value) * 3600,
});
/** GitLab renews a token when a deployment finds it near its end. */
export const endsByRotation: End = {
  property: "rotationConfiguration",
  lifeOf: (value) =>
    isObject(value) && value.expirationDays !== unknown
      ? numberOf(value.expirationDays ?? null) * 86_400
      : unknown,
};

/** A key is fine where one of its ends comes soon enough. */
export function keyUntil(ends: readonly [End, ...End[]]): Judge {
  return (resource) => {
    const given = ends.find(({ property }) => isGiven(resource.read(property)));
    if (given) return endFindings(resource, given);
    const [{ property, unset }] = ends;
    if (unset === undefined) return [fail(property, "is not set, so the key has no end")];
    return lifeFindings(resource, property, unset, "is not set, which lets the key live");
  };
}

function endFindings(resource: Resource, { property, lifeOf }: End): Finding[] {
  const value = resource.read(property);
  const life = value === undefined || value === unknown ? unknown : lifeOf(value, resource.now);
  if (life === unknown) return [undetermined(property, "is not known yet, and may be a long time away")];
  return lifeFindings(resource, property, life, "lets the key live");
}

function lifeFindings(resource: Resource, property: string, life: number, says: string): Finding[] {
  const most = resource.ceiling("maxKeySeconds");
  if (Number.isNaN(life)) return [fail(property, "is no end that can be read, so the key has none")];
  return life > most ? [fail(property, `${says} ${days(life)}, and ${days(most)} are allowed`)] : [];
}

const days = (life: number) =>
  life >= 86_400 ? `${Math.ceil(life / 86_400)} d` : `${Math.ceil(life / 3600)} h`;

/** A moment as `2027-06-30` or with a time. A day ends with it. */
function until(value: Value, now: number): number {
  if (
    typeof value !== "string" ||
    !/^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]{5,16}(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(value)
  )
    return NaN;
  return (Date.parse(value) - now) / 1000;
}

/** `720h`, as Go writes it. A number alone has no unit. */
function duration(value: Value): number {
  const time: Time = typeof value === "string" && /[a-z]/.test(value) ? seconds(value) : NaN;
  return typeof time === "number" ? time : NaN;
}
