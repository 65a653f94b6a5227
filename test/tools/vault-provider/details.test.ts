import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretsServer } from "../../../tools/secrets-server";
import { refusal, secret, StartedProvider, type Client, type Properties } from "./client";
import { connectionUrl, issuerKey, types } from "./types";
import { Operator, startVault, untilFoundMs } from "./vault";

let server: SecretsServer;
let operator: Operator;
let provider: StartedProvider;
let client: Client;
beforeAll(async () => {
  server = await startVault();
  operator = await Operator.of(server);
  // What reaches the server shows in an audit log that hides nothing.
  await operator.put("sys/config/auditing/request-headers/x-vault-namespace", { hmac: false });
  await operator.put("sys/audit/raw", { type: "file", options: { file_path: rawLog(), log_raw: "true" } });
  await operator.put("sys/mounts/db", { type: "database" });
  await operator.put("sys/mounts/secret", { type: "kv" });
  provider = await StartedProvider.start({ VAULT_ADDR: server.address, VAULT_TOKEN: operator.token });
  client = await provider.connect();
}, untilFoundMs);
afterAll(async () => {
  provider.stop();
  await server.stop();
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
const rawLog = () => join(server.dir, "raw.log");
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
    const { id, outputs: made } = await client.create(types.connection, first);
    expect(sent()).toEqual(["first"]);
    expect(JSON.stringify(made)).not.toContain("first");

    // Another value alone is not sent, nor is the old one with another change.
    const other = inputs({ passwordWo: secret("second"), passwordWoVersion: 1, maxOpenConnections: 5 });
    const changed = await client.update(types.connection, id, made, other);
    expect(sent()).toEqual(["first", undefined]);

    // As it is once the bootstrap password has been taken out of the program.
    const without = inputs({ passwordWoVersion: 1 });
    const kept = await client.update(types.connection, id, changed, without);
    expect(sent()).toEqual(["first", undefined, undefined]);

    const next = inputs({ passwordWo: secret("third"), passwordWoVersion: 2 });
    const raised = await client.update(types.connection, id, kept, next);
    expect(sent()).toEqual(["first", undefined, undefined, "third"]);
    expect(raised.postgresql).toMatchObject({ passwordWoVersion: 2 });
    expect(JSON.stringify(raised)).not.toContain("third");

    // A refresh neither finds nor forgets it.
    const found = await client.read(types.connection, id, raised, next);
    expect(found.inputs).toEqual(next);
    expect(JSON.stringify(found.outputs)).not.toContain("third");
    await client.delete(types.connection, id, raised);
  });

  it("given the old way is secret, and sent when it changes only", async () => {
    const before = sent().length;
    const { inputs: first } = await client.check(types.connection, inputs({ password: "canary" }));
    const { id, outputs: made } = await client.create(types.connection, first);
    expect(made.postgresql).toMatchObject({ password: secret("canary") });
    const changed = await client.update(
      types.connection,
      id,
      made,
      inputs({ password: secret("canary"), maxOpenConnections: 5 }),
    );
    await client.update(types.connection, id, changed, inputs({ password: secret("other") }));
    expect(sent().slice(before)).toEqual(["canary", undefined, "other"]);
  });
});

describe("a mount", () => {
  it("is moved with what is in it when its path changes, and keeps its id", async () => {
    const inputs = { path: "here", type: "kv" };
    const { id, outputs } = await client.create(types.mount, inputs);
    await operator.put("here/thing", { kept: "yes" });
    const moved = await client.update(types.mount, id, outputs, { path: "there/now", type: "kv" });
    expect(moved.path).toBe("there/now");
    expect(await operator.get("there/now/thing")).toEqual({ kept: "yes" });
    expect(await operator.get("sys/mounts/here")).toBeUndefined();

    // An update can't give another id to the engine, so the path in the state is what counts.
    const news = { path: "there/now", type: "kv" };
    expect(await client.read(types.mount, "here", moved, news)).toEqual({
      id: "here",
      inputs: news,
      outputs: moved,
    });
    await client.delete(types.mount, "here", moved);
    expect(await operator.get("sys/mounts/there/now")).toBeUndefined();
  });

  it("of kv-v2 is not taken for another type, as which the server lists it", async () => {
    const inputs = { path: "versions", type: "kv-v2" };
    const { id, outputs } = await client.create(types.mount, inputs);
    expect(await operator.get("sys/mounts/versions")).toMatchObject({
      type: "kv",
      options: { version: "2" },
    });
    expect(outputs).toMatchObject({ type: "kv-v2", options: {} });
    expect((await client.read(types.mount, id, outputs, inputs)).inputs).toEqual(inputs);
  });
});

describe("an auth mount", () => {
  const inputs = {
    path: "ci",
    type: "jwt",
    local: false,
    namespaceInState: true,
    jwtValidationPubkeys: [issuerKey],
  };

  it("is moved with its roles when its path changes", async () => {
    const { id, outputs } = await client.create(types.authBackend, { ...inputs, disableRemount: false });
    await operator.put("auth/ci/role/r", { role_type: "jwt", user_claim: "sub", bound_audiences: ["a"] });
    const news = { ...inputs, disableRemount: false, path: "moved/ci", description: "moved" };
    const moved = await client.update(types.authBackend, id, outputs, news);
    expect(moved).toMatchObject({ path: "moved/ci", description: "moved", accessor: outputs.accessor });
    expect(await operator.get("auth/moved/ci/role/r")).toMatchObject({ bound_audiences: ["a"] });
    await client.delete(types.authBackend, id, moved);
    expect(await operator.get("sys/auth/moved/ci")).toBeUndefined();
  });

  it("whose configuration is refused is not left behind", async () => {
    const refused = {
      ...inputs,
      path: "half",
      jwtValidationPubkeys: undefined,
      oidcDiscoveryUrl: "http://127.0.0.1:1",
    };
    const { message, partial } = await refusal(client.create(types.authBackend, defined(refused)));
    expect(message).toBe(
      `vault.jwt.AuthBackend "it": the server at ${server.address} refused POST auth/half/config (400: error checking oidc discovery URL). Correct what it names.`,
    );
    expect(partial).toBeUndefined();
    expect(await operator.get("sys/auth/half")).toBeUndefined();
  });

  it("that lost its configuration gets it again", async () => {
    await operator.put("sys/auth/bare", { type: "jwt" });
    const given = { ...inputs, path: "bare", disableRemount: false };
    const found = await client.read(types.authBackend, "bare", given, given);
    expect((await client.diff(types.authBackend, found.inputs, given)).changes).toEqual({
      jwtValidationPubkeys: "ADD",
      namespaceInState: "ADD",
    });
    await client.update(types.authBackend, "bare", found.outputs, given);
    expect(await operator.get("auth/bare/config")).toMatchObject({
      jwt_validation_pubkeys: [issuerKey.trim()],
    });
  });
});

describe("a role", () => {
  it("binds a value with a comma in it when it is told not to split", async () => {
    await operator.put("sys/auth/jwt", { type: "jwt" });
    await operator.put("auth/jwt/config", { jwt_validation_pubkeys: [issuerKey] });
    const { inputs } = await client.check(types.role, {
      roleName: "commas",
      roleType: "jwt",
      userClaim: "sub",
      boundAudiences: ["a"],
      boundClaims: { group: "one,two" },
      disableBoundClaimsParsing: true,
    });
    const { id, outputs } = await client.create(types.role, inputs);
    expect(await operator.get("auth/jwt/role/commas")).toMatchObject({
      bound_claims: { group: ["one,two"] },
    });
    expect((await client.read(types.role, id, outputs, inputs)).inputs).toEqual(inputs);
  });
});

describe("an audit device", () => {
  it("without a path is at its type", async () => {
    const inputs = { type: "file", options: { file_path: join(server.dir, "default.log") } };
    const { id, outputs } = await client.create(types.audit, inputs);
    expect(id).toBe("file");
    expect(outputs).toEqual({ ...inputs, path: "file", local: false, description: "" });
    expect((await client.read(types.audit, id, outputs, inputs)).inputs).toEqual(inputs);
    expect(readFileSync(join(server.dir, "default.log"), "utf8")).toContain('"path":"sys/audit"');
    await client.delete(types.audit, id, outputs);
  });

  it("that the server can't write to is refused in one line", async () => {
    const inputs = {
      path: "collector",
      type: "socket",
      options: { address: "127.0.0.1:1", socket_type: "tcp" },
    };
    const { message } = await refusal(client.create(types.audit, inputs));
    expect(message).toMatch(
      /^vault\.Audit "it": the server at \S+ refused POST sys\/audit\/collector \(400: audit backend failed test message: [^\n]*connection refused\)\. Correct what it names\.$/,
    );
    expect(await operator.get("sys/audit")).not.toHaveProperty("collector/");
  });
});

describe("an endpoint", () => {
  it("that can't be read and deleted is written only", async () => {
    await operator.put("sys/mounts/pki", { type: "pki" });
    await operator.put("pki/root/generate/internal", { common_name: "root" });
    const { inputs } = await client.check(types.endpoint, {
      path: "pki/root/rotate/internal",
      dataJson: '{"common_name":"next"}',
      disableRead: true,
      disableDelete: true,
      writeFields: ["issuer_name", "expiration"],
    });
    const { id, outputs } = await client.create(types.endpoint, inputs);
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
    expect(await client.read(types.endpoint, id, outputs, inputs)).toEqual({ id, inputs, outputs });
    await client.delete(types.endpoint, id, outputs);
  });

  it("that can't be read is written all the same, and is told apart from one that is not", async () => {
    await operator.put("sys/mounts/transit", { type: "transit" });
    const inputs = { path: "transit/random", dataJson: secret('{"bytes":8}'), disableRead: false };
    const { message, partial } = await refusal(client.create(types.endpoint, inputs));
    expect(message).toBe(
      `vault.generic.Endpoint "it": it was written, but reading it back failed: the server at ${server.address} refused GET transit/random (405: unsupported operation). Correct what it names.`,
    );
    expect(partial).toMatchObject({
      id: "transit/random",
      outputs: { path: "transit/random" },
      reasons: [message],
    });
  });

  it("compares only the fields it gave when it is told to ignore the others", async () => {
    const { inputs } = await client.check(types.endpoint, {
      path: "secret/some",
      dataJson: '{"mine":"1"}',
      ignoreAbsentFields: true,
    });
    const { id, outputs } = await client.create(types.endpoint, inputs);
    await operator.put("secret/some", { mine: "1", other: "2" });
    expect((await client.read(types.endpoint, id, outputs, inputs)).inputs).toEqual(inputs);
    await operator.put("secret/some", { mine: "3", other: "2" });
    expect((await client.read(types.endpoint, id, outputs, inputs)).inputs.dataJson).toEqual(
      secret('{"mine":"3"}'),
    );
  });
});

it("what was in a mount that is gone is gone", async () => {
  const role = { backend: "nowhere", roleName: "r", roleType: "jwt", userClaim: "sub" };
  expect((await client.read(types.role, "auth/nowhere/role/r", role, role)).id).toBe("");
  await client.delete(types.role, "auth/nowhere/role/r", role);
});

it("an import with an id of another form says which form it has", async () => {
  expect(await refusal(client.read(types.role, "github/deploy"))).toEqual({
    message: `vault.jwt.AuthBackendRole "it": an id must be auth/<backend>/role/<roleName>, got "github/deploy". Correct it.`,
  });
});

it("secrets of the program are secret in what comes back", async () => {
  const inputs = {
    path: "sealed",
    type: "kv",
    description: secret("canary"),
    auditNonHmacRequestKeys: [secret("a"), "b"],
    options: { version: secret("1") },
  };
  const { id, outputs } = await client.create(types.mount, inputs);
  expect(outputs).toMatchObject({
    description: secret("canary"),
    auditNonHmacRequestKeys: secret(["a", "b"]),
    options: { version: secret("1") },
  });
  const found = await client.read(types.mount, id, outputs, inputs);
  expect(found.inputs).toEqual(inputs);
  expect(found.outputs).toEqual(outputs);
  await operator.put("sys/mounts/sealed/tune", { description: "by hand" });
  expect((await client.read(types.mount, id, outputs, inputs)).inputs.description).toEqual(secret("by hand"));
});

it("a namespace goes to the server, below the provider's own", async () => {
  const inNamespace = await provider.connect({ namespace: "org" });
  await inNamespace.create(types.policy, { name: "in-namespace", policy: "# none", namespace: "team/" });
  const [request] = recorded("sys/policies/acl/in-namespace", "update");
  expect(request?.headers?.["x-vault-namespace"]).toEqual(["org/team"]);
});

function defined(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
