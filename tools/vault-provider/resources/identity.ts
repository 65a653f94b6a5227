import type { Vault } from "../http";
import { fromAnswer, toBody, type Properties } from "../property";
import type { ResourceType } from "../resource-type";
import type { PlainValues } from "../values";
import { namespace } from "./namespace";

interface Identified {
  /** Where the API makes them: `identity/entity`. */
  collection: string;
  properties: Properties;
  /** What is there already under the same name. Vault would change that one instead. */
  existing: (vault: Vault, inputs: PlainValues) => Promise<PlainValues | undefined>;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** A part of Vault's identity store: the server makes up its id. */
function identified({ collection, properties: own, existing }: Identified): ResourceType {
  const properties: Properties = { ...namespace, ...own, id: { kind: "string", output: true } };
  const pathOf = ({ id }: PlainValues) => `${collection}/id/${text(id)}`;
  return {
    properties,
    idFormat: "<id>",
    id: ({ id }) => text(id),
    fromId: (id) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? { id } : undefined),
    async create(vault, inputs) {
      const there = await existing(vault, inputs);
      if (there)
        throw new Error(
          `${collection} "${text(inputs.name)}" is there already, with the id ${text(there.id)}. Import it, or remove it.`,
        );
      const made = await vault.write(collection, toBody(properties, inputs));
      return { id: made?.id ?? "" };
    },
    async read(vault, known) {
      const answer = await vault.read(pathOf(known));
      return answer && fromAnswer(properties, answer);
    },
    async update(vault, inputs, state) {
      await vault.write(pathOf(state), toBody(properties, inputs, state));
      return { id: state.id ?? "" };
    },
    delete: (vault, state) => vault.delete(pathOf(state)),
  };
}

const named =
  (collection: string): Identified["existing"] =>
  (vault, { name }) =>
    vault.read(`${collection}/name/${text(name)}`);

export const entity = identified({
  collection: "identity/entity",
  existing: named("identity/entity"),
  properties: {
    name: { kind: "string", autonamed: true },
    metadata: { kind: "map" },
    policies: { kind: "set" },
    externalPolicies: { kind: "boolean", default: false, unsent: true, unread: true },
    disabled: { kind: "boolean" },
  },
});

export const entityAlias = identified({
  collection: "identity/entity-alias",
  async existing(vault, { name, mountAccessor }) {
    const found = await vault.write("identity/lookup/entity", {
      alias_name: name ?? "",
      alias_mount_accessor: mountAccessor ?? "",
    });
    const aliases = (found?.aliases ?? []) as PlainValues[];
    return aliases.find((alias) => alias.mount_accessor === mountAccessor);
  },
  properties: {
    name: { kind: "string", autonamed: true },
    mountAccessor: { kind: "string", required: true },
    canonicalId: { kind: "string", required: true },
    customMetadata: { kind: "map" },
  },
});

export const group = identified({
  collection: "identity/group",
  existing: named("identity/group"),
  properties: {
    name: { kind: "string", autonamed: true },
    type: { kind: "string", default: "internal", replaces: true },
    metadata: { kind: "map" },
    policies: { kind: "set" },
    externalPolicies: { kind: "boolean", default: false, unsent: true, unread: true },
    memberEntityIds: { kind: "set", computed: true },
    externalMemberEntityIds: { kind: "boolean", default: false, unsent: true, unread: true },
    memberGroupIds: { kind: "set" },
    externalMemberGroupIds: { kind: "boolean", default: false, unsent: true, unread: true },
  },
});
