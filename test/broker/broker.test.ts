import type { Caller, Grant } from "../../broker/grant";
import {
  agent,
  alice,
  bob,
  caller,
  carol,
  ci,
  eventsOf,
  guard,
  newWorld,
  requestFor,
  stranger,
} from "./world";

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "it was let through",
    (error: unknown) => (error as Error).message,
  );

describe("the loop", () => {
  it("asks, decides, mints once, completes and revokes, each as an event of its own", async () => {
    const world = newWorld();
    const grant = await world.broker.request(ci, requestFor("deploy"));
    expect(grant).toMatchObject({
      state: "approved",
      decision: { effect: "allow", policies: ["ci-deploys"] },
    });
    expect(world.target.mints).toEqual([]);

    const { credential, grant: issued } = await world.broker.collect(ci, grant.id);
    expect(credential).toEqual({
      values: { TOKEN: `canary-secret-${grant.id}` },
      expiresAt: "2027-03-01T09:10:00.000Z",
    });
    expect(issued).toMatchObject({ state: "issued", handle: { session: grant.id }, scopeHash: "abc" });
    expect(world.target.working(world.now)).toEqual([grant.id]);

    world.pass(60);
    expect(await world.broker.complete(ci, grant.id, "completed")).toMatchObject({
      state: "revoked",
      revocation: { mechanism: "aws-grant-deny", attempts: 1 },
    });
    expect(world.target.working(world.now)).toEqual([]);
    expect(eventsOf(world, grant.id)).toEqual([
      "nhi.grant.requested",
      "nhi.grant.approved",
      "nhi.grant.issued",
      "nhi.grant.completed",
      "nhi.grant.revoked",
    ]);
    expect(JSON.stringify([world.events, await world.broker.get(ci, grant.id)])).not.toContain("canary");
  });

  it("ends what nobody completes when its time is over", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy"));
    await world.broker.collect(ci, id);
    world.pass(599);
    expect(await world.broker.reconcile()).toMatchObject({ timedOut: 0 });
    world.pass(1);
    expect(await world.broker.reconcile()).toEqual({ looked: 1, timedOut: 1, revoked: 1, failed: 0 });
    expect(eventsOf(world, id).slice(-2)).toEqual(["nhi.grant.timed_out", "nhi.grant.expired"]);
  });

  it("gives the same grant for the same request token, and none for another request with it", async () => {
    const world = newWorld();
    const request = requestFor("deploy");
    const [one, two] = await Promise.all([
      world.broker.request(ci, request),
      world.broker.request(ci, request),
    ]);
    expect(two.id).toBe(one.id);
    expect(await refusal(world.broker.request(ci, { ...request, purpose: "something else entirely" }))).toBe(
      "requestToken was used before for something else. Make up a new one.",
    );
    expect((await world.broker.request(caller("other"), request)).id).not.toBe(one.id);
  });

  it("mints once, however many collect at the same time", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy"));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refusal(world.broker.collect(ci, id))),
    );
    expect(answers.filter((answer) => answer === "it was let through")).toHaveLength(1);
    expect(world.target.mints).toEqual([id]);
  });

  it("gives at most what the tier has, and less to an agent", async () => {
    const world = newWorld();
    const intent = { task: "read one table", tools: ["read"], targets: ["orders"] };
    const seconds = async (who: Caller, role: string) =>
      (await world.broker.request(who, requestFor(role, { ttlSeconds: 90_000, intent }))).ttlSeconds;
    expect(await seconds(ci, "deploy")).toBe(3600);
    expect(await seconds(ci, "migrate")).toBe(900);
    expect(await seconds(agent, "deploy")).toBe(900);
  });
});

describe("revoking", () => {
  it("ends one grant and leaves the other, twice is as good as once", async () => {
    const world = newWorld();
    const [one, other] = await Promise.all(
      [1, 2].map(async () => {
        const { id } = await world.broker.request(ci, requestFor("deploy"));
        await world.broker.collect(ci, id);
        return id;
      }),
    );
    await world.broker.revoke(ci, one ?? "");
    expect(world.target.working(world.now)).toEqual([other]);
    const count = world.events.length;
    expect(await world.broker.revoke(ci, one ?? "")).toMatchObject({ state: "revoked" });
    expect(world.events).toHaveLength(count);
  });

  it("says so when it did not work, and tries until it does", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy", { ttlSeconds: 3600 }));
    await world.broker.collect(ci, id);
    world.target.revokeFaults = 3;
    expect(await world.broker.complete(ci, id, "completed")).toMatchObject({
      state: "revoke_failed",
      revocation: { attempts: 1, problem: "Error", nextAttemptAt: "2027-03-01T09:00:05.000Z" },
    });
    expect(await world.broker.reconcile()).toMatchObject({ looked: 0 });
    world.pass(5);
    expect(await world.broker.reconcile()).toMatchObject({ failed: 1, revoked: 0 });
    world.pass(10);
    await world.broker.reconcile();
    expect(world.target.working(world.now)).toEqual([id]);
    world.pass(20);
    expect(await world.broker.reconcile()).toMatchObject({ failed: 0, revoked: 1 });
    expect(world.target.working(world.now)).toEqual([]);
    expect(eventsOf(world, id).filter((type) => type === "nhi.grant.revoke_failed")).toHaveLength(3);
    expect(JSON.stringify(world.events)).not.toContain("canary");
  });

  it("revokes what was minted when the answer of the target was lost", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy"));
    world.target.faults = ["throw after"];
    expect(await refusal(world.broker.collect(ci, id))).toBe("The target did not answer as it should.");
    expect(world.target.working(world.now)).toEqual([]);
    expect(await world.broker.get(ci, id)).toMatchObject({ state: "revoked" });
  });

  it("gives the target's words when it refuses, and never those of an error", async () => {
    const world = newWorld();
    world.target.faults = ["refuse", "throw"];
    const said = async () => {
      const { id } = await world.broker.request(ci, requestFor("deploy"));
      return refusal(world.broker.collect(ci, id));
    };
    expect(await said()).toBe("AWS refused: AccessDenied.");
    expect(await said()).toBe("The target did not answer as it should.");
  });

  it("hands nothing out when the grant is ended while it is minted", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy"));
    const mint = world.target.mint.bind(world.target);
    world.target.mint = async (...args) => {
      const made = await mint(...args);
      await world.broker.revoke(ci, id);
      return made;
    };
    expect(await refusal(world.broker.collect(ci, id))).toBe(
      "The grant ended while its credential was made. Ask anew.",
    );
    expect(world.target.working(world.now)).toEqual([]);
  });
});

describe("approval", () => {
  const pending = async () => {
    const world = newWorld();
    return { world, grant: await world.broker.request(ci, requestFor("migrate")) };
  };

  it("takes as many approvers as the role says, each once", async () => {
    const { world, grant } = await pending();
    expect(grant).toMatchObject({ state: "pending_approval", approval: { needed: 2 } });
    expect(await refusal(world.broker.collect(ci, grant.id))).toBe(
      `The grant ${grant.id} can't be minted: it is pending_approval.`,
    );
    expect(await world.broker.approve(alice, grant.id)).toMatchObject({ state: "pending_approval" });
    expect(await world.broker.approve(alice, grant.id)).toMatchObject({ state: "pending_approval" });
    expect(await world.broker.approve(bob, grant.id)).toMatchObject({ state: "approved" });
    expect((await world.broker.collect(ci, grant.id)).grant.state).toBe("issued");
  });

  it("counts two who say yes at the same time", async () => {
    const { world, grant } = await pending();
    await Promise.all([world.broker.approve(alice, grant.id), world.broker.approve(bob, grant.id)]);
    expect(await world.broker.get(ci, grant.id)).toMatchObject({ state: "approved" });
  });

  it("is not given by who asked, by an agent, by somebody else or after its time", async () => {
    const { world, grant } = await pending();
    const said = async (who: Caller) => refusal(world.broker.approve(who, grant.id));
    expect(await said(ci)).toBe("Who asks does not approve. Another of the approvers must.");
    expect(await said(guard)).toBe("Only the approvers that the role names decide about it.");
    expect(await said(caller("alice", { kind: "ai-agent" }))).toBe(
      "Only the approvers that the role names decide about it.",
    );
    // Named as an approver, and no policy lets a workload approve.
    expect(await said(caller("bob"))).toBe("No policy permits this caller to approve it.");
    world.pass(3 * 3600);
    expect(await said(alice)).toBe("The request has expired. It must be asked anew.");
    await world.broker.reconcile();
    expect(await world.broker.get(ci, grant.id)).toMatchObject({ state: "denied" });
    expect(world.events.filter(({ type }) => type === "nhi.call.refused")).toHaveLength(5);
  });

  it("is refused by one no", async () => {
    const { world, grant } = await pending();
    await world.broker.approve(alice, grant.id);
    expect(await world.broker.deny(carol, grant.id)).toMatchObject({ state: "denied" });
    expect(await refusal(world.broker.approve(bob, grant.id))).toBe(
      `The grant ${grant.id} can't be approved: it is denied.`,
    );
  });

  it("does not outlive its time once given", async () => {
    const { world, grant } = await pending();
    await world.broker.approve(alice, grant.id);
    await world.broker.approve(bob, grant.id);
    world.pass(3 * 3600);
    expect(await refusal(world.broker.collect(ci, grant.id))).toBe("The approval has expired. Ask anew.");
  });
});

describe("what is refused", () => {
  it.each<{ wrong: object; says: string }>([
    {
      wrong: { requestToken: "short" },
      says: "requestToken must be 16 to 128 letters, digits, _ or -, made up for this request alone.",
    },
    { wrong: { purpose: "" }, says: "purpose must say something." },
    {
      wrong: { purpose: "deploy" },
      says: "purpose must say what this access is for, in words that a reviewer understands: at least 8 characters.",
    },
    {
      wrong: { purpose: "release 1.4\nnhi.grant.approved" },
      says: "purpose must be one line without control characters.",
    },
    {
      wrong: { purpose: "release \u202e4.1 of it" },
      says: "purpose must be one line without control characters.",
    },
    { wrong: { purpose: "x".repeat(257) }, says: "purpose must be at most 256 characters, got 257." },
    { wrong: { ttlSeconds: 59 }, says: "ttlSeconds must be a whole number of at least 60 seconds." },
    { wrong: { ttlSeconds: "600" }, says: "ttlSeconds must be a whole number of at least 60 seconds." },
    {
      wrong: { environment: "staging" },
      says: "environment must be that of the role deploy. An identity of one environment gets nothing in another.",
    },
    { wrong: { role: "nothing" }, says: "There is no such role." },
    { wrong: { role: "__proto__" }, says: "There is no such role." },
    { wrong: { resources: [] }, says: "resources must be a list of 1 to 50 texts." },
    {
      wrong: { admin: true },
      says: "The request has a field that there is none of. Fields are requestToken, role, purpose, ttlSeconds, environment, task, resources, intent, parent.",
    },
    { wrong: { parent: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }, says: "There is no such grant." },
  ])("says: $says", async ({ wrong, says }) => {
    const world = newWorld();
    expect(await refusal(world.broker.request(ci, { ...requestFor("deploy"), ...wrong }))).toBe(says);
    expect(world.events).toMatchObject([
      { type: "nhi.call.refused", by: "ci", action: "request", reason: says },
    ]);
  });

  it.each([null, "text", 7, []])("takes %j for no request", async (given) => {
    expect(await refusal(newWorld().broker.request(ci, given))).toBe("The request must be an object.");
  });

  it("denies by default, and by what forbids", async () => {
    const world = newWorld();
    expect(await world.broker.request(ci, requestFor("forbidden"))).toMatchObject({
      state: "denied",
      decision: { effect: "deny", policies: [], reason: "no policy permits it" },
    });
    const intent = { task: "delete it all", tools: ["drop"], targets: ["orders"] };
    expect(await world.broker.request(agent, requestFor("deploy", { intent }))).toMatchObject({
      state: "denied",
      decision: { policies: ["agents-say-what-they-read"], reason: "a policy forbids it" },
    });
    expect(await refusal(world.broker.request(agent, requestFor("deploy")))).toBe(
      "intent must say which task, tools and targets this step is for: the caller is an AI agent.",
    );
  });

  it("answers about another tenant's grant, another's grant and no grant alike", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy"));
    await world.broker.collect(ci, id);
    const other = caller("other");
    for (const attempt of [
      world.broker.get(stranger, id),
      world.broker.revoke(stranger, id),
      world.broker.approve(stranger, id),
      world.broker.complete(stranger, id, "completed"),
      world.broker.collect(other, id),
      world.broker.complete(other, id, "completed"),
      world.broker.revoke(other, id),
      world.broker.get(other, id),
      world.broker.get(ci, "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
      world.broker.get(ci, "../../etc/passwd"),
    ])
      expect(await refusal(attempt)).toBe("There is no such grant.");
    expect(await refusal(world.broker.request(stranger, requestFor("deploy")))).toBe(
      "There is no such role.",
    );
    expect(world.target.working(world.now)).toEqual([id]);
  });

  it("gives a grant no grant", async () => {
    const session = caller("arn:aws:iam::123456789012:role/deploy");
    expect(await refusal(newWorld().broker.request(session, requestFor("deploy")))).toBe(
      "A grant can't ask for a grant: the caller is a session that the broker gave.",
    );
  });

  it("hands a credential out once", async () => {
    const world = newWorld();
    const { id } = await world.broker.request(ci, requestFor("deploy"));
    await world.broker.collect(ci, id);
    expect(await refusal(world.broker.collect(ci, id))).toBe(
      "The credential was handed out, and is so once. Revoke this grant and ask anew.",
    );
  });
});

describe("renewing and steps", () => {
  const issue = async (world: ReturnType<typeof newWorld>, more = {}): Promise<Grant> => {
    const { id } = await world.broker.request(ci, requestFor("deploy", more));
    return (await world.broker.collect(ci, id)).grant;
  };

  it("renews by a grant of its own, which the old one's end does not cut", async () => {
    const world = newWorld();
    const old = await issue(world);
    world.pass(500);
    const next = await world.broker.renew(ci, old.id, "a-token-of-its-own");
    expect(next.id).not.toBe(old.id);
    await world.broker.collect(ci, next.id);
    world.pass(100);
    await world.broker.reconcile();
    expect(world.target.working(world.now)).toEqual([next.id]);
    expect(eventsOf(world, old.id)).toContain("nhi.grant.renewed");
  });

  it("joins the steps of a task, and takes no step of one that is over", async () => {
    const world = newWorld();
    const first = await issue(world);
    expect((await issue(world, { parent: first.id })).request.parent).toBe(first.id);
    await world.broker.complete(ci, first.id, "completed");
    expect(await refusal(world.broker.request(ci, requestFor("deploy", { parent: first.id })))).toBe(
      "parent must be a step of this task that goes on. It is revoked.",
    );
  });
});

describe("the kill switch", () => {
  it("ends what is out, mints nothing more, and is taken back", async () => {
    const world = newWorld();
    const waiting = await world.broker.request(ci, requestFor("deploy"));
    const live = await world.broker.request(ci, requestFor("deploy"));
    await world.broker.collect(ci, live.id);
    expect(await refusal(world.broker.close(alice, { role: "deploy" }, "suspected leak"))).toBe(
      "No policy permits this caller to close all of that.",
    );
    expect(await world.broker.close(guard, { role: "deploy" }, "suspected leak")).toEqual({
      ended: 2,
      failed: 0,
    });
    expect(world.target.working(world.now)).toEqual([]);
    expect(await world.broker.get(ci, waiting.id)).toMatchObject({ state: "denied" });
    expect(await world.broker.request(ci, requestFor("deploy"))).toMatchObject({
      state: "denied",
      decision: { reason: "it is closed for now" },
    });
    await world.broker.open(guard, { role: "deploy" });
    expect(await world.broker.request(ci, requestFor("deploy"))).toMatchObject({ state: "approved" });
  });
});

it("tells every event in the end, though nobody listened for a while", async () => {
  const world = newWorld();
  world.deafFor = 100;
  const { id } = await world.broker.request(ci, requestFor("deploy"));
  await world.broker.collect(ci, id);
  await world.broker.complete(ci, id, "failed");
  expect(world.events).toEqual([]);
  world.deafFor = 0;
  await world.broker.reconcile();
  expect(eventsOf(world, id)).toEqual([
    "nhi.grant.requested",
    "nhi.grant.approved",
    "nhi.grant.issued",
    "nhi.grant.failed",
    "nhi.grant.revoked",
  ]);
});
