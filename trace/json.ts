import schema from "./nhi-trace-v1.schema.json";
import type { Timeline } from "./timeline";
import { iso } from "./words";

/** What `nhi trace --format json` writes: see `nhi-trace-v1.schema.json`. */
export function jsonOf(timeline: Timeline): string {
  const { id, events, counted, skews, findings, coverage, duplicates, problems, unknown, files, passes } =
    timeline;
  const trace = {
    version: schema.properties.version.const,
    id,
    events: events.map((event) => ({
      time: iso(event.at),
      correctedTime: iso(event.corrected),
      source: event.source,
      step: event.step,
      what: event.what,
      afterEnd: event.isAfterEnd,
      fields: event.fields,
      ...(event.loose !== undefined && { joinedBy: event.loose }),
    })),
    counted: counted.map(({ from, until, ...kind }) => ({ ...kind, from: iso(from), until: iso(until) })),
    clocks: skews,
    findings,
    searched: {
      files,
      passes,
      unknown,
      duplicates,
      sources: Object.fromEntries(
        Object.entries(coverage).map(([source, { records, from, until }]) => [
          source,
          { records, from: iso(from), until: iso(until) },
        ]),
      ),
    },
    problems,
  };
  return `${JSON.stringify(trace, null, 2)}\n`;
}
