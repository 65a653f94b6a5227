import { CouldNotRun, ExitCode } from "./exit-code";
import type { Screen } from "./screen";
import { problemOfSignature, readEvidence, verifyingKey } from "./sign";

export interface VerifyOptions {
  /** The last hash, as it was kept elsewhere. */
  hash?: string;
  /** The file of the key that signed. */
  publicKey?: string;
}

/**
 * Says of each file whether it is what was written. With a hash that was kept elsewhere, also whether it is that file; with a
 * public key, whether that key signed it.
 */
export async function verifyFiles(
  files: readonly string[],
  { hash, publicKey }: VerifyOptions,
  screen: Screen,
): Promise<ExitCode> {
  let code = ExitCode.Clean;
  const key = publicKey === undefined ? undefined : verifyingKey(publicKey);
  for (const file of files) {
    try {
      const { found, sha256 } = await readEvidence(file);
      const problem =
        "problem" in found ? found.problem : key && problemOfSignature(file, { found, sha256 }, key);
      if ("problem" in found || problem !== undefined) {
        screen.out(`${file}: ${problem}\n`);
        if (code === ExitCode.Clean) code = ExitCode.Blocked;
      } else if (hash !== undefined && found.hash !== hash) {
        screen.out(
          `${file}: it is whole, and not the file with the hash ${hash}: its own is ${found.hash}.\n`,
        );
        if (code === ExitCode.Clean) code = ExitCode.Blocked;
      } else {
        const { header, trailer, records } = found;
        const { pass, fail, undetermined, excepted } = trailer.counts;
        screen.out(
          `${file}: ${records} records as they were written, from ${header.startedAt} to ${trailer.finishedAt}` +
            `${trailer.complete ? "" : ", of a run that is not complete"}: ` +
            `${pass} pass, ${fail} fail, ${undetermined} undetermined, ${excepted} excepted. Hash ${found.hash}${key ? ", signed with this key" : ""}\n`,
        );
      }
    } catch (error) {
      screen.err(
        error instanceof CouldNotRun
          ? `${error.message}\n`
          : `${file} can't be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.\n`,
      );
      code = ExitCode.CouldNotRun;
    }
  }
  return code;
}
