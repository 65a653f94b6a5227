import { withDefaults } from "./check";
import type { Vault } from "./http";
import { inputsOf, outputsOf } from "./outputs";
import { HalfDone, type ResourceType } from "./resource-type";
import { plainValues, sealedLike, type PlainValues, type Values } from "./values";

/** Something is there, but not as it should be: the engine keeps what there is, and tries again at the next `up`. */
export class InitFailed extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: Values,
  ) {
    super(message);
  }
}

export async function create(
  type: ResourceType,
  vault: Vault,
  inputs: Values,
): Promise<{ id: string; outputs: Values }> {
  const given = plainValues(inputs);
  const answer = await type.create(vault, given).catch(asInitFailed(type, () => type.id(given), inputs));
  const id = type.id({ ...given, ...answer });
  return { id, outputs: await readBack(type, vault, id, inputs, answer) };
}

export async function update(
  type: ResourceType,
  vault: Vault,
  id: string,
  inputs: Values,
  state: Values,
): Promise<Values> {
  const before = plainValues(state);
  const answer = await type
    .update(vault, plainValues(inputs), before)
    .catch(asInitFailed(type, () => id, state));
  return readBack(type, vault, id, inputs, answer);
}

/** What the server has, or nothing when it is gone. Without inputs it is an import. */
export async function read(
  type: ResourceType,
  vault: Vault,
  id: string,
  inputs: Values,
  state: Values,
): Promise<{ inputs: Values; outputs: Values } | undefined> {
  const isImport = Object.keys(inputs).length === 0;
  const identity = type.fromId(id);
  if (isImport && !identity) throw new Error(`an id must be ${type.idFormat}, got "${id}". Correct it.`);
  const old = isImport ? withDefaults(type.properties, argumentsIn(type, { ...identity, ...state })) : inputs;

  const told = await type.read(vault, { ...identity, ...plainValues(old), ...plainValues(state) });
  if (!told) return undefined;
  const found = inputsOf(type.properties, old, told, isImport);
  return { inputs: found, outputs: outputsOf(type, found, { ...answerIn(type, state), ...told }) };
}

/** Reads after a write: the state has what the server has, as with the real plugin. */
async function readBack(
  type: ResourceType,
  vault: Vault,
  id: string,
  inputs: Values,
  answer: PlainValues = {},
): Promise<Values> {
  try {
    const told = await type.read(vault, { ...plainValues(inputs), ...answer });
    if (!told) throw new Error("the server says that nothing is there.");
    return outputsOf(type, inputs, { ...answer, ...told });
  } catch (error) {
    throw new InitFailed(
      `it was written, but reading it back failed: ${(error as Error).message}`,
      id,
      outputsOf(type, inputs, answer),
    );
  }
}

/** Without what only the server says, such as an id that it made up. */
function argumentsIn({ properties }: ResourceType, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !properties[name]?.output));
}

/** What only a write tells, as it stands in the state. */
function answerIn({ properties }: ResourceType, state: Values): PlainValues {
  return plainValues(Object.fromEntries(Object.entries(state).filter(([name]) => properties[name]?.output)));
}

function asInitFailed(type: ResourceType, id: () => string, values: Values): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof HalfDone)) throw error;
    const reached = outputsOf(type, {}, error.state);
    throw new InitFailed(error.message, id(), sealedLike(reached, values) as Values);
  };
}
