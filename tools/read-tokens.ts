import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { rules } from "../policy-packs/nhi/rules";

/**
 * Writes down which of the rules' type tokens the packages have that are too big to be installed here, so that a test
 * notices one that does not exist. `tsx tools/read-tokens.ts [package@version ...]` reads the packages of `tokens.json`,
 * and adds or replaces those that are named.
 */
const file = join(__dirname, "..", "test", "policy-packs", "nhi", "tokens.json");
const limits = { timeout: 5 * 60_000, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" as const };

type Packages = Record<string, { version: string; types: string[] }>;

/** What the repository has itself, and what the engine makes. */
const isElsewhere = (type: string) => !/^(?:aws|gcp|random|tls|vault|nhi|pulumi):/.test(type);

async function main(named: string[]): Promise<void> {
  const versions = new Map(
    Object.entries(JSON.parse(readFileSync(file, "utf8")) as Packages).map(([name, { version }]) => [
      name,
      version,
    ]),
  );
  for (const text of named) {
    const [, name, version] = /^(@?[\w./-]+)@(\d[\w.-]*)$/.exec(text) ?? [];
    if (name === undefined || version === undefined)
      throw new Error(`"${text}" is no package with a version: write it as @pulumi/github@6.15.0`);
    versions.set(name, version);
  }
  const wanted = [...new Set(rules.flatMap(({ types }) => types))].filter(isElsewhere).sort();
  const found: Packages = {};
  for (const [name, version] of [...versions].sort(([one], [other]) => (one < other ? -1 : 1))) {
    console.error(`reading ${name} ${version}`);
    const tokens = tokensOf(name, version);
    found[name] = { version, types: wanted.filter((type) => tokens.has(type)) };
  }
  const missing = wanted.filter((type) => !Object.values(found).some(({ types }) => types.includes(type)));
  if (missing.length > 0)
    throw new Error(
      `no package has ${missing.join(", ")}: mend the type in its rule, or name its package as an argument`,
    );
  const style = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(found), { ...style, filepath: file }));
}

function tokensOf(name: string, version: string): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), "tokens-"));
  try {
    // Not every package is on npm: `@pulumi/…` is, `pulumi-…` is taken from PyPI, where the tokens are the same.
    if (name.startsWith("@")) unpackNpm(folder, `${name}@${version}`);
    else unpackPyPi(folder, `${name}==${version}`);
    const lines = run("grep", [
      "-rhoE",
      "--include=*.js",
      "--include=*.py",
      "'[a-z-]+:[^' ]+:[A-Za-z0-9]+'",
      folder,
    ]);
    return new Set(lines.split("\n").map((line) => line.slice(1, -1)));
  } catch (error) {
    throw new Error(`${name} ${version} can't be read: ${(error as Error).message.split("\n")[0] ?? ""}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unpackNpm(folder: string, spec: string): void {
  run("npm", ["pack", "--silent", "--pack-destination", folder, spec]);
  run("tar", ["-xzf", fileIn(folder, ".tgz"), "-C", folder, "--no-same-owner"]);
}

function unpackPyPi(folder: string, spec: string): void {
  run("pip", ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, spec]);
  run("python3", ["-m", "zipfile", "-e", fileIn(folder, ".whl"), folder]);
}

const run = (program: string, args: string[]) =>
  execFileSync(program, args, { ...limits, stdio: ["ignore", "pipe", "pipe"] });

function fileIn(folder: string, ending: string): string {
  const name = readdirSync(folder).find((entry) => entry.endsWith(ending));
  if (name === undefined) throw new Error(`the registry gave no ${ending} file`);
  return join(folder, name);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`read-tokens: ${(error as Error).message}`);
  process.exitCode = 1;
});
