import { createHash } from "node:crypto";
import type { EvidenceRecord } from "./record";

/** What stands before the first record. */
export const noHash = "0".repeat(64);

const hashOf = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");

/**
 * A record as a line: its place, the hash of the record before it, and last its own hash, which is the SHA-256 of the line's
 * bytes without that last property.
 */
export function chained(
  record: EvidenceRecord,
  sequence: number,
  previous: string,
): { line: string; hash: string } {
  const open = JSON.stringify({ ...record, sequence, previous });
  const hash = hashOf(open);
  return { line: `${open.slice(0, -1)},"hash":"${hash}"}`, hash };
}

const ownHash = /,"hash":"([0-9a-f]{64})"\}$/;

/** The hash that a line claims, where it is the hash of the line; nothing where a byte was changed. */
export function trueHash(line: Buffer): string | undefined {
  // Byte by byte: what is no UTF-8 must not be read as something that is.
  const claimed = ownHash.exec(line.toString("latin1"));
  if (claimed === null) return undefined;
  const open = Buffer.concat([line.subarray(0, claimed.index), Buffer.from("}")]);
  return hashOf(open) === claimed[1] ? claimed[1] : undefined;
}
