import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secret, type Properties } from "./client";
import { connectionUrl, types } from "./samples";
import { onVault } from "./vault";

// What reaches the server shows in an audit log that hides nothing.
const on = onVault(async (operator, server) => {
  await operator.put("sys/config/auditing/request-headers/x-vault-namespace", { hmac: false });
  const options = { file_path: join(server.dir, "raw.log"), log_raw: "true" };
  await operator.put("sys/audit/raw", { type: "file", options });
  await operator.put("sys/mounts/db", { type: "database" });
});

interface Recorded {
  type: string;
  request: {
    path: string;
    operation: string;
    data?: Properties;
    headers?: Record<string, string[]>;
  };
}
const rawLog = () => join(on.server.dir, "raw.log");
const recorded = (path: string, ...operations: string[]) =>
  readFileSync(rawLog(), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ type, request }) => type === "request" && request.path === path)
    .filter(({ request }) => operations.includes(request.operation))
    .map(({ request }) => request);

describe("the password of a connection", () => {
  const path = "db/config/orders";
  const inputs = (settings: Properties) => ({
    backend: "db",
    name: "orders",
    verifyConnection: false,
    postgresql: { connectionUrl, username: "vault", ...settings },
  });
  const sent = () => recorded(path, "create", "update").map(({ data }) => data?.password);

  it("is sent when the connection is made and when its version changes, and at no other time", async () => {
    const first = inputs({ passwordWo: secret("first"), passwordWoVersion: 1 });
    const { id, outputs: made } = await on.client.create(types.connection, first);
    expect(sent()).toEqual(["first"]);
    expect(JSON.stringify(made)).not.toContain("first");

    // Another value alone is not sent, nor is the old one with another change.
    const other = inputs({ passwordWo: secret("second"), passwordWoVersion: 1, maxOpenConnections: 5 });
    const changed = await on.client.update(types.connection, id, made, other);
    expect(sent()).toEqual(["first", undefined]);

    // As it is once the bootstrap password has been taken out of the program.
    const without = inputs({ passwordWoVersion: 1 });
    const kept = await on.client.update(types.connection, id, changed, without);
    expect(sent()).toEqual(["first", undefined, undefined]);

    const next = inputs({ passwordWo: secret("third"), passwordWoVersion: 2 });
    const raised = await on.client.update(types.connection, id, kept, next);
    expect(sent()).toEqual(["first", undefined, undefined, "third"]);
    expect(raised.postgresql).toMatchObject({ passwordWoVersion: 2 });
    expect(JSON.stringify(raised)).not.toContain("third");

    // A refresh neither finds nor forgets it.
    const found = await on.client.read(types.connection, id, raised, next);
    expect(found.inputs).toEqual(next);
    expect(JSON.stringify(found.outputs)).not.toContain("third");
    await on.client.delete(types.connection, id, raised);
  });

  it("given the old way is secret, and sent when it changes only", async () => {
    const before = sent().length;
    const { inputs: first } = await on.client.check(types.connection, inputs({ password: "canary" }));
    const { id, outputs: made } = await on.client.create(types.connection, first);
    expect(made.postgresql).toMatchObject({ password: secret("canary") });
    const changed = await on.client.update(
      types.connection,
      id,
      made,
      inputs({ password: secret("canary"), maxOpenConnections: 5 }),
    );
    await on.client.update(types.connection, id, changed, inputs({ password: secret("other") }));
    expect(sent().slice(before)).toEqual(["canary", undefined, "other"]);
  });
});

it("an endpoint that can't be read and deleted is written only", async () => {
  await on.operator.put("sys/mounts/pki", { type: "pki" });
  await on.operator.put("pki/root/generate/internal", { common_name: "root" });
  const { inputs } = await on.client.check(types.endpoint, {
    path: "pki/root/rotate/internal",
    dataJson: '{"common_name":"next"}',
    disableRead: true,
    disableDelete: true,
    writeFields: ["issuer_name", "expiration"],
  });
  const { id, outputs } = await on.client.create(types.endpoint, inputs);
  expect(recorded("pki/root/rotate/internal", "update")).toMatchObject([{ data: { common_name: "next" } }]);
  // What the server answered is in the state, as far as it was asked for, and secret.
  const { value } = outputs.writeData as { value: Record<string, string> };
  expect(Object.keys(value)).toEqual(["expiration", "issuer_name"]);
  expect(outputs.writeData).toEqual(
    secret({ expiration: expect.stringMatching(/^\d+$/) as string, issuer_name: "next" }),
  );
  expect(outputs.writeDataJson).toEqual(
    secret(JSON.stringify({ expiration: Number(value.expiration), issuer_name: "next" })),
  );
  expect(await on.client.read(types.endpoint, id, outputs, inputs)).toEqual({ id, inputs, outputs });
  await on.client.delete(types.endpoint, id, outputs);
});

it("a namespace goes to the server, below the provider's own", async () => {
  const inNamespace = await on.provider.connect({ namespace: "org" });
  await inNamespace.create(types.policy, { name: "in-namespace", policy: "# none", namespace: "team/" });
  const [request] = recorded("sys/policies/acl/in-namespace", "update");
  expect(request?.headers?.["x-vault-namespace"]).toEqual(["org/team"]);
});
