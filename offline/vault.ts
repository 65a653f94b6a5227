import { version } from "@pulumi/vault/package.json";
import { suffix, text, tokenParts } from "./names";
import type { OfflineCloud, Resource } from "./server";

/** Vault's resources are their paths. */
export const vault: OfflineCloud = {
  package: "vault",
  version,
  replaces: new Set(["path", "name", "backend", "roleName", "type"]),
  check: ({ inputs }) => inputs,
  created: (resource) => ({
    id: pathOf(resource),
    outputs: { accessor: `offline_${suffix(pathOf(resource))}` },
  }),
  invoke: () => undefined,
};

function pathOf({ type, name, inputs }: Resource): string {
  const own = text(inputs, "path") ?? text(inputs, "roleName") ?? text(inputs, "name") ?? name;
  const backend = text(inputs, "backend");
  return backend ? `${backend}/${tokenParts(type).kind}/${own}` : own;
}
