import type { Grant } from "./grant";

/** Seconds until somebody looks again at a step that its own request should have finished long ago. */
export const overdue = { requested: 60, approved: 15 * 60, minting: 120 };

/**
 * When the reconciler has to look at a grant. Nothing where it has come to its end and all of its events are delivered.
 * What is to be done at once is due since it happened, so that the oldest comes first.
 */
export function dueAt(grant: Grant): Date | undefined {
  const undelivered = grant.events[grant.delivered]?.time;
  const step = lapsesAt(grant);
  if (undelivered === undefined) return step;
  const since = new Date(undelivered);
  return step !== undefined && step < since ? step : since;
}

/** When the grant goes on by itself, whatever its requester does. Nothing where it is final. */
export function lapsesAt(grant: Grant): Date | undefined {
  const { requestedAt } = grant;
  switch (grant.state) {
    case "requested":
      return after(requestedAt, overdue.requested);
    case "pending_approval":
      return new Date(grant.approval?.expiresAt ?? requestedAt);
    case "approved":
      return grant.approval ? new Date(grant.approval.expiresAt) : after(requestedAt, overdue.approved);
    case "minting":
      return mintingEndsAt(grant);
    case "issued":
      return new Date(grant.expiresAt ?? requestedAt);
    case "completed":
    case "failed":
    case "timed_out":
      return new Date(grant.endedAt ?? requestedAt);
    case "revoke_failed":
      return new Date(grant.revocation?.nextAttemptAt ?? requestedAt);
    case "denied":
    case "revoked":
    case "expired":
      return undefined;
  }
}

/** By then, whoever won the right to mint has minted or is gone. */
export const mintingEndsAt = ({ mintingAt, requestedAt }: Grant): Date =>
  after(mintingAt ?? requestedAt, overdue.minting);

const after = (time: string, seconds: number) => new Date(Date.parse(time) + seconds * 1000);
