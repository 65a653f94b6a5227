import { isDeepStrictEqual } from "node:util";
import type { Plain, PlainValues } from "./values";

/** One argument of a resource: what it is called in the API, how it is written there, and what a change of it means. */
export interface Property {
  /** `path`: text in which slashes at the ends don't count. `set`: a list whose order does not count. */
  kind: "string" | "path" | "integer" | "boolean" | "list" | "set" | "map" | "block";
  /** The name in the API. Default: the property's in snake case. */
  api?: string;
  /** The name in answers, where it is another one than in requests. */
  readAs?: string;
  required?: true;
  /** What the program gets without giving it, as from the real plugin. */
  default?: Plain;
  /** A name made from the resource's when the program gives none. */
  autonamed?: true;
  /** Part of the path, so not of the body. A change makes another resource. */
  identity?: true;
  /** A change can't be made in place. */
  replaces?: true | ((inputs: PlainValues) => boolean);
  /** Without it in the program the server's choice stands, and no change is seen. */
  computed?: true;
  /** Only the server has it. */
  output?: true;
  /** Always encrypted, whether or not the program says so. */
  secret?: true;
  /** Sent, never read, compared or kept: a version beside it says when it is sent again. */
  writeOnly?: true;
  /** The server does not tell it: what the program says stands. */
  unread?: true;
  /** Of this provider only: never sent. */
  unsent?: true;
  /** What the server has when nobody sets it. Default: empty, 0 or false. */
  unset?: Plain;
  /** The properties of a block. */
  block?: Properties;
  toApi?: (value: Plain, inputs: PlainValues) => Plain;
  fromApi?: (raw: Plain) => Plain;
  /** Whether the server's value is the program's. Default: what both are in the API is equal. */
  same?: (ours: Plain, theirs: Plain) => boolean;
}

export type Properties = Record<string, Property>;

/** `auditNonHmacRequestKeys` -> `audit_non_hmac_request_keys` */
const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const trimSlashes = (path: Plain | undefined) =>
  typeof path === "string" ? path.replaceAll(/^\/+|\/+$/g, "") : "";

const empty: Record<Property["kind"], Plain> = {
  string: "",
  path: "",
  integer: 0,
  boolean: false,
  list: [],
  set: [],
  map: {},
  block: {},
};

function unsetOf(property: Property): Plain {
  return property.unset ?? empty[property.kind];
}

/** Whether two values mean the same to the server. Nothing at all means what the server has without it. */
export function same(
  property: Property,
  ours: Plain | undefined,
  theirs: Plain | undefined,
  inputs: PlainValues = {},
): boolean {
  const [one, other] = [ours ?? unsetOf(property), theirs ?? unsetOf(property)];
  if (property.same?.(one, other)) return true;
  return isDeepStrictEqual(canonical(property, one, inputs), canonical(property, other, inputs));
}

function canonical(property: Property, value: Plain, inputs: PlainValues): Plain {
  if (property.kind === "path") return trimSlashes(value);
  if (property.kind === "set" && Array.isArray(value)) return [...new Set(value.map(String))].sort();
  return property.toApi ? property.toApi(value, inputs) : value;
}

/**
 * The body of a request. With the state, what the program no longer says is set back to what the server has without
 * it: a request that leaves it out would leave it as it is.
 */
export function toBody(properties: Properties, inputs: PlainValues, state: PlainValues = {}): PlainValues {
  const body: PlainValues = {};
  for (const [name, property] of Object.entries(properties)) {
    const { identity, output, writeOnly, unsent, computed, kind } = property;
    if (identity || output || writeOnly || unsent || kind === "block") continue;
    const given = inputs[name];
    const isLeft = given === undefined && !computed && !same(property, undefined, state[name]);
    const value = isLeft ? unsetOf(property) : given;
    if (value !== undefined)
      body[property.api ?? snakeCase(name)] = property.toApi ? property.toApi(value, inputs) : value;
  }
  return body;
}

/** Whether the server has something else than the program says. */
export function isChanged(properties: Properties, inputs: PlainValues, state: PlainValues): boolean {
  return Object.entries(properties).some(
    ([name, property]) =>
      !property.writeOnly &&
      !property.output &&
      !(property.computed && inputs[name] === undefined) &&
      !same(property, inputs[name], state[name], inputs),
  );
}

/** The properties that an answer tells. */
export function fromAnswer(properties: Properties, answer: PlainValues): PlainValues {
  const told: PlainValues = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property.identity || property.writeOnly || property.unread || property.unsent) continue;
    const raw = answer[property.readAs ?? property.api ?? snakeCase(name)] ?? null;
    if (raw !== null) told[name] = property.fromApi ? property.fromApi(raw) : raw;
  }
  return told;
}
