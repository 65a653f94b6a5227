import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import npmCli from "pulumi/package.json";
import { buildGoProgram, builtGoProgram, type GoProgram } from "./go-build";
import { isExecutable, which } from "./path";
import type { Progress } from "./progress";

const execute = promisify(execFile);

export interface PulumiCli {
  binary: string;
  version: string;
  /** Where it came from, for the screen. */
  from: string;
}

/** `pulumi policy analyze --file` came with 3.249. */
const oldestUsable = [3, 249] as const;

/** Names the language host to the script that stands in for it beside a CLI built here. */
export const languageHostVariable = "PULUMI_NHI_LANGUAGE_HOST";

const goCli: GoProgram = {
  name: "pulumi",
  title: "the Pulumi CLI",
  version: "3.259.0",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  linkerValues: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
  // The engine looks for language hosts beside itself. The cache outlives a checkout, so the checkout is named at run time.
  scripts: {
    "pulumi-language-nodejs": `#!/bin/sh\nexec "\${${languageHostVariable}:?is set by npm run pulumi}" "$@"\n`,
  },
  expect: "about 6 minutes on two cores, 115 MB",
};

/**
 * The Pulumi CLI: on PATH, else from the npm package `pulumi` (which downloads it), else built from its Go module.
 * What an earlier run has got is used before anything is downloaded or built.
 */
export async function findPulumi(progress: Progress): Promise<PulumiCli> {
  const onPath = which("pulumi");
  if (onPath) {
    const version = await versionOf(onPath);
    if (isUsable(version)) return { binary: onPath, version, from: "PATH" };
    progress.say(
      `pulumi on PATH is ${version}; at least ${oldestUsable.join(".")} is needed, so another one is used.`,
    );
  }

  const downloaded = npmCliBinary();
  if (isExecutable(downloaded))
    return { binary: downloaded, version: npmCli.version, from: "the npm package" };

  const built = builtGoProgram(goCli);
  if (built) return { binary: built, version: goCli.version, from: "its Go module" };

  progress.say(`Getting the Pulumi CLI ${npmCli.version} through its npm package.`);
  let whyNot: string;
  try {
    await execute(process.execPath, [require.resolve("pulumi/run.js"), "version"], { timeout: 10 * 60_000 });
    progress.say(`The Pulumi CLI is kept in ${dirname(downloaded)}`);
    return { binary: downloaded, version: npmCli.version, from: "the npm package" };
  } catch (error) {
    whyNot = lastLine((error as { stderr?: string }).stderr);
    progress.say(`It can't be downloaded here (${whyNot}).`);
  }

  try {
    const binary = await buildGoProgram(goCli, progress);
    return { binary, version: goCli.version, from: "its Go module" };
  } catch (error) {
    throw new Error(
      `The Pulumi CLI is missing: the download failed (${whyNot}), and it can't be built: ${(error as Error).message}. ` +
        "Install it from https://www.pulumi.com/docs/install/ and run this again.",
      { cause: error },
    );
  }
}

/** Where the npm package `pulumi` keeps what it downloads. */
function npmCliBinary(): string {
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  return join(home, "versions", npmCli.version, "bin", "pulumi");
}

async function versionOf(binary: string): Promise<string> {
  try {
    const { stdout } = await execute(binary, ["version"], {
      timeout: 30_000,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return stdout.trim().replace(/^v/, "");
  } catch {
    return "unknown";
  }
}

function isUsable(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldestUsable[0] || (major === oldestUsable[0] && minor >= oldestUsable[1]);
}

function lastLine(text: string | undefined): string {
  return text?.trim().split("\n").at(-1) ?? "no reason given";
}
