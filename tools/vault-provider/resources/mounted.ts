import { setTimeout as wait } from "node:timers/promises";
import { CallFailed } from "../call-failed";
import type { Vault } from "../http";
import type { PlainValues } from "../values";

const moveTimeoutMs = 60_000;
const pollMs = 100;

/** What `sys/mounts/<path>` or `sys/auth/<path>` says. Vault calls a missing mount a bad request. */
export async function readMount(vault: Vault, path: string): Promise<PlainValues | undefined> {
  try {
    return await vault.read(path);
  } catch (error) {
    if (error instanceof CallFailed && /No (secret engine mount|auth engine) at/i.test(error.message))
      return undefined;
    throw error;
  }
}

/** Moves a mount with what is in it. Vault does it in the background; this waits for the end. */
export async function moveMount(vault: Vault, from: string, to: string): Promise<void> {
  const { migration_id: id } = (await vault.write("sys/remount", { from, to })) as { migration_id: string };
  for (const until = Date.now() + moveTimeoutMs; Date.now() < until;) {
    const move = await vault.read(`sys/remount/status/${id}`);
    const { status } = (move?.migration_info ?? {}) as PlainValues;
    if (status === "success") return;
    if (status === "failure") break;
    await wait(pollMs);
  }
  throw new Error(
    `the server did not move ${from} to ${to} within ${moveTimeoutMs / 1000} s. Its log says why.`,
  );
}
