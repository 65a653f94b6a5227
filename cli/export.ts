import { createReadStream, openSync, writeSync, closeSync } from "node:fs";
import { formats } from "../evidence/formats";
import { linesOf } from "../evidence/lines";
import type { Chained } from "../evidence/record";
import { verify } from "../evidence/verify";
import { CouldNotRun } from "./exit-code";
import type { Screen } from "./screen";

/** Writes evidence in another format. What is not as it was written is not passed on. */
export async function exportEvidence(
  file: string,
  { format, output }: { format: string; output?: string },
  screen: Screen,
): Promise<void> {
  const write = formats[format];
  if (!write)
    throw new CouldNotRun(`--format must be one of ${Object.keys(formats).join(", ")}, got "${format}".`);
  const found = await verify(chunksOf(file)).catch((error: unknown) => {
    throw new CouldNotRun(
      `${file} can't be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  });
  if ("problem" in found) throw new CouldNotRun(`${file}: ${found.problem}`);
  const target = output === undefined ? undefined : opened(output);
  for await (const piece of write(recordsOf(file)))
    if (target === undefined) screen.out(piece);
    else writeSync(target, piece);
  if (target !== undefined) closeSync(target);
}

const chunksOf = (file: string) => createReadStream(file) as AsyncIterable<Buffer>;

async function* recordsOf(file: string): AsyncGenerator<Chained> {
  for await (const { bytes } of linesOf(chunksOf(file))) yield JSON.parse(bytes.toString("utf8")) as Chained;
}

function opened(file: string): number {
  try {
    return openSync(file, "w");
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}
