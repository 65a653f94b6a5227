import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** The files of these paths, folders with all that is below them, in the order of their names. */
export function* filesOf(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    if (!statSync(path).isDirectory()) {
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
 * The file's bytes, unpacked. What comes before a fault is given, and then the fault is said: one line, without what
 * the file holds.
 */
export async function* bytesOf(file: string, onProblem: (problem: string) => void): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: chunkBytes });
  let packed: Readable | undefined;
  for await (const chunk of untilFault(raw, onProblem)) {
    if (packed) break;
    packed = unpacked(chunk, file);
    raw.destroy();
    if (!packed) {
      yield chunk;
      yield* untilFault(
        createReadStream(file, { highWaterMark: chunkBytes, start: chunk.length }),
        onProblem,
      );
      return;
    }
  }
  if (packed) yield* untilFault(packed, onProblem);
}

/** The whole file through what unpacks it, where its first bytes say that it is packed. */
function unpacked(head: Buffer, file: string): Readable | undefined {
  const unpack = head.subarray(0, 2).equals(gzip)
    ? createGunzip({ chunkSize: chunkBytes })
    : head.subarray(0, 4).equals(zstd)
      ? createZstdDecompress({ chunkSize: chunkBytes })
      : undefined;
  if (!unpack) return undefined;
  const from = createReadStream(file, { highWaterMark: chunkBytes });
  from.on("error", (error) => unpack.destroy(error));
  return from.pipe(unpack);
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
