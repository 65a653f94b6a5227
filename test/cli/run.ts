import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { main } from "../../cli/main";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the command as a pipeline does: no terminal, no colours. With a width, as a terminal that marks bold text. */
export async function nhi(args: string[], width?: number): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await main(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    bold: (text) => (width === undefined ? text : `<${text}>`),
    width,
    showsProgress: false,
  });
  return { code, out, err };
}

/** The built command as a process of its own: what `npm run build` made last. */
export function builtNhi(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Ran {
  const command = join(__dirname, "../../dist/cli/index.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: "utf8",
    ...options,
  });
  return { code: status ?? -1, out: stdout, err: stderr };
}
