import type { Vault } from "../http";
import { fromAnswer, isChanged, toBody, trimSlashes, type Properties, type Property } from "../property";
import { HalfDone, type ResourceType } from "../resource-type";
import type { Plain, PlainValues } from "../values";
import { mount } from "./mount";

interface EngineMount {
  /** The engine's type, which is also where it is mounted when nobody says where. */
  type: string;
  /** Below the mount: `config/connection`. */
  configPath: string;
  config: Properties;
  /** The argument that is sent when the resource is made and when its version changes, and the API's name of it. */
  password: { writeOnly: string; version: string; api: string };
  /** Whether the server tells the configuration. */
  isTold: boolean;
}

/** A secrets engine and its connection: one resource, two calls. */
export function engineMount({ type, configPath, config, password, isTold }: EngineMount): ResourceType {
  const mounted = without(mount.properties, ofMountsOnly);
  const path: Property = {
    kind: "path",
    default: type,
    unsent: true,
    replaces: ({ disableRemount }) => disableRemount === true,
  };
  const pathOf = (values: PlainValues) => trimSlashes(values.path);
  const typed = (values: PlainValues) => ({ ...values, type });
  const configure = async (vault: Vault, inputs: PlainValues, state: PlainValues = {}) => {
    const secret = secretToSend(password, inputs, state);
    await vault.write(`${pathOf(inputs)}/${configPath}`, {
      ...toBody(config, inputs, state),
      ...(secret !== undefined && { [password.api]: secret }),
    });
  };
  return {
    properties: {
      ...mounted,
      path,
      disableRemount: { kind: "boolean", default: false, unread: true, unsent: true },
      ...config,
      [password.writeOnly]: { kind: "string", writeOnly: true },
      [password.version]: { kind: "integer", unread: true, unsent: true },
    },
    idFormat: "<path>",
    id: pathOf,
    fromId: (id) => ({ path: id }),
    async create(vault, inputs) {
      await mount.create(vault, typed(inputs));
      try {
        await configure(vault, inputs);
      } catch (error) {
        // The mount is of this call's making, so nobody else has anything in it.
        await mount.delete(vault, inputs).catch(() => {
          throw new HalfDone(error, { path: pathOf(inputs) });
        });
        throw error;
      }
      return undefined;
    },
    async read(vault, known) {
      const told = await mount.read(vault, typed(known));
      if (!told) return undefined;
      const rest = without(told, ofMountsOnly);
      if (!isTold) return rest;
      const answer = await vault.read(`${pathOf(known)}/${configPath}`);
      return answer && { ...rest, ...fromAnswer(config, answer) };
    },
    async update(vault, inputs, state) {
      await mount.update(vault, typed(inputs), typed(state));
      const isNewSecret = secretToSend(password, inputs, state) !== undefined;
      if (isNewSecret || isChanged(config, inputs, state)) await configure(vault, inputs, state);
      return undefined;
    },
    delete: (vault, state) => mount.delete(vault, state),
  };
}

/** Here the type is what the resource is, and its options are its configuration. */
const ofMountsOnly = ["type", "options"];

const without = <Value>(values: Record<string, Value>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

function secretToSend(
  { writeOnly, version }: EngineMount["password"],
  inputs: PlainValues,
  state: PlainValues,
): Plain | undefined {
  return inputs[version] === state[version] ? undefined : inputs[writeOnly];
}
