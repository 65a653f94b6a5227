import { noHash, trueHash } from "./chain";
import { linesOf } from "./lines";
import { noCounts, recordProblem, type Chained, type Header, type Trailer } from "./record";

/** A file that holds what was written: how it began and ended, and the hash that stands for it. */
export interface Verified {
  header: Header;
  trailer: Trailer;
  records: number;
  hash: string;
}

export type Verification = Verified | { problem: string };

/**
 * Reads a file of evidence line by line and checks the chain, the schema and what the trailer counts. Whoever can write the
 * file can also write a new chain: keep the last hash elsewhere, and compare.
 */
export async function verify(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Verification> {
  let previous = noHash;
  let records = 0;
  let header: Header | undefined;
  let trailer: Trailer | undefined;
  const counted = noCounts();
  for await (const { bytes, isWhole } of linesOf(chunks)) {
    const where = `line ${records + 1}`;
    if (!isWhole)
      return { problem: `${where} ends in the middle: the file was cut, or its writer was stopped.` };
    if (trailer) return { problem: `${where} stands after the end.` };
    const hash = trueHash(bytes);
    if (hash === undefined) return { problem: `${where} is not what was written: its hash is another one.` };
    const record = JSON.parse(bytes.toString("utf8")) as Chained;
    if (record.previous !== previous || record.sequence !== records)
      return {
        problem: `${where} does not follow the line before it: lines were taken out, added or moved.`,
      };
    const problem = recordProblem(record);
    if (problem !== undefined) return { problem: `${where} does not fit nhi-evidence/v1: ${problem}.` };
    if (records === 0) {
      if (record.record !== "header") return { problem: `${where} must be the header.` };
      header = record;
    }
    if (record.record === "trailer") trailer = record;
    if (record.record === "scope")
      for (const [name, count] of Object.entries(record.counts))
        counted[name as keyof typeof counted] += count;
    previous = hash;
    records += 1;
  }
  if (!header) return { problem: "it is empty." };
  if (!trailer) return { problem: `it has no end after line ${records}: its writer was stopped.` };
  if (trailer.records !== records || JSON.stringify(trailer.counts) !== JSON.stringify(counted))
    return { problem: "its end counts something else than its records." };
  return { header, trailer, records, hash: previous };
}
