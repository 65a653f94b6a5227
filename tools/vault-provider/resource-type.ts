import type { Vault } from "./http";
import type { Properties } from "./property";
import type { PlainValues, Values } from "./values";

/** An argument that can't be right, found before anything is sent. */
export interface Failure {
  /** A property path; empty when it is about several. */
  property: string;
  reason: string;
}

/** A kind of resource: its arguments, how its id is made, and the calls that make, read, change and remove it. */
export interface ResourceType {
  properties: Properties;
  /** For messages: `auth/<backend>/role/<roleName>`. */
  idFormat: string;
  /** The id, as the real plugin makes it: a state can move between the two. From the inputs and what `create` gave. */
  id(inputs: PlainValues): string;
  /** The identifying properties in an id, for import. Nothing when the id is of another form. */
  fromId(id: string): PlainValues | undefined;
  /** What must hold between several arguments. */
  failures?(inputs: Values): Failure[];
  /** Leaves nothing behind when it fails, or throws `HalfDone`. Gives outputs that only the write tells. */
  create(vault: Vault, inputs: PlainValues): Promise<PlainValues | undefined>;
  /** What the server has, by property, or nothing when it is gone. `known` has the identity and what is in the state. */
  read(vault: Vault, known: PlainValues): Promise<PlainValues | undefined>;
  /** As `create`. `state` is what the server had when it was last read. */
  update(vault: Vault, inputs: PlainValues, state: PlainValues): Promise<PlainValues | undefined>;
  /** Ends well when it is gone already. */
  delete(vault: Vault, state: PlainValues): Promise<void>;
}

/** Something was made or changed before it failed, and could not be undone. */
export class HalfDone extends Error {
  constructor(
    cause: unknown,
    /** What is there now. */
    readonly state: PlainValues,
  ) {
    super((cause as Error).message, { cause });
  }
}
