import { createReadStream } from "node:fs";
import { linesOf } from "../evidence/lines";
import type { Chained } from "../evidence/record";
import { verify } from "../evidence/verify";
import { CouldNotRun } from "./exit-code";

/** The records of a file of evidence. What is not as it was written is not passed on. */
export async function verifiedRecords(file: string): Promise<AsyncIterable<Chained>> {
  const found = await verify(chunksOf(file)).catch((error: unknown) => {
    throw new CouldNotRun(
      `${file} can't be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  });
  if ("problem" in found) throw new CouldNotRun(`${file}: ${found.problem}`);
  return { [Symbol.asyncIterator]: () => recordsOf(file) };
}

const chunksOf = (file: string) => createReadStream(file) as AsyncIterable<Buffer>;

async function* recordsOf(file: string): AsyncGenerator<Chained> {
  for await (const { bytes } of linesOf(chunksOf(file))) yield JSON.parse(bytes.toString("utf8")) as Chained;
}
