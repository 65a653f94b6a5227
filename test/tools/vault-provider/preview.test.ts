import { secret, StartedProvider, unknown, type Client } from "./client";
import { connectionUrl, types } from "./samples";

// Nothing here needs a server: neither an address nor a token is known.
let provider: StartedProvider;
let client: Client;
beforeAll(async () => {
  provider = await StartedProvider.start();
  client = await provider.connect();
}, 60_000);
afterAll(() => provider.stop());

const postgresql = { connectionUrl, username: "vault" };

it("shows a new mount with what only the server knows as unknown", async () => {
  const inputs = { path: "orders", type: "database", maxLeaseTtlSeconds: 900 };
  expect(await client.create(types.mount, inputs, { preview: true })).toEqual({
    id: "",
    outputs: {
      ...inputs,
      accessor: unknown,
      sealWrap: unknown,
      defaultLeaseTtlSeconds: unknown,
      auditNonHmacRequestKeys: unknown,
      auditNonHmacResponseKeys: unknown,
    },
  });
});

it("shows a change of a mount with what the server has chosen before", async () => {
  const state = {
    path: "orders",
    type: "database",
    accessor: "kv_1",
    sealWrap: false,
    defaultLeaseTtlSeconds: 0,
    maxLeaseTtlSeconds: 0,
    auditNonHmacRequestKeys: [],
    auditNonHmacResponseKeys: [],
  };
  const news = { path: "orders", type: "database", description: unknown };
  expect(await client.update(types.mount, "orders", state, news, { preview: true })).toEqual({
    ...state,
    description: unknown,
  });
});

it("shows no password of a connection, and keeps its secrets", async () => {
  const given = {
    ...postgresql,
    passwordWo: secret("canary"),
    passwordWoVersion: 1,
    username: secret("vault"),
  };
  const { outputs } = await client.create(
    types.connection,
    { backend: unknown, name: "c", postgresql: given },
    { preview: true },
  );
  expect(outputs).toEqual({
    backend: unknown,
    name: "c",
    pluginName: unknown,
    postgresql: { connectionUrl, passwordWoVersion: 1, username: secret("vault") },
  });
});

it("does not foretell what the next write will answer", async () => {
  const state = {
    path: "a",
    dataJson: secret("{}"),
    writeData: secret({ a: "1" }),
    writeDataJson: secret("{}"),
  };
  const outputs = await client.update(
    types.endpoint,
    "a",
    state,
    { path: "a", dataJson: secret('{"b":1}') },
    { preview: true },
  );
  expect(outputs).toEqual({
    path: "a",
    dataJson: secret('{"b":1}'),
    writeData: secret(unknown),
    writeDataJson: secret(unknown),
  });
});
