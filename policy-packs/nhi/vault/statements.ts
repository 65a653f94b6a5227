import { unknown, type Value } from "../value";

/**
 * The statements of a role, as Vault runs them: texts, each with any number of statements, in base64 or as a JSON list if
 * somebody likes that better (developer.hashicorp.com/vault/api-docs/secret/databases#creation_statements). Nothing when
 * none are set, `unknown` when one of them may be anything.
 */
export function statementsIn(value: Value | undefined): string | typeof unknown | undefined {
  if (value === unknown) return unknown;
  if (typeof value === "string") return value.trim() === "" ? undefined : withoutComments(decoded(value));
  if (!Array.isArray(value)) return undefined;
  const texts = value.map(statementsIn).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  return texts.every((text) => typeof text === "string") ? texts.join(";\n") : unknown;
}

/** Longer than any statements of a role. What is longer is not decoded. */
const longest = 1_000_000;

function decoded(text: string): string {
  const compact = text.trim();
  const isBase64 =
    compact.length >= 8 &&
    compact.length <= longest &&
    compact.length % 4 === 0 &&
    /^[A-Za-z0-9+/]+={0,2}$/.test(compact);
  const plain = isBase64 ? Buffer.from(compact, "base64").toString("utf8") : compact;
  return plain.startsWith("[") ? fromList(plain) : plain;
}

function fromList(text: string): string {
  if (text.length > longest) return text;
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) && items.every((item) => typeof item === "string") ? items.join(";\n") : text;
  } catch {
    return text;
  }
}

/**
 * What a database reads: a statement in a comment is none. Texts in quotes stay as they are, as `--` in a password is
 * no comment.
 */
function withoutComments(sql: string): string {
  let plain = "";
  for (let at = 0; at < sql.length;) {
    const next = endOfPart(sql, at);
    // MySQL runs what stands in `/*!`.
    const isComment = sql.startsWith("--", at) || (sql.startsWith("/*", at) && !sql.startsWith("/*!", at));
    plain += isComment ? " " : sql.slice(at, next);
    at = next;
  }
  return plain;
}

function endOfPart(sql: string, at: number): number {
  const after = (mark: string, from: number) => {
    const found = sql.indexOf(mark, from);
    return found < 0 ? sql.length : found + mark.length;
  };
  if (sql.startsWith("--", at)) return after("\n", at);
  if (sql.startsWith("/*", at)) return after("*/", at + 2);
  const letter = sql[at] ?? "";
  if (letter === "'" || letter === '"' || letter === "`") return after(letter, at + 1);
  const rest = sql.slice(at + 1).search(/['"`]|--|\/\*/);
  return rest < 0 ? sql.length : at + 1 + rest;
}

/** The name of the user that Vault makes up for a lease, as its database engines and its LDAP engine spell it. */
export const nameOfLease = /\{\{\s?(name|username|\.Username)\s?\}\}/;
