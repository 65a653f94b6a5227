import { same, type Properties, type Property } from "./property";
import type { ResourceType } from "./resource-type";
import {
  isObject,
  isSecret,
  opened,
  plain,
  plainValues,
  secret,
  sealedLike,
  unknown,
  type Plain,
  type PlainValues,
  type Value,
  type Values,
} from "./values";

/** The inputs, and over them what the server told. What the inputs or the table call a secret stays one. */
export function outputsOf({ properties }: ResourceType, inputs: Values, told: PlainValues): Values {
  const outputs = withoutWriteOnly(properties, inputs);
  for (const [name, value] of Object.entries(told)) {
    const given = opened(outputs[name] ?? null);
    outputs[name] =
      properties[name]?.block && isObject(given) && isObject(value) ? { ...given, ...value } : value;
  }
  return sealedLike(marked(properties, outputs), inputs) as Values;
}

/** What a preview shows: the inputs, and unknown what the server will choose, unless it has chosen already. */
export function previewOf({ properties }: ResourceType, inputs: Values, state: Values = {}): Values {
  const outputs = withoutWriteOnly(properties, inputs);
  for (const [name, { computed, output, unread }] of Object.entries(properties)) {
    if (!(computed || output) || inputs[name] !== undefined) continue;
    // An answer to the last write says nothing about the next one.
    outputs[name] = unread ? unknown : (state[name] ?? unknown);
  }
  return marked(properties, outputs);
}

/**
 * The inputs that would have made what the server has: those of the program where they hold, the server's where they
 * don't, so that the next `up` sees the difference and mends it. In an import there is no program to compare with.
 */
export function inputsOf(properties: Properties, old: Values, told: PlainValues, isImport: boolean): Values {
  const given = plainValues(old);
  const inputs = new Map(Object.entries(old));
  for (const [name, property] of Object.entries(properties)) {
    const { output, writeOnly, unread, identity, unsent, block } = property;
    if (output || writeOnly || unread || identity || (unsent && !(name in told))) continue;
    const found = block
      ? foundBlock(property, block, old[name], told[name], isImport)
      : foundValue(property, old[name], told[name], given, isImport);
    if (found === undefined) inputs.delete(name);
    else inputs.set(name, found);
  }
  return marked(properties, Object.fromEntries(inputs));
}

function foundValue(
  property: Property,
  ours: Value | undefined,
  theirs: Plain | undefined,
  given: PlainValues,
  isImport: boolean,
): Value | undefined {
  if (ours === undefined && property.computed && !isImport) return undefined;
  if (same(property, ours === undefined ? undefined : plain(ours), theirs, given)) return ours;
  return theirs === undefined ? undefined : sealedLike(theirs, ours);
}

function foundBlock(
  property: Property,
  block: Properties,
  ours: Value | undefined,
  theirs: Plain | undefined,
  isImport: boolean,
): Value | undefined {
  if (ours === undefined && property.computed && !isImport) return undefined;
  const open = opened(ours ?? {});
  const found = inputsOf(block, isObject(open) ? open : {}, (theirs ?? {}) as PlainValues, isImport);
  if (ours === undefined && Object.keys(found).length === 0) return undefined;
  return isSecret(ours) ? secret(found) : found;
}

function withoutWriteOnly(properties: Properties, values: Values): Values {
  const kept = Object.entries(values).filter(([name]) => !properties[name]?.writeOnly);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, inBlock(properties[name], value, withoutWriteOnly)]),
  );
}

function marked(properties: Properties, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const inner = inBlock(properties[name], value, marked);
      const isHidden = properties[name]?.secret ?? properties[name]?.writeOnly ?? false;
      return [name, isHidden ? secret(opened(inner)) : inner];
    }),
  );
}

/** Changes a block and leaves it as secret as it was. */
function inBlock(
  property: Property | undefined,
  value: Value,
  change: (properties: Properties, values: Values) => Values,
): Value {
  const open = opened(value);
  if (!property?.block || !isObject(open)) return value;
  const changed = change(property.block, open);
  return isSecret(value) ? secret(changed) : changed;
}
