/** A record larger than this is none of these logs' (CloudTrail's largest is 256 KB), and is left out. */
export const largestRecord = 16 << 20;

/** A piece of a file: one record's bytes, and where it begins. */
export interface Piece {
  bytes: Buffer;
  /** Bytes before it, unpacked. */
  offset: number;
  /** Why it is none: it is cut off or too large. */
  problem?: string;
}

const lineFeed = 10;

/** Lines, by the line feed. A line of PostgreSQL that begins with a tab goes on with the one before it. */
export async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let rest: Buffer[] = [];
  let size = 0;
  let offset = 0;
  const piece = (): Piece => {
    const bytes = size > largestRecord ? Buffer.alloc(0) : Buffer.concat(rest);
    const found = { bytes, offset, ...(size > largestRecord && { problem: "a line is larger than 16 MiB" }) };
    offset += size + 1;
    rest = [];
    size = 0;
    return found;
  };
  const add = (part: Buffer) => {
    size += part.length;
    // What is too large is counted and not kept.
    if (size > largestRecord) rest = [];
    else rest.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      add(chunk.subarray(from, end));
      yield piece();
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (size > 0) yield piece();
}

const quote = 0x22;
const backslash = 0x5c;
const isOpen = (byte: number) => byte === 0x7b || byte === 0x5b;
const isClose = (byte: number) => byte === 0x7d || byte === 0x5d;

/** The lists that records come in: CloudTrail's files, and what `lookup-events` prints. */
const listHead = /^\{\s*(?:"NextToken"\s*:\s*"[^"]*"\s*,\s*)?"(?:Records|Events)"\s*:\s*$/;
const longestHead = 4096;

/**
 * The objects of a JSON document, one by one: those of a list, those of `{"Records": […]}`, or those that follow each
 * other. Only the object that is being read is in memory.
 */
export async function* objects(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let depth = 0;
  /** How deep the lists are that the records are in: 0 outside, 1 in `[…]`, 2 in `{"Records": […]}`. */
  let base = 0;
  let inText = false;
  let isEscaped = false;
  let kept: Buffer[] = [];
  let size = 0;
  let begin = 0;
  let offset = 0;
  const keep = (part: Buffer) => {
    size += part.length;
    if (size > largestRecord) kept = [];
    else kept.push(part);
  };
  for await (const chunk of chunks) {
    let from = depth > base ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) inText = false;
        continue;
      }
      if (byte === quote) {
        // Text outside of everything is no JSON, and may be anything.
        inText = depth > 0;
        continue;
      }
      if (isOpen(byte)) {
        const isListOfAll = byte === 0x5b && depth === 0;
        if (isListOfAll) {
          depth = 1;
          base = 1;
          continue;
        }
        if (byte === 0x5b && depth === 1 && base === 0 && size + at - from < longestHead) {
          const head = Buffer.concat([...kept, chunk.subarray(Math.max(from, 0), at)]).toString();
          if (listHead.test(head)) {
            depth = 2;
            base = 2;
            kept = [];
            size = 0;
            from = -1;
            continue;
          }
        }
        if (depth === base) {
          from = at;
          begin = offset + at;
        }
        depth += 1;
        continue;
      }
      if (!isClose(byte) || depth === 0) continue;
      depth -= 1;
      if (depth < base) {
        // The list is over. What follows in its object is none of the records.
        base = depth === 1 ? 1 : 0;
        continue;
      }
      if (depth === base && from >= 0) {
        keep(chunk.subarray(from, at + 1));
        yield size > largestRecord
          ? { bytes: Buffer.alloc(0), offset: begin, problem: "a record is larger than 16 MiB" }
          : { bytes: Buffer.concat(kept), offset: begin };
        kept = [];
        size = 0;
        from = -1;
      }
    }
    if (from >= 0) keep(chunk.subarray(from));
    offset += chunk.length;
  }
  if (depth > 0)
    yield { bytes: Buffer.alloc(0), offset: depth > base ? begin : offset, problem: "the file is cut off" };
}
