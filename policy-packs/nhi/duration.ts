import { unknown, type Value } from "./value";

/** A time in seconds, `NaN` when it is no time at all, one that is not known yet, or nothing when it is not set. */
export type Time = number | typeof unknown | undefined;

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A number, digits, or a text like `1h30m`, as Vault takes them. */
export function seconds(value: Value | undefined): Time {
  if (value === unknown) return unknown;
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^(\d{1,12}|(\d{1,12}[smhd])+)$/.test(value)) return NaN;
  if (/^\d+$/.test(value)) return Number(value);
  return (value.match(/\d+[smhd]/g) ?? []).reduce((total, part) => total + inSeconds(part), 0);
}

/** A duration of ISO 8601 as AWS takes it for a permission set: `PT1H`, `P1D`. */
export function isoDuration(value: Value | undefined): Time {
  if (value === unknown) return unknown;
  if (value === undefined || value === null) return undefined;
  if (
    typeof value !== "string" ||
    !/^P(?=.)(\d{1,3}D)?(T(?=.)(\d{1,4}H)?(\d{1,5}M)?(\d{1,6}S)?)?$/.test(value)
  )
    return NaN;
  return (value.match(/\d+[DHMS]/g) ?? []).reduce((total, part) => total + inSeconds(part.toLowerCase()), 0);
}

/** `PT1H`, or `PT15M` where it is no whole number of hours. */
export const isoText = (time: number) =>
  time % 3600 === 0 ? `PT${time / 3600}H` : time % 60 === 0 ? `PT${time / 60}M` : `PT${time}S`;

const inSeconds = (part: string) => parseInt(part, 10) * (unitSeconds[part.slice(-1)] ?? NaN);

/** The moment at which a day as `2027-06-30` is over in UTC, in milliseconds since 1970; `NaN` for no day. */
export function endOfDay(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
  // Some days are read as a day of the next month: the 30th of February is the 2nd of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) ? time + 86_400_000 : NaN;
}

/** A number, or digits; `NaN` for anything else. */
export const numberOf = (value: Value) =>
  typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
