import type { Properties } from "../property";

/** Below the provider's own namespace. In Vault Enterprise and OpenBao. */
export const namespace: Properties = {
  namespace: { kind: "path", identity: true },
};
