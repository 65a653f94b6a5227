import { closeSync, openSync, writeSync } from "node:fs";
import { chained, noHash } from "./chain";
import { recordProblem, type EvidenceRecord } from "./record";

/** Lines are collected up to this many characters before they go to the disk. */
const chunk = 64 * 1024;

/** Writes records one by one: what is written is not kept, so a file of any size takes the same memory. */
export interface EvidenceWriter {
  write(record: EvidenceRecord): void;
  /** Records so far. */
  count(): number;
  /** Writes what is left. Gives the last hash, which stands for the whole file. */
  close(): string;
}

/** Opens a new file. Throws the file system's error where it is there already: evidence is not written over. */
export function openEvidence(file: string): EvidenceWriter {
  const target = openSync(file, "wx", 0o644);
  let waiting = "";
  let previous = noHash;
  let sequence = 0;
  const flush = () => {
    const bytes = Buffer.from(waiting);
    for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at);
    waiting = "";
  };
  return {
    write(record) {
      const { line, hash } = chained(record, sequence, previous);
      const problem = recordProblem(JSON.parse(line));
      if (problem !== undefined)
        throw new Error(`record ${sequence} does not fit nhi-evidence/v1: ${problem}`);
      waiting += `${line}\n`;
      previous = hash;
      sequence += 1;
      if (waiting.length >= chunk) flush();
    },
    count: () => sequence,
    close() {
      flush();
      closeSync(target);
      return previous;
    },
  };
}
