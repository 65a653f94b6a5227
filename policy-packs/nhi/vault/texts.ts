import { unknown, type Value } from "../value";

/** One value, or a list of them; texts with commas are lists for Vault. */
export function texts(value: Value | undefined): (string | typeof unknown)[] {
  if (value === unknown) return [unknown];
  if (typeof value === "string") return value.split(",").map((part) => part.trim());
  return Array.isArray(value) ? value.flatMap(texts) : [];
}

export const isKnown = (item: string | typeof unknown): item is string => item !== unknown;
export const known = (value: Value | undefined) => texts(value).filter(isKnown);
