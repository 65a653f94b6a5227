import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
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
export async function builtNhi(
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const command = join(__dirname, "../../dist/cli/index.js");
  // Not waited for in a way that stops this process: the offline providers are in it.
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const [[code], out, err] = await Promise.all([
    once(child, "close") as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out, err };
}
