import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { keep, kept } from "./cache";
import { download } from "./download";
import { buildGoProgram, builtGoProgram, type GoProgram } from "./go-build";
import { which } from "./path";
import type { Progress } from "./progress";

const execute = promisify(execFile);

export interface SecretsServerBinary {
  kind: "openbao" | "vault";
  binary: string;
  version: string;
  /** Where it came from, for the screen. */
  from: string;
}

/**
 * The OpenBao release. The digests are those that the Hermit package list has for it
 * (github.com/cashapp/hermit-packages, openbao.hcl).
 */
const openbao = {
  version: "2.5.4",
  archives: {
    "linux-x64": ["Linux_x86_64", "7690853adccaf9bc413768e6bfed4d0ac5222b67f808ba71af0930189f22f94f"],
    "linux-arm64": ["Linux_arm64", "05801b244f7a4fd8aac8b6e5d3b080bff95a2287e78ea601a60eb2cf2e1e99ab"],
    "darwin-x64": ["Darwin_x86_64", "1c307bb1fa7fe2c9063f298908b815f093d1c91f82560b880f8cfadc74a29bdc"],
    "darwin-arm64": ["Darwin_arm64", "7cce0f8d6a45f277562b7fe6bcd064488446ebe09ad329ee5aaa91c221597fba"],
  } as Record<string, [name: string, sha256: string]>,
};
const openbaoName = `openbao-${openbao.version}`;

const goVault: GoProgram = {
  name: "vault",
  title: "Vault",
  version: "1.21.0",
  package: "github.com/hashicorp/vault",
  expect: "about 15 minutes on two cores, 360 MB",
};

/**
 * A secrets server: `bao` or `vault` on PATH, else the pinned OpenBao release, else Vault built from its Go modules.
 * What an earlier run has got is used before anything is downloaded or built.
 */
export async function findSecretsServer(progress: Progress): Promise<SecretsServerBinary> {
  for (const [program, kind] of [
    ["bao", "openbao"],
    ["vault", "vault"],
  ] as const) {
    const binary = which(program);
    if (binary) return { kind, binary, version: await versionOf(binary), from: "PATH" };
  }

  const downloaded = kept(openbaoName);
  if (downloaded) return openbaoIn(downloaded);
  const built = builtGoProgram(goVault);
  if (built) return vaultAt(built);

  let whyNot: string;
  try {
    return openbaoIn(await downloadOpenbao(progress));
  } catch (error) {
    whyNot = (error as Error).message;
    progress.say(`OpenBao can't be downloaded here (${whyNot}).`);
  }
  try {
    return vaultAt(await buildGoProgram(goVault, progress));
  } catch (error) {
    throw new Error(
      `A secrets server is missing: OpenBao's download failed (${whyNot}), and Vault can't be built: ` +
        `${(error as Error).message}. Install OpenBao from https://openbao.org/docs/install/ and run this again.`,
      { cause: error },
    );
  }
}

const openbaoIn = (folder: string): SecretsServerBinary => ({
  kind: "openbao",
  binary: join(folder, "bao"),
  version: openbao.version,
  from: "its release",
});

const vaultAt = (binary: string): SecretsServerBinary => ({
  kind: "vault",
  binary,
  version: goVault.version,
  from: "its Go modules",
});

async function downloadOpenbao(progress: Progress): Promise<string> {
  const machine = `${process.platform}-${process.arch}`;
  const archive = openbao.archives[machine];
  if (!archive) throw new Error(`no pinned release for ${machine}`);
  const [name, sha256] = archive;
  const url = `https://github.com/openbao/openbao/releases/download/v${openbao.version}/bao_${openbao.version}_${name}.tar.gz`;

  const folder = await keep(openbaoName, progress, async (target) => {
    progress.say(`Getting OpenBao ${openbao.version} from its release.`);
    const file = join(target, "bao.tar.gz");
    await download(url, sha256, file, progress);
    await execute("tar", ["-xzf", file, "-C", target, "bao"]);
    await rm(file);
  });
  progress.say(`OpenBao is kept in ${folder}`);
  return folder;
}

async function versionOf(binary: string): Promise<string> {
  const { stdout } = await execute(binary, ["version"], { timeout: 30_000 });
  return /v(\d[^\s]*)/.exec(stdout)?.[1] ?? "unknown";
}
