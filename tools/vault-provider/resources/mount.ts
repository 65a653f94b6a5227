import type { Vault } from "../http";
import { fromAnswer, isChanged, toBody, trimSlashes, type Properties, type Property } from "../property";
import { HalfDone, type ResourceType } from "../resource-type";
import type { PlainValues } from "../values";
import { moveMount, readMount } from "./mounted";
import { namespace } from "./namespace";

const ttl = (api: string): Property => ({
  kind: "integer",
  computed: true,
  api,
  toApi: (value) => (typeof value === "number" ? `${value}s` : value),
});

/** In the mount's `config`, and in what can be tuned. */
const config: Properties = {
  defaultLeaseTtlSeconds: ttl("default_lease_ttl"),
  maxLeaseTtlSeconds: ttl("max_lease_ttl"),
  auditNonHmacRequestKeys: { kind: "list", computed: true },
  auditNonHmacResponseKeys: { kind: "list", computed: true },
  listingVisibility: { kind: "string" },
  passthroughRequestHeaders: { kind: "list" },
  allowedResponseHeaders: { kind: "list" },
};
const tunable: Properties = { ...config, description: { kind: "string" }, options: { kind: "map" } };
const fixed: Properties = {
  type: { kind: "string", required: true, replaces: true },
  local: { kind: "boolean", replaces: true },
  sealWrap: { kind: "boolean", replaces: true, computed: true },
  accessor: { kind: "string", output: true },
};

const pathOf = (values: PlainValues) => trimSlashes(values.path);

/** A secrets engine at its path. */
export const mount: ResourceType = {
  // The path can change: the mount is moved with what is in it.
  properties: { ...namespace, path: { kind: "path", required: true, unsent: true }, ...fixed, ...tunable },
  idFormat: "<path>",
  id: pathOf,
  fromId: (path) => ({ path }),
  async create(vault, inputs) {
    const { description, options } = tunable;
    await vault.write(`sys/mounts/${pathOf(inputs)}`, {
      ...toBody({ ...fixed, description, options } as Properties, inputs),
      config: toBody(config, inputs),
    });
    return undefined;
  },
  async read(vault, known) {
    const answer = await readMount(vault, `sys/mounts/${pathOf(known)}`);
    if (!answer) return undefined;
    const told = {
      ...fromAnswer({ ...fixed, ...tunable }, answer),
      ...fromAnswer(config, answer.config as PlainValues),
    };
    return known.type === "kv-v2" ? asKvV2(told, known) : told;
  },
  async update(vault, inputs, state) {
    const [from, to] = [pathOf(state), pathOf(inputs)];
    if (from !== to) await moveMount(vault, from, to);
    try {
      await tune(vault, to, inputs, state);
    } catch (error) {
      throw from === to ? error : new HalfDone(error, { ...state, path: to });
    }
    return undefined;
  },
  delete: (vault, state) => vault.delete(`sys/mounts/${pathOf(state)}`),
};

async function tune(vault: Vault, path: string, inputs: PlainValues, state: PlainValues): Promise<void> {
  if (isChanged(tunable, inputs, state))
    await vault.write(`sys/mounts/${path}/tune`, toBody(tunable, inputs, state));
}

/** `kv-v2` is another name for version 2 of `kv`, and that is how the server calls it. */
function asKvV2(told: PlainValues, known: PlainValues): PlainValues {
  const { version, ...options } = (told.options ?? {}) as PlainValues;
  if (told.type !== "kv" || version !== "2") return told;
  const isGiven = (known.options as PlainValues | undefined)?.version !== undefined;
  return { ...told, type: "kv-v2", options: isGiven ? { version, ...options } : options };
}
