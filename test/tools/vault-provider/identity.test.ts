import { refusal, type Properties } from "./client";
import { types } from "./samples";
import { onVault } from "./vault";

/** What Vault makes up an id for: a workload, its names, and who belongs together. */
let mount = "";
const on = onVault(async (operator) => {
  for (const path of ["jwt", "other"]) await operator.put(`sys/auth/${path}`, { type: "jwt" });
  mount = await accessorOf("jwt");
});

async function accessorOf(path: string): Promise<string> {
  const { accessor } = (await on.operator.get(`sys/auth/${path}`)) ?? {};
  return String(accessor);
}

const make = async (type: string, given: Properties) => {
  const { inputs, failures } = await on.client.check(type, given);
  expect(failures).toEqual([]);
  return { inputs, ...(await on.client.create(type, inputs)) };
};
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;

it("an entity is made, changed, mended, imported and removed by the server's id", async () => {
  const { id, inputs, outputs } = await make(types.entity, {
    name: "migration",
    metadata: { "nhi-owner": "team-orders" },
    policies: ["a", "b"],
  });
  const path = `identity/entity/id/${id}`;
  expect(outputs).toEqual({ ...inputs, id: uuid, disabled: false });
  expect(outputs.id).toBe(id);
  expect(await on.operator.get(path)).toMatchObject({
    name: "migration",
    metadata: { "nhi-owner": "team-orders" },
  });
  expect(await on.client.read(types.entity, id)).toEqual({
    id,
    inputs,
    outputs: expect.objectContaining({ id, name: "migration" }) as Properties,
  });

  const { inputs: to } = await on.client.check(types.entity, { name: "orders", disabled: true });
  const changed = await on.client.update(types.entity, id, outputs, to);
  expect(await on.operator.get(path)).toMatchObject({ name: "orders", disabled: true, policies: [] });
  await on.operator.put(path, { policies: ["root-like"] });
  const found = await on.client.read(types.entity, id, changed, to);
  expect(found.inputs).toEqual({ ...to, policies: ["root-like"] });
  const mended = await on.client.update(types.entity, id, found.outputs, to);
  expect(await on.operator.get(path)).toMatchObject({ policies: [] });

  await on.client.delete(types.entity, id, mended);
  await on.client.delete(types.entity, id, mended);
  expect(await on.client.read(types.entity, id, mended, to)).toEqual({ id: "", inputs: {}, outputs: {} });
});

it("an alias says who a sign-in is, and moves to another entity", async () => {
  const [one, two] = [await make(types.entity, { name: "one" }), await make(types.entity, { name: "two" })];
  const given = { name: "456789", mountAccessor: mount, canonicalId: one.id };
  const { id, inputs, outputs } = await make(types.alias, { ...given, customMetadata: { owner: "orders" } });
  expect(outputs).toEqual({ ...inputs, id });
  expect((await on.client.read(types.alias, id)).inputs).toEqual(inputs);

  const { inputs: to } = await on.client.check(types.alias, { ...given, canonicalId: two.id });
  await on.client.update(types.alias, id, outputs, to);
  expect(await on.operator.get(`identity/entity-alias/id/${id}`)).toMatchObject({ canonical_id: two.id });
  await on.client.delete(types.alias, id, outputs);
  expect(await on.operator.get(`identity/entity-alias/id/${id}`)).toBeUndefined();
});

it("a group has its members, and loses the last one", async () => {
  const member = await make(types.entity, { name: "member" });
  const given = { name: "readers", type: "internal", policies: ["read"] };
  const { id, outputs } = await make(types.group, { ...given, memberEntityIds: [member.id] });
  const path = `identity/group/id/${id}`;
  expect(await on.operator.get(path)).toMatchObject({ member_entity_ids: [member.id], policies: ["read"] });

  const { inputs: to } = await on.client.check(types.group, { ...given, memberEntityIds: [] });
  expect((await on.client.diff(types.group, outputs, to)).isSome).toBe(true);
  const changed = await on.client.update(types.group, id, outputs, to);
  expect(await on.operator.get(path)).toMatchObject({ member_entity_ids: [] });
  await on.client.delete(types.group, id, changed);
  expect(await on.operator.get(path)).toBeUndefined();
});

describe("what is there already is not taken over", () => {
  it.each(["entity", "group"] as const)("an %s of that name", async (kind) => {
    const { id, inputs } = await make(types[kind], { name: `first-${kind}` });
    const { message } = await refusal(on.client.create(types[kind], inputs));
    expect(message).toBe(
      `vault.identity.${kind === "entity" ? "Entity" : "Group"} "it": identity/${kind} "first-${kind}" is there already, with the id ${id}. Import it, or remove it.`,
    );
  });

  it("a name that somebody signed in with", async () => {
    const first = await make(types.entity, { name: "first" });
    const second = await make(types.entity, { name: "second" });
    const { id } = await make(types.alias, { name: "7", mountAccessor: mount, canonicalId: first.id });
    const again = { name: "7", mountAccessor: mount, canonicalId: second.id };
    expect(await refusal(on.client.create(types.alias, again))).toEqual({
      message: `vault.identity.EntityAlias "it": identity/entity-alias "7" is there already, with the id ${id}. Import it, or remove it.`,
    });
    await make(types.alias, { ...again, mountAccessor: await accessorOf("other") });
  });
});

it("an id is the server's", async () => {
  expect(await refusal(on.client.read(types.entity, "migration"))).toEqual({
    message: `vault.identity.Entity "it": an id must be <id>, got "migration". Correct it.`,
  });
});
