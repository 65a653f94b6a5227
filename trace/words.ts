import type { SourceName } from "./event";

const titles: Record<SourceName, string> = {
  broker: "the broker",
  cloudtrail: "CloudTrail",
  vault: "Vault's audit log",
  postgresql: "PostgreSQL's log",
  gcp: "Cloud Audit Logs",
};

/** What a log is called in a sentence. */
export const titleOf = (source: SourceName): string => titles[source];

/** A time as it is printed: UTC, milliseconds. */
export function iso(at: number | undefined): string {
  if (at === undefined || !Number.isFinite(at)) return "an unknown time";
  return new Date(at).toISOString();
}

/**
 * What a log holds, as it may be shown: no control characters, and none that turn the direction of text or that nobody
 * sees (Unicode categories Cc, Cf and Zl, Zp). What is left out is marked.
 */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");
