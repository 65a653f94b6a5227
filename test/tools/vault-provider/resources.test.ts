import { refusal, secret, type Properties } from "./client";
import { database } from "./lives/database";
import { endpoint } from "./lives/endpoint";
import { engines } from "./lives/engines";
import { mounts } from "./lives/mounts";
import { roles } from "./lives/roles";
import { issuerKey, types } from "./samples";
import { onVault } from "./vault";

const on = onVault(async (operator) => {
  await operator.put("sys/auth/roles", { type: "jwt" });
  await operator.put("auth/roles/config", { jwt_validation_pubkeys: [issuerKey] });
  for (const engine of ["db", "roles"]) await operator.put(`sys/mounts/${engine}`, { type: "database" });
  await operator.put("sys/mounts/secret", { type: "kv" });
  for (const engine of ["pki", "ssh", "rabbitmq", "ldap"])
    await operator.put(`sys/mounts/${engine}`, { type: engine });
  await operator.put("sys/mounts/ssh-new", { type: "ssh" });
  await operator.put("ldap/config", {
    binddn: "cn=vault,dc=a",
    bindpass: "x",
    url: "ldaps://ldap.example.com",
  });
});
const lives = [...mounts, ...roles, ...database, ...endpoint, ...engines];

it.each(lives)("$type is made, found and removed", async (life) => {
  const inputs = life.inputs(on.server);
  expect(await on.client.check(life.type, inputs)).toEqual({ inputs, failures: [] });

  const made = await on.client.create(life.type, inputs);
  expect(made.id).toBe(life.id);
  expect(await on.operator.get(life.path)).toMatchObject(life.made);
  expect(made.outputs).toEqual({ ...inputs, ...life.outputs });
  expect(await on.client.read(life.type, made.id, made.outputs, inputs)).toEqual({ ...made, inputs });

  // What is imported is what a program would say that changes nothing.
  const imported = await on.client.read(life.type, life.id);
  expect((await on.client.diff(life.type, imported.inputs, asImported(inputs))).changes).toEqual({});

  await on.client.delete(life.type, made.id, made.outputs);
  expect(await on.client.read(life.type, made.id, made.outputs, inputs)).toEqual(nothing);
  await on.client.delete(life.type, made.id, made.outputs);
});

const changing = lives.flatMap(({ change, ...life }) => (change ? [{ ...life, ...change }] : []));
it.each(changing)("$type is changed, and mended when somebody else has changed it", async (life) => {
  const { id, outputs: made } = await on.client.create(life.type, life.inputs(on.server));
  const inputs = life.to;
  expect((await on.client.diff(life.type, life.inputs(on.server), inputs)).isSome).toBe(true);
  const changed = await on.client.update(life.type, id, made, inputs);
  expect(await on.operator.get(life.path)).toMatchObject(life.onServer);
  expect((await on.client.read(life.type, id, changed, inputs)).inputs).toEqual(inputs);

  await life.byHand(on.operator);
  const refreshed = await on.client.read(life.type, id, changed, inputs);
  expect(refreshed.inputs).toEqual({ ...inputs, ...life.found });
  const mended = await on.client.update(life.type, id, refreshed.outputs, inputs);
  expect(await on.operator.get(life.path)).toMatchObject(life.onServer);
  expect((await on.client.read(life.type, id, mended, inputs)).inputs).toEqual(inputs);
  await on.client.delete(life.type, id, mended);
});

const nothing = { id: "", inputs: {}, outputs: {} };

/** Nobody can import what the server never tells. */
function asImported(inputs: Properties): Properties {
  if (inputs.generateSigningKey) return { ...inputs, keyType: "ssh-rsa" };
  const [kind, block] =
    Object.entries(inputs).find(([, value]) => (value as Properties | undefined)?.passwordWo !== undefined) ??
    [];
  if (kind === undefined) return inputs;
  const told = Object.entries(block as Properties).filter(([name]) => !name.startsWith("passwordWo"));
  return { ...inputs, verifyConnection: true, [kind]: Object.fromEntries(told) };
}

describe("a role", () => {
  it("binds a value with a comma in it when it is told not to split", async () => {
    await on.operator.put("sys/auth/jwt", { type: "jwt" });
    await on.operator.put("auth/jwt/config", { jwt_validation_pubkeys: [issuerKey] });
    const { inputs } = await on.client.check(types.role, {
      roleName: "commas",
      roleType: "jwt",
      userClaim: "sub",
      boundAudiences: ["a"],
      boundClaims: { group: "one,two" },
      disableBoundClaimsParsing: true,
    });
    const { id, outputs } = await on.client.create(types.role, inputs);
    expect(await on.operator.get("auth/jwt/role/commas")).toMatchObject({
      bound_claims: { group: ["one,two"] },
    });
    expect((await on.client.read(types.role, id, outputs, inputs)).inputs).toEqual(inputs);
  });
});

describe("an endpoint", () => {
  it("that can't be read is written all the same, and is told apart from one that is not", async () => {
    await on.operator.put("sys/mounts/transit", { type: "transit" });
    const inputs = { path: "transit/random", dataJson: secret('{"bytes":8}'), disableRead: false };
    const { message, partial } = await refusal(on.client.create(types.endpoint, inputs));
    expect(message).toBe(
      `vault.generic.Endpoint "it": it was written, but reading it back failed: the server at ${on.server.address} refused GET transit/random (405: unsupported operation). Correct what it names.`,
    );
    expect(partial).toMatchObject({
      id: "transit/random",
      outputs: { path: "transit/random" },
      reasons: [message],
    });
  });

  it("compares only the fields it gave when it is told to ignore the others", async () => {
    const { inputs } = await on.client.check(types.endpoint, {
      path: "secret/some",
      dataJson: '{"mine":"1"}',
      ignoreAbsentFields: true,
    });
    const { id, outputs } = await on.client.create(types.endpoint, inputs);
    await on.operator.put("secret/some", { mine: "1", other: "2" });
    expect((await on.client.read(types.endpoint, id, outputs, inputs)).inputs).toEqual(inputs);
    await on.operator.put("secret/some", { mine: "3", other: "2" });
    expect((await on.client.read(types.endpoint, id, outputs, inputs)).inputs.dataJson).toEqual(
      secret('{"mine":"3"}'),
    );
  });
});

it("an import with an id of another form says which form it has", async () => {
  expect(await refusal(on.client.read(types.role, "github/deploy"))).toEqual({
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
  const { id, outputs } = await on.client.create(types.mount, inputs);
  expect(outputs).toMatchObject({
    description: secret("canary"),
    auditNonHmacRequestKeys: secret(["a", "b"]),
    options: { version: secret("1") },
  });
  const found = await on.client.read(types.mount, id, outputs, inputs);
  expect(found.inputs).toEqual(inputs);
  expect(found.outputs).toEqual(outputs);
  await on.operator.put("sys/mounts/sealed/tune", { description: "by hand" });
  expect((await on.client.read(types.mount, id, outputs, inputs)).inputs.description).toEqual(
    secret("by hand"),
  );
});
