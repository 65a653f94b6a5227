import { version } from "@pulumi/vault/package.json";

/** The plugin that this provider stands in for. */
export const vaultPlugin = {
  version,
  advice: `Install the plugin where it can be downloaded: pulumi plugin install resource vault ${version}.`,
} as const;
