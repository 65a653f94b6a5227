import type { Resource } from "./rule";
import type { Finding } from "./verdict";

export type Judge = (resource: Resource) => Finding[];

/** One judge for several types. */
export const forTypes = (types: readonly string[], judge: Judge): Record<string, Judge> =>
  Object.fromEntries(types.map((type) => [type, judge]));
