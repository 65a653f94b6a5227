import { rows } from "./csv";
import { isRecord, type LogRecord } from "./event";
import { bytesOf } from "./files";
import { lines, objects, type Piece } from "./split";

/** What a file holds, piece by piece. */
export type Read =
  /** A parsed object, or an entry of a log of text. */
  | { record: LogRecord | string }
  /** What could not be read, and where. */
  | { problem: string };

/** The head of a file by which its kind is known, in bytes. */
const headBytes = 1 << 16;

/** Reads one file in bounded memory. A fault does not end it where something can be read after it. */
export async function* readFile(file: string): AsyncGenerator<Read> {
  let fault: string | undefined;
  const chunks = bytesOf(file, (problem) => (fault = problem));
  const first: Buffer[] = [];
  let size = 0;
  while (size < headBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(first);
  const all = joined(head, chunks);
  yield* {
    objects: () => parsed(objects(all)),
    lines: () => parsed(lines(all)),
    csv: () => fromCsv(all),
    text: () => entries(all),
  }[kindOf(head.toString("utf8", 0, headBytes))]();
  if (fault !== undefined) yield { problem: `it can't be unpacked or read to its end (${fault})` };
}

async function* joined(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

function kindOf(head: string): "objects" | "lines" | "csv" | "text" {
  const start = head.replace(/^\uFEFF/, "").trimStart();
  const line = start.split("\n", 1)[0] ?? "";
  if (/^"?eventversion"?,|^"?eventtime"?,|^("?\w+"?,)+"?event(source|name)"?/i.test(line)) return "csv";
  if (start.startsWith("[") || /^\{\s*"(Records|Events|NextToken)"\s*:/.test(start)) return "objects";
  if (!start.startsWith("{")) return "text";
  // One object a line, unless the first line holds no whole one. A first line that is longer than the head is one.
  return start.includes("\n") && !isWhole(line) && !line.startsWith('{"') ? "objects" : "lines";
}

function isWhole(line: string): boolean {
  try {
    return isRecord(JSON.parse(line));
  } catch {
    return false;
  }
}

async function* parsed(pieces: AsyncIterable<Piece>): AsyncGenerator<Read> {
  for await (const { bytes, offset, problem } of pieces) {
    if (problem !== undefined) {
      yield { problem: `${problem} at byte ${offset}` };
      continue;
    }
    const source = bytes.toString("utf8").trim();
    if (source === "") continue;
    try {
      const record: unknown = JSON.parse(source);
      yield isRecord(record) ? { record } : { problem: `there is no object at byte ${offset}` };
    } catch {
      yield { problem: `there is no whole JSON object at byte ${offset}` };
    }
  }
}

async function* fromCsv(chunks: AsyncIterable<Buffer>): AsyncGenerator<Read> {
  let names: string[] | undefined;
  for await (const { cells, offset, problem } of rows(chunks)) {
    if (problem !== undefined) yield { problem: `${problem} at byte ${offset}` };
    else if (names === undefined) names = cells.map((cell) => cell.replace(/^\uFEFF/, ""));
    else if (cells.length !== names.length) {
      if (cells.join("") !== "")
        yield { problem: `a row has other columns than the first at byte ${offset}` };
    } else yield { record: Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""])) };
  }
}

/** A line of PostgreSQL's log that begins with a tab goes on with the one before it. */
async function* entries(chunks: AsyncIterable<Buffer>): AsyncGenerator<Read> {
  let entry: string[] = [];
  for await (const { bytes, offset, problem } of lines(chunks)) {
    if (problem !== undefined) yield { problem: `${problem} at byte ${offset}` };
    const line = bytes.toString("utf8").replace(/\r$/, "");
    if (line.startsWith("\t") && entry.length > 0) {
      // A statement is shown by its beginning.
      if (entry.length < 200) entry.push(line);
      continue;
    }
    if (entry.length > 0) yield { record: entry.join("\n") };
    entry = line === "" ? [] : [line];
  }
  if (entry.length > 0) yield { record: entry.join("\n") };
}
