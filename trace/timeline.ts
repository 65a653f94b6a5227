import { steps, type SourceName, type TraceEvent } from "./event";
import { accessesOf, type Ordered } from "./accesses";
import { concerned } from "./concerned";
import { findingsOf, type Finding } from "./findings";
import type { Counted, Coverage, Joined } from "./join";
import { skewsOf, type Skew } from "./skew";

/** An event in its place: by a clock that is put right where it is known to be off. */
export interface PlacedEvent extends TraceEvent {
  corrected: number;
  /** Whether the access was over by then. */
  isAfterEnd: boolean;
}

export interface Timeline {
  id: string;
  events: PlacedEvent[];
  counted: Counted[];
  skews: Skew[];
  findings: Finding[];
  coverage: Partial<Record<SourceName, Coverage>>;
  duplicates: Partial<Record<SourceName, number>>;
  problems: string[];
  unknown: number;
  files: number;
  passes: number;
}

/** What the logs say about an access, in order, and what does not fit together. */
export function timelineOf(id: string, joined: Joined, given: ReadonlySet<SourceName>): Timeline {
  const { coverage, counted, duplicates, problems, unknown, files, passes } = joined;
  const skews = skewsOf(inOrder(joined.events, []));
  const { events, repeated } = concerned(inOrder(joined.events, skews), joined.identifiers);
  const accesses = accessesOf(events, joined);
  const late = new Set(accesses.flatMap((access) => access.events.filter((event) => access.isOverAt(event))));
  const placed = events.map((event) => ({ ...event, isAfterEnd: late.has(event) }));
  const findings = findingsOf({ id, accesses, joined, given, skews, repeated });
  return {
    id,
    events: placed,
    counted,
    skews,
    findings,
    coverage,
    duplicates,
    problems,
    unknown,
    files,
    passes,
  };
}

/** By time, then by the order in which an access goes, then by what makes the order the same however logs are given. */
function inOrder(events: readonly TraceEvent[], skews: readonly Skew[]): Ordered[] {
  const offsets = new Map(skews.map((skew) => [skew.source, skew.milliseconds]));
  return events
    .map((event) => ({ ...event, corrected: event.at - (offsets.get(event.source) ?? 0) }))
    .sort(
      (one, other) =>
        one.corrected - other.corrected ||
        steps.indexOf(one.step) - steps.indexOf(other.step) ||
        compare(one.source, other.source) ||
        compare(one.id, other.id),
    );
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
