/** Where a grant stands. Every change is one conditional write and one event. */
export type GrantState =
  /** Written down and not decided yet. */
  | "requested"
  | "denied"
  /** Allowed once enough of the named approvers say so. */
  | "pending_approval"
  /** Allowed. Nothing is minted until the requester comes for it. */
  | "approved"
  /** Somebody won the right to mint, once. */
  | "minting"
  | "issued"
  /** The task ended well, and the credential is to be revoked. */
  | "completed"
  /** The task ended badly, or somebody ended it, and the credential is to be revoked. */
  | "failed"
  /** The grant's time is over, and what is left of the credential is to be revoked. */
  | "timed_out"
  | "revoked"
  /** Revoking did not work. It is tried again until it does or the credential has ended by itself. */
  | "revoke_failed"
  /** The credential ended by itself. */
  | "expired";

/** Who calls, as the broker has proven it. Never what a caller says of itself. */
export interface Caller {
  /** An ARN, or an issuer and a subject: `https://token.actions.githubusercontent.com#repo:octo/app:…`. */
  id: string;
  /** Whose grants it can see: an AWS account, or what the settings give an issuer. */
  tenant: string;
  kind: "workload" | "ai-agent" | "human";
  /** What the proof says beside the id, for policies: claims of the token. */
  claims: Record<string, string>;
}

/** What an AI agent is about to do, in terms that a policy can compare. */
export interface Intent {
  task: string;
  tools: string[];
  targets: string[];
}

export interface GrantRequest {
  /** Made up by the requester. The same token gives the same grant: a request that is sent twice is one. */
  requestToken: string;
  /** A role of the broker's settings. */
  role: string;
  /** Why, in words that a reviewer understands. */
  purpose: string;
  /** Seconds. */
  ttlSeconds: number;
  environment: string;
  /** The job, ticket or run that it is for. */
  task?: string;
  /** Part of what the role can reach: resources of this grant only. Without it, all of the role's. */
  resources?: string[];
  /** Demanded of AI agents. */
  intent?: Intent;
  /** The grant whose next step this is. It must be the requester's own. */
  parent?: string;
}

export interface Decision {
  id: string;
  effect: "allow" | "deny";
  /** SHA-256 of the set of policies, in hex. */
  policyHash: string;
  /** The ids of the policies that decided. */
  policies: string[];
  /** Why not, in one line. */
  reason?: string;
}

export interface Approval {
  by: string;
  at: string;
}

export interface Revocation {
  requestedAt: string;
  effectiveAt?: string;
  /** What ended it: the minter's own word, such as `aws-grant-deny`, `vault-token` or `expiry`. */
  mechanism?: string;
  attempts: number;
  nextAttemptAt?: string;
  /** The kind of error, never its text: that could hold a secret. */
  problem?: string;
}

/** Times are UTC in ISO 8601 with milliseconds. Nothing in a grant is secret: a credential is never stored. */
export interface Grant {
  /** 26 characters, in order of time (a ULID). */
  id: string;
  /** Grows by one with each change, and is what a conditional write compares. */
  version: number;
  state: GrantState;
  tenant: string;
  requester: Caller;
  request: GrantRequest;
  /** What the broker gives, at most what was asked for. */
  ttlSeconds: number;
  requestedAt: string;
  decision?: Decision;
  approval?: { needed: number; approvers: string[]; given: Approval[]; expiresAt: string };
  mintingAt?: string;
  issuedAt?: string;
  /** When the credential ends by itself. Set before it is minted. */
  expiresAt?: string;
  /** What a minter needs to revoke it: a lease id, an accessor, a grant's name. Never a secret. */
  handle?: Record<string, string>;
  /** SHA-256 of the session's policy, in hex, where there is one. */
  scopeHash?: string;
  endedAt?: string;
  /** Who ended it, where it was not the clock. */
  endedBy?: string;
  revocation?: Revocation;
  /** Every event of this grant, in order. What is not delivered yet is delivered again. */
  events: GrantEvent[];
  /** How many of the events are known to be delivered. */
  delivered: number;
}

export type GrantEventType =
  | "nhi.grant.requested"
  | "nhi.grant.denied"
  | "nhi.grant.approval_needed"
  | "nhi.grant.approved"
  | "nhi.grant.issued"
  | "nhi.grant.renewed"
  | "nhi.grant.completed"
  | "nhi.grant.failed"
  | "nhi.grant.timed_out"
  | "nhi.grant.revoked"
  | "nhi.grant.revoke_failed"
  | "nhi.grant.expired";

/** One line of the broker's log: what happened to a grant, when, by whom. Never a secret. */
export interface GrantEvent {
  /** `<grant id>/<number>`: the same event has the same id however often it is delivered. */
  id: string;
  type: GrantEventType;
  time: string;
  grantId: string;
  tenant: string;
  /** The proven id of who asked for the grant. AWS has it as SourceIdentity, bent to what AWS takes. */
  requester: string;
  role: string;
  /** Who did this step: the requester, an approver, or `broker`. */
  by: string;
  /** What this type of event adds: see `eventDetails` in `machine.ts`. */
  detail: Record<string, string | number | string[]>;
}

/** A call that was refused before there was a grant, or about one that is not the caller's. */
export interface RefusalEvent {
  id: string;
  type: "nhi.call.refused";
  time: string;
  by: string;
  action: string;
  grantId?: string;
  reason: string;
}

export type BrokerEvent = GrantEvent | RefusalEvent;
