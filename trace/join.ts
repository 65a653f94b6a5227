import { keysOf, type SourceName, type Step, type TraceEvent } from "./event";
import { readFile } from "./read";
import { told, type SourceSettings } from "./sources";

/** The lease's id and the token's accessor as audit devices write them: each device hashes with a key of its own. */
export interface VaultHashes {
  lease: readonly string[];
  accessor: readonly string[];
}

export interface TraceRequest {
  /** What is asked for: a grant's id, a lease's, a source identity, a database's user, an access key's id. */
  id: string;
  files: readonly string[];
  settings: SourceSettings;
  vaultHashes?: VaultHashes;
}

/** What a log held, whether it concerns the access or not. */
export interface Coverage {
  records: number;
  /** Milliseconds since 1970 of its first and last record. */
  from: number;
  until: number;
}

export interface Counted {
  source: SourceName;
  step: Step;
  what: string;
  count: number;
  from: number;
  until: number;
}

export interface Joined {
  events: TraceEvent[];
  /** How often records came more than once, by log. */
  duplicates: Partial<Record<SourceName, number>>;
  /** Events beyond the cap, counted by what they are. */
  counted: Counted[];
  coverage: Partial<Record<SourceName, Coverage>>;
  /** One line each: file, place, what. */
  problems: string[];
  /** Records that are of no log that is known. */
  unknown: number;
  files: number;
  passes: number;
  /** Whether a last pass found nothing more. */
  isClosed: boolean;
  /** What was asked for, as each log may call it. */
  seeds: string[];
  /** Those and what the records gave. */
  identifiers: string[];
}

/** The events of one access that are kept one by one. What is beyond is counted. */
export const mostEvents = 100_000;
/** How often the files are read at most. Each pass follows the identifiers that the one before has found. */
export const mostPasses = 6;
const mostProblems = 100;
const mostKinds = 10_000;

/**
 * Collects the records that belong to an access. An access has one identifier for the asker and others in each log, so
 * the files are read until no record gives a new one.
 */
export async function join(request: TraceRequest): Promise<Joined> {
  const seeds = seedsOf(request);
  const known = new Set(seeds);
  for (let passes = 1; ; passes++) {
    const before = known.size;
    const collected = await readAll(request, known);
    // A record that came before its identifier was known was passed over: then everything is read again.
    const isClosed = known.size === before;
    if (isClosed || passes === mostPasses)
      return { ...collected, passes, isClosed, seeds, identifiers: [...known].sort() };
  }
}

function seedsOf({ id, vaultHashes }: TraceRequest): string[] {
  const kinds = ["grant", "lease", "source-identity", "user", "key", "token", "pam"];
  return [
    ...kinds.map((kind) => `${kind}:${id}`),
    ...keysOf("lease-hash", ...(vaultHashes?.lease ?? [])),
    ...keysOf("token", ...(vaultHashes?.accessor ?? [])),
  ];
}

type Collected = Omit<Joined, "passes" | "isClosed" | "seeds" | "identifiers">;

async function readAll({ files, settings }: TraceRequest, known: Set<string>): Promise<Collected> {
  const collection = new Collection();
  const coverage: Joined["coverage"] = {};
  const problems: string[] = [];
  let problemCount = 0;
  let unknown = 0;
  for (const file of files)
    for await (const read of readFile(file)) {
      if ("problem" in read) {
        problemCount += 1;
        if (problemCount <= mostProblems) problems.push(`${file}: ${read.problem}.`);
        continue;
      }
      const said = told(read.record, settings);
      if (!said) {
        unknown += 1;
        continue;
      }
      cover(coverage, said.source, said.at);
      for (const event of said.events) {
        if (!event.keys.some((key) => known.has(key))) continue;
        for (const key of event.gives) known.add(key);
        collection.take(event);
      }
    }
  if (problemCount > mostProblems)
    problems.push(`${problemCount - mostProblems} more places could not be read.`);
  return { ...collection.result(), coverage, problems, unknown, files: files.length };
}

function cover(coverage: Joined["coverage"], source: SourceName, at: number): void {
  const seen = (coverage[source] ??= { records: 0, from: at, until: at });
  seen.records += 1;
  if (at < seen.from) seen.from = at;
  if (at > seen.until) seen.until = at;
}

/** The events of an access, each once, in bounded memory. */
class Collection {
  private readonly events = new Map<string, TraceEvent>();
  private readonly counted = new Map<string, Counted>();
  private readonly duplicates: Joined["duplicates"] = {};

  take(event: TraceEvent): void {
    const id = `${event.source} ${event.id}`;
    const earlier = this.events.get(id);
    if (earlier) {
      this.duplicates[event.source] = (this.duplicates[event.source] ?? 0) + 1;
      // Two devices may log one request a moment apart: the first time counts, in whatever order they are read.
      if (event.at < earlier.at) this.events.set(id, event);
    } else if (this.events.size < mostEvents) this.events.set(id, event);
    else this.count(event);
  }

  private count({ source, step, what, at }: TraceEvent): void {
    const name = `${source} ${step} ${what}`;
    const key = this.counted.has(name) || this.counted.size < mostKinds ? name : `${source} ${step}`;
    const kind = this.counted.get(key);
    if (kind)
      Object.assign(kind, {
        count: kind.count + 1,
        from: Math.min(kind.from, at),
        until: Math.max(kind.until, at),
      });
    else
      this.counted.set(key, {
        source,
        step,
        what: key === name ? what : "other calls",
        count: 1,
        from: at,
        until: at,
      });
  }

  result(): Pick<Joined, "events" | "counted" | "duplicates"> {
    return {
      events: [...this.events.values()],
      counted: [...this.counted.values()],
      duplicates: this.duplicates,
    };
  }
}
