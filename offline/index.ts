import { aws } from "./aws";
import { gcp } from "./gcp";
import { random } from "./random";
import { serve } from "./server";
import { tls } from "./tls";
import { vault } from "./vault";

/**
 * Providers that stand in for AWS, GCP, Vault and what makes random values and keys in a preview: no account, no plugin, no network. They give names, ids
 * and ARNs of the right shape, the same ones at every run, and leave unknown at preview what the real providers leave
 * unknown. They don't check what a cloud would check (that a policy exists, that a name is free).
 */
export interface OfflineProviders {
  /** The value of `PULUMI_DEBUG_PROVIDERS`, by which the engine finds them. */
  attach: string;
  stop(): void;
}

export async function startOfflineProviders(): Promise<OfflineProviders> {
  const clouds = [aws, gcp, vault, random, tls];
  const running = await Promise.all(clouds.map(serve));
  return {
    attach: clouds.map((cloud, i) => `${cloud.package}:${running[i]?.port ?? 0}`).join(","),
    stop: () => running.forEach((provider) => provider.stop()),
  };
}
