import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../tools/engine";
import type { Progress } from "../tools/progress";
import { createStack } from "../tools/stack";
import { cpuSecondsOfChildren } from "./cpu";

export interface Timing {
  seconds: number;
  cpuSeconds: number;
}

/** Seconds that a preview of 1,000 resources takes on the real engine, without the pack and with it, in turn. */
export async function measurePreviews(
  rounds: number,
  progress: Progress,
): Promise<{ without: Timing[]; empty: Timing[]; with: Timing[] }> {
  const folder = mkdtempSync(join(tmpdir(), "nhi-bench-"));
  const engine = await openEngine({
    offline: true,
    progress,
    env: {
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "of this run",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
  });
  try {
    const stack = await createStack(engine, join(__dirname, "program"), folder);
    const pack = ["--policy-pack", join(__dirname, "..", "policy-packs", "nhi")];
    const preview = async (more: string[]) => {
      let output = "";
      const start = performance.now();
      const before = cpuSecondsOfChildren();
      const code = await engine.run(
        ["preview", "--non-interactive", "--suppress-outputs", ...more, ...stack],
        { onOutput: (text) => (output += text) },
      );
      if (code !== 0) throw new Error(`The preview failed: ${output}`);
      return {
        seconds: (performance.now() - start) / 1000,
        cpuSeconds: cpuSecondsOfChildren() - before,
      };
    };
    const seconds = { without: [] as Timing[], empty: [] as Timing[], with: [] as Timing[] };
    // The first one compiles the program.
    await preview([]);
    for (let round = 0; round < rounds; round++) {
      progress.say(`Preview ${round + 1} of ${rounds}, without the pack and with it`);
      seconds.without.push(await preview([]));
      seconds.empty.push(await preview(["--policy-pack", join(__dirname, "packs", "empty")]));
      seconds.with.push(await preview(pack));
    }
    return seconds;
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
