import { isDeepStrictEqual } from "node:util";
import type { Vault } from "../http";
import { trimSlashes } from "../property";
import type { Failure, ResourceType } from "../resource-type";
import { opened, unknown, type Plain, type PlainValues, type Values } from "../values";
import { namespace } from "./namespace";

const pathOf = (values: PlainValues) => trimSlashes(values.path);

/** Any path of the API that takes an object. */
export const endpoint: ResourceType = {
  properties: {
    ...namespace,
    path: { kind: "path", identity: true, required: true },
    dataJson: { kind: "string", required: true, secret: true, same: isSameJson },
    disableRead: { kind: "boolean", default: false, unread: true },
    disableDelete: { kind: "boolean", default: false, unread: true },
    ignoreAbsentFields: { kind: "boolean", default: false, unread: true },
    writeFields: { kind: "list", unread: true },
    // What a secrets server answers to a write is secret until the program says otherwise.
    writeData: { kind: "map", output: true, secret: true, unread: true },
    writeDataJson: { kind: "string", output: true, secret: true, unread: true },
  },
  idFormat: "<path>",
  id: pathOf,
  fromId: (path) => ({ path }),
  failures,
  create: write,
  update: write,
  async read(vault, known) {
    // What can't be read stands as it was written.
    if (known.disableRead === true) return known.dataJson === undefined ? {} : { dataJson: known.dataJson };
    const data = await vault.read(pathOf(known));
    if (!data) return undefined;
    const ours = objectIn(known.dataJson);
    if (known.ignoreAbsentFields !== true || !ours) return { dataJson: JSON.stringify(data) };
    return { dataJson: JSON.stringify({ ...ours, ...pick(data, Object.keys(ours)) }) };
  },
  async delete(vault, state) {
    if (state.disableDelete !== true) await vault.delete(pathOf(state));
  },
};

async function write(vault: Vault, inputs: PlainValues): Promise<PlainValues> {
  const answer = await vault.write(pathOf(inputs), objectIn(inputs.dataJson) ?? {});
  if (!answer) return { writeData: {}, writeDataJson: "null" };
  const kept = pick(answer, Array.isArray(inputs.writeFields) ? inputs.writeFields : []);
  const texts = Object.entries(kept).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { writeData: Object.fromEntries(texts) as PlainValues, writeDataJson: JSON.stringify(kept) };
}

function failures(inputs: Values): Failure[] {
  const json = opened(inputs.dataJson);
  if (json === unknown || (typeof json === "string" && objectIn(json))) return [];
  return [{ property: "dataJson", reason: "must be an object in JSON." }];
}

function pick(data: PlainValues, keys: readonly Plain[]): PlainValues {
  return Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)));
}

function objectIn(json: Plain | undefined): PlainValues | undefined {
  if (typeof json !== "string") return undefined;
  try {
    const value = JSON.parse(json) as Plain;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSameJson(ours: Plain, theirs: Plain): boolean {
  const one = objectIn(ours);
  return one !== undefined && isDeepStrictEqual(one, objectIn(theirs));
}
