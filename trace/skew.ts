import type { SourceName, TraceEvent } from "./event";

/** How far one log's clock is from another's, in milliseconds: what pairs of events that have an order leave open. */
export interface Skew {
  source: SourceName;
  against: SourceName;
  /** The least difference that explains the records. Positive: this clock is ahead. */
  milliseconds: number;
  /** The pair that shows it. */
  because: string;
}

/** CloudTrail and GCP's grants are timed in seconds; what they time may be up to this much later. */
const grain: Partial<Record<SourceName, number>> = { cloudtrail: 1000 };
export const grainOf = (source: SourceName): number => grain[source] ?? 0;

/** More than this is no clock that is off: the records contradict each other. */
const mostSkewMs = 15 * 60_000;

interface Bound {
  milliseconds: number;
  because: string;
}

/**
 * Whose clocks are off. Where two logs have events whose order is certain, and their times say the opposite, one of the
 * clocks is off by at least the difference. The first log of the list is the one that the others are measured by.
 */
export function skewsOf(events: readonly TraceEvent[]): Skew[] {
  const [reference, ...others] = (["broker", "vault"] as const).filter((name) =>
    events.some((event) => event.source === name),
  );
  if (reference === undefined) return [];
  const names = new Set([...others, ...events.map((event) => event.source)]);
  names.delete(reference);
  return [...names].flatMap((source) => {
    const bounds = boundsOf(events, reference, source);
    const least = bounds.filter((one) => Math.abs(one.milliseconds) <= mostSkewMs);
    const worst = least.sort((one, other) => Math.abs(other.milliseconds) - Math.abs(one.milliseconds))[0];
    return worst ? [{ source, against: reference, ...worst }] : [];
  });
}

function boundsOf(events: readonly TraceEvent[], reference: SourceName, source: SourceName): Bound[] {
  const at = (name: SourceName, step: TraceEvent["step"]) =>
    events.find((event) => event.source === name && event.step === step && event.loose === undefined);
  const decided = at(reference, "decided");
  const told = at(reference, "issued");
  const issued = at(source, "issued");
  const used = at(source, "used");
  return [
    // Nothing is minted before it is decided, and who minted it says `issued` when it has the credential.
    ...before(decided, issued),
    ...before(issued, told),
    // Nothing is used before it is there. Vault's answer is logged before the requester has it.
    ...(reference === "vault" ? before(told, used) : []),
  ];
}

/** The difference that makes `first` come before `second`, where the records say otherwise. */
function before(first: TraceEvent | undefined, second: TraceEvent | undefined): Bound[] {
  if (!first || !second) return [];
  const late = first.at - (second.at + grainOf(second.source));
  if (late <= 0) return [];
  const isSecondOff = first.source === "broker" || (first.source === "vault" && second.source !== "broker");
  return [
    {
      milliseconds: isSecondOff ? -(late + grainOf(second.source)) : late,
      because: `${second.source}'s ${second.step} is before ${first.source}'s ${first.step}`,
    },
  ];
}
