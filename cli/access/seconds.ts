import { CouldNotRun } from "../exit-code";

const units: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** `90s`, `15m` or `1h` in seconds. */
export function secondsOf(option: string, text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const factor = units[unit];
  if (factor === undefined)
    throw new CouldNotRun(`${option} must be a time such as 90s, 15m or 1h, got ${JSON.stringify(text)}.`);
  return Number(count) * factor;
}
