/** How the story is told: a line and a mark for each step, what it found below it. */
export interface Screen {
  /** A line that belongs to the step that runs. */
  say(line: string): void;
  /** Output of a program as it is, indented. */
  quote(text: string): void;
}

export interface Step {
  title: string;
  /** Throws when what the step shows does not hold. */
  run(screen: Screen): Promise<void>;
}

export interface Told {
  held: number;
  failed?: { step: number; error: Error };
}

/** Runs the steps in order. A later step builds on an earlier one, so the first that fails is the last. */
export async function tell(steps: readonly Step[], write: (text: string) => unknown): Promise<Told> {
  const screen: Screen = {
    say: (line) => write(`     ${line}\n`),
    quote: (text) => write(text.replace(/^(?=.)/gm, "     │ ")),
  };
  for (const [index, step] of steps.entries()) {
    const start = Date.now();
    write(`\n  ${index + 1}  ${step.title}\n`);
    try {
      await step.run(screen);
      write(`  ✔  ${seconds(start)}\n`);
    } catch (error) {
      write(`  ✖  ${(error as Error).message}\n`);
      return { held: index, failed: { step: index + 1, error: error as Error } };
    }
  }
  return { held: steps.length };
}

export function seconds(start: number): string {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}
