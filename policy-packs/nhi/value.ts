import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that is known only after `up`. */
export const unknown = Symbol("unknown");

/** A property as a rule reads it: what JSON has, with `unknown` wherever the engine does not know yet. */
export type Value = null | boolean | number | string | typeof unknown | Value[] | { [key: string]: Value };

/** Deeper than any document of AWS, GCP or Vault. What lies below is not read. */
const deepest = 100;
/** More values than any resource has. What comes after is not read: a hundred thousand would take a second. */
const most = 10_000;

/**
 * A resource's property, read to its leaves. The SDK throws when a rule touches a value that is not known yet, and
 * would end the rule there: here each such value becomes `unknown`, so that what is known still decides. So does what
 * is not read, as it may be anything.
 */
export function readProperty(props: object, name: string): Value | undefined {
  if (!Object.hasOwn(props, name)) return undefined;
  return copy(props as Record<string, unknown>, name, 0, { left: most });
}

function copy(
  from: Record<string, unknown>,
  key: string,
  depth: number,
  budget: { left: number },
): Value | undefined {
  if (budget.left-- <= 0) return unknown;
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
    // One more than what is read stands for all the others.
    const length = Math.min(value.length, Math.max(0, budget.left) + 1);
    return Array.from({ length }, (_, i) => copy(entries, String(i), depth + 1, budget) ?? null);
  }
  const names = Object.keys(value);
  if (names.length > budget.left) return unknown;
  // A null prototype: a key named `__proto__` is a key like any other.
  const result = Object.create(null) as Record<string, Value>;
  for (const name of names) {
    const read = copy(entries, name, depth + 1, budget);
    if (read !== undefined) result[name] = read;
  }
  return result;
}

export const isObject = (value: Value | undefined): value is Record<string, Value> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
