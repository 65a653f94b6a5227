import type { ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

const startTimeoutMs = 30_000;

/** Waits until a server says that it is ready, in what it writes. Gives what ends it. */
export async function startServer(child: ChildProcess, ready: string): Promise<() => Promise<void>> {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const until = Date.now() + startTimeoutMs;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    if (said.includes(ready)) return stop;
    await wait(50);
  }
  await stop();
  throw new Error(`${child.spawnfile} did not start: ${said.trim().split("\n").slice(-5).join(" | ")}`);
}
