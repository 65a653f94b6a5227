import { largestRecord } from "./split";

export interface Row {
  cells: string[];
  /** Bytes before it, unpacked. */
  offset: number;
  problem?: string;
}

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;

/** Rows of RFC 4180: a cell in quotes may hold commas and line feeds, and a quote twice. */
export async function* rows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  let kept: Buffer[] = [];
  let size = 0;
  let isQuoted = false;
  let offset = 0;
  const row = (): Row => {
    const isTooLarge = size > largestRecord;
    const cells = isTooLarge ? [] : cellsOf(Buffer.concat(kept));
    const found = { cells, offset, ...(isTooLarge && { problem: "a row is larger than 16 MiB" }) };
    offset += size + 1;
    kept = [];
    size = 0;
    return found;
  };
  const keep = (part: Buffer) => {
    size += part.length;
    if (size > largestRecord) kept = [];
    else kept.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] === quote) isQuoted = !isQuoted;
      if (chunk[at] !== lineFeed || isQuoted) continue;
      keep(chunk.subarray(from, at));
      yield row();
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (isQuoted) yield { cells: [], offset, problem: "the file is cut off" };
  else if (size > 0) yield row();
}

function cellsOf(bytes: Buffer): string[] {
  const cells: string[] = [];
  let isQuoted = false;
  let from = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (bytes[at] === quote) isQuoted = !isQuoted;
    if (at < bytes.length && (bytes[at] !== comma || isQuoted)) continue;
    const cell = bytes.toString("utf8", from, at).replace(/\r$/, "");
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    from = at + 1;
  }
  return cells;
}
