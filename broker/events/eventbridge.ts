import { setTimeout as wait } from "node:timers/promises";
import {
  PutEventsCommand,
  type EventBridgeClient,
  type PutEventsRequestEntry,
} from "@aws-sdk/client-eventbridge";
import type { BrokerEvent } from "../grant";
import type { EventSink } from "../ports";

/** What a rule of EventBridge matches the broker's events by. The detail-type is the event's type. */
export const source = "nhi.broker";

/** PutEvents takes this many entries, and this many bytes of them together (quotas of EventBridge). */
const [mostEntries, mostBytes] = [10, 256 * 1024];
/** What AWS counts for the time of an entry. */
const timeBytes = 14;
const attempts = 4;

interface Options {
  /** Name or ARN. Default: the account's own bus. */
  bus?: string;
  /** Milliseconds until entries that were not accepted are sent again, doubled each time. Default: 100. */
  waitMs?: number;
}

/** Events on a bus of EventBridge. It may deliver one twice and keeps no order: `id` and `time` of an event tell. */
export function eventBridgeSink(client: EventBridgeClient, { bus, waitMs = 100 }: Options = {}): EventSink {
  async function send(batch: PutEventsRequestEntry[]): Promise<void> {
    let left = batch;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await wait(waitMs * 2 ** (attempt - 1));
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: left }));
      // Entry by entry, in the order of the request. What has no id was not accepted.
      left = left.filter((_, index) => Entries[index]?.EventId === undefined);
      if (left.length === 0) return;
    }
    throw new NotDelivered(left.length, batch.length);
  }

  return {
    async deliver(events) {
      for (const batch of batches(events.map((event) => entryOf(event, bus)))) await send(batch);
    },
  };
}

const entryOf = (event: BrokerEvent, bus: string | undefined): PutEventsRequestEntry => ({
  Source: source,
  DetailType: event.type,
  Time: new Date(event.time),
  Detail: JSON.stringify(event),
  ...(bus !== undefined && { EventBusName: bus }),
});

const sizeOf = ({ Source = "", DetailType = "", Detail = "" }: PutEventsRequestEntry) =>
  timeBytes + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);

function batches(entries: PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const all: PutEventsRequestEntry[][] = [];
  let size = 0;
  for (const entry of entries) {
    const batch = all.at(-1);
    const more = sizeOf(entry);
    if (batch && batch.length < mostEntries && size + more <= mostBytes) {
      batch.push(entry);
      size += more;
    } else {
      all.push([entry]);
      size = more;
    }
  }
  return all;
}

export class NotDelivered extends Error {
  override readonly name = "NotDelivered";

  constructor(left: number, all: number) {
    super(`EventBridge did not accept ${left} of ${all} events. They are to be delivered again.`);
  }
}
