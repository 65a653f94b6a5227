import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, type Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** The files of these paths, folders with all that is below them, in the order of their names. */
export function* filesOf(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    // What is not there or can't be looked into is said when it is read.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      yield path;
      continue;
    }
    const names = readdirSync(path).sort();
    yield* filesOf(names.map((name) => join(path, name)));
  }
}

const chunkBytes = 1 << 18;

/** The first bytes of what gzip and zstd write (RFC 1952 section 2.3.1, RFC 8878 section 3.1.1). */
const gzip = Buffer.from([0x1f, 0x8b]);
const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * The file's bytes, unpacked. What comes before a fault is given, and then the fault is said: one word, without what
 * the file holds.
 */
export async function* bytesOf(file: string, onProblem: (problem: string) => void): AsyncGenerator<Buffer> {
  let head: Buffer;
  try {
    head = headOf(file);
  } catch (error) {
    onProblem((error as NodeJS.ErrnoException).code ?? "unknown reason");
    return;
  }
  const raw = createReadStream(file, { highWaterMark: chunkBytes });
  const unpack = unpackerOf(head);
  if (unpack) raw.on("error", (error) => unpack.destroy(error));
  yield* untilFault(unpack ? raw.pipe(unpack) : raw, onProblem);
}

function headOf(file: string): Buffer {
  const opened = openSync(file, "r");
  try {
    const head = Buffer.alloc(zstd.length);
    return head.subarray(0, readSync(opened, head));
  } finally {
    closeSync(opened);
  }
}

function unpackerOf(head: Buffer): Transform | undefined {
  if (head.subarray(0, gzip.length).equals(gzip)) return createGunzip({ chunkSize: chunkBytes });
  if (head.equals(zstd)) return createZstdDecompress({ chunkSize: chunkBytes });
  return undefined;
}

/** An iterator over a stream drops what is buffered when the stream fails. Here it is read first. */
async function* untilFault(stream: Readable, onProblem: (problem: string) => void): AsyncGenerator<Buffer> {
  const kept = new PassThrough({ highWaterMark: chunkBytes });
  stream.on("data", (chunk: Buffer) => {
    if (!kept.write(chunk)) stream.pause();
  });
  kept.on("drain", () => stream.resume());
  stream.on("end", () => kept.end());
  stream.on("error", (error: NodeJS.ErrnoException) => {
    onProblem(error.code ?? error.name);
    kept.end();
  });
  try {
    for await (const chunk of kept) yield chunk as Buffer;
  } finally {
    stream.destroy();
  }
}
