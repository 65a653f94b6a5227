import { fromAnswer, toBody, trimSlashes, type Properties } from "../property";
import type { ResourceType } from "../resource-type";
import type { PlainValues } from "../values";
import { namespace } from "./namespace";

/** Nothing of an audit device can be changed. */
const properties: Properties = {
  ...namespace,
  path: { kind: "path", computed: true, replaces: true, unsent: true },
  type: { kind: "string", required: true, replaces: true },
  description: { kind: "string", replaces: true },
  local: { kind: "boolean", replaces: true },
  options: { kind: "map", required: true, replaces: true },
};

const pathOf = ({ path, type }: PlainValues) => trimSlashes(path ?? type);

/** An audit device. Without a path it is at its type. */
export const audit: ResourceType = {
  properties,
  idFormat: "<path>",
  id: pathOf,
  fromId: (path) => ({ path }),
  async create(vault, inputs) {
    await vault.write(`sys/audit/${pathOf(inputs)}`, toBody(properties, inputs));
    return undefined;
  },
  async read(vault, known) {
    const path = pathOf(known);
    const devices = await vault.read("sys/audit");
    const device = devices?.[`${path}/`];
    return device === undefined ? undefined : { ...fromAnswer(properties, device as PlainValues), path };
  },
  update() {
    return Promise.reject(new Error("an audit device can't be changed, only replaced."));
  },
  delete: (vault, state) => vault.delete(`sys/audit/${pathOf(state)}`),
};
