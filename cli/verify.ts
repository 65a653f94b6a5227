import { createReadStream } from "node:fs";
import { verify } from "../evidence/verify";
import { ExitCode } from "./exit-code";
import type { Screen } from "./screen";

/** Says of each file whether it is what was written. With a hash that was kept elsewhere, also whether it is that file. */
export async function verifyFiles(
  files: readonly string[],
  hash: string | undefined,
  screen: Screen,
): Promise<ExitCode> {
  let code = ExitCode.Clean;
  for (const file of files) {
    try {
      const found = await verify(createReadStream(file) as AsyncIterable<Buffer>);
      if ("problem" in found) {
        screen.out(`${file}: ${found.problem}\n`);
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
            `${pass} pass, ${fail} fail, ${undetermined} undetermined, ${excepted} excepted. Hash ${found.hash}\n`,
        );
      }
    } catch (error) {
      screen.err(`${file} can't be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.\n`);
      code = ExitCode.CouldNotRun;
    }
  }
  return code;
}
