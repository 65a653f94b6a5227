import type { SecretsServer } from "../../../../tools/secrets-server";
import type { Properties } from "../client";
import type { Operator } from "../vault";

/** What one type of resource goes through, from when it is made until it is gone. */
export interface Life {
  type: string;
  inputs: (server: SecretsServer) => Properties;
  id: string;
  /** Where the server has it, and what it has there. */
  path: string;
  made: Properties;
  /** The whole outputs, less those of the inputs. */
  outputs: Properties;
  /** Other inputs, with something changed, something new and something gone. Not for what can't be changed. */
  change?: {
    to: Properties;
    onServer: Properties;
    /** A change by hand, and the inputs that a refresh then finds. */
    byHand: (operator: Operator) => Promise<unknown>;
    found: Properties;
  };
}
