import { version } from "@pulumi/tls/package.json";
import { suffix } from "./names";
import type { OfflineCloud } from "./server";

/** Texts in the place of keys and certificates: nothing opens or signs with them. */
export const tls: OfflineCloud = {
  package: "tls",
  version,
  replaces: new Set(["algorithm"]),
  check: ({ inputs }) => inputs,
  created: ({ name }) => {
    const id = suffix(name, 40);
    const keys = { privateKeyPem: "offline", privateKeyOpenssh: "offline", privateKeyPemPkcs8: "offline" };
    return {
      id,
      outputs: {
        ...keys,
        publicKeyPem: "offline",
        publicKeyOpenssh: `ssh-ed25519 offline-${id}`,
        certPem: "offline",
        certRequestPem: "offline",
      },
    };
  },
  invoke: () => undefined,
};
