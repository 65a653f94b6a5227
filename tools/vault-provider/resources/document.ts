import type { Vault } from "../http";
import { fromAnswer, toBody, trimSlashes, type Properties } from "../property";
import type { ResourceType } from "../resource-type";
import type { PlainValues } from "../values";

interface Document {
  properties: Properties;
  /** The id with the identifying properties in angle brackets: `auth/<backend>/role/<roleName>`. */
  idFormat: string;
  /** In front of the id, where the path of the API is longer. */
  prefix?: string;
  failures?: ResourceType["failures"];
}

/** A resource that is written whole to one path, read from there and deleted there. */
export function document({ properties, idFormat, prefix = "", failures }: Document): ResourceType {
  const id = (inputs: PlainValues) =>
    idFormat.replaceAll(/<(\w+)>/g, (_, name: string) => trimSlashes(inputs[name]));
  const pathOf = (inputs: PlainValues) => prefix + id(inputs);
  const write = async (vault: Vault, inputs: PlainValues, state?: PlainValues) => {
    await vault.write(pathOf(inputs), toBody(properties, inputs, state));
    return undefined;
  };
  return {
    properties,
    idFormat,
    id,
    fromId: (text) => identityIn(idFormat, text),
    ...(failures && { failures }),
    create: (vault, inputs) => write(vault, inputs),
    async read(vault, known) {
      const answer = await vault.read(pathOf(known));
      return answer && fromAnswer(properties, answer);
    },
    update: write,
    delete: (vault, state) => vault.delete(pathOf(state)),
  };
}

/** The first name takes as many parts of the path as it can: a mount may have slashes, what is in it may not. */
export function identityIn(idFormat: string, id: string): PlainValues | undefined {
  const names = [...idFormat.matchAll(/<(\w+)>/g)].map(([, name = ""]) => name);
  const pattern = idFormat.replaceAll(/<\w+>/g, "(.+)");
  const values = new RegExp(`^${pattern}$`).exec(id)?.slice(1);
  return values && Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}
