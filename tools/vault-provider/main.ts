import { fstatSync } from "node:fs";
import { serve } from "./server";

/**
 * The Vault provider as a program. Its first line is its port; the engine attaches to it with
 * `PULUMI_DEBUG_PROVIDERS=vault:<port>`.
 */
async function main(): Promise<void> {
  const provider = await serve(process.env);
  // Ctrl-C reaches this program together with the engine, and the engine still waits for what it has asked for: a
  // resource that is made and never reported would be nobody's. Each call ends within its timeout.
  const end = () => void provider.finish().then(() => process.exit(0));
  process.on("SIGINT", end).on("SIGTERM", end);
  // Whoever started this holds the other end of a pipe, and it closes with them, however they end.
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) process.stdin.resume().on("close", end);
  console.log(provider.port);
}

main().catch((error: unknown) => {
  console.error(`tools/vault-provider could not start: ${(error as Error).message}`);
  process.exit(1);
});
