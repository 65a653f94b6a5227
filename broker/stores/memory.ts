import { dueAt } from "../due";
import type { Grant } from "../grant";
import type { Closure, GrantFilter, Scope, Store } from "../ports";
import { isFinal } from "../states";

/** Grants of one process, gone with it. What was minted ends by itself all the same. */
export class MemoryStore implements Store {
  private readonly grants = new Map<string, Grant>();
  private readonly byToken = new Map<string, string>();
  private readonly closures = new Map<string, Closure>();

  create(grant: Grant): Promise<Grant> {
    const token = JSON.stringify([grant.tenant, grant.requester.id, grant.request.requestToken]);
    const earlier = this.grants.get(this.byToken.get(token) ?? "");
    if (earlier) return Promise.resolve(earlier);
    this.byToken.set(token, grant.id);
    this.grants.set(grant.id, grant);
    return Promise.resolve(grant);
  }

  get(id: string): Promise<Grant | undefined> {
    return Promise.resolve(this.grants.get(id));
  }

  replace(grant: Grant): Promise<boolean> {
    if (this.grants.get(grant.id)?.version !== grant.version - 1) return Promise.resolve(false);
    this.grants.set(grant.id, grant);
    return Promise.resolve(true);
  }

  async *due(now: Date): AsyncGenerator<Grant> {
    for (const grant of this.grants.values()) {
      const at = dueAt(grant);
      if (at && at <= now) yield await Promise.resolve(grant);
    }
  }

  async *list({ tenant, role, requester, open }: GrantFilter): AsyncGenerator<Grant> {
    const all = [...this.grants.values()].filter(
      (grant) =>
        grant.tenant === tenant &&
        (role === undefined || grant.request.role === role) &&
        (requester === undefined || grant.requester.id === requester) &&
        (open !== true || !isFinal(grant)),
    );
    // Ids sort by time.
    for (const grant of all.sort((one, other) => (one.id < other.id ? 1 : -1)))
      yield await Promise.resolve(grant);
  }

  closed(): Promise<Closure[]> {
    return Promise.resolve([...this.closures.values()]);
  }

  close(closure: Closure): Promise<void> {
    this.closures.set(nameOf(closure), closure);
    return Promise.resolve();
  }

  open(scope: Scope): Promise<void> {
    this.closures.delete(nameOf(scope));
    return Promise.resolve();
  }
}

const nameOf = ({ tenant, role, requester }: Scope) =>
  JSON.stringify([tenant, role ?? null, requester ?? null]);
