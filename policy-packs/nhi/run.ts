import type { Acceptance } from "./exemptions";
import type { KnownException } from "./exceptions";
import type { Rule } from "./rule";
import { defaultSettings, type Settings } from "./settings";
import type { Finding } from "./verdict";

/** A finding with where it stands, as it is reported. What it is without its message's words. */
export interface Reported extends Finding {
  rule: string;
  urn: string;
  message: string;
  /** What lets it stay for a while. */
  accepted?: Acceptance["entry"] | KnownException;
}

/** What holds for one run of the pack: the engine starts a pack anew for each preview and each update. */
export interface Run {
  /** Milliseconds since 1970. The only thing that a run takes from outside of the engine. */
  now(): number;
  /** Every rule of the pack, for settings that name them. */
  rules: readonly Rule[];
  settings: Settings;
  /** The exemptions and baseline entries that a finding has come up for. */
  used: Set<Acceptance["entry"]>;
  /** Exceptions that the program makes, by URN. */
  exceptions: Map<string, KnownException>;
  /** Checks that could not be decided, as `rule urn property`. */
  undecided: Set<string>;
  /** Told of each finding beside its report, by who needs more than a message: an audit, a baseline, evidence. */
  onReport?: (reported: Reported) => void;
}

export const newRun = (rules: readonly Rule[], now: () => number = Date.now): Run => ({
  now,
  rules,
  settings: defaultSettings,
  used: new Set(),
  exceptions: new Map(),
  undecided: new Set(),
});
