import { createHash, randomBytes } from "node:crypto";
import { vaultPlugin } from "./plugin";
import type { Properties, Property } from "./property";
import type { Failure, ResourceType } from "./resource-type";
import { isObject, isSecret, opened, secret, unknown, type Value, type Values } from "./values";

export interface Naming {
  resourceName: string;
  /** The engine's, so that preview and up make the same name. */
  seed: Uint8Array;
  /** From the stack's `pulumi:autonaming`: no name, or this one. Empty when it says nothing. */
  isForbidden: boolean;
  proposed: string;
}

/** The inputs with defaults and names filled in and secrets marked, and what is wrong with them. */
export function check(
  type: ResourceType,
  given: Values,
  before: Values,
  naming: Naming,
): { inputs: Values; failures: Failure[] } {
  const inputs = withDefaults(type.properties, given);
  const failures: Failure[] = [];
  for (const [name, property] of Object.entries(type.properties)) {
    if (!property.autonamed || inputs[name] !== undefined) continue;
    const made = before[name] ?? autoname(naming);
    if (made === undefined)
      failures.push({ property: name, reason: "must be given: the stack turns automatic names off." });
    else inputs[name] = made;
  }
  failures.push(...objectFailures(type.properties, inputs, ""));
  if (failures.length === 0) failures.push(...(type.failures?.(inputs) ?? []));
  return { inputs, failures };
}

/** As the real plugin does it, so that a policy pack sees the same inputs. */
export function withDefaults(properties: Properties, given: Values): Values {
  const inputs: Values = { ...given };
  for (const [name, property] of Object.entries(properties)) {
    const value = inputs[name] ?? property.default;
    if (value !== undefined) inputs[name] = filled(property, value);
  }
  return inputs;
}

function filled(property: Property, value: Value): Value {
  const open = opened(value);
  const inner = property.block && isObject(open) ? withDefaults(property.block, open) : open;
  return isSecret(value) || property.secret || property.writeOnly ? secret(inner) : inner;
}

function autoname({ resourceName, seed, isForbidden, proposed }: Naming): string | undefined {
  if (isForbidden) return undefined;
  if (proposed !== "") return proposed;
  const suffix = createHash("sha256")
    .update(seed.length ? seed : randomBytes(32))
    .update(resourceName)
    .digest("hex")
    .slice(0, 7);
  return `${resourceName}-${suffix}`;
}

function objectFailures(properties: Properties, values: Values, prefix: string): Failure[] {
  const failures: Failure[] = [];
  for (const [name, value] of Object.entries(values)) {
    const property = properties[name];
    const path = prefix + name;
    if (!property || property.output)
      failures.push({
        property: path,
        reason: `tools/vault-provider doesn't know it. ${vaultPlugin.advice}`,
      });
    else failures.push(...valueFailures(property, opened(value), path));
  }
  for (const [name, property] of Object.entries(properties))
    if (property.required && values[name] === undefined)
      failures.push({ property: prefix + name, reason: "must be given." });
  return failures;
}

function valueFailures(property: Property, value: Value | undefined, path: string): Failure[] {
  const fails = (expected: string): Failure[] => [
    { property: path, reason: `must be ${expected}, got ${kindOf(value)}.` },
  ];
  if (value === unknown) return [];
  switch (property.kind) {
    case "string":
      return typeof value === "string" ? [] : fails("a string");
    case "path":
      return typeof value === "string" && /[^/]/.test(value) && !/\/\/|(^|\/)\.\.?(\/|$)/.test(value)
        ? []
        : fails("a path");
    case "integer":
      return Number.isSafeInteger(value) ? [] : fails("a whole number");
    case "boolean":
      return typeof value === "boolean" ? [] : fails("true or false");
    case "list":
    case "set":
      return Array.isArray(value) ? [] : fails("a list");
    case "map":
      return value !== undefined && isObject(value) ? [] : fails("a map");
    case "block":
      return value !== undefined && isObject(value)
        ? objectFailures(property.block ?? {}, value, `${path}.`)
        : fails("a block");
  }
}

/** Never the value: it may be a secret. */
function kindOf(value: Value | undefined): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  return typeof value === "number" ? "a number" : `a ${typeof value}`;
}
