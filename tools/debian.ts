import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { keep, kept } from "./cache";
import { isExecutable, which } from "./path";
import type { Progress } from "./progress";

const execute = promisify(execFile);

/** A program that Debian and what descends from it have a package of. */
export interface DebianProgram {
  /** The program's file: `mariadbd`. */
  program: string;
  /** Where the package has it: `usr/sbin`. */
  folder: string;
  /** The package. What it needs beside what is installed comes with it. */
  package: string;
}

export interface FoundProgram {
  binary: string;
  /** The folder in which the package's files are, as they would be below `/`. `/` for one that is installed. */
  root: string;
  /** What the program is to be started with: its libraries are in `root`. */
  env: NodeJS.ProcessEnv;
}

/**
 * A program that is installed, or else one from its Debian package, which is unpacked into the cache folder and not
 * installed. That needs no root, changes nothing of the machine's, and takes apt's own keys for what is genuine.
 */
export async function findDebianProgram(wanted: DebianProgram, progress: Progress): Promise<FoundProgram> {
  const installed = which(wanted.program) ?? join("/", wanted.folder, wanted.program);
  if (isExecutable(installed)) return { binary: installed, root: "/", env: process.env };

  const name = `debian-${wanted.package}`;
  const root = kept(name) ?? (await keep(name, progress, (folder) => unpack(wanted, folder, progress)));
  return { binary: join(root, wanted.folder, wanted.program), root, env: withLibraries(root) };
}

async function unpack(wanted: DebianProgram, folder: string, progress: Progress): Promise<void> {
  const instead = `Install ${wanted.program} so that it is on PATH, and run this again.`;
  if (!which("apt-get") || !which("dpkg-deb"))
    throw new Error(
      `${wanted.program} is missing, and this machine has no apt-get to get Debian's package ${wanted.package} with. ${instead}`,
    );
  progress.say(
    `${wanted.program} comes from Debian's package ${wanted.package}, unpacked and not installed.`,
  );
  const work = join(folder, "apt");
  const [lists, archives] = [join(work, "lists"), join(work, "archives")];
  for (const path of [lists, archives]) await mkdir(join(path, "partial"), { recursive: true });
  const settings = {
    "Dir::State::lists": lists,
    "Dir::Cache::archives": archives,
    "Dir::Cache::pkgcache": "",
    "Dir::Cache::srcpkgcache": "",
    // The folders are this process's own: there is nothing to lock, and root needs no other user for them.
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const apt = (...args: string[]) => execute("apt-get", [...options, ...args]);
  try {
    await apt("update");
    await apt("install", "--download-only", "--yes", "--no-install-recommends", wanted.package);
    for (const archive of await readdir(archives))
      if (archive.endsWith(".deb")) await execute("dpkg-deb", ["-x", join(archives, archive), folder]);
  } catch (error) {
    throw new Error(
      `${wanted.program} is missing, and Debian's package ${wanted.package} can't be had: ${lastLine(error)}. ${instead}`,
      { cause: error },
    );
  }
  await rm(work, { recursive: true });
  if (!existsSync(join(folder, wanted.folder, wanted.program)))
    throw new Error(`${wanted.program} is not in Debian's package ${wanted.package}. ${instead}`);
}

/** What a failed command said last. */
function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (
    (stderr ?? "")
      .trim()
      .split("\n")
      .findLast((line) => line.startsWith("E:")) ?? message
  );
}

/**
 * The folders of the machine's own kind, as Debian calls it (`x86_64-linux-gnu`), and those in them: what an installed
 * library finds by its own path, one that is unpacked elsewhere does not.
 */
function withLibraries(root: string): NodeJS.ProcessEnv {
  const machine = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const folders = ["usr/lib", "lib"]
    .map((folder) => join(root, folder, machine))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [
      folder,
      ...readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(folder, name)),
    ]);
  return { ...process.env, LD_LIBRARY_PATH: folders.join(":") };
}
