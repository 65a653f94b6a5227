const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const kills = new Set<() => void>();

/**
 * Runs `kill` when this process ends: by itself, by `process.exit`, by an uncaught error (all three raise `exit`), or by
 * a signal. A program that listens to the signal itself decides when it ends, so for it only `exit` counts. Nothing
 * can be done about SIGKILL.
 *
 * Gives the function that takes the guard away.
 */
export function killWithThisProcess(kill: () => void): () => void {
  if (kills.size === 0) {
    process.on("exit", killAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  kills.add(kill);
  return () => {
    if (!kills.delete(kill) || kills.size > 0) return;
    stopListening();
  };
}

function killAll(): void {
  for (const kill of kills) kill();
  kills.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  stopListening();
  // With nobody listening any more, the signal does what it does by default.
  process.kill(process.pid, signal);
}

function stopListening(): void {
  process.off("exit", killAll);
  for (const signal of signals) process.off(signal, onSignal);
}
