import type { Mark } from "#pack/marks";
import { markOf } from "#pack/marks";
import type { Given } from "#pack/testing";
import { unknownText } from "#pack/testing";
import { readProperty, unknown, type Value } from "#pack/value";

/** A resource of a state: what was asked for, and what came of it. */
export interface Stated {
  urn: string;
  inputs: Given;
  outputs: Given;
}

/** A resource as the inventory reads it. */
export interface Found {
  urn: string;
  type: string;
  name: string;
  parent: string | undefined;
  /** What came of it, or what was asked for where nothing is told. */
  read(property: string): Value | undefined;
  /** The URNs of what a property is made of. */
  sourcesOf(property: string): readonly string[];
}

export function foundOf({ urn, inputs, outputs }: Stated): Found {
  return {
    urn,
    type: inputs.type,
    name: inputs.name,
    parent: inputs.parent,
    read: (property) =>
      told(readProperty(outputs.props, property)) ?? told(readProperty(inputs.props, property)),
    sourcesOf: (property) => inputs.sources?.[property] ?? [],
  };
}

/** A text that stands for what is not known, or for a secret, is no text. */
function told(value: Value | undefined): Value | undefined {
  if (value === unknownText) return unknown;
  if (Array.isArray(value)) return value.map((item) => told(item) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, told(item) ?? null]));
}

/** What a resource says of itself, or the nearest component above it. */
export function markAbove(resource: Found, name: string, byUrn: ReadonlyMap<string, Found>): Mark {
  const seen = new Set<string>();
  let at: Found | undefined = resource;
  let first: Mark;
  while (at && !seen.has(at.urn)) {
    seen.add(at.urn);
    const mark = markOf(at, name);
    if (typeof mark === "string" && mark !== "") return mark;
    first ??= mark;
    at = at.parent === undefined ? undefined : byUrn.get(at.parent);
  }
  return first === unknown ? unknown : undefined;
}

export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
