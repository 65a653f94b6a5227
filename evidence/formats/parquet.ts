import type { SchemaElement } from "hyparquet";
import type { Chained, Header, RuleRecord, StackRecord, Trailer } from "../record";
import { fingerprintOf, partsOf } from "./identity";

/** Rows of one row group: what is held in memory. Engines read a group at once, and skip it by its statistics. */
const groupRows = 20_000;

type Cell = string | number | bigint | boolean | Date | null;

/** Whatever happens to a check is a row: what could not be judged and what was switched off too. */
interface Row {
  status: string;
  rule: string;
  resource: string;
  stack: string | null;
  level?: string;
  property?: string;
  message?: string;
  until?: string;
  sequence: number;
  hash: string;
}

interface Run {
  header: Header;
  trailer: Trailer;
  rules: ReadonlyMap<string, RuleRecord>;
}

const text = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
const moment = { type: "INT64", converted_type: "TIMESTAMP_MILLIS", repetition_type: "OPTIONAL" } as const;
const day = { type: "INT32", converted_type: "DATE", repetition_type: "OPTIONAL" } as const;
const truth = { type: "BOOLEAN", repetition_type: "OPTIONAL" } as const;
const whole = { type: "INT64", repetition_type: "OPTIONAL" } as const;

/** The columns, with what stands in them. They are added to, and neither renamed nor moved. */
const columns: Record<
  string,
  { element: Omit<SchemaElement, "name">; of: (row: Row, run: Run, rule: RuleRecord | undefined) => Cell }
> = {
  run_id: { element: text, of: (_, { header }) => header.id },
  started_at: { element: moment, of: (_, { header }) => new Date(header.startedAt) },
  command: { element: text, of: (_, { header }) => header.command },
  run_by: { element: text, of: (_, { header }) => header.by.name },
  commit_id: { element: text, of: (_, { header }) => header.commit?.id ?? null },
  run_complete: { element: truth, of: (_, { trailer }) => trailer.complete },
  stack: { element: text, of: ({ stack }) => stack },
  rule: { element: text, of: ({ rule }) => rule },
  title: { element: text, of: (_row, _run, rule) => rule?.title ?? null },
  severity: { element: text, of: (_row, _run, rule) => rule?.severity ?? null },
  topic: { element: text, of: (_row, _run, rule) => rule?.topic ?? null },
  labels: { element: text, of: (_row, _run, rule) => joined(rule?.labels) },
  controls: {
    element: text,
    of: (_row, _run, rule) =>
      joined(rule?.controls.map(({ framework, version, id }) => `${framework} ${version} ${id}`)),
  },
  status: { element: text, of: ({ status }) => status },
  level: { element: text, of: ({ level }) => level ?? null },
  resource: { element: text, of: ({ resource }) => resource },
  resource_type: { element: text, of: ({ resource }) => partsOf(resource).type || null },
  resource_name: { element: text, of: ({ resource }) => partsOf(resource).name || null },
  property: { element: text, of: ({ property }) => property ?? null },
  message: { element: text, of: ({ message }) => message ?? null },
  until: { element: day, of: ({ until }) => (until === undefined ? null : new Date(`${until}T00:00:00Z`)) },
  fingerprint: { element: text, of: (row) => fingerprintOf(row) },
  sequence: { element: whole, of: ({ sequence }) => BigInt(sequence) },
  hash: { element: text, of: ({ hash }) => hash },
};

/** Lists are text, split at `; `: every engine reads that the same way. */
const joined = (parts: readonly string[] | undefined) => parts?.join("; ") ?? null;

/** The names of the columns in their order. */
export const columnNames = Object.keys(columns);

/** Parquet, for DuckDB, Athena and their like: a row for each check, a group of rows at a time. */
export async function* parquet(records: AsyncIterable<Chained>): AsyncGenerator<Uint8Array> {
  const run = await runOf(records);
  if (!run) return;
  // An ES module: Node 20 reads it only so.
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [
    { name: "root", num_children: columnNames.length },
    ...Object.entries(columns).map(([name, { element }]) => ({ name, ...element })),
  ];
  const writer = new ParquetWriter({
    writer: bytes,
    schema,
    createdBy: `pulumi-nhi ${run.header.tools.nhi}`,
  });
  const taken = () => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    return piece;
  };
  let rows: Row[] = [];
  const group = async () => {
    const columnData = Object.entries(columns).map(([name, { of }]) => ({
      name,
      data: rows.map((row) => of(row, run, run.rules.get(row.rule))),
    }));
    await writer.write({ columnData, rowGroupSize: groupRows });
    rows = [];
    return taken();
  };
  for await (const record of records) {
    const row = rowOf(record);
    if (row) rows.push(row);
    if (rows.length === groupRows) yield await group();
  }
  if (rows.length > 0) yield await group();
  await writer.finish();
  yield taken();
}

/** How a run ended stands last, and in every row. */
async function runOf(records: AsyncIterable<Chained>): Promise<Run | undefined> {
  let header: Header | undefined;
  let trailer: Trailer | undefined;
  const rules = new Map<string, RuleRecord>();
  for await (const record of records) {
    if (record.record === "header") header = record;
    if (record.record === "rule") rules.set(record.id, record);
    if (record.record === "trailer") trailer = record;
  }
  return header && trailer && { header, trailer, rules };
}

function rowOf(record: Chained): Row | undefined {
  if (record.record === "result") return record;
  if (record.record === "scope" && record.disabled)
    return { ...record, status: "switched-off", resource: record.stack };
  if (record.record === "stack" && record.problem !== null) return gapOf(record, record.problem);
  return undefined;
}

const gapOf = (record: Chained<StackRecord>, message: string): Row => ({
  ...record,
  status: "not-judged",
  rule: "run",
  resource: record.stack ?? record.source.name,
  message,
});
