import type { Caller, Grant, RefusalEvent } from "./grant";
import { newId } from "./id";
import { delivered, WrongState } from "./machine";
import type { Ports } from "./ports";
import { Refused } from "./refused";

/** Somebody else wrote first. What was read is old. */
export class Outdated extends Error {}

/** How often a call reads again when somebody else wrote first. */
const tries = 5;

/** Writes grants and sees to it that every change is told. */
export class Ledger {
  constructor(private readonly ports: Pick<Ports, "store" | "events" | "clock">) {}

  /** Writes the grant and delivers its events. What is not delivered now, the reconciler delivers. */
  async save(grant: Grant): Promise<Grant> {
    if (!(await this.ports.store.replace(grant))) throw new Outdated();
    return this.deliver(grant);
  }

  async deliver(grant: Grant): Promise<Grant> {
    const waiting = grant.events.slice(grant.delivered);
    if (waiting.length === 0) return grant;
    try {
      await this.ports.events.deliver(waiting);
    } catch {
      return grant;
    }
    const told = delivered(grant, grant.events.length);
    // Where another writer was first, the events are in its grant as well, and at worst delivered twice.
    return (await this.ports.store.replace(told)) ? told : grant;
  }

  /** Runs a caller's step. Reads again where another writer was first, and logs a refusal as one event. */
  async logged<T>(
    caller: Caller,
    action: string,
    grantId: string | undefined,
    step: () => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await step();
      } catch (error) {
        if (error instanceof Outdated && attempt < tries) continue;
        const refused = asRefused(error);
        if (!refused) throw error;
        await this.tell(caller.id, action, grantId, refused.message);
        throw refused;
      }
  }

  /** One event for a call that got nothing. That it can't be delivered does not turn a no into something else. */
  async tell(by: string, action: string, grantId: string | undefined, reason: string): Promise<void> {
    const now = this.ports.clock();
    const event: RefusalEvent = {
      id: newId(now),
      type: "nhi.call.refused",
      time: now.toISOString(),
      by,
      action,
      ...(grantId !== undefined && { grantId }),
      reason,
    };
    await this.ports.events.deliver([event]).catch(() => undefined);
  }
}

function asRefused(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  if (error instanceof WrongState) return new Refused("conflict", error.message);
  if (error instanceof Outdated)
    return new Refused("conflict", "Others change this grant at the same time. Try again.");
  return undefined;
}
