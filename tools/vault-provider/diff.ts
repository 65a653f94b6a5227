import { isDeepStrictEqual } from "node:util";
import { same, type Properties, type Property } from "./property";
import type { ResourceType } from "./resource-type";
import { hasUnknown, isObject, opened, plain, type PlainValues, type Value, type Values } from "./values";

export interface Change {
  /** As the engine writes it: `postgresql.connectionUrl`, `allowedRoles[1]`, `boundClaims["a-b"]`. */
  path: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
}

export interface Difference {
  changes: Change[];
  /** The new one would have the id of the old one, so the old one has to go first. */
  deleteBeforeReplace: boolean;
}

/** What the program says now against what it said when the state was written, or what a refresh has found since. */
export function difference(type: ResourceType, old: Values, now: Values): Difference {
  const changes = objectChanges(type.properties, old, now, "");
  const replaced = changes.some(({ replaces }) => replaces);
  return { changes, deleteBeforeReplace: replaced && hasSameId(type, old, now) };
}

function objectChanges(properties: Properties, old: Values, now: Values, prefix: string): Change[] {
  const inputs = knownValues(now);
  return Object.entries(properties).flatMap(([name, property]) => {
    if (property.writeOnly || property.output) return [];
    if (property.computed && now[name] === undefined) return [];
    return valueChanges(property, opened(old[name]), opened(now[name]), prefix + name, inputs);
  });
}

function valueChanges(
  property: Property,
  old: Value | undefined,
  now: Value | undefined,
  path: string,
  inputs: PlainValues,
): Change[] {
  if (property.block && isObject(old ?? {}) && isObject(now ?? {}))
    return objectChanges(property.block, (old ?? {}) as Values, (now ?? {}) as Values, `${path}.`);
  const isKnown = !hasUnknown(old) && !hasUnknown(now);
  if (isKnown && same(property, bare(old), bare(now), inputs)) return [];

  const { replaces: rule = property.identity ?? false } = property;
  const replaces = typeof rule === "function" ? rule(inputs) : rule;
  const parts = partsOf(property, old, now).filter(([, one, other]) => differ(one, other));
  // What differs in none of its parts differs as a whole.
  return (parts.length ? parts : [["", old, now] as const]).map(([part, one, other]) => ({
    path: path + part,
    kind: one === undefined ? "add" : other === undefined ? "delete" : "update",
    replaces,
  }));
}

type Part = readonly [path: string, old: Value | undefined, now: Value | undefined];

function partsOf({ kind }: Property, old: Value | undefined, now: Value | undefined): Part[] {
  if (kind === "list" && Array.isArray(old) && Array.isArray(now))
    return (old.length > now.length ? old : now).map((_, index) => [`[${index}]`, old[index], now[index]]);
  if (kind === "map" && isObject(old ?? null) && isObject(now ?? null)) {
    const [one, other] = [old as Values, now as Values];
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].map((key) => [keyPath(key), one[key], other[key]]);
  }
  return [];
}

const keyPath = (key: string) =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `["${key.replaceAll('"', '\\"')}"]`;

function differ(old: Value | undefined, now: Value | undefined): boolean {
  return hasUnknown(old) || hasUnknown(now) || !isDeepStrictEqual(bare(old), bare(now));
}

const bare = (value: Value | undefined) => (value === undefined ? undefined : plain(value));

function knownValues(values: Values): PlainValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (hasUnknown(value) ? [] : [[name, plain(value)]])),
  );
}

function hasSameId(type: ResourceType, old: Values, now: Values): boolean {
  const isKnown = Object.entries(type.properties).every(
    ([name, property]) => !property.identity || !hasUnknown(now[name]),
  );
  return isKnown && type.id(knownValues(old)) === type.id(knownValues(now));
}
