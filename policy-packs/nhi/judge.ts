import type { Judge } from "./rule";

/** One judge for several types. */
export const forTypes = (types: readonly string[], judge: Judge): Record<string, Judge> =>
  Object.fromEntries(types.map((type) => [type, judge]));
