import { createHash, randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type PutCommandInput,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { dueAt } from "../due";
import type { Grant } from "../grant";
import { finalStates } from "../states";
import type { Closure, GrantFilter, Scope, Store } from "../ports";
import { timeToLive } from "./dynamodb-table";

interface Options {
  /** Days that a grant which came to its end, and a request token, are kept. Default: 30. */
  keepDays?: number;
}

interface GrantItem {
  grant: Grant;
  write: string;
}

/** Parts of the index of due grants, so that no single one takes every write: 1,000 writes a second each. */
const shards = 16;
const readAtOnce = 25;
const secondsOfDay = 24 * 60 * 60;

/**
 * Grants in one table of DynamoDB: see `dynamodb-table.ts` for its shape. What a grant is read from is always consistent;
 * an index may be behind, so a grant that it names is looked at again before it is given out.
 */
export function dynamoStore(client: DynamoDBClient, tableName: string, options: Options = {}): Store {
  const { keepDays = 30 } = options;
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const TableName = tableName;

  const get = async (id: string) => (await itemOf(id))?.grant;

  async function itemOf(id: string): Promise<GrantItem | undefined> {
    const { Item } = await documents.send(
      new GetCommand({ TableName, Key: grantKey(id), ConsistentRead: true }),
    );
    return Item as GrantItem | undefined;
  }

  /** False where the condition did not hold. */
  async function put(
    input: Pick<
      PutCommandInput,
      "Item" | "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
    >,
  ): Promise<boolean> {
    try {
      await documents.send(new PutCommand({ TableName, ...input }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function* query(
    input: Omit<QueryCommandInput, "TableName">,
  ): AsyncGenerator<Record<string, string>[]> {
    let from: QueryCommandInput["ExclusiveStartKey"];
    do {
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({ TableName, ...input, ExclusiveStartKey: from }),
      );
      yield Items as Record<string, string>[];
      from = LastEvaluatedKey;
    } while (from !== undefined);
  }

  async function* grantsOf(items: Record<string, string>[]): AsyncGenerator<Grant> {
    for (let at = 0; at < items.length; at += readAtOnce) {
      const found = await Promise.all(
        items.slice(at, at + readAtOnce).map(({ pk = "" }) => get(pk.slice(grantPrefix.length))),
      );
      for (const grant of found) if (grant !== undefined) yield grant;
    }
  }

  /** A tenant's grants out of one half of the index, newest first. */
  async function* listed(listKey: string): AsyncGenerator<Grant> {
    const pages = query({
      IndexName: "list",
      KeyConditionExpression: "listKey = :key",
      ExpressionAttributeValues: { ":key": listKey },
      ScanIndexForward: false,
    });
    for await (const page of pages) yield* grantsOf(page);
  }

  return {
    /**
     * Two writes, for there is one item for the request token and one for the grant. The first has the grant in it, so that
     * whoever comes with the token again finishes what a crash left between the two.
     */
    async create(grant) {
      const key = tokenKey(grant);
      const now = seconds(grant.requestedAt);
      const isNew = await put({
        Item: { ...key, grant, [timeToLive]: now + keepDays * secondsOfDay },
        ConditionExpression: "attribute_not_exists(pk) OR expires < :now",
        ExpressionAttributeValues: { ":now": now },
      });
      const first = isNew ? grant : await claimed(key);
      await put({ Item: itemFor(first, keepDays), ConditionExpression: "attribute_not_exists(pk)" });
      return (await get(first.id)) ?? first;
    },
    get,
    async replace(grant) {
      const item = itemFor(grant, keepDays);
      const isWritten = await put({
        Item: item,
        ConditionExpression: "#grant.#version = :before",
        ExpressionAttributeNames: { "#grant": "grant", "#version": "version" },
        ExpressionAttributeValues: { ":before": grant.version - 1 },
      });
      // Where an answer gets lost, the SDK writes again, and finds its own write in the way.
      return isWritten || (await itemOf(grant.id))?.write === item.write;
    },
    async *due(now) {
      let open = Array.from({ length: shards }, (_, shard) =>
        query({
          IndexName: "due",
          KeyConditionExpression: "dueShard = :shard AND dueAt <= :now",
          ExpressionAttributeValues: { ":shard": String(shard), ":now": now.toISOString() },
          Limit: readAtOnce,
        }),
      );
      // A page of each in turn: a reconciler that runs out of time has then not left the same ones every time.
      while (open.length > 0) {
        const more: typeof open = [];
        for (const pages of open) {
          const page = await pages.next();
          if (page.done) continue;
          more.push(pages);
          for await (const grant of grantsOf(page.value)) {
            const due = dueAt(grant);
            if (due !== undefined && due <= now) yield grant;
          }
        }
        open = more;
      }
    },
    async *list(filter) {
      const open = listed(listKey(filter.tenant, true));
      const all = filter.open ? open : newestFirst(open, listed(listKey(filter.tenant, false)));
      for await (const grant of all) if (isIn(grant, filter)) yield grant;
    },
    async closed() {
      const pages = query({
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": closedKey },
        ConsistentRead: true,
      });
      const closures: Closure[] = [];
      for await (const page of pages)
        for (const { closure } of page as unknown as { closure: Closure }[]) closures.push(closure);
      return closures;
    },
    async close(closure) {
      await put({ Item: { ...scopeKey(closure), closure } });
    },
    async open(scope) {
      await documents.send(new DeleteCommand({ TableName, Key: scopeKey(scope) }));
    },
  };

  async function claimed(Key: Record<string, string>): Promise<Grant> {
    const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    if (Item === undefined) throw new Error("The store lost a request token while it was used. Ask again.");
    return (Item as GrantItem).grant;
  }
}

const grantPrefix = "grant#";
const closedKey = "closed";
const grantKey = (id: string) => ({ pk: `${grantPrefix}${id}`, sk: "grant" });
const scopeKey = ({ tenant, role = "", requester = "" }: Scope) => ({
  pk: closedKey,
  sk: JSON.stringify([tenant, role, requester]),
});
const listKey = (tenant: string, isOpen: boolean) => `${isOpen ? "open" : "final"}#${tenant}`;
const digest = (text: string) => createHash("sha256").update(text).digest();
const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);

/** Hashed: what a requester makes up as its token has no place in a key, and may be longer than a key can be. */
const tokenKey = ({ tenant, requester, request }: Grant) => ({
  pk: `token#${digest(JSON.stringify([tenant, requester.id, request.requestToken])).toString("hex")}`,
  sk: "token",
});

function itemFor(grant: Grant, keepDays: number) {
  const due = dueAt(grant);
  const isFinal = finalStates.has(grant.state);
  const last = grant.events.at(-1)?.time ?? grant.requestedAt;
  return {
    ...grantKey(grant.id),
    grant,
    /** Tells this write from another one that says the same. */
    write: randomUUID(),
    grantId: grant.id,
    listKey: listKey(grant.tenant, !isFinal),
    ...(due && { dueShard: String(digest(grant.id).readUInt8(0) % shards), dueAt: due.toISOString() }),
    ...(isFinal && !due && { [timeToLive]: seconds(last) + keepDays * secondsOfDay }),
  };
}

const isIn = (grant: Grant, { role, requester, open = false }: GrantFilter) =>
  (role === undefined || grant.request.role === role) &&
  (requester === undefined || grant.requester.id === requester) &&
  !(open && finalStates.has(grant.state));

async function* newestFirst(one: AsyncGenerator<Grant>, other: AsyncGenerator<Grant>): AsyncGenerator<Grant> {
  let [a, b] = [await one.next(), await other.next()];
  while (!a.done || !b.done) {
    if (!a.done && (b.done || a.value.id > b.value.id)) {
      yield a.value;
      a = await one.next();
    } else if (!b.done) {
      yield b.value;
      b = await other.next();
    }
  }
}
