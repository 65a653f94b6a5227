import { readFileSync } from "node:fs";
import { join } from "node:path";
import { refusal } from "./client";
import { issuerKey, types } from "./samples";
import { onVault } from "./vault";

const on = onVault();

describe("a mount", () => {
  it("is moved with what is in it when its path changes, and keeps its id", async () => {
    const inputs = { path: "here", type: "kv" };
    const { id, outputs } = await on.client.create(types.mount, inputs);
    await on.operator.put("here/thing", { kept: "yes" });
    const moved = await on.client.update(types.mount, id, outputs, { path: "there/now", type: "kv" });
    expect(moved.path).toBe("there/now");
    expect(await on.operator.get("there/now/thing")).toEqual({ kept: "yes" });
    expect(await on.operator.get("sys/mounts/here")).toBeUndefined();

    // An update can't give another id to the engine, so the path in the state is what counts.
    const news = { path: "there/now", type: "kv" };
    expect(await on.client.read(types.mount, "here", moved, news)).toEqual({
      id: "here",
      inputs: news,
      outputs: moved,
    });
    await on.client.delete(types.mount, "here", moved);
    expect(await on.operator.get("sys/mounts/there/now")).toBeUndefined();
  });

  it("of kv-v2 is not taken for another type, as which the server lists it", async () => {
    const inputs = { path: "versions", type: "kv-v2" };
    const { id, outputs } = await on.client.create(types.mount, inputs);
    expect(await on.operator.get("sys/mounts/versions")).toMatchObject({
      type: "kv",
      options: { version: "2" },
    });
    expect(outputs).toMatchObject({ type: "kv-v2", options: {} });
    expect((await on.client.read(types.mount, id, outputs, inputs)).inputs).toEqual(inputs);
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
    const { id, outputs } = await on.client.create(types.authBackend, { ...inputs, disableRemount: false });
    await on.operator.put("auth/ci/role/r", { role_type: "jwt", user_claim: "sub", bound_audiences: ["a"] });
    const news = { ...inputs, disableRemount: false, path: "moved/ci", description: "moved" };
    const moved = await on.client.update(types.authBackend, id, outputs, news);
    expect(moved).toMatchObject({ path: "moved/ci", description: "moved", accessor: outputs.accessor });
    expect(await on.operator.get("auth/moved/ci/role/r")).toMatchObject({ bound_audiences: ["a"] });
    await on.client.delete(types.authBackend, id, moved);
    expect(await on.operator.get("sys/auth/moved/ci")).toBeUndefined();
  });

  it("whose configuration is refused is not left behind", async () => {
    const refused = {
      path: "half",
      type: "jwt",
      local: false,
      namespaceInState: true,
      oidcDiscoveryUrl: "http://127.0.0.1:1",
    };
    const { message, partial } = await refusal(on.client.create(types.authBackend, refused));
    expect(message).toBe(
      `vault.jwt.AuthBackend "it": the server at ${on.server.address} refused POST auth/half/config (400: error checking oidc discovery URL). Correct what it names.`,
    );
    expect(partial).toBeUndefined();
    expect(await on.operator.get("sys/auth/half")).toBeUndefined();
  });

  it("that lost its configuration gets it again", async () => {
    await on.operator.put("sys/auth/bare", { type: "jwt" });
    const given = { ...inputs, path: "bare", disableRemount: false };
    const found = await on.client.read(types.authBackend, "bare", given, given);
    expect((await on.client.diff(types.authBackend, found.inputs, given)).changes).toEqual({
      jwtValidationPubkeys: "ADD",
      namespaceInState: "ADD",
    });
    await on.client.update(types.authBackend, "bare", found.outputs, given);
    expect(await on.operator.get("auth/bare/config")).toMatchObject({
      jwt_validation_pubkeys: [issuerKey.trim()],
    });
  });
});

describe("an audit device", () => {
  it("without a path is at its type", async () => {
    const inputs = { type: "file", options: { file_path: join(on.server.dir, "default.log") } };
    const { id, outputs } = await on.client.create(types.audit, inputs);
    expect(id).toBe("file");
    expect(outputs).toEqual({ ...inputs, path: "file", local: false, description: "" });
    expect((await on.client.read(types.audit, id, outputs, inputs)).inputs).toEqual(inputs);
    expect(readFileSync(join(on.server.dir, "default.log"), "utf8")).toContain('"path":"sys/audit"');
    await on.client.delete(types.audit, id, outputs);
  });

  it("that the server can't write to is refused in one line", async () => {
    const inputs = {
      path: "collector",
      type: "socket",
      options: { address: "127.0.0.1:1", socket_type: "tcp" },
    };
    const { message } = await refusal(on.client.create(types.audit, inputs));
    expect(message).toMatch(
      /^vault\.Audit "it": the server at \S+ refused POST sys\/audit\/collector \(400: audit backend failed test message: [^\n]*connection refused\)\. Correct what it names\.$/,
    );
    expect(await on.operator.get("sys/audit")).not.toHaveProperty("collector/");
  });
});

it("what was in a mount that is gone is gone", async () => {
  const role = { backend: "nowhere", roleName: "r", roleType: "jwt", userClaim: "sub" };
  expect((await on.client.read(types.role, "auth/nowhere/role/r", role, role)).id).toBe("");
  await on.client.delete(types.role, "auth/nowhere/role/r", role);
});
