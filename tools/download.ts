import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Progress, timeSince } from "./progress";

/** The first byte must arrive within this time; a whole download may take ten minutes. */
const connectTimeoutMs = 20_000;
const wholeTimeoutMs = 10 * 60_000;

/** Downloads a file whose SHA-256 is known beforehand. Anything else than exactly that file is refused. */
export async function download(url: string, sha256: string, file: string, progress: Progress): Promise<void> {
  const start = Date.now();
  const abort = new AbortController();
  const connect = setTimeout(() => abort.abort(new Error("no answer within 20 s")), connectTimeoutMs);
  const whole = setTimeout(() => abort.abort(new Error("not finished within 10 min")), wholeTimeoutMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(connect);
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);

    const total = Number(response.headers.get("content-length") ?? 0);
    const digest = createHash("sha256");
    let received = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        digest.update(chunk);
        received += chunk.length;
        progress.status(
          `  ${megabytes(received)} of ${total ? megabytes(total) : "?"} MB, ${timeSince(start)}`,
        );
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), measure, createWriteStream(file));
    const got = digest.digest("hex");
    if (got !== sha256) throw new Error(`its SHA-256 is ${got}, not the pinned ${sha256}`);
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  } finally {
    clearTimeout(connect);
    clearTimeout(whole);
  }
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(0);

/** `fetch` says only "fetch failed"; what the reader needs is in its cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause ? `${message}: ${cause.code ?? cause.message ?? "unknown"}` : message;
}
