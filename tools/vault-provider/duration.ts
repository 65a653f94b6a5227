const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1 };

/** Seconds of a duration as Go writes it ("1h30m", "1.5h", "90s") or of a number. Nothing when it is neither. */
export function seconds(duration: unknown): number | undefined {
  if (typeof duration === "number") return duration;
  if (typeof duration !== "string") return undefined;
  if (/^\d+$/.test(duration)) return Number(duration);
  if (!/^(?:\d+(?:\.\d+)?[hms])+$/.test(duration)) return undefined;
  let sum = 0;
  for (const [, count = "", unit = ""] of duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g))
    sum += Number(count) * (unitSeconds[unit] ?? 0);
  return sum;
}

/** As Go writes a duration: "1h0m0s", "5m0s", "30s". */
export function goDuration(ofSeconds: number): string {
  const hours = Math.floor(ofSeconds / 3600);
  const minutes = Math.floor((ofSeconds % 3600) / 60);
  const rest = `${ofSeconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
