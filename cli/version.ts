import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The package's folder: two above this file when it is compiled, one above when it is not. */
export const packageFolder = folderWith("package.json", __dirname);

export const packageVersion = (
  JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string }
).version;

function folderWith(file: string, folder: string): string {
  try {
    readFileSync(join(folder, file));
    return folder;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return folderWith(file, dirname(folder));
  }
}
