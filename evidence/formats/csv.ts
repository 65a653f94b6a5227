import type { Chained } from "../record";

const columns = ["stack", "rule", "resource", "status", "level", "property", "until", "message"] as const;

/** Each check as a row, for a spreadsheet (RFC 4180). */
export async function* csv(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  yield `${columns.join(",")}\r\n`;
  for await (const record of records)
    if (record.record === "result")
      yield `${columns.map((column) => cell(record[column] ?? "")).join(",")}\r\n`;
}

/** A spreadsheet takes a cell that begins so for a formula, and runs it. */
const formula = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
