import { unknown, type Value } from "./value";

const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const daySeconds = 86_400;

/**
 * The longest time between two runs of a schedule of AWS's, in seconds: `rate(10 days)`, `cron(0 8 1 * ? *)`. `NaN` for what is
 * none, and for one that ends. docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
export function longestGap(schedule: Value): number | typeof unknown {
  if (schedule === unknown) return unknown;
  if (typeof schedule !== "string" || schedule.length > 200) return NaN;
  const [, amount, unit] = /^\s*rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)\s*$/i.exec(schedule) ?? [];
  if (amount !== undefined)
    return (
      Number(amount) *
      (unit?.toLowerCase() === "day" ? daySeconds : unit?.toLowerCase() === "hour" ? 3600 : 60)
    );
  const [, fields = ""] = /^\s*cron\(([^()]*)\)\s*$/i.exec(schedule) ?? [];
  return gapOfCron(fields.trim().toUpperCase().split(/\s+/));
}

/**
 * The same for cron's own five fields, as Vault takes them: `0 0 * * SAT`. Days of the week count from 0, and where both
 * kinds of day are given, either is enough.
 */
export function longestGapOfCron(schedule: Value): number | typeof unknown {
  if (schedule === unknown) return unknown;
  if (typeof schedule !== "string" || schedule.length > 200) return NaN;
  const fields = schedule.trim().toUpperCase().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...rest] = fields;
  if (minute === undefined || hour === undefined || dayOfMonth === undefined || rest.length > 0) return NaN;
  if (month === undefined || dayOfWeek === undefined) return NaN;
  const fromOne = dayOfWeek.replace(
    /(^|[,-])([0-6])(?!\d)/g,
    (_, before: string, day: string) => before + String(Number(day) + 1),
  );
  const byMonth = gapOfCron([minute, hour, dayOfMonth, month, "?"]);
  const byWeek = gapOfCron([minute, hour, "?", month, fromOne]);
  if (/^[*?]$/.test(dayOfWeek)) return byMonth;
  return /^[*?]$/.test(dayOfMonth) ? byWeek : Math.min(byMonth, byWeek);
}

/** Minutes, hours, day of month, month, day of week, year. What is within a day is not looked at. */
function gapOfCron([, , dayOfMonth, month, dayOfWeek, year, ...rest]: string[]): number {
  if (dayOfMonth === undefined || month === undefined || dayOfWeek === undefined) return NaN;
  if (rest.length > 0 || (year !== undefined && year !== "*")) return NaN;
  const runs = (date: Date) =>
    matches(month, date.getUTCMonth() + 1, 1, 12, months) &&
    matchesDayOfMonth(dayOfMonth, date) &&
    matchesDayOfWeek(dayOfWeek, date);
  // Four years and a month: a leap day among them, and two runs of what comes once a year.
  const start = Date.UTC(2027, 0, 1);
  let last: number | undefined;
  let longest = 0;
  for (let day = 0; day < 4 * 366 + 31; day++) {
    if (!runs(new Date(start + day * daySeconds * 1000))) continue;
    if (last !== undefined) longest = Math.max(longest, day - last);
    last = day;
  }
  return longest === 0 ? NaN : longest * daySeconds;
}

function matchesDayOfMonth(field: string, date: Date): boolean {
  const day = date.getUTCDate();
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  if (field === "?") return true;
  // The working day next to a day is at most two days from it.
  return field
    .replace(/^LW$/, "L")
    .split(",")
    .some((part) => (part === "L" ? day === lastDay : matches(part.replace(/W$/, ""), day, 1, 31, [])));
}

function matchesDayOfWeek(field: string, date: Date): boolean {
  if (field === "?") return true;
  const week = Math.ceil(date.getUTCDate() / 7);
  const isLast = new Date(date.getTime() + 7 * daySeconds * 1000).getUTCMonth() !== date.getUTCMonth();
  return field.split(",").some((part) => {
    const [, name = part, nth, last] = /^([A-Z0-9]+)(?:#([1-5])|(L))$/.exec(part) ?? [];
    const isDay = matches(name, date.getUTCDay() + 1, 1, 7, days);
    return isDay && (nth === undefined || week === Number(nth)) && (last === undefined || isLast);
  });
}

/** Whether a field's list, range, step or name has a number in it. */
function matches(
  field: string,
  value: number,
  least: number,
  most: number,
  names: readonly string[],
): boolean {
  return field.split(",").some((part) => {
    const [range = "", step] = part.split("/");
    const [from = "", to] = range.split("-");
    const start = range === "*" ? least : numbered(from, least, names);
    const end =
      to !== undefined ? numbered(to, least, names) : range === "*" || step !== undefined ? most : start;
    const every = step === undefined ? 1 : Number(step);
    return every > 0 && value >= start && value <= end && (value - start) % every === 0;
  });
}

function numbered(text: string, least: number, names: readonly string[]): number {
  const named = names.indexOf(text);
  if (named >= 0) return named + least;
  return /^\d{1,2}$/.test(text) ? Number(text) : NaN;
}
