import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine, type Engine } from "../../tools/engine";
import { screenProgress } from "../../tools/progress";

export interface Outcome {
  code: number;
  output: string;
}

/** The real engine with a state of its own. */
export interface TestEngine {
  /** Runs `pulumi`, without colours and questions. */
  pulumi(args: string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<Outcome>;
  /** A folder for what a test writes, gone at the end. */
  folder: string;
  engine: Engine;
  close(): Promise<void>;
}

export async function openTestEngine(options: {
  offline: boolean;
  env?: Record<string, string>;
}): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), "nhi-test-"));
  const engine = await openEngine({
    offline: options.offline,
    progress: screenProgress(),
    env: {
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "of this test run",
      // What a test needs is attached; the others would only be tried in vain.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...options.env,
    },
  });
  return {
    folder,
    engine,
    async pulumi(args, { cwd, env } = {}) {
      let output = "";
      const code = await engine.run([...args, "--non-interactive", "--color=never"], {
        ...(cwd !== undefined && { cwd }),
        ...(env && { env }),
        onOutput: (text) => (output += text),
      });
      return { code, output };
    },
    async close() {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
