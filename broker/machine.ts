import {
  type Caller,
  type Decision,
  type Grant,
  type GrantEvent,
  type GrantEventType,
  type GrantRequest,
  type GrantState,
} from "./grant";
import type { Ended } from "./ports";
import type { ApprovalRule } from "./settings";
import { following } from "./states";

/** A change that the grant's state does not allow: who asked is told which state it is in. */
export class WrongState extends Error {
  constructor(
    readonly grant: Grant,
    wanted: string,
  ) {
    super(`The grant ${grant.id} can't be ${wanted}: it is ${grant.state}.`);
  }
}

interface Change {
  /** What this step is called when it is refused. */
  wanted: string;
  state: GrantState;
  event: GrantEventType;
  by: string;
  now: Date;
  detail?: GrantEvent["detail"];
  fields?: Partial<Grant>;
}

/** The broker itself, where no caller did a step. */
export const byBroker = "broker";

function change(grant: Grant, { wanted, state, event, by, now, detail = {}, fields }: Change): Grant {
  if (!following[grant.state].includes(state)) throw new WrongState(grant, wanted);
  const next = { ...grant, ...fields, state, version: grant.version + 1 };
  return { ...next, events: [...grant.events, eventOf(next, grant.events.length, event, by, now, detail)] };
}

const eventOf = (
  { id, tenant, requester, request }: Grant,
  number: number,
  type: GrantEventType,
  by: string,
  now: Date,
  detail: GrantEvent["detail"],
): GrantEvent => ({
  id: `${id}/${number}`,
  type,
  time: now.toISOString(),
  grantId: id,
  tenant,
  requester: requester.id,
  role: request.role,
  by,
  detail,
});

export function requested(
  id: string,
  requester: Caller,
  request: GrantRequest,
  ttlSeconds: number,
  now: Date,
  renews?: string,
): Grant {
  const grant: Grant = {
    id,
    version: 1,
    state: "requested",
    tenant: requester.tenant,
    requester,
    request,
    ttlSeconds,
    requestedAt: now.toISOString(),
    events: [],
    delivered: 0,
  };
  const { purpose, environment, task, parent, intent, resources } = request;
  const detail = {
    purpose,
    environment,
    ttlSeconds,
    kind: requester.kind,
    ...(task !== undefined && { task }),
    ...(parent !== undefined && { parent }),
    ...(renews !== undefined && { renews }),
    ...(resources !== undefined && { resources }),
    ...(intent && { intentTask: intent.task, intentTools: intent.tools, intentTargets: intent.targets }),
  };
  return {
    ...grant,
    events: [eventOf(grant, 0, "nhi.grant.requested", requester.id, now, detail)],
  };
}

const decisionDetail = ({ id, policyHash, policies, reason }: Decision) => ({
  decisionId: id,
  policyHash,
  policies,
  ...(reason !== undefined && { reason }),
});

export function decided(grant: Grant, decision: Decision, rule: ApprovalRule | undefined, now: Date): Grant {
  const detail = decisionDetail(decision);
  const common = { wanted: "decided", by: byBroker, now };
  if (decision.effect === "deny")
    return change(grant, {
      ...common,
      state: "denied",
      event: "nhi.grant.denied",
      detail,
      fields: { decision },
    });
  if (!rule)
    return change(grant, {
      ...common,
      state: "approved",
      event: "nhi.grant.approved",
      detail,
      fields: { decision },
    });
  const expiresAt = new Date(now.getTime() + rule.expiresInSeconds * 1000).toISOString();
  const approval = { needed: rule.needed, approvers: rule.approvers, given: [], expiresAt };
  return change(grant, {
    ...common,
    state: "pending_approval",
    event: "nhi.grant.approval_needed",
    detail: { ...detail, needed: rule.needed, approvers: rule.approvers, until: expiresAt },
    fields: { decision, approval },
  });
}

/** One more approver said yes. Saying it twice counts once, and changes nothing. */
export function approved(grant: Grant, by: string, now: Date): Grant {
  const { approval, decision } = grant;
  if (grant.state !== "pending_approval" || !approval || !decision) throw new WrongState(grant, "approved");
  if (approval.given.some((one) => one.by === by)) return grant;
  const given = [...approval.given, { by, at: now.toISOString() }];
  return change(grant, {
    wanted: "approved",
    state: given.length >= approval.needed ? "approved" : "pending_approval",
    event: "nhi.grant.approved",
    by,
    now,
    detail: { ...decisionDetail(decision), given: given.length, needed: approval.needed },
    fields: { approval: { ...approval, given } },
  });
}

export function denied(grant: Grant, by: string, reason: string, now: Date): Grant {
  return change(grant, {
    wanted: "denied",
    state: "denied",
    event: "nhi.grant.denied",
    by,
    now,
    detail: { ...(grant.decision && decisionDetail(grant.decision)), reason },
  });
}

/** Wins the right to mint. Two who try at once write the same version, and one of them fails. */
export function minting(grant: Grant, now: Date): Grant {
  if (grant.state !== "approved") throw new WrongState(grant, "minted");
  const expiresAt = new Date(now.getTime() + grant.ttlSeconds * 1000).toISOString();
  return {
    ...grant,
    state: "minting",
    version: grant.version + 1,
    mintingAt: now.toISOString(),
    expiresAt,
  };
}

/** What revoking will need, kept before there is something to revoke. */
export function remembered(grant: Grant, handle: Record<string, string>): Grant {
  if (grant.state !== "minting") throw new WrongState(grant, "minted");
  return { ...grant, version: grant.version + 1, handle: { ...grant.handle, ...handle } };
}

export function issued(
  grant: Grant,
  target: string,
  { handle, scopeHash }: { handle: Record<string, string>; scopeHash?: string },
  now: Date,
): Grant {
  return change(grant, {
    wanted: "issued",
    state: "issued",
    event: "nhi.grant.issued",
    by: byBroker,
    now,
    detail: {
      target,
      expiresAt: grant.expiresAt ?? "",
      ...(scopeHash !== undefined && { scopeHash }),
      ...handle,
    },
    fields: {
      issuedAt: now.toISOString(),
      handle: { ...grant.handle, ...handle },
      ...(scopeHash !== undefined && { scopeHash }),
    },
  });
}

/** A next grant of the same requester took over. This one goes on to its own end. */
export function renewed(grant: Grant, nextId: string, by: string, now: Date): Grant {
  return change(grant, {
    wanted: "renewed",
    state: "issued",
    event: "nhi.grant.renewed",
    by,
    now,
    detail: { next: nextId },
  });
}

const endingEvents = {
  completed: "nhi.grant.completed",
  failed: "nhi.grant.failed",
  timed_out: "nhi.grant.timed_out",
} as const;

export type Ending = keyof typeof endingEvents;

/** The task is over, one way or another: what was minted is to be revoked from now on. */
export function ended(grant: Grant, how: Ending, by: string, now: Date, reason?: string): Grant {
  return change(grant, {
    wanted: "ended",
    state: how,
    event: endingEvents[how],
    by,
    now,
    detail: reason === undefined ? {} : { reason },
    fields: {
      endedAt: now.toISOString(),
      endedBy: by,
      revocation: { requestedAt: now.toISOString(), attempts: 0 },
    },
  });
}

export function revoked(grant: Grant, { how, mechanism }: Ended, now: Date): Grant {
  const { requestedAt = now.toISOString(), attempts = 0 } = grant.revocation ?? {};
  const effectiveAt = now.toISOString();
  return change(grant, {
    wanted: "revoked",
    state: how,
    event: how === "revoked" ? "nhi.grant.revoked" : "nhi.grant.expired",
    by: byBroker,
    now,
    detail: {
      mechanism,
      requestedAt,
      effectiveAt,
      latencyMs: now.getTime() - Date.parse(requestedAt),
    },
    fields: { revocation: { requestedAt, effectiveAt, mechanism, attempts: attempts + 1 } },
  });
}

/** Seconds until the next try: 5, 10, 20 … and at most five minutes, for ever. */
export const retrySeconds = (attempts: number): number => Math.min(300, 5 * 2 ** Math.min(attempts, 10));

export function revokeFailed(grant: Grant, problem: string, now: Date, next?: Date): Grant {
  const { requestedAt = now.toISOString(), attempts = 0 } = grant.revocation ?? {};
  const nextAttemptAt = (next ?? new Date(now.getTime() + retrySeconds(attempts) * 1000)).toISOString();
  return change(grant, {
    wanted: "revoked",
    state: "revoke_failed",
    event: "nhi.grant.revoke_failed",
    by: byBroker,
    now,
    detail: { problem, attempts: attempts + 1, nextAttemptAt },
    fields: { revocation: { requestedAt, attempts: attempts + 1, nextAttemptAt, problem } },
  });
}

/** So many of its events have arrived. */
export const delivered = (grant: Grant, count: number): Grant => ({
  ...grant,
  version: grant.version + 1,
  delivered: count,
});
