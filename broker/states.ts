import type { Grant, GrantState } from "./grant";

/** What can follow what. Nothing else is ever written. */
export const following: Readonly<Record<GrantState, readonly GrantState[]>> = {
  requested: ["denied", "pending_approval", "approved"],
  denied: [],
  pending_approval: ["pending_approval", "approved", "denied"],
  approved: ["minting", "denied"],
  minting: ["issued", "failed"],
  issued: ["issued", "completed", "failed", "timed_out"],
  completed: ["revoked", "revoke_failed", "expired"],
  failed: ["revoked", "revoke_failed", "expired"],
  timed_out: ["revoked", "revoke_failed", "expired"],
  revoked: [],
  revoke_failed: ["revoked", "revoke_failed", "expired"],
  expired: [],
};

/** The states that nothing follows. */
export const finalStates: ReadonlySet<GrantState> = new Set(["denied", "revoked", "expired"]);

/** The states in which somebody may hold a working credential. */
export const liveStates: ReadonlySet<GrantState> = new Set([
  "minting",
  "issued",
  "completed",
  "failed",
  "timed_out",
  "revoke_failed",
]);

export const isFinal = ({ state }: Grant): boolean => finalStates.has(state);
