import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that is known only after `up`. */
export const unknown = Symbol("unknown");

/** A property as a rule reads it: what JSON has, with `unknown` wherever the engine does not know yet. */
export type Value = null | boolean | number | string | typeof unknown | Value[] | { [key: string]: Value };

/** Deeper than any document of AWS, GCP or Vault. What lies below is not read. */
const deepest = 100;

/**
 * A resource's property, read to its leaves. The SDK throws when a rule touches a value that is not known yet, and
 * would end the rule there: here each such value becomes `unknown`, so that what is known still decides.
 */
export function readProperty(props: object, name: string): Value | undefined {
  if (!Object.hasOwn(props, name)) return undefined;
  return copy(props as Record<string, unknown>, name, 0);
}

function copy(from: Record<string, unknown>, key: string, depth: number): Value | undefined {
  let value: unknown;
  try {
    value = from[key];
  } catch (error) {
    if (error instanceof UnknownValueError) return unknown;
    throw error;
  }
  if (value === undefined || value === null) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || depth >= deepest) return unknown;
  const entries = value as Record<string, unknown>;
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, i) => copy(entries, String(i), depth + 1) ?? null);
  }
  // A null prototype: a key named `__proto__` is a key like any other.
  const result = Object.create(null) as Record<string, Value>;
  for (const name of Object.keys(value)) {
    const read = copy(entries, name, depth + 1);
    if (read !== undefined) result[name] = read;
  }
  return result;
}

export const isObject = (value: Value | undefined): value is Record<string, Value> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
