import { csvCell } from "../csv-cell";
import type { Chained } from "../record";

const columns = ["stack", "rule", "resource", "status", "level", "property", "until", "message"] as const;

/** Each check as a row, for a spreadsheet (RFC 4180). */
export async function* csv(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  yield `${columns.join(",")}\r\n`;
  for await (const record of records)
    if (record.record === "result")
      yield `${columns.map((column) => csvCell(record[column] ?? "")).join(",")}\r\n`;
}
