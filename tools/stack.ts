import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "./engine";

/**
 * A stack of a project whose configuration is kept in `folder`, so that a demo or a test leaves nothing in the
 * checkout. Gives the arguments by which later commands find it.
 */
export async function createStack(engine: Engine, project: string, folder: string): Promise<string[]> {
  // The CLI writes the new stack's configuration beside the program: two runs at once need two names.
  const name = `run-${process.pid}-${count++}`;
  let output = "";
  const code = await engine.run(["stack", "init", name, "--no-select", "--non-interactive", "-C", project], {
    onOutput: (text) => (output += text),
  });
  if (code !== 0) throw new Error(`The stack of ${project} could not be made: ${output.trim()}`);
  const settings = join(folder, `Pulumi.${name}.yaml`);
  renameSync(join(project, `Pulumi.${name}.yaml`), settings);
  return ["-C", project, "--stack", name, "--config-file", settings];
}

let count = 0;
