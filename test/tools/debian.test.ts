import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDebianProgram, type DebianProgram } from "../../tools/debian";
import { recordedProgress } from "../support/progress";

let machine: string;
const before = { ...process.env };
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "nhi-machine-"));
  process.env.PULUMI_NHI_CACHE = join(machine, "cache");
});
afterEach(() => {
  rmSync(machine, { recursive: true, force: true });
  process.env = { ...before };
});

const sl: DebianProgram = { program: "sl", folder: "usr/games", package: "sl" };

it("takes a program that is on PATH", async () => {
  const bin = join(machine, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "sl"), "#!/bin/sh\n");
  chmodSync(join(bin, "sl"), 0o755);
  process.env.PATH = bin;
  const { progress, lines } = recordedProgress();
  expect(await findDebianProgram(sl, progress)).toMatchObject({ binary: join(bin, "sl"), root: "/" });
  expect(lines).toEqual([]);
});

it("says what to install where there is no apt", async () => {
  process.env.PATH = machine;
  await expect(findDebianProgram(sl, recordedProgress().progress)).rejects.toThrow(
    "sl is missing, and this machine has no apt-get to get Debian's package sl with. Install sl so that it is on PATH, and run this again.",
  );
});

it("unpacks the package and what it needs, once, and installs nothing", async () => {
  const { progress, lines } = recordedProgress();
  const { binary, root, env } = await findDebianProgram(sl, progress);
  expect(binary).toBe(join(machine, "cache/debian-sl/usr/games/sl"));
  expect(execFileSync("ldd", [binary], { env, encoding: "utf8" })).not.toContain("not found");
  expect(readdirSync(root)).not.toContain("apt");
  expect(await findDebianProgram(sl, progress)).toMatchObject({ binary, root });
  expect(lines).toEqual(["sl comes from Debian's package sl, unpacked and not installed."]);
}, 120_000);

it("says in one line what apt says", async () => {
  const none = { program: "nothing", folder: "usr/bin", package: "no-such-package" };
  await expect(findDebianProgram(none, recordedProgress().progress)).rejects.toThrow(
    "nothing is missing, and Debian's package no-such-package can't be had: E: Unable to locate package no-such-package. Install nothing so that it is on PATH, and run this again.",
  );
}, 120_000);
