import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * A program that the machine's owner installed. The `node_modules/.bin` folders that npm puts in front of PATH don't
 * count: what is there came with a package.
 */
export function which(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (!folder || folder.endsWith(join("node_modules", ".bin"))) continue;
    const file = join(folder, program);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
