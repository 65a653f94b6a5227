import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import type { Progress } from "./progress";

/**
 * Where built and downloaded programs are kept, outside the checkout so that a fresh clone finds them.
 * `PULUMI_NHI_CACHE`, else `pulumi-nhi` in the user's cache folder (XDG Base Directory Specification).
 */
export function cacheFolder(): string {
  const own = process.env.PULUMI_NHI_CACHE;
  if (own) return own;
  const xdg = process.env.XDG_CACHE_HOME;
  if (xdg) return join(xdg, "pulumi-nhi");
  const users = process.platform === "darwin" ? join("Library", "Caches") : ".cache";
  return join(homedir(), users, "pulumi-nhi");
}

/** The folder of that name, if it was made before. */
export function kept(name: string): string | undefined {
  const folder = join(cacheFolder(), name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * The folder of that name, made by `make` if it is not there yet.
 *
 * `make` fills a folder beside the final one, which takes its name only when `make` has ended: a build that was
 * cut off is never mistaken for a finished one. One process makes, others wait for it.
 */
export async function keep(
  name: string,
  progress: Progress,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;

  await mkdir(cacheFolder(), { recursive: true });
  const release = await lockOrWait(folder, name, progress);
  try {
    if (existsSync(folder)) return folder;
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    try {
      await make(unfinished);
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return folder;
  } finally {
    await release();
  }
}

async function lockOrWait(folder: string, name: string, progress: Progress): Promise<() => Promise<void>> {
  const take = (retries: number) =>
    // A lock not refreshed for 30 s belongs to a process that died.
    lock(folder, {
      realpath: false,
      stale: 30_000,
      update: 5_000,
      retries: { retries, factor: 1, minTimeout: 1_000, maxTimeout: 1_000 },
    });
  try {
    return await take(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    progress.say(`Another process is getting ${name}; waiting for it.`);
    return take(60 * 60);
  }
}
