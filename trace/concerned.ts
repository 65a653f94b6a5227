import type { Ordered } from "./accesses";
import type { TraceEvent } from "./event";

/** How long after its end an access is still looked for, where a call names a principal only. */
const graceMs = 60 * 60_000;

/** The records that concern the access, of those that its identifiers have found. */
export function concerned(
  events: readonly Ordered[],
  identifiers: readonly string[],
): { events: Ordered[]; repeated: number } {
  const denials = new Denials(events, identifiers);
  const kept = events.flatMap((event): Ordered[] => {
    if (event.source === "cloudtrail" && event.step === "revoked") return denials.read(event);
    return event.loose === undefined || isInTime(event, events) ? [event] : [];
  });
  return { events: kept, repeated: denials.repeated };
}

/** A record of which it is not sure that it concerns the access does so in the time that the access lasted. */
function isInTime({ source, corrected }: Ordered, events: readonly Ordered[]): boolean {
  const issued = events.find((event) => event.source === source && event.step === "issued");
  const last = events.findLast((one) => one.source === source && one.step === "revoked" && !one.loose);
  const until = last ? last.corrected + graceMs : Infinity;
  return issued !== undefined && corrected >= issued.corrected && corrected <= until;
}

/**
 * The changes of a role's deny policy, in order. Each one names all grants that are denied then: the first that names a
 * grant revokes it, and one that does not name it any more lifts that. A cut-off denies all sessions that are older.
 */
class Denials {
  /** How often a policy was written again with a grant of ours still in it. */
  repeated = 0;
  private readonly denied = new Set<string>();
  /** When the sessions of each grant were issued, and for which role. */
  private readonly issued = new Map<string, { at: number; role: string | undefined }>();
  private readonly grants: readonly string[];

  constructor(events: readonly Ordered[], identifiers: readonly string[]) {
    this.grants = identifiers.filter((key) => key.startsWith("grant:"));
    for (const event of events.filter((one) => one.source === "cloudtrail" && one.step === "issued"))
      for (const key of event.gives.filter((one) => one.startsWith("grant:")))
        this.issued.set(key, {
          at: event.corrected,
          role: event.gives.find((one) => one.startsWith("deny:")),
        });
  }

  read(event: Ordered): Ordered[] {
    const covered = this.grants.filter((grant) => this.covers(event, grant));
    const revoked = covered.filter((grant) => !this.denied.has(grant));
    const lifted = [...this.denied].filter((grant) => !covered.includes(grant) && this.isOf(event, grant));
    for (const grant of revoked) this.denied.add(grant);
    for (const grant of lifted) this.denied.delete(grant);
    if (covered.length > 0 && revoked.length === 0 && lifted.length === 0) this.repeated += 1;
    return [
      ...(revoked.length > 0 ? [{ ...event, keys: revoked }] : []),
      ...(lifted.length > 0 ? [changed(event, "lifted", lifted)] : []),
    ];
  }

  private covers(event: Ordered, grant: string): boolean {
    if (event.keys.includes(grant)) return true;
    const cutOff = Date.parse(event.fields.cutOff ?? "");
    const issued = this.issued.get(grant);
    return (
      issued !== undefined && this.isOf(event, grant) && issued.at < cutOff && issued.at <= event.corrected
    );
  }

  /** Whether the policy is that of the role whose session the grant has. */
  private isOf(event: TraceEvent, grant: string): boolean {
    const role = this.issued.get(grant)?.role;
    return role === undefined || event.keys.includes(role);
  }
}

const changed = (event: Ordered, step: TraceEvent["step"], keys: string[]): Ordered => ({
  ...event,
  step,
  keys,
  id: `${event.id} ${step}`,
});
