/** Where a tool says what it is doing. Standard error, so that the output of `pulumi` itself stays clean. */
export interface Progress {
  /** A line that stays on the screen. */
  say(line: string): void;
  /** Where a long step stands. Rewritten in place on a terminal, else repeated every 20 seconds. */
  status(line: string): void;
}

const repeatEveryMs = 20_000;

export function screenProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let shown = false;
  let lastRepeat = 0;
  return {
    say(line) {
      if (shown) stream.write("\r\x1b[K");
      shown = false;
      stream.write(`${line}\n`);
    },
    status(line) {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${line.slice(0, stream.columns - 1)}`);
        shown = true;
      } else if (Date.now() - lastRepeat > repeatEveryMs) {
        lastRepeat = Date.now();
        stream.write(`${line}\n`);
      }
    },
  };
}

/** "2 min 05 s", or "12 s" below a minute. */
export function timeSince(startMs: number): string {
  const seconds = Math.round((Date.now() - startMs) / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
