import { goDuration, seconds } from "../duration";
import type { Vault } from "../http";
import { fromAnswer, isChanged, toBody, trimSlashes, type Properties, type Property } from "../property";
import { HalfDone, type Failure, type ResourceType } from "../resource-type";
import { opened, unknown, type Plain, type PlainValues, type Values } from "../values";
import { moveMount, readMount } from "./mounted";
import { namespace } from "./namespace";

/** Programs write "1h"; the server says 3600. */
const duration: Property = {
  kind: "string",
  unset: "0s",
  same: (ours, theirs) => seconds(ours) !== undefined && seconds(ours) === seconds(theirs),
  fromApi: (raw) => (typeof raw === "number" ? goDuration(raw) : raw),
};
const tuning: Properties = {
  defaultLeaseTtl: duration,
  maxLeaseTtl: duration,
  auditNonHmacRequestKeys: { kind: "list" },
  auditNonHmacResponseKeys: { kind: "list" },
  listingVisibility: { kind: "string" },
  passthroughRequestHeaders: { kind: "list" },
  allowedResponseHeaders: { kind: "list" },
  tokenType: { kind: "string", unset: "default-service" },
};
const fixed: Properties = {
  type: { kind: "string", default: "jwt", replaces: true },
  local: { kind: "boolean", default: false, replaces: true },
  accessor: { kind: "string", output: true },
};
const described: Properties = { description: { kind: "string" } };
const config: Properties = {
  oidcDiscoveryUrl: { kind: "string" },
  oidcDiscoveryCaPem: { kind: "string" },
  jwksUrl: { kind: "string" },
  jwksCaPem: { kind: "string" },
  jwksPairs: { kind: "list" },
  jwtValidationPubkeys: { kind: "list", toApi: trimmed },
  jwtSupportedAlgs: { kind: "list" },
  boundIssuer: { kind: "string" },
  defaultRole: { kind: "string" },
  namespaceInState: { kind: "boolean", default: true },
};

const pathOf = (values: PlainValues) => trimSlashes(values.path);
const block = (value: Plain | undefined) => (value ?? {}) as PlainValues;

/** A JWT auth mount and its configuration: one resource, two calls. */
export const authBackend: ResourceType = {
  properties: {
    ...namespace,
    path: {
      kind: "path",
      default: "jwt",
      unsent: true,
      replaces: ({ disableRemount }) => disableRemount === true,
    },
    disableRemount: { kind: "boolean", default: false, unread: true, unsent: true },
    ...fixed,
    ...described,
    ...config,
    tune: { kind: "block", block: tuning, computed: true },
  },
  idFormat: "<path>",
  id: pathOf,
  fromId: (path) => ({ path }),
  failures,
  async create(vault, inputs) {
    const path = pathOf(inputs);
    const made = toBody({ ...fixed, ...described }, inputs);
    await vault.write(`sys/auth/${path}`, { ...made, config: toBody(tuning, block(inputs.tune)) });
    try {
      await configure(vault, path, inputs);
    } catch (error) {
      // The mount is of this call's making, so nobody else has anything in it.
      await vault.delete(`sys/auth/${path}`).catch(() => {
        throw new HalfDone(error, { path, ...made });
      });
      throw error;
    }
    return undefined;
  },
  async read(vault, known) {
    const path = pathOf(known);
    const answer = await readMount(vault, `sys/auth/${path}`);
    if (!answer) return undefined;
    return {
      ...fromAnswer({ ...fixed, ...described }, answer),
      ...fromAnswer(config, (await vault.read(`auth/${path}/config`)) ?? {}),
      tune: fromAnswer(tuning, block(answer.config)),
    };
  },
  async update(vault, inputs, state) {
    const path = pathOf(inputs);
    let reached = state;
    try {
      if (path !== pathOf(state)) {
        await moveMount(vault, `auth/${pathOf(state)}`, `auth/${path}`);
        reached = { ...reached, path };
      }
      const tune = inputs.tune === undefined ? {} : toBody(tuning, block(inputs.tune), block(state.tune));
      if (
        isChanged(described, inputs, state) ||
        isChanged(tuning, block(inputs.tune ?? state.tune), block(state.tune))
      ) {
        await vault.write(`sys/auth/${path}/tune`, { ...toBody(described, inputs, state), ...tune });
        reached = {
          ...reached,
          description: inputs.description ?? "",
          tune: inputs.tune ?? block(state.tune),
        };
      }
      if (isChanged(config, inputs, state)) await configure(vault, path, inputs);
    } catch (error) {
      throw reached === state ? error : new HalfDone(error, reached);
    }
    return undefined;
  },
  delete: (vault, state) => vault.delete(`sys/auth/${pathOf(state)}`),
};

/** The server replaces the whole configuration: what is not in the request is unset by it. */
async function configure(vault: Vault, path: string, inputs: PlainValues): Promise<void> {
  await vault.write(`auth/${path}/config`, toBody(config, inputs));
}

function failures(inputs: Values): Failure[] {
  const type = opened(inputs.type);
  if (type !== unknown && type !== "jwt")
    return [{ property: "type", reason: 'must be "jwt": tools/vault-provider knows no other.' }];
  const keys = ["oidcDiscoveryUrl", "jwksUrl", "jwksPairs", "jwtValidationPubkeys"];
  const given = keys.filter((key) => inputs[key] !== undefined);
  if (given.length === 1) return [];
  const got = given.join(" and ") || "none";
  return [{ property: "", reason: `exactly one of ${keys.join(", ")} must be given, got ${got}.` }];
}

function trimmed(texts: Plain): Plain {
  return Array.isArray(texts) ? texts.map((text) => (typeof text === "string" ? text.trim() : text)) : texts;
}
