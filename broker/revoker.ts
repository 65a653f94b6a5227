import { lapsesAt, mintingEndsAt } from "./due";
import type { Grant, GrantState } from "./grant";
import type { Ledger } from "./ledger";
import { Outdated } from "./ledger";
import { byBroker, denied, ended, revoked, revokeFailed, type Ending, WrongState } from "./machine";
import type { Ports } from "./ports";
import { kindOf, type Settings } from "./settings";
import { isFinal } from "./states";

/** The task is over and the credential is not known to be. */
export const endings: ReadonlySet<GrantState> = new Set([
  "completed",
  "failed",
  "timed_out",
  "revoke_failed",
]);

export interface Reconciled {
  looked: number;
  timedOut: number;
  revoked: number;
  /** Not revoked yet. Each raises `nhi.grant.revoke_failed`, and is tried again. */
  failed: number;
}

/** Ends credentials: when a task ends, when its time is over, and again and again where that did not work. */
export class Revoker {
  constructor(
    private readonly settings: Settings,
    private readonly ports: Ports,
    private readonly ledger: Ledger,
  ) {}

  /** The grant is over from now on, and its credential is revoked. `minted` says that whoever minted is done. */
  async end(
    grant: Grant,
    { how, by, reason, minted }: { how: Ending; by: string; reason?: string; minted: boolean },
  ): Promise<Grant> {
    const last = (await this.ports.store.get(grant.id)) ?? grant;
    if (last.state === "issued" || last.state === "minting")
      return this.revoke(await this.ledger.save(ended(last, how, by, this.ports.clock(), reason)), minted);
    return endings.has(last.state) ? this.revoke(last, minted) : last;
  }

  async revoke(grant: Grant, minted = false): Promise<Grant> {
    const now = this.ports.clock();
    const role = this.settings.roles[grant.request.role];
    const minter = role && this.ports.minters[kindOf(role)];
    let after: Grant;
    try {
      if (!minter) throw new NoMinter();
      const end = await minter.revoke(grant, role, now);
      // Ended while it was minted: what is made after this look must be found by the next one.
      const mintsUntil = minted || grant.issuedAt !== undefined ? undefined : mintingEndsAt(grant);
      after =
        mintsUntil && mintsUntil > now
          ? revokeFailed(grant, "MintingGoesOn", now, mintsUntil)
          : revoked(grant, end, this.ports.clock());
    } catch (error) {
      if (error instanceof WrongState) throw error;
      // The kind and not the text: that may quote what the target was sent.
      after = revokeFailed(grant, error instanceof Error ? error.name : "unknown", this.ports.clock());
    }
    return this.ledger.save(after);
  }

  /** Looks at every grant that is due. Several may run at once: a write that comes second is left out. */
  async reconcile(): Promise<Reconciled> {
    const counts: Reconciled = { looked: 0, timedOut: 0, revoked: 0, failed: 0 };
    for await (const grant of this.ports.store.due(this.ports.clock())) {
      counts.looked += 1;
      try {
        const after = await this.look(grant);
        if (grant.state === "issued" && after.state !== "issued") counts.timedOut += 1;
        if (after.state === "revoke_failed") counts.failed += 1;
        else if (isFinal(after) && after.state !== "denied" && !isFinal(grant)) counts.revoked += 1;
      } catch (error) {
        if (!(error instanceof Outdated || error instanceof WrongState)) throw error;
      }
    }
    return counts;
  }

  private async look(grant: Grant): Promise<Grant> {
    const now = this.ports.clock();
    const lapses = lapsesAt(grant);
    // It is due because something of it was not told.
    if (!lapses || lapses > now) return this.ledger.deliver(grant);
    switch (grant.state) {
      case "requested":
        return this.ledger.save(denied(grant, byBroker, "it was not decided in time", now));
      case "pending_approval":
        return this.ledger.save(denied(grant, byBroker, "it was not approved in time", now));
      case "approved":
        return this.ledger.save(denied(grant, byBroker, "it was not collected in time", now));
      case "minting":
        return this.end(grant, { how: "failed", by: byBroker, reason: "minting did not end", minted: false });
      case "issued":
        return this.end(grant, { how: "timed_out", by: byBroker, minted: true });
      default:
        return this.revoke(grant);
    }
  }
}

class NoMinter extends Error {
  override readonly name = "NoMinter";
}
