import { spawn } from "node:child_process";
import { constants } from "node:os";

/** How a command ended. */
export interface CommandEnd {
  /** As a shell has it: 128 and the number of the signal that ended it. */
  code: number;
  /** It was ended because its time was over. */
  isTimedOut: boolean;
  /** It could not be begun. */
  problem?: string;
}

/** As `timeout` has it. */
const timedOutCode = 124;
const notExecutableCode = 126;
const notFoundCode = 127;

/** Milliseconds that a command has to end by itself once it is told to. */
const graceMs = 10_000;
/** What a terminal, a CI system or an init system sends. A terminal sends its own to the command as well. */
const forwarded = ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Runs a command with this environment until it ends or `until` comes. Signals that come are the command's. */
export async function runCommand(
  [file = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  until: Date,
): Promise<CommandEnd> {
  const child = spawn(file, args, { env, stdio: "inherit" });
  let isTimedOut = false;
  const send = (signal: NodeJS.Signals) => void child.kill(signal);
  const timers = [
    setTimeout(() => {
      isTimedOut = true;
      send("SIGTERM");
      timers.push(setTimeout(() => send("SIGKILL"), graceMs));
    }, until.getTime() - Date.now()),
  ];
  // Ctrl-C reaches the whole group at a terminal, the command too: sent on, it would count twice.
  const onInterrupt = () => {
    if (!process.stdin.isTTY) send("SIGINT");
  };
  process.on("SIGINT", onInterrupt);
  for (const signal of forwarded) process.on(signal, send);
  try {
    return await new Promise<CommandEnd>((resolve) => {
      child.on("error", ({ code }: NodeJS.ErrnoException) => {
        resolve({
          code: code === "ENOENT" ? notFoundCode : notExecutableCode,
          isTimedOut: false,
          problem: code ?? "unknown",
        });
      });
      child.on("close", (code, signal) => {
        const own = code ?? 128 + (signal ? constants.signals[signal] : 0);
        resolve({ code: isTimedOut ? timedOutCode : own, isTimedOut });
      });
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    process.off("SIGINT", onInterrupt);
    for (const signal of forwarded) process.off(signal, send);
  }
}
