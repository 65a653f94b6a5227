import { refuseApproval } from "./approval";
import { roleOfGrant } from "./callers";
import type { Caller, Decision, Grant, GrantRequest } from "./grant";
import { isId, newId } from "./id";
import { Ledger } from "./ledger";
import { approved, decided, denied, minting, renewed, requested } from "./machine";
import { type Credential, type Closure, type GrantFilter, type Ports, type Scope } from "./ports";
import { Refused } from "./refused";
import { grantedSeconds, requestProblem, roleProblem } from "./request";
import { Minting } from "./minting";
import { endings, Revoker } from "./revoker";
import { liveStates } from "./states";
import type { Role, Settings } from "./settings";

/** Steps of one task, each with a grant of its own. More than this is no task but a standing access. */
const mostSteps = 20;

/** Request, decide, mint, use, revoke. Whoever calls has been proven before: see `http/callers.ts`. */
export class Broker {
  private readonly ledger: Ledger;
  private readonly revoker: Revoker;
  private readonly minting: Minting;

  constructor(
    private readonly settings: Settings,
    private readonly ports: Ports,
  ) {
    this.ledger = new Ledger(ports);
    this.revoker = new Revoker(settings, ports, this.ledger);
    this.minting = new Minting(ports, this.ledger, this.revoker);
  }

  /** Asks for access. The grant says whether it is denied, waits for approval, or can be collected. */
  request(caller: Caller, given: unknown): Promise<Grant> {
    return this.ledger.logged(caller, "request", undefined, () => this.ask(caller, given));
  }

  private async ask(caller: Caller, given: unknown, renews?: Grant): Promise<Grant> {
    const problem = requestProblem(given);
    if (problem !== undefined) throw new Refused("invalid", problem);
    const request = given as GrantRequest;
    const role = this.role(request.role, caller);
    if (roleOfGrant(caller, this.settings) !== undefined)
      throw new Refused(
        "forbidden",
        "A grant can't ask for a grant: the caller is a session that the broker gave.",
      );
    const wrong = roleProblem(caller, request, role);
    if (wrong !== undefined) throw new Refused("invalid", wrong);
    const depth = await this.depthOf(caller, request.parent);

    const now = this.ports.clock();
    const ttlSeconds = grantedSeconds(caller, request, role);
    const fresh = requested(newId(now), caller, request, ttlSeconds, now, renews?.id);
    const grant = await this.ports.store.create(fresh);
    if (JSON.stringify(grant.request) !== JSON.stringify(request))
      throw new Refused("conflict", "requestToken was used before for something else. Make up a new one.");
    if (grant.state !== "requested") return grant;

    const shut = await this.closureOf(grant);
    const decision = shut
      ? this.shutOut(now)
      : this.ports.decider.decide(caller, request, role, { now, ttlSeconds, depth });
    return this.ledger.save(decided(grant, decision, role.approval, now));
  }

  /** Mints, once, for who asked. The credential is in this answer and nowhere else. */
  collect(caller: Caller, id: string): Promise<{ grant: Grant; credential: Credential }> {
    return this.ledger.logged(caller, "collect", id, async () => {
      const grant = await this.own(caller, id);
      if (grant.state === "issued")
        throw new Refused(
          "conflict",
          "The credential was handed out, and is so once. Revoke this grant and ask anew.",
        );
      const role = this.role(grant.request.role, caller);
      const now = this.ports.clock();
      if (await this.closureOf(grant)) throw new Refused("closed", "It is closed for now.");
      if (grant.approval && Date.parse(grant.approval.expiresAt) <= now.getTime())
        throw new Refused("conflict", "The approval has expired. Ask anew.");
      return this.minting.mint(await this.ledger.save(minting(grant, now)), role);
    });
  }

  /** One of the named approvers says yes. */
  approve(caller: Caller, id: string): Promise<Grant> {
    return this.ledger.logged(caller, "approve", id, async () => {
      const grant = await this.judged(caller, id);
      const after = approved(grant, caller.id, this.ports.clock());
      return after === grant ? grant : this.ledger.save(after);
    });
  }

  /** One of the named approvers says no, which is enough. */
  deny(caller: Caller, id: string): Promise<Grant> {
    return this.ledger.logged(caller, "deny", id, async () => {
      const grant = await this.judged(caller, id);
      return this.ledger.save(denied(grant, caller.id, "an approver said no", this.ports.clock()));
    });
  }

  /** A grant that this caller may decide about now. */
  private async judged(caller: Caller, id: string): Promise<Grant> {
    const grant = await this.ofTenant(caller, id);
    const now = this.ports.clock();
    const role = this.role(grant.request.role, caller);
    refuseApproval(caller, grant, now, () =>
      this.ports.decider.permits(caller, "approve", { role, grant }, now),
    );
    return grant;
  }

  /** The task is over. What was minted is revoked before this answers, or tried again until it is. */
  complete(caller: Caller, id: string, outcome: "completed" | "failed"): Promise<Grant> {
    return this.ledger.logged(caller, "complete", id, async () =>
      this.finish(await this.own(caller, id), outcome, caller.id),
    );
  }

  /** Ends a grant early: by who asked, or by whom a policy permits it. Twice is as good as once. */
  revoke(caller: Caller, id: string): Promise<Grant> {
    return this.ledger.logged(caller, "revoke", id, async () => {
      const grant = await this.ofTenant(caller, id);
      const role = this.role(grant.request.role, caller);
      const isOwn = grant.requester.id === caller.id;
      if (!isOwn && !this.ports.decider.permits(caller, "revoke", { role, grant }, this.ports.clock()))
        throw new Refused("not_found", notThere);
      return this.finish(grant, "failed", caller.id, isOwn ? "given back early" : "revoked by another");
    });
  }

  private async finish(
    grant: Grant,
    how: "completed" | "failed",
    by: string,
    reason?: string,
  ): Promise<Grant> {
    if (grant.state === "issued") return this.over(grant, how, by, reason);
    if (endings.has(grant.state)) return this.revoker.revoke(grant);
    if (grant.state === "requested" || grant.state === "pending_approval" || grant.state === "approved")
      return this.ledger.save(denied(grant, by, "it was withdrawn", this.ports.clock()));
    if (grant.state === "minting") return this.over(grant, "failed", by, reason);
    return grant;
  }

  private over(
    grant: Grant,
    how: "completed" | "failed",
    by: string,
    reason: string | undefined,
  ): Promise<Grant> {
    return this.revoker.end(grant, { how, by, ...(reason !== undefined && { reason }), minted: false });
  }

  /** More time is a new grant with its own id and its own decision, so that no end of the old one cuts it. */
  renew(caller: Caller, id: string, requestToken: unknown): Promise<Grant> {
    return this.ledger.logged(caller, "renew", id, async () => {
      const old = await this.own(caller, id);
      if (old.state !== "issued")
        throw new Refused(
          "conflict",
          `Only a grant that is issued can be renewed. This one is ${old.state}.`,
        );
      const next = await this.ask(caller, { ...old.request, requestToken }, old);
      if (next.state !== "denied")
        await this.ledger.save(renewed(old, next.id, caller.id, this.ports.clock()));
      return next;
    });
  }

  get(caller: Caller, id: string): Promise<Grant> {
    return this.ledger.logged(caller, "get", id, async () => {
      const grant = await this.ofTenant(caller, id);
      if (!this.isVisible(caller, grant)) throw new Refused("not_found", notThere);
      return grant;
    });
  }

  async *list(caller: Caller, filter: Omit<GrantFilter, "tenant">): AsyncGenerator<Grant> {
    for await (const grant of this.ports.store.list({ ...filter, tenant: caller.tenant }))
      if (this.isVisible(caller, grant)) yield grant;
  }

  /**
   * The kill switch: nothing is minted any more for a role, a requester or the whole tenant, and what is out is
   * revoked. Gives how many grants ended, and how many could not be revoked at once: those are tried again.
   */
  close(
    caller: Caller,
    about: Omit<Scope, "tenant">,
    reason: string,
  ): Promise<{ ended: number; failed: number }> {
    return this.ledger.logged(caller, "close", undefined, async () => {
      const now = this.ports.clock();
      const scope = this.scope(caller, "close", about, now);
      const closure: Closure = { ...scope, by: caller.id, reason, at: now.toISOString() };
      // First shut, then end: nothing new comes between.
      await this.ports.store.close(closure);
      let count = 0;
      let failed = 0;
      for await (const grant of this.ports.store.list({ ...scope, open: true })) {
        const after = await this.finish(grant, "failed", caller.id, "the kill switch was used").catch(
          () => undefined,
        );
        count += 1;
        if (!after || after.state === "revoke_failed") failed += 1;
      }
      return { ended: count, failed };
    });
  }

  open(caller: Caller, about: Omit<Scope, "tenant">): Promise<void> {
    return this.ledger.logged(caller, "open", undefined, () =>
      this.ports.store.open(this.scope(caller, "open", about, this.ports.clock())),
    );
  }

  /** One event for a call whose caller could not be proven. */
  tellUnproven(action: string): Promise<void> {
    return this.ledger.tell("unproven", action, undefined, "the caller is not proven");
  }

  /** Ends what should have ended, tries again what failed, delivers what was not delivered. */
  reconcile(): ReturnType<Revoker["reconcile"]> {
    return this.revoker.reconcile();
  }

  private scope(caller: Caller, action: "close" | "open", about: Omit<Scope, "tenant">, now: Date): Scope {
    const roles = Object.values(this.settings.roles).filter(
      ({ name, tenant }) => tenant === caller.tenant && (about.role === undefined || name === about.role),
    );
    if (roles.length === 0) throw new Refused("not_found", notThere);
    if (!roles.every((role) => this.ports.decider.permits(caller, action, { role }, now)))
      throw new Refused("forbidden", `No policy permits this caller to ${action} all of that.`);
    return { ...about, tenant: caller.tenant };
  }

  private shutOut(now: Date): Decision {
    const { policyHash } = this.ports.decider;
    return { id: newId(now), effect: "deny", policyHash, policies: [], reason: "it is closed for now" };
  }

  private async closureOf({ tenant, requester, request }: Grant): Promise<Closure | undefined> {
    const all = await this.ports.store.closed();
    return all.find(
      (closure) =>
        closure.tenant === tenant &&
        (closure.role === undefined || closure.role === request.role) &&
        (closure.requester === undefined || closure.requester === requester.id),
    );
  }

  private isVisible(caller: Caller, grant: Grant): boolean {
    if (grant.requester.id === caller.id || grant.approval?.approvers.includes(caller.id)) return true;
    const role = this.settings.roles[grant.request.role];
    return (
      role !== undefined && this.ports.decider.permits(caller, "revoke", { role, grant }, this.ports.clock())
    );
  }

  private async depthOf(caller: Caller, parent: string | undefined): Promise<number> {
    let depth = 0;
    for (let id = parent; id !== undefined; depth += 1) {
      if (depth >= mostSteps)
        throw new Refused("invalid", `A task has at most ${mostSteps} steps. Begin a new one.`);
      const grant = await this.own(caller, id);
      if (depth === 0 && !liveStates.has(grant.state))
        throw new Refused(
          "invalid",
          `parent must be a step of this task that goes on. It is ${grant.state}.`,
        );
      id = grant.request.parent;
    }
    return depth;
  }

  private role(name: string, caller: Caller): Role {
    const role = Object.hasOwn(this.settings.roles, name) ? this.settings.roles[name] : undefined;
    // A role of another tenant is answered as one that is not there.
    if (role?.tenant !== caller.tenant) throw new Refused("not_found", "There is no such role.");
    return role;
  }

  /** A grant of this very caller. Another's is answered as one that is not there. */
  private async own(caller: Caller, id: string): Promise<Grant> {
    const grant = await this.ofTenant(caller, id);
    if (grant.requester.id !== caller.id) throw new Refused("not_found", notThere);
    return grant;
  }

  private async ofTenant(caller: Caller, id: string): Promise<Grant> {
    const grant = isId(id) ? await this.ports.store.get(id) : undefined;
    if (grant?.tenant !== caller.tenant) throw new Refused("not_found", notThere);
    return grant;
  }
}

const notThere = "There is no such grant.";
