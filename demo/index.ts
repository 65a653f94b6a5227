import { screenProgress } from "../tools/progress";
import { seconds, tell } from "./screen";
import { story } from "./story";
import { Cleanup } from "./world";

/** With everything in the cache, on two cores. */
const expectedSeconds = 90;

async function main(): Promise<number> {
  const start = Date.now();
  const cleanup = new Cleanup();
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      interrupt.abort();
      console.log("\nInterrupted: stopping what was started.");
      void cleanup.run().finally(() => process.exit(130));
    });

  console.log("A job gets access for one task, and loses it when the task is done.");
  try {
    const steps = story({ progress: screenProgress(), cleanup, interrupt: interrupt.signal });
    const { held, failed } = await tell(steps, (text) => process.stdout.write(text));
    console.log(
      failed
        ? `\n${held} of ${steps.length} steps held; step ${failed.step} did not: ${failed.error.message}`
        : `\nAll ${held} steps held, in ${seconds(start)} (with everything cached it should take less than ${expectedSeconds} s).`,
    );
    return failed ? 1 : 0;
  } finally {
    await cleanup.run();
    console.log("Everything that was started has been stopped.");
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
