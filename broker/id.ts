import { randomFillSync } from "node:crypto";

/** Crockford's base 32: no I, L, O or U, so that an id can be read aloud. */
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const bytes = Buffer.alloc(4096);
let used = bytes.length;

/** A ULID: 48 bits of time and 80 random bits, in 26 characters that sort by time (github.com/ulid/spec). */
export function newId(now: Date): string {
  let time = now.getTime();
  let id = "";
  for (let index = 0; index < 10; index += 1) {
    id = digits.charAt(time % 32) + id;
    time = Math.floor(time / 32);
  }
  // Drawn in blocks: a call for each id would be most of its time.
  if (used + 16 > bytes.length) {
    randomFillSync(bytes);
    used = 0;
  }
  for (let index = 0; index < 16; index += 1) id += digits.charAt(bytes.readUInt8(used + index) % 32);
  used += 16;
  return id;
}

export const isId = (text: string): boolean => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
