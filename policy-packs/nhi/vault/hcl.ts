/**
 * HCL of version 1, as Vault reads policies: blocks, assignments, lists and texts, and the same written as JSON. Own
 * code, as policies come from anywhere: it reads each letter once and nests no deeper than a policy does.
 */
export interface Item {
  /** `path "secret/*"` has two. */
  keys: string[];
  value: Node;
}

/** A literal is kept as its text: a number and a boolean too. */
export type Node = string | Node[] | Block;

export interface Block {
  items: Item[];
}

/** Letters. Larger than any policy: what is longer is not read. */
const longest = 2_000_000;
/** Allowed parameters in a path block are the deepest that a policy has. */
const deepest = 20;

class Unreadable extends Error {}

/** The items of a document, in their order; nothing where it can't be read. */
export function parseHcl(text: string): Item[] | undefined {
  if (text.length > longest) return undefined;
  try {
    const tokens = new Tokens(text);
    // The whole document in braces is JSON, and Vault reads nothing that stands behind it.
    return tokens.take("{") ? blockIn(tokens, 0).items : itemsUntil(tokens, undefined, 0);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function itemsUntil(tokens: Tokens, end: string | undefined, depth: number): Item[] {
  const items: Item[] = [];
  while (end === undefined ? !tokens.isAtEnd() : !tokens.take(end)) {
    items.push(itemIn(tokens, depth));
    tokens.take(",");
  }
  return items;
}

function itemIn(tokens: Tokens, depth: number): Item {
  const keys = [tokens.text()];
  while (!tokens.isAtMark()) keys.push(tokens.text());
  if (tokens.take("=") || tokens.take(":")) return { keys, value: nodeIn(tokens, depth) };
  if (tokens.take("{")) return { keys, value: blockIn(tokens, depth) };
  throw new Unreadable();
}

function nodeIn(tokens: Tokens, depth: number): Node {
  if (tokens.take("{")) return blockIn(tokens, depth);
  if (!tokens.take("[")) return tokens.text();
  if (depth >= deepest) throw new Unreadable();
  const nodes: Node[] = [];
  while (!tokens.take("]")) {
    nodes.push(nodeIn(tokens, depth + 1));
    if (!tokens.take(",") && !tokens.isAt("]")) throw new Unreadable();
  }
  return nodes;
}

function blockIn(tokens: Tokens, depth: number): Block {
  if (depth >= deepest) throw new Unreadable();
  return { items: itemsUntil(tokens, "}", depth + 1) };
}

const blank = /(?:\s|#.*|\/\/.*)+/y;
const word = /[\p{L}_0-9+-][\p{L}\p{N}_.+-]*/uy;
const plainText = /[^"\\$\n]+/y;
const escape = /\\(?:(["\\/abfnrtv])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3}))/y;
const heredoc = /<<-?([\p{L}\p{N}_]+)\r?\n/uy;
const marks = "{}[]=:,";
const letters: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

class Tokens {
  private at = 0;

  constructor(private readonly source: string) {
    this.skip();
  }

  isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  isAt(mark: string): boolean {
    return this.source[this.at] === mark;
  }

  isAtMark(): boolean {
    return this.isAtEnd() || marks.includes(this.source[this.at] ?? "");
  }

  take(mark: string): boolean {
    if (!this.isAt(mark)) return false;
    this.at += 1;
    this.skip();
    return true;
  }

  /** A name, a literal, a text in quotes or a heredoc. */
  text(): string {
    const text = this.isAt('"')
      ? this.quoted()
      : this.source.startsWith("<<", this.at)
        ? this.here()
        : this.word();
    this.skip();
    return text;
  }

  private word(): string {
    return this.match(word)?.[0] ?? unreadable();
  }

  private quoted(): string {
    this.at += 1;
    let text = "";
    for (;;) {
      text += this.match(plainText)?.[0] ?? "";
      if (this.isAt('"')) break;
      text += this.isAt("\\") ? this.escaped() : this.isAt("$") ? this.dollar() : unreadable();
    }
    this.at += 1;
    return text;
  }

  private escaped(): string {
    const [, letter, short, long, hex, octal] = this.match(escape) ?? unreadable();
    if (letter !== undefined) return letters[letter] ?? letter;
    const code = octal === undefined ? parseInt(short ?? long ?? hex ?? "", 16) : parseInt(octal, 8);
    return code <= 0x10ffff ? String.fromCodePoint(code) : unreadable();
  }

  /** `${` opens a part in which quotes end nothing. Vault does not fill it in: it stays as it is. */
  private dollar(): string {
    const start = this.at;
    this.at += 1;
    if (!this.isAt("{")) return "$";
    let open = 0;
    do {
      if (this.isAtEnd()) unreadable();
      if (this.isAt("{")) open += 1;
      if (this.isAt("}")) open -= 1;
      this.at += 1;
    } while (open > 0);
    return this.source.slice(start, this.at);
  }

  private here(): string {
    const [, mark = ""] = this.match(heredoc) ?? unreadable();
    const start = this.at;
    while (!this.isAtEnd()) {
      const found = this.source.indexOf("\n", this.at);
      const end = found < 0 ? this.source.length : found;
      const line = this.source.slice(this.at, end);
      const before = this.at;
      this.at = end + 1;
      if (line.trim() === mark) return this.source.slice(start, before);
    }
    return unreadable();
  }

  private skip(): void {
    for (;;) {
      this.match(blank);
      if (!this.source.startsWith("/*", this.at)) return;
      const end = this.source.indexOf("*/", this.at + 2);
      if (end < 0) unreadable();
      this.at = end + 2;
    }
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found) this.at = pattern.lastIndex;
    return found;
  }
}

function unreadable(): never {
  throw new Unreadable();
}
