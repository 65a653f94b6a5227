import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { dynamoStore } from "../../../broker/stores/dynamodb";
import { table } from "../../../broker/stores/dynamodb-table";
import { grantOf, idAt } from "../sample";
import { testStore } from "./contract";

let server: Server;
let client: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = newClient();
});
afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const newClient = () =>
  new DynamoDBClient({
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

async function newTable(): Promise<string> {
  const TableName = `grants-${tables++}`;
  await client.send(new CreateTableCommand({ TableName, ...table }));
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== "ACTIVE");
  return TableName;
}

testStore(async () => dynamoStore(client, await newTable()));

const itemsOf = async (TableName: string) =>
  ((await DynamoDBDocumentClient.from(client).send(new ScanCommand({ TableName }))).Items ?? []) as {
    pk: string;
    sk: string;
    expires?: number;
  }[];

it("finishes what a crash left between the two writes of a new grant", async () => {
  const TableName = await newTable();
  const store = dynamoStore(client, TableName);
  const first = grantOf({ id: idAt("2027-06-30T12:00:00.000Z", 1) });
  await store.create(first);
  await DynamoDBDocumentClient.from(client).send(
    new DeleteCommand({ TableName, Key: { pk: `grant#${first.id}`, sk: "grant" } }),
  );
  expect(await store.get(first.id)).toBeUndefined();

  const again = grantOf({ id: idAt("2027-06-30T12:00:00.000Z", 2), request: first.request });
  expect(await store.create(again)).toEqual(first);
  expect(await store.get(first.id)).toEqual(first);
  expect(await store.get(again.id)).toBeUndefined();
});

it("knows a write as its own whose answer was lost, and the SDK wrote again", async () => {
  const lossy = newClient();
  let lost = 0;
  lossy.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName !== "PutItemCommand" || lost > 0) return result;
      lost++;
      throw Object.assign(new Error("the connection was reset"), { name: "TimeoutError" });
    },
    { step: "deserialize", priority: "high" },
  );
  const TableName = await newTable();
  await dynamoStore(client, TableName).create(grantOf());
  const next = grantOf({ version: 2, state: "minting" });
  expect(await dynamoStore(lossy, TableName).replace(next)).toBe(true);
  expect(lost).toBe(1);
});

it("lets DynamoDB remove what came to its end, and a request token, after the days that it keeps them", async () => {
  const TableName = await newTable();
  const store = dynamoStore(client, TableName, { keepDays: 7 });
  const grant = grantOf();
  await store.create(grant);
  const expires = async () =>
    Object.fromEntries((await itemsOf(TableName)).map(({ sk, expires }) => [sk, expires]));
  const inSevenDays = Date.parse("2027-07-07T12:00:00.000Z") / 1000;
  expect(await expires()).toEqual({ token: inSevenDays, grant: undefined });
  await store.replace({ ...grant, version: 2, state: "denied", delivered: 0 });
  expect(await expires()).toEqual({ token: inSevenDays, grant: undefined });
  await store.replace({ ...grant, version: 3, state: "denied", delivered: 1 });
  expect(await expires()).toEqual({ token: inSevenDays, grant: inSevenDays });
});

it("takes a request token anew after its days, where DynamoDB has not removed it yet", async () => {
  const store = dynamoStore(client, await newTable(), { keepDays: 7 });
  const first = grantOf();
  const later = (requestedAt: string) =>
    grantOf({ id: idAt(requestedAt), requestedAt, request: first.request });
  await store.create(first);
  expect(await store.create(later("2027-07-07T12:00:00.000Z"))).toEqual(first);
  const next = later("2027-07-07T12:00:01.000Z");
  expect(await store.create(next)).toEqual(next);
});

it("has a request token in no key", async () => {
  const TableName = await newTable();
  await dynamoStore(client, TableName).create(grantOf());
  expect((await itemsOf(TableName)).map(({ pk, sk }) => [pk, sk]).toSorted()).toEqual([
    [`grant#${idAt("2027-06-30T12:00:00.000Z")}`, "grant"],
    [expect.stringMatching(/^token#[0-9a-f]{64}$/), "token"],
  ]);
});
