/** One comparison of a filter in Google's logging query language (cloud.google.com/logging/docs/view/logging-query-language). */
export interface Comparison {
  /** In lower case. Empty for a text that may stand in any field. */
  field: string;
  /** `:` is "contains". A text alone is contained somewhere. */
  operator: "=" | ":" | "=~" | ">=" | "<=" | ">" | "<";
  /** In lower case, without its quotes. */
  value: string;
}

export type LogFilter =
  { compares: Comparison } | { not: LogFilter } | { all: LogFilter[] } | { any: LogFilter[] };

/** Google takes no longer one, in characters. */
const longest = 20_000;
/** Parentheses in parentheses. */
const deepest = 50;

const token = /"(?:[^"\\]|\\.)*"?|[()]|!=|!~|=~|>=|<=|[=:<>]|-(?=[\w("])|[^\s()=:<>!"]+|\S/gs;
const operators = new Set(["!=", "!~", "=~", ">=", "<=", "=", ":", "<", ">"]);

/** Reads a filter, where nothing is everything. Nothing where it is too long or too deep. */
export function readFilter(filter: string): LogFilter | undefined {
  if (filter.length > longest) return undefined;
  const tokens: readonly string[] = filter.replace(/(^|\s)--[^\n]*/g, "$1").match(token) ?? [];
  return isTooDeep(tokens) ? undefined : new Parser(tokens).whole();
}

function isTooDeep(tokens: readonly string[]): boolean {
  let depth = 0;
  return tokens.some((word) => {
    depth = Math.max(0, depth + (word === "(" ? 1 : word === ")" ? -1 : 0));
    return depth > deepest;
  });
}

type Of = Pick<Comparison, "field" | "operator">;

/** Tokens from left to right. `NOT` binds closest, then `OR`, then `AND`, which may be left out. */
class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  whole(): LogFilter {
    const parts: LogFilter[] = [];
    // A parenthesis too many ends nothing.
    for (; this.at < this.tokens.length; this.at++) parts.push(this.conjunction());
    return { all: parts };
  }

  /** Up to the parenthesis that closes it. In `field=(…)` each value is one of the field's. */
  private conjunction(of?: Of): LogFilter {
    const parts: LogFilter[] = [];
    while (this.at < this.tokens.length && this.next() !== ")") {
      if (this.next() === "AND") this.at++;
      else parts.push(this.disjunction(of));
    }
    return { all: parts };
  }

  private disjunction(of?: Of): LogFilter {
    const parts = [this.part(of)];
    while (this.next() === "OR") {
      this.at++;
      parts.push(this.part(of));
    }
    return parts.length === 1 && parts[0] ? parts[0] : { any: parts };
  }

  private part(of?: Of): LogFilter {
    let isNegated = false;
    for (; this.next() === "NOT" || this.next() === "-"; this.at++) isNegated = !isNegated;
    const part = this.next() === "(" ? this.group(of) : this.comparison(of);
    return isNegated ? { not: part } : part;
  }

  private group(of?: Of): LogFilter {
    this.at++;
    const inner = this.conjunction(of);
    this.at++;
    return inner;
  }

  private comparison(of?: Of): LogFilter {
    const word = this.take();
    if (of) return { compares: { ...of, value: plain(word) } };
    if (this.next() === "(" && !word.startsWith('"')) return { compares: this.call(word.toLowerCase()) };
    if (!operators.has(this.next())) return { compares: { field: "", operator: ":", value: plain(word) } };
    const sign = this.take();
    const operator = (sign === "!=" ? "=" : sign === "!~" ? "=~" : sign) as Comparison["operator"];
    const field = plain(word);
    const compared =
      this.next() === "("
        ? this.group({ field, operator })
        : { compares: { field, operator, value: plain(this.take()) } };
    return sign.startsWith("!") ? { not: compared } : compared;
  }

  /** `log_id("x")`, `sample(insertId, 0.1)`, `ip_in_net(field, "x")`, `SEARCH("x")`. */
  private call(name: string): Comparison {
    this.at++;
    const args: string[] = [];
    while (this.at < this.tokens.length && this.next() !== ")") args.push(plain(this.take()));
    this.at++;
    const given = args.map((arg) => arg.replace(/,$/, "")).filter((arg) => arg !== "");
    if (name === "log_id") return { field: "logname", operator: "=", value: given[0] ?? "" };
    const [field = "", value = ""] = given.length > 1 ? given : ["", ...given];
    return { field, operator: name === "search" ? ":" : ">", value };
  }

  private next = (): string => this.tokens[this.at] ?? "";

  private take(): string {
    const word = this.next();
    this.at++;
    return word;
  }
}

/** Without quotes, and with the characters that an escape stands for. */
function plain(word: string): string {
  if (!word.startsWith('"')) return word.toLowerCase();
  return word
    .replace(/^"|"$/g, "")
    .replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([0-7]{3})|(.))/gis, (_, ...[u, x, o, other]: string[]) =>
      other === undefined
        ? String.fromCharCode(parseInt(u ?? x ?? o ?? "", o === undefined ? 16 : 8))
        : `\\${other}`,
    )
    .toLowerCase();
}
