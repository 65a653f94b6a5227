import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { eventBridgeSink } from "../../../broker/events/eventbridge";
import { eventOf, grantOf } from "../sample";

interface Entry {
  Source: string;
  DetailType: string;
  Detail: string;
  Time: number;
  EventBusName?: string;
}

let server: Server;
let client: EventBridgeClient;
let calls: Entry[][] = [];
/** Whether an entry is accepted, by the id of its event. */
let accepts: (id: string) => boolean;
let statuses: number[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const { Entries } = body as { Entries: Entry[] };
      const status = statuses.shift() ?? 200;
      if (status === 200) calls.push(Entries);
      const answers = Entries.map(({ Detail }) =>
        accepts(idOf(Detail)) ? { EventId: "e" } : { ErrorCode: "ThrottlingException", ErrorMessage: "slow" },
      );
      response
        .writeHead(status, { "content-type": "application/x-amz-json-1.1" })
        .end(JSON.stringify(status === 200 ? { Entries: answers } : { __type: "InternalException" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new EventBridgeClient({
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "broker", secretAccessKey: "broker" },
  });
});
afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  calls = [];
  statuses = [];
  accepts = () => true;
});

const idOf = (detail: string) => (JSON.parse(detail) as { id: string }).id;
const ids = () => calls.map((entries) => entries.map(({ Detail }) => Number(idOf(Detail))));
const event = (number: number, detail = {}) => eventOf(grantOf(), { id: String(number), detail });
const events = (count: number, detail = {}) => Array.from({ length: count }, (_, i) => event(i, detail));
const sink = () => eventBridgeSink(client, { bus: "nhi", waitMs: 1 });

it("puts an event on the bus as it is", async () => {
  const one = event(1);
  await sink().deliver([one]);
  expect(calls).toEqual([
    [
      {
        Source: "nhi.broker",
        DetailType: "nhi.grant.requested",
        Time: Date.parse(one.time) / 1000,
        Detail: JSON.stringify(one),
        EventBusName: "nhi",
      },
    ],
  ]);
});

it("sends ten at a time, in order", async () => {
  await sink().deliver(events(23));
  expect(calls.map(({ length }) => length)).toEqual([10, 10, 3]);
  expect(ids().flat()).toEqual(events(23).map((_, i) => i));
});

it("sends no more at a time than 256 KB", async () => {
  await sink().deliver(events(5, { reason: "x".repeat(100_000) }));
  expect(ids()).toEqual([[0, 1], [2, 3], [4]]);
});

it("sends again what was not accepted, before anything that comes after it", async () => {
  const refused = new Set(["2", "4"]);
  accepts = (id) => !refused.delete(id);
  await sink().deliver(events(12));
  expect(ids()).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [2, 4],
    [10, 11],
  ]);
});

it("throws where an event is never accepted, and sends nothing that comes after it", async () => {
  accepts = (id) => id !== "2";
  await expect(sink().deliver(events(12))).rejects.toThrow(
    "EventBridge did not accept 1 of 10 events. They are to be delivered again.",
  );
  expect(ids().slice(1)).toEqual([[2], [2], [2]]);
});

it("is tried again where AWS does not work, and throws where it never does", async () => {
  statuses = [500, 500];
  await sink().deliver([event(1)]);
  expect(ids()).toEqual([[1]]);
  statuses = [500, 500, 500];
  await expect(sink().deliver([event(1)])).rejects.toMatchObject({ name: "InternalException" });
});

it("asks nothing where there is nothing to deliver", async () => {
  await sink().deliver([]);
  expect(calls).toEqual([]);
});
