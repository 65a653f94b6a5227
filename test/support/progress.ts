import type { Progress } from "../../tools/progress";

/** A progress that keeps its lines instead of showing them. */
export function recordedProgress(): { progress: Progress; lines: string[] } {
  const lines: string[] = [];
  return { lines, progress: { say: (line) => lines.push(line), status: () => undefined } };
}
