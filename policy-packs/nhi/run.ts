import type { Acceptance } from "./exemptions";
import type { Rule } from "./rule";
import { defaultSettings, type Settings } from "./settings";

/** What holds for one run of the pack: the engine starts a pack anew for each preview and each update. */
export interface Run {
  /** Milliseconds since 1970. The only thing that a run takes from outside of the engine. */
  now(): number;
  /** Every rule of the pack, for settings that name them. */
  rules: readonly Rule[];
  settings: Settings;
  /** The exemptions and baseline entries that a finding has come up for. */
  used: Set<Acceptance["entry"]>;
  /** Checks that could not be decided, as `rule urn property`. */
  undecided: Set<string>;
}

export const newRun = (rules: readonly Rule[], now: () => number = Date.now): Run => ({
  now,
  rules,
  settings: defaultSettings,
  used: new Set(),
  undecided: new Set(),
});
