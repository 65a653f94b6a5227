import fc from "fast-check";
import type { Grant } from "../../broker/grant";
import { following, isFinal } from "../../broker/states";
import type { Store } from "../../broker/ports";
import { MemoryStore } from "../../broker/stores/memory";
import { alice, bob, ci, newWorld, requestFor, type World } from "./world";

/** The process is gone at this write: nothing after it happens. */
class Crash extends Error {}

/** Dies before or after one of its next writes, and works again once the process is started anew. */
class DyingStore extends MemoryStore implements Store {
  private writesLeft: number | undefined;
  private isAfter = false;
  isDown = false;
  /** Every state that a grant was ever written in. */
  readonly history = new Map<string, Grant["state"][]>();

  dieAt(writes: number, isAfter: boolean): void {
    this.writesLeft = writes;
    this.isAfter = isAfter;
  }

  restart(): void {
    this.writesLeft = undefined;
    this.isDown = false;
  }

  override get(id: string) {
    return this.isDown ? Promise.reject(new Crash()) : super.get(id);
  }

  override create(grant: Grant) {
    return this.write(() => super.create(grant), grant);
  }

  override replace(grant: Grant) {
    return this.write(() => super.replace(grant), grant);
  }

  private async write<T>(write: () => Promise<T>, { id, state }: Grant): Promise<T> {
    if (this.isDown) throw new Crash();
    const isLast = this.writesLeft !== undefined && this.writesLeft-- === 0;
    if (isLast) this.isDown = true;
    if (isLast && !this.isAfter) throw new Crash();
    const written = await write();
    if (written !== false) this.history.set(id, [...(this.history.get(id) ?? []), state]);
    if (isLast) throw new Crash();
    return written;
  }
}

interface Real {
  world: World;
  store: DyingStore;
  ids: string[];
  /** Credentials that somebody holds: by grant, how often it was handed out. */
  handed: Map<string, number>;
  tokens: string[];
}
/** What must hold is checked from outside after each step: no second broker is kept beside the real one. */
type Model = object;

/** What is left of a step when the process died in it: the next command starts the process anew. */
async function survive(real: Real, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch {
    // Refused, or crashed: what must hold is checked from outside.
  }
  if (real.store.isDown) real.store.restart();
}

/** No credential works whose grant is known to be over. */
async function check(real: Real): Promise<void> {
  const { world, store } = real;
  for (const id of world.target.working(world.now)) {
    const grant = await store.get(id);
    expect(["minting", "issued", "completed", "failed", "timed_out", "revoke_failed"]).toContain(
      grant?.state,
    );
    expect(Date.parse(grant?.expiresAt ?? "")).toBeGreaterThan(world.now.getTime());
  }
  for (const [, times] of real.handed) expect(times).toBe(1);
  expect(new Set(world.target.mints).size).toBe(world.target.mints.length);
  for (const states of store.history.values())
    states.forEach((state, index) => {
      const before = states[index - 1];
      if (before !== undefined && before !== state) expect(following[before]).toContain(state);
    });
}

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check = () => true;
  async run(_model: Model, real: Real): Promise<void> {
    await this.unchecked(real);
    await check(real);
  }
  unchecked = (real: Real) => survive(real, () => this.act(real));
  protected abstract act(real: Real): Promise<unknown>;
  protected pick = ({ ids }: Real, index: number): string => ids[index % Math.max(ids.length, 1)] ?? "none";
}

class Ask extends Step {
  constructor(
    readonly role: "deploy" | "migrate",
    readonly ttlSeconds: number,
    readonly again: boolean,
  ) {
    super();
  }
  protected async act(real: Real) {
    const requestToken = this.again ? real.tokens.at(-1) : undefined;
    const request = requestFor(this.role, {
      ttlSeconds: this.ttlSeconds,
      ...(requestToken !== undefined && { requestToken }),
    });
    real.tokens.push(request.requestToken);
    const { id } = await real.world.broker.request(ci, request);
    if (!real.ids.includes(id)) real.ids.push(id);
  }
  override toString = () => `ask ${this.role} ${this.ttlSeconds}${this.again ? " again" : ""}`;
}

class On extends Step {
  constructor(
    readonly what: "collect" | "alice" | "bob" | "complete" | "fail" | "revoke" | "renew",
    readonly index: number,
  ) {
    super();
  }
  protected async act(real: Real) {
    const { broker } = real.world;
    const id = this.pick(real, this.index);
    if (this.what === "collect") {
      await broker.collect(ci, id);
      real.handed.set(id, (real.handed.get(id) ?? 0) + 1);
    } else if (this.what === "renew")
      real.ids.push((await broker.renew(ci, id, requestFor("deploy").requestToken)).id);
    else if (this.what === "revoke") await broker.revoke(ci, id);
    else if (this.what === "complete" || this.what === "fail")
      await broker.complete(ci, id, this.what === "fail" ? "failed" : "completed");
    else await broker.approve(this.what === "alice" ? alice : bob, id);
  }
  override toString = () => `${this.what} ${this.index}`;
}

/** Two steps at the same time, the second a little later: while the first writes, mints or revokes. */
class Together extends Step {
  constructor(
    readonly one: On,
    readonly other: On,
    readonly turns: number,
  ) {
    super();
  }
  protected act = (real: Real) =>
    Promise.allSettled([
      this.one.unchecked(real),
      (async () => {
        for (let turn = 0; turn < this.turns; turn += 1) await Promise.resolve();
        await this.other.unchecked(real);
      })(),
    ]);
  override toString = () => `(${this.one.toString()} | ${this.turns} later ${this.other.toString()})`;
}

class World_ extends Step {
  constructor(
    readonly what:
      "pass" | "reconcile" | "die" | "die after" | "refuse" | "throw" | "throw after" | "stuck" | "deaf",
    readonly count: number,
  ) {
    super();
  }
  protected async act({ world, store }: Real) {
    if (this.what === "pass") world.pass(this.count * 60);
    else if (this.what === "reconcile") await world.broker.reconcile();
    else if (this.what === "die" || this.what === "die after")
      store.dieAt(this.count % 6, this.what !== "die");
    else if (this.what === "stuck") world.target.revokeFaults = this.count % 4;
    else if (this.what === "deaf") world.deafFor = this.count % 5;
    else world.target.faults = [this.what];
  }
  override toString = () => `${this.what} ${this.count}`;
}

const on = fc
  .tuple(
    fc.constantFrom(
      "collect",
      "collect",
      "collect",
      "alice",
      "bob",
      "complete",
      "fail",
      "revoke",
      "renew" as const,
    ),
    fc.nat(5),
  )
  .map(([what, index]) => new On(what, index));
const commands = [
  fc
    .tuple(
      fc.constantFrom("deploy" as const, "deploy" as const, "migrate" as const),
      fc.integer({ min: 60, max: 1200 }),
      fc.boolean(),
    )
    .map(([role, seconds, again]) => new Ask(role, seconds, again)),
  on,
  on,
  fc.tuple(on, on, fc.nat(60)).map(([one, other, turns]) => new Together(one, other, turns)),
  fc
    .tuple(
      fc.constantFrom(
        ...([
          "pass",
          "pass",
          "reconcile",
          "reconcile",
          "die",
          "die after",
          "refuse",
          "throw",
          "throw after",
          "stuck",
          "deaf",
        ] as const),
      ),
      fc.nat(20),
    )
    .map(([what, count]) => new World_(what, count)),
];

/** The world heals, and time goes on. */
async function settle({ world, store }: Real): Promise<void> {
  store.restart();
  world.deafFor = 0;
  world.target.revokeFaults = 0;
  world.target.faults = [];
  for (let round = 0; round < 4; round += 1) {
    world.pass(4 * 3600);
    await world.broker.reconcile();
  }
}

it("loses no revocation and mints nothing twice, whatever comes between", async () => {
  let minted = 0;
  let grants = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 30, size: "max" }), async (steps) => {
      const store = new DyingStore();
      const real: Real = { world: newWorld(store), store, ids: [], handed: new Map(), tokens: [] };
      // Runs that begin with nothing mostly stay so.
      await new Ask("deploy", 300, false).run({}, real);
      await new Ask("deploy", 900, false).run({}, real);
      await fc.asyncModelRun(() => ({ model: {}, real }), steps);
      await settle(real);
      expect(real.world.target.working(real.world.now)).toEqual([]);
      for await (const grant of store.list({ tenant: ci.tenant })) {
        expect([grant.id, grant.state, isFinal(grant)]).toEqual([grant.id, grant.state, true]);
        // Each event arrived, at least once, and under one id.
        const told = new Set(real.world.events.map(({ id }) => id));
        expect(grant.events.filter(({ id }) => !told.has(id))).toEqual([]);
      }
      minted += real.world.target.mints.length;
      grants += store.history.size;
    }),
    { numRuns: 600 },
  );
  // The runs are no runs of nothing.
  expect(minted).toBeGreaterThan(500);
  expect(grants).toBeGreaterThan(1200);
});

it("ends each of many overlapping grants at its own end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 60, max: 900 }), { minLength: 2, maxLength: 12 }),
      async (times) => {
        const world = newWorld();
        const ends = new Map<string, number>();
        for (const ttlSeconds of times) {
          const { id } = await world.broker.request(ci, requestFor("deploy", { ttlSeconds }));
          const { grant } = await world.broker.collect(ci, id);
          ends.set(id, Date.parse(grant.expiresAt ?? ""));
        }
        for (let second = 0; second < 15; second += 1) {
          world.pass(61);
          await world.broker.reconcile();
          const alive = [...ends].filter(([, end]) => end > world.now.getTime()).map(([id]) => id);
          expect(world.target.working(world.now)).toEqual(alive);
        }
      },
    ),
    { numRuns: 100 },
  );
});
