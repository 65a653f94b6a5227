import { keysOf, present, text, type LogRecord, type Said, type Step, type TraceEvent } from "../event";

/** `log_line_prefix` as PostgreSQL's log is read, unless the asker names another one. */
export const usualPrefix = "%m [%p] user=%u ";

/** One entry of the log: a line, with those that continue it. */
interface Entry {
  at: number;
  user: string | undefined;
  database: string | undefined;
  address: string | undefined;
  process: string | undefined;
  level: string;
  message: string;
}

/** What each escape of `log_line_prefix` writes (PostgreSQL's documentation, "Error Reporting and Logging"). */
const escapes: Record<string, string> = {
  m: String.raw`(?<m>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \S+)`,
  t: String.raw`(?<t>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+)`,
  n: String.raw`(?<n>\d+\.\d+)`,
  p: String.raw`(?<p>\d+)`,
  u: String.raw`(?<u>.*?)`,
  d: String.raw`(?<d>.*?)`,
  h: String.raw`(?<h>\S*?)`,
  r: String.raw`(?<r>\S*?)`,
  "%": "%",
};

/** The lines that this prefix begins. An escape that names nothing that a trace needs matches anything. */
export function prefixPattern(prefix: string): RegExp {
  const parts = prefix.replace(/ +$/, "").split(/(%-?\d*[a-zA-Z%])/);
  const pattern = parts.map((part, i) => {
    if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace(/ +/g, " +");
    const letter = part.at(-1) ?? "";
    return letter === "q" ? "" : (escapes[letter] ?? ".*?");
  });
  return new RegExp(
    `^${pattern.join("")} *(?<level>DEBUG\\d?|INFO|NOTICE|WARNING|LOG|ERROR|FATAL|PANIC|DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION): {1,2}(?<message>[^]*)$`,
  );
}

/** The prefix's fault, where a trace could not be made with it. */
export function prefixProblem(prefix: string): string | undefined {
  const has = (letter: string) => new RegExp(`%-?\\d*${letter}`).test(prefix);
  if (!has("m") && !has("t") && !has("n")) return "it has no time (%m, %t or %n)";
  return has("u") ? undefined : "it has no user (%u), and users are what a lease is joined by";
}

/** PostgreSQL's `jsonlog`. */
export const isPostgresJson = (record: LogRecord): boolean =>
  typeof record.error_severity === "string" && typeof record.timestamp === "string";

export function fromPostgresJson(record: LogRecord): Said | undefined {
  const at = timeOf(text(record, "timestamp") ?? "");
  if (at === undefined) return undefined;
  const entry = {
    at,
    user: text(record, "user"),
    database: text(record, "dbname"),
    address: text(record, "remote_host"),
    process: text(record, "pid"),
    level: text(record, "error_severity") ?? "",
    message: text(record, "message") ?? "",
  };
  return { at, events: eventsOf(entry) };
}

export function fromPostgresLine(line: string, pattern: RegExp): Said | undefined {
  const groups = pattern.exec(line)?.groups;
  if (!groups) return undefined;
  const { m, t, n, p, u, d, h, r, level = "", message = "" } = groups;
  const at = n === undefined ? timeOf(m ?? t ?? "") : Number(n) * 1000;
  if (at === undefined) return undefined;
  const entry = {
    at,
    user: u === "" || u === "[unknown]" ? undefined : u,
    database: d || undefined,
    address: h ?? (r || undefined),
    process: p,
    level,
    message,
  };
  return { at, events: eventsOf(entry) };
}

/** A time in UTC or with an offset. The name of another zone says no offset, and is not guessed at. */
function timeOf(time: string): number | undefined {
  const [, day, clock = "", zone = ""] = /^(\S+) (\S+?) ?(UTC|GMT|[+-]\d\d(?::?\d\d)?)$/.exec(time) ?? [];
  if (day === undefined) return undefined;
  const [, hours, minutes = "00"] = /^([+-]\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const at = Date.parse(`${day}T${clock}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
  return Number.isNaN(at) ? undefined : at;
}

function eventsOf(entry: Entry): TraceEvent[] {
  const { level, message, user } = entry;
  const statement =
    /^(?:statement|(?:duration: \S+ ms +)?(?:execute|parse|bind) [^:]*|duration: \S+ ms +statement): ([^]*)$/.exec(
      message,
    )?.[1];
  const account = statement === undefined ? undefined : accountStep(statement);
  if (account)
    return [eventOf(entry, account.step, shownStatement(statement ?? ""), keysOf("user", account.user))];
  if (user === undefined) return [];
  const keys = keysOf("user", user);
  if (level === "LOG" && statement !== undefined)
    return [eventOf(entry, "used", shownStatement(statement), keys)];
  if (level === "LOG" && message.startsWith("connection authorized:"))
    return [eventOf(entry, "used", "connection authorized", keys)];
  if (level === "LOG" && message.startsWith("disconnection:"))
    return [eventOf(entry, "completed", "disconnection", keys)];
  if (level === "FATAL" || level === "ERROR") {
    const isCut = message.startsWith("terminating connection");
    return [eventOf(entry, isCut ? "revoked" : "refused", withoutNames(message), keys)];
  }
  return [];
}

/** What makes or ends the account itself, by whoever administers it. */
function accountStep(statement: string): { step: Step; user: string } | undefined {
  const [, verb = "", quoted, bare] =
    /\b(CREATE|DROP)\s+(?:ROLE|USER)\s+(?:IF\s+EXISTS\s+)?(?:"((?:[^"]|"")+)"|([\w$]+))/i.exec(statement) ??
    [];
  const user = quoted?.replaceAll('""', '"') ?? bare;
  if (user === undefined) return undefined;
  return { step: verb.toUpperCase() === "CREATE" ? "issued" : "revoked", user };
}

/** The longest statement that is shown, in characters. */
const longestStatement = 300;

/** The statement without what it compares and writes: literals may hold what nobody else is to read. */
export function shownStatement(statement: string): string {
  const masked = statement
    .replace(/\$([A-Za-z_]\w*)?\$[^]*?(?:\$\1\$|$)/g, "'…'")
    .replace(/\b[EBXN]?'(?:[^'\\]|''|\\[^])*(?:'|$)|'(?:[^'\\]|''|\\[^])*(?:'|$)/gi, "'…'")
    .replace(/--[^\n]*|\/\*[^]*?(?:\*\/|$)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return masked.length > longestStatement ? `${masked.slice(0, longestStatement)}…` : masked;
}

/** The server's words up to the first value that it quotes. */
const withoutNames = (message: string) =>
  (/^[^"'\n]*/.exec(message)?.[0] ?? "").trim().slice(0, longestStatement);

function eventOf(entry: Entry, step: Step, what: string, keys: string[]): TraceEvent {
  const { at, user, database, address, process } = entry;
  return {
    source: "postgresql",
    at,
    step,
    what,
    // A log has no id for a line. Two that say the same of the same process in the same millisecond are one.
    id: [at, process, user, step, what].join(" "),
    fields: present({ by: user, database, address, process }),
    keys,
    gives: [],
  };
}
