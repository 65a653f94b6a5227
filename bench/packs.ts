import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../tools/progress";
import { startPack, type PackProcess } from "./pack-process";
import { resources } from "./resources";

const packs = {
  empty: join(__dirname, "packs", "empty"),
  nhi: join(__dirname, "..", "policy-packs", "nhi"),
  awsguard: join(__dirname, "packs", "awsguard"),
  typescript: join(__dirname, "packs", "typescript"),
};

export type PackName = keyof typeof packs;
export const packNames = Object.keys(packs) as PackName[];

const sizes = { small: 1000, large: 5000 };

/** What one process of a pack gave. */
export interface PackRun extends Pick<
  PackProcess,
  "startSeconds" | "startCpuSeconds" | "startMiB" | "policies"
> {
  /** CPU microseconds for each resource, all rules together. */
  judgeMicroseconds: number;
  /** CPU seconds for the rules over whole stacks, and for all rules. */
  small: { stack: number; all: number };
  large: { stack: number; all: number };
}

/** Each pack in turn, so many times: what slows the machine for a while slows all of them. */
export async function measurePacks(rounds: number, progress: Progress): Promise<Record<PackName, PackRun[]>> {
  installAwsGuard(progress);
  const runs: Record<PackName, PackRun[]> = { empty: [], nhi: [], awsguard: [], typescript: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of packNames) {
      progress.say(`Round ${round + 1} of ${rounds}: ${name}`);
      runs[name].push(await measure(packs[name]));
    }
  return runs;
}

/** It brings a provider SDK of its own, so the repository does without it until somebody measures. */
function installAwsGuard(progress: Progress): void {
  if (existsSync(join(packs.awsguard, "node_modules"))) return;
  progress.say("Installing AWSGuard in bench/packs/awsguard (270 MB).");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: packs.awsguard,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function measure(folder: string): Promise<PackRun> {
  const pack = await startPack(folder);
  try {
    const small = resources(sizes.small);
    const large = resources(sizes.large);
    // A first pass compiles, and its time is not that of a resource.
    await pack.judge(small);
    const judgeSmall = await pack.judge(small);
    const judgeLarge = await pack.judge(large);
    const stackSmall = await pack.judgeStack(small);
    const stackLarge = await pack.judgeStack(large);
    return {
      ...pack,
      judgeMicroseconds: (judgeLarge / sizes.large) * 1e6,
      small: { stack: stackSmall, all: judgeSmall + stackSmall },
      large: { stack: stackLarge, all: judgeLarge + stackLarge },
    };
  } finally {
    await pack.stop();
  }
}
