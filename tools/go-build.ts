import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keep, kept } from "./cache";
import { which } from "./path";
import { type Progress, timeSince } from "./progress";

/** A program built from Go modules, pinned by the `go.mod` and `go.sum` in `tools/go/<name>`. */
export interface GoProgram {
  /** The folder under `tools/go`, and the binary's name. */
  name: string;
  /** What a reader of the screen knows it as. */
  title: string;
  /** Shown, and part of the folder's name in the cache. */
  version: string;
  /** The main package. */
  package: string;
  /** `-X` values for the linker, where a program takes its version from there. */
  linkerValues?: Record<string, string>;
  /** Scripts that have to lie beside the binary, by name. */
  scripts?: Record<string, string>;
  /** For the screen: what to expect on two cores. */
  expect: string;
}

const moduleFolder = (program: GoProgram) => join(__dirname, "go", program.name);

/** Changes with the pinned modules, so that a new pin is a new build. */
function keepName(program: GoProgram): string {
  const pins = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) pins.update(readFileSync(join(moduleFolder(program), file)));
  return `${program.name}-${program.version}-${pins.digest("hex").slice(0, 8)}`;
}

/** The binary of an earlier build, if there is one. */
export function builtGoProgram(program: GoProgram): string | undefined {
  const folder = kept(keepName(program));
  return folder && join(folder, program.name);
}

/** Builds the program once and keeps it. Fails with one line when Go is missing or the build fails. */
export async function buildGoProgram(program: GoProgram, progress: Progress): Promise<string> {
  const go = which("go");
  if (!go) throw new Error("Go is not installed (https://go.dev/doc/install)");

  const folder = await keep(keepName(program), progress, async (target) => {
    const start = Date.now();
    progress.say(`Building ${program.title} ${program.version} from Go modules, once: ${program.expect}.`);
    const packages = new Set(
      (await run(go, program, ["list", "-deps", program.package], progress)).split("\n"),
    );
    let compiled = 0;
    const values = Object.entries(program.linkerValues ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    await run(
      go,
      program,
      [
        "build",
        "-v",
        "-trimpath",
        "-ldflags",
        ["-s -w", ...values].join(" "),
        "-o",
        join(target, program.name),
        program.package,
      ],
      progress,
      (line) => {
        if (packages.has(line)) compiled += 1;
        progress.status(`  compiled ${compiled} packages, ${packages.size} at most, ${timeSince(start)}`);
      },
    );
    for (const [name, text] of Object.entries(program.scripts ?? {}))
      writeFileSync(join(target, name), text, { mode: 0o755 });
    progress.say(`Built ${program.title} in ${timeSince(start)}.`);
  });
  progress.say(`It is kept in ${folder}`);
  return join(folder, program.name);
}

async function run(
  go: string,
  program: GoProgram,
  args: string[],
  progress: Progress,
  onLine: (line: string) => void = (line) => progress.status(`  ${line}`),
): Promise<string> {
  const child = spawn(go, args, {
    cwd: moduleFolder(program),
    // The pins decide, whatever workspace or flags the user has.
    env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const lastLines: string[] = [];
  let rest = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      lastLines.push(line);
      if (lastLines.length > 3) lastLines.shift();
      onLine(line);
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`go ${args[0] ?? ""} failed: ${lastLines.join(" / ")}`);
  return output;
}
