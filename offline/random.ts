import { version } from "@pulumi/random/package.json";
import { suffix } from "./names";
import type { OfflineCloud } from "./server";

/** What is random elsewhere is the same at every run here, and good for nothing: it is made of the resource's name. */
export const random: OfflineCloud = {
  package: "random",
  version,
  replaces: new Set(["length", "keepers"]),
  check: ({ inputs }) => inputs,
  created: ({ name }) => {
    const result = `offline-${suffix(name, 12)}`;
    return { id: result, outputs: { result, hex: result, base64: result, bcryptHash: result } };
  },
  invoke: () => undefined,
};
