import type { BrokerEvent, Decision, Grant, GrantRequest, Caller } from "./grant";
import type { Role } from "./settings";

/** What the state machine needs of the world. Each port has a real adapter and one in memory. */
export interface Ports {
  store: Store;
  /** One for each kind of target that the settings name. */
  minters: Partial<Record<TargetKind, Minter>>;
  decider: Decider;
  events: EventSink;
  clock: () => Date;
}

export type TargetKind = "aws" | "vault" | "gcp";

/** Grants, as they last were. Each write is conditional, so that of two writers one wins and the other reads again. */
export interface Store {
  /**
   * Writes a new grant unless this requester used its request token before. Gives the grant that is there then: the
   * new one, or the earlier one.
   */
  create(grant: Grant): Promise<Grant>;
  get(id: string): Promise<Grant | undefined>;
  /** Writes over the version before this one. False where another writer was first. */
  replace(grant: Grant): Promise<boolean>;
  /** Grants that the reconciler has to look at: not final and due, or with events that are not delivered. */
  due(now: Date): AsyncIterable<Grant>;
  /** A tenant's grants, newest first. */
  list(filter: GrantFilter): AsyncIterable<Grant>;
  /** What is shut: nothing is minted for it until it is opened again. */
  closed(): Promise<Closure[]>;
  close(closure: Closure): Promise<void>;
  open(scope: Scope): Promise<void>;
}

export interface GrantFilter {
  tenant: string;
  role?: string;
  requester?: string;
  /** Only those that may have a working credential, or get one. */
  open?: boolean;
}

/** What the kill switch ends: one role, one requester, or everything of a tenant. */
export interface Scope {
  tenant: string;
  role?: string;
  requester?: string;
}

export interface Closure extends Scope {
  by: string;
  reason: string;
  at: string;
}

/** A credential as its requester gets it, once. */
export interface Credential {
  /** Secret. Names are those of environment variables: `AWS_ACCESS_KEY_ID`. */
  values: Record<string, string>;
  expiresAt: string;
}

export interface Minted {
  credential: Credential;
  handle: Record<string, string>;
  /** SHA-256 of what the session may do, in hex, where the target takes such a policy. */
  scopeHash?: string;
}

/** How a credential came to its end. */
export interface Ended {
  how: "revoked" | "expired";
  /** The minter's own word: `aws-grant-deny`, `vault-token`, `expiry`. */
  mechanism: string;
}

export interface Minter {
  /**
   * Mints for a grant that ends at `grant.expiresAt`, never later. Calls `remember` with what revoking needs before
   * anything is made that a crash would leave behind. Throws `MintRefused` with one line that holds no secret.
   */
  mint(
    grant: Grant,
    role: Role,
    remember: (handle: Record<string, string>) => Promise<void>,
  ): Promise<Minted>;
  /** Ends the credential of a grant. Twice is as good as once. Throws where it is not known to have ended. */
  revoke(grant: Grant, role: Role, now: Date): Promise<Ended>;
}

/** The target said no: its words, without values. */
export class MintRefused extends Error {}

export interface Decider {
  /** SHA-256 of the set of policies, in hex. */
  readonly policyHash: string;
  /** Whether this request may be, with `approvals` given so far. Denies by default, and where a policy fails. */
  decide(caller: Caller, request: GrantRequest, role: Role, context: DecisionContext): Decision;
  /** Whether this caller may do that to a grant, or to a role. Denies by default. */
  permits(caller: Caller, action: CallerAction, about: { role: Role; grant?: Grant }, now: Date): boolean;
}

/** What a caller does to what others asked for. `close` is the kill switch. */
export type CallerAction = "approve" | "revoke" | "close" | "open";

export interface DecisionContext {
  now: Date;
  ttlSeconds: number;
  /** How many steps of the same task came before. */
  depth: number;
}

export interface EventSink {
  /** Delivers events, in order, at least once. Throws where it is not known that they arrived. */
  deliver(events: readonly BrokerEvent[]): Promise<void>;
}
