import { screenProgress } from "../tools/progress";
import { seconds, tell } from "./screen";
import { story } from "./story";
import { Cleanup } from "./world";

/** With everything in the cache, on two cores. */
const expectedSeconds = 90;
/** As shells report a program that Ctrl-C has ended. */
const interruptedCode = 130;

async function main(): Promise<number> {
  const start = Date.now();
  const cleanup = new Cleanup();
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (interruption.signal.aborted) return;
      interruption.abort();
      console.log("\nInterrupted: stopping what was started.");
      void cleanup.run();
    });

  console.log("A job gets access for one task, and loses it when the task is done.");
  try {
    const steps = story({ progress: screenProgress(), cleanup });
    const { held, failed } = await tell(
      steps,
      (text) => interruption.signal.aborted || process.stdout.write(text),
    );
    if (interruption.signal.aborted) return interruptedCode;
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
