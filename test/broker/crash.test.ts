import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoStore } from "../../broker/stores/dynamodb";
import { isFinal } from "../../broker/states";
import { startTable, type Table } from "./stores/table";
import { alice, bob, ci, eventsOf, newWorld, requestFor, type World } from "./world";

let table: Table;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** The process is gone: from its nth write on, nothing it sends is answered. */
class Crash extends Error {}

/** A client of DynamoDB whose process dies right before its nth write reaches the table, or right after. */
function dyingClient() {
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint = "", AWS_REGION: region = "" } = table.env;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ region, endpoint, credentials, maxAttempts: 1 });
  let writes = 0;
  let diesAt: { write: number; isAfter: boolean } | undefined;
  let isDown = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (isDown) throw new Crash();
        if (commandName !== "PutItemCommand") return next(args);
        const isLast = writes++ === diesAt?.write;
        if (!isLast) return next(args);
        isDown = true;
        if (diesAt?.isAfter) await next(args);
        throw new Crash();
      },
    { step: "initialize" },
  );
  return {
    client,
    dieAt: (write: number, isAfter: boolean) => {
      writes = 0;
      diesAt = { write, isAfter };
    },
    /** Whether it died in what it did, and a process that is started anew. */
    restart: () => {
      const died = isDown;
      isDown = false;
      diesAt = undefined;
      return died;
    },
  };
}

type Story = (world: World) => Promise<unknown>;

const approvedBy = async ({ broker }: World, id: string) => {
  await broker.approve(alice, id);
  await broker.approve(bob, id);
};
const stories: Record<string, Story> = {
  "that is completed": async ({ broker }) => {
    const { id } = await broker.request(ci, requestFor("deploy"));
    await broker.collect(ci, id);
    await broker.complete(ci, id, "completed");
  },
  "that two people approve and that is revoked": async (world) => {
    const { id } = await world.broker.request(ci, requestFor("migrate"));
    await approvedBy(world, id);
    await world.broker.collect(ci, id);
    await world.broker.revoke(ci, id);
  },
  "whose target does not answer when it is revoked": async ({ broker, target }) => {
    const { id } = await broker.request(ci, requestFor("deploy"));
    await broker.collect(ci, id);
    target.revokeFaults = 1;
    await broker.complete(ci, id, "failed");
  },
};

/** Longer than minting, and shorter than the grant: what is not issued is not to work any more. */
const afterMinting = 300;
/** Later than any approval, retry or end. */
const afterEverything = 4 * 60 * 60;

/** Twice, with the wait of a second attempt between: the target may fail at the first one. */
async function looksAfter(world: World, seconds: number): Promise<void> {
  for (const wait of [seconds, 10]) {
    world.pass(wait);
    await world.broker.reconcile();
  }
}

const grantsOf = async (world: World) => {
  const all = [];
  for await (const grant of world.store.list({ tenant: ci.tenant })) all.push(grant);
  return all;
};

describe.each(Object.entries(stories))("a grant %s, on DynamoDB", (_, story) => {
  it.each([{ isAfter: false }, { isAfter: true }])(
    "is ended by the reconciler whichever write the process died at (after the write: $isAfter)",
    async ({ isAfter }) => {
      let write = 0;
      for (let died = true; died; write += 1) {
        const { client, dieAt, restart } = dyingClient();
        const world = newWorld(dynamoStore(client, table.name));
        dieAt(write, isAfter);
        await story(world).catch(() => undefined);
        died = restart();
        const before = new Set((await grantsOf(world)).filter((one) => !isFinal(one)).map(({ id }) => id));

        await looksAfter(world, afterMinting);
        for (const id of world.target.working(world.now))
          expect({ write, state: (await world.store.get(id))?.state }).toEqual({ write, state: "issued" });

        await looksAfter(world, afterEverything);
        expect({ write, working: world.target.working(world.now) }).toEqual({ write, working: [] });
        for (const grant of await grantsOf(world)) {
          expect({ write, isFinal: isFinal(grant) }).toEqual({ write, isFinal: true });
          // What this world did not begin was told to another one.
          if (!before.has(grant.id)) continue;
          expect({ write, delivered: grant.delivered }).toEqual({ write, delivered: grant.events.length });
          expect(eventsOf(world, grant.id)).toEqual(grant.events.map(({ type }) => type));
        }
        expect(new Set(world.target.mints).size).toBe(world.target.mints.length);
        client.destroy();
      }
      // Each story has far more writes than these: one that dies at none proves nothing.
      expect(write).toBeGreaterThan(8);
    },
    120_000,
  );
});
