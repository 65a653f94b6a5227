import type { Grant } from "../../../broker/grant";
import type { Closure, Store } from "../../../broker/ports";
import { grantOf, idAt } from "../sample";

/** What every store has to do. `open` gives an empty one. */
export function testStore(open: () => Store | Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  const all = async (grants: AsyncIterable<Grant>) => {
    const found: Grant[] = [];
    for await (const grant of grants) found.push(grant);
    return found;
  };
  const ids = async (grants: AsyncIterable<Grant>) => (await all(grants)).map(({ id }) => id);
  const at = (minute: number) => `2027-06-30T12:${String(minute).padStart(2, "0")}:00.000Z`;
  const full = grantOf({
    state: "revoke_failed",
    version: 1,
    decision: { id: "d1", effect: "allow", policyHash: "ab", policies: ["deploys"] },
    approval: { needed: 1, approvers: ["bo"], given: [{ by: "bo", at: at(1) }], expiresAt: at(30) },
    expiresAt: at(10),
    handle: { accessor: "a1" },
    revocation: { requestedAt: at(5), attempts: 2, nextAttemptAt: at(6), problem: "TimeoutError" },
  });

  describe("a grant", () => {
    it("is read as it was written, and nothing is where nothing was written", async () => {
      expect(await store.create(full)).toEqual(full);
      expect(await store.get(full.id)).toEqual(full);
      expect(await store.get(idAt(at(1)))).toBeUndefined();
    });

    it("is made once of one request token, and what came of it since is given", async () => {
      const first = grantOf({ id: idAt(at(0), 1) });
      const again = grantOf({ id: idAt(at(0), 2), request: first.request });
      expect(await store.create(first)).toEqual(first);
      expect(await store.create(again)).toEqual(first);
      const next: Grant = { ...first, version: 2, state: "approved" };
      expect(await store.replace(next)).toBe(true);
      expect(await store.create(again)).toEqual(next);
      expect(await store.get(again.id)).toBeUndefined();
    });

    it("is made once where the same request comes many times at once", async () => {
      const { request } = full;
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.create(grantOf({ id: idAt(at(0), i), request }))),
      );
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await ids(store.list({ tenant: full.tenant }))).toEqual([made[0]?.id]);
    });

    it("has a request token of its requester and its tenant alone", async () => {
      const first = grantOf({ id: idAt(at(0), 1) });
      const { request, requester } = first;
      const other = grantOf({ id: idAt(at(0), 2), request, requester: { ...requester, id: "other" } });
      const elsewhere = grantOf({ id: idAt(at(0), 3), request, tenant: "other" });
      for (const grant of [first, other, elsewhere]) expect(await store.create(grant)).toEqual(grant);
    });

    it("is replaced over the version before it, and over no other", async () => {
      await store.create(full);
      expect(await store.replace({ ...full, version: 3 })).toBe(false);
      expect(await store.replace({ ...full, version: 1 })).toBe(false);
      expect(await store.replace({ ...full, version: 2, state: "revoked" })).toBe(true);
      expect(await store.replace({ ...full, version: 2, state: "expired" })).toBe(false);
      expect((await store.get(full.id))?.state).toBe("revoked");
      expect(await store.replace(grantOf({ id: idAt(at(9)), version: 2 }))).toBe(false);
    });

    it("has one winner of many writers, also where they write the same", async () => {
      await store.create(full);
      const next: Grant = { ...full, version: 2, state: "minting" };
      const won = await Promise.all(Array.from({ length: 20 }, () => store.replace(structuredClone(next))));
      expect(won.filter(Boolean)).toHaveLength(1);
    });
  });

  describe("what is due", () => {
    it("is what has to be looked at, and what has an event to deliver", async () => {
      const grants = [
        grantOf({ id: idAt(at(0), 1), state: "issued", expiresAt: at(10) }),
        grantOf({ id: idAt(at(0), 2), state: "issued", expiresAt: at(11) }),
        grantOf({ id: idAt(at(0), 3), state: "revoked" }),
        grantOf({ id: idAt(at(0), 4), state: "revoked", delivered: 0 }),
        grantOf({ id: idAt(at(0), 5), state: "completed", endedAt: at(5) }),
      ];
      for (const grant of grants) await store.create(grant);
      const due = await all(store.due(new Date(at(10))));
      expect(due.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([grants[0], grants[3], grants[4]]);
      expect(await ids(store.due(new Date("2027-06-30T11:59:59.999Z")))).toEqual([]);
    });

    it("is due no more when it has been seen to", async () => {
      const grant = grantOf({ state: "timed_out", endedAt: at(0) });
      await store.create(grant);
      expect(await ids(store.due(new Date(at(1))))).toEqual([grant.id]);
      await store.replace({ ...grant, version: 2, state: "revoked", delivered: 0 });
      expect(await ids(store.due(new Date(at(1))))).toEqual([grant.id]);
      await store.replace({ ...grant, version: 3, state: "revoked", delivered: 1 });
      expect(await ids(store.due(new Date(at(1))))).toEqual([]);
    });

    it("can be changed while it is gone through, and each is given once", async () => {
      const made = Array.from({ length: 60 }, (_, i) =>
        grantOf({ id: idAt(at(0), i), state: "completed", endedAt: at(0) }),
      );
      await Promise.all(made.map((grant) => store.create(grant)));
      const seen: string[] = [];
      for await (const grant of store.due(new Date(at(1)))) {
        seen.push(grant.id);
        expect(await store.replace({ ...grant, version: 2, state: "revoked" })).toBe(true);
      }
      expect(seen.toSorted()).toEqual(made.map(({ id }) => id));
    });
  });

  it("lists a tenant's grants, newest first, by role, by requester, and those that are open", async () => {
    const grant = (number: number, changes: Partial<Grant>) =>
      grantOf({ id: idAt(at(number)), requestedAt: at(number), ...changes });
    const { request, requester } = full;
    const grants = [
      grant(1, { state: "revoked" }),
      grant(2, { state: "issued" }),
      grant(3, { state: "denied" }),
      grant(4, { state: "approved", request: { ...request, requestToken: "t4", role: "read" } }),
      grant(5, { state: "minting", requester: { ...requester, id: "agent" } }),
      grant(6, { state: "issued", tenant: "other" }),
    ];
    for (const each of grants) await store.create(each);
    const [one, two, three, four, five] = grants.map(({ id }) => id);
    const { tenant } = full;
    expect(await ids(store.list({ tenant }))).toEqual([five, four, three, two, one]);
    expect(await ids(store.list({ tenant, open: true }))).toEqual([five, four, two]);
    expect(await ids(store.list({ tenant, role: "read" }))).toEqual([four]);
    expect(await ids(store.list({ tenant, requester: "agent" }))).toEqual([five]);
    expect(await ids(store.list({ tenant, role: "deploy", requester: requester.id }))).toEqual([
      three,
      two,
      one,
    ]);
    expect(await ids(store.list({ tenant: "nobody" }))).toEqual([]);
  });

  it("keeps what is shut until it is opened, each scope for itself", async () => {
    const closure = (changes: Partial<Closure>): Closure => ({
      tenant: "t",
      by: "bo",
      reason: "leak",
      at: at(0),
      ...changes,
    });
    const whole = closure({});
    const role = closure({ role: "deploy" });
    const requester = closure({ requester: "deploy" });
    for (const each of [whole, role, requester]) await store.close(each);
    await store.close({ ...role, reason: "still" });
    const sorted = async () =>
      (await store.closed()).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const expected = (...closures: Closure[]) =>
      closures.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(await sorted()).toEqual(expected(whole, { ...role, reason: "still" }, requester));
    await store.open({ tenant: "t" });
    expect(await sorted()).toEqual(expected({ ...role, reason: "still" }, requester));
    await store.open({ tenant: "t", requester: "deploy" });
    await store.open({ tenant: "t", requester: "nobody" });
    expect(await sorted()).toEqual([{ ...role, reason: "still" }]);
  });
}
