import { steps, type SourceName, type TraceEvent } from "./event";
import { accessesOf } from "./accesses";
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

type Ordered = TraceEvent & { corrected: number };

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

/** Records of which it was not sure that they concern the access: they do in the time that it lasted. */
const graceMs = 60 * 60_000;

function concerned(
  events: readonly Ordered[],
  identifiers: readonly string[],
): { events: Ordered[]; repeated: number } {
  const grants = new Set(identifiers.filter((key) => key.startsWith("grant:")).map((key) => key.slice(6)));
  const firstOf = (source: SourceName, step: TraceEvent["step"]) =>
    events.find((event) => event.source === source && event.step === step);
  const denied = firstOf("cloudtrail", "revoked");
  let repeated = 0;
  const kept = events.filter((event) => {
    const { source, step } = event;
    if (step === "lifted") {
      const isStillDenied = (event.fields.denies ?? "").split(", ").some((grant) => grants.has(grant));
      return denied !== undefined && event.corrected > denied.corrected && !isStillDenied;
    }
    if (source === "cloudtrail" && step === "revoked" && event !== denied) {
      repeated += 1;
      return false;
    }
    if (event.loose === undefined) return true;
    const issued = firstOf(source, "issued");
    const last = events.findLast((one) => one.source === source && one.step === "revoked" && !one.loose);
    const until = last ? last.corrected + graceMs : Infinity;
    return issued !== undefined && event.corrected >= issued.corrected && event.corrected <= until;
  });
  return { events: kept, repeated };
}
