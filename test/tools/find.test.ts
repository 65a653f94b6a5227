import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPulumi } from "../../tools/find-pulumi";
import { findSecretsServer } from "../../tools/find-secrets-server";
import { recordedProgress } from "../support/progress";

/** A machine with nothing on it but what a test puts there. */
let machine: string;
const before = { ...process.env };
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "nhi-machine-"));
  process.env.PATH = join(machine, "bin");
  process.env.PULUMI_HOME = join(machine, "pulumi-home");
  process.env.PULUMI_NHI_CACHE = join(machine, "cache");
  // Downloads fail at once, as behind a firewall that refuses.
  process.env.HTTPS_PROXY = "http://127.0.0.1:9";
  process.env.NODE_USE_ENV_PROXY = "1";
});
afterEach(() => {
  rmSync(machine, { recursive: true, force: true });
  process.env = { ...before };
});

function install(folder: string, name: string, says: string): string {
  const file = join(machine, folder, name);
  mkdirSync(join(machine, folder), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "${says}"\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("the Pulumi CLI", () => {
  it("is taken from PATH first", async () => {
    const binary = install("bin", "pulumi", "v3.300.1");
    install("pulumi-home/versions/3.265.0/bin", "pulumi", "v3.265.0");
    const { progress } = recordedProgress();
    expect(await findPulumi(progress)).toEqual({ binary, version: "3.300.1", from: "PATH" });
  });

  it("is not the one that npm put on PATH", async () => {
    const npms = install("node_modules/.bin", "pulumi", "v3.300.1");
    process.env.PATH = join(machine, "node_modules", ".bin");
    const binary = install("pulumi-home/versions/3.265.0/bin", "pulumi", "v3.265.0");
    const { progress } = recordedProgress();
    const found = await findPulumi(progress);
    expect(found).toEqual({ binary, version: "3.265.0", from: "the npm package" });
    expect(found.binary).not.toBe(npms);
  });

  it("is another one when the one on PATH is too old", async () => {
    install("bin", "pulumi", "v3.100.0");
    const binary = install("pulumi-home/versions/3.265.0/bin", "pulumi", "v3.265.0");
    const { progress, lines } = recordedProgress();
    expect(await findPulumi(progress)).toEqual({ binary, version: "3.265.0", from: "the npm package" });
    expect(lines).toEqual(["pulumi on PATH is 3.100.0; at least 3.249 is needed, so another one is used."]);
  });

  it("that can be got in no way is named in one line, with what to install", async () => {
    const { progress } = recordedProgress();
    await expect(findPulumi(progress)).rejects.toThrow(
      /^The Pulumi CLI is missing: the download failed \([^\n]*\), and it can't be built: Go is not installed \(https:\/\/go\.dev\/doc\/install\)\. Install it from https:\/\/www\.pulumi\.com\/docs\/install\/ and run this again\.$/,
    );
  });
});

describe("the secrets server", () => {
  it("is bao from PATH before vault from PATH", async () => {
    install("bin", "vault", "Vault v1.20.0 (abc), built 2026-01-01");
    const binary = install("bin", "bao", "OpenBao v2.5.1 (abc), built 2026-01-01");
    const { progress } = recordedProgress();
    expect(await findSecretsServer(progress)).toEqual({
      kind: "openbao",
      binary,
      version: "2.5.1",
      from: "PATH",
    });
  });

  it("is vault from PATH when there is no bao", async () => {
    const binary = install("bin", "vault", "Vault v1.20.0 (abc), built 2026-01-01");
    const { progress } = recordedProgress();
    expect(await findSecretsServer(progress)).toEqual({
      kind: "vault",
      binary,
      version: "1.20.0",
      from: "PATH",
    });
  });

  it("is the downloaded OpenBao when nothing is on PATH", async () => {
    const binary = install("cache/openbao-2.5.4", "bao", "unused");
    const { progress } = recordedProgress();
    expect(await findSecretsServer(progress)).toEqual({
      kind: "openbao",
      binary,
      version: "2.5.4",
      from: "its release",
    });
  });
});
