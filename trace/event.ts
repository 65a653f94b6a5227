/** The logs that a trace is made of. */
export const sourceNames = ["broker", "cloudtrail", "vault", "postgresql", "gcp"] as const;
export type SourceName = (typeof sourceNames)[number];

/** What a record says about an access, in the order in which an access goes. */
export const steps = [
  "requested",
  "denied",
  "decided",
  "issued",
  "used",
  "refused",
  "completed",
  "revoke_failed",
  "revoked",
  "lifted",
  "expired",
] as const;
export type Step = (typeof steps)[number];

/** One record of one log, as far as it concerns an access. Nothing in it is secret: it is made of named fields only. */
export interface TraceEvent {
  source: SourceName;
  /** Milliseconds since 1970, by the clock of the log. */
  at: number;
  step: Step;
  /** One line: the call, the statement, the event's name. */
  what: string;
  /** The same record has the same id however often it is delivered, and no other record of this log has it. */
  id: string;
  /** Who did it and what else a reader needs, as the log has it. */
  fields: Record<string, string>;
  /** The identifiers that this record is found by: `grant:…`, `key:…`, `lease:…`. */
  keys: string[];
  /** The identifiers that belong to the access when this record does. */
  gives: string[];
  /** Why the record may concern another access as well, where its keys are not of this access alone. */
  loose?: string;
}

/** What a record says: when it was written, and what of an access it tells. */
export interface Said {
  at: number;
  events: TraceEvent[];
}

/** A parsed record of a log: an object, and nothing is known of it yet. */
export type LogRecord = Record<string, unknown>;

export const isRecord = (value: unknown): value is LogRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object below this name, or an empty one: logs leave out what they have no value for, or say `null`. */
export function below(record: LogRecord, ...names: string[]): LogRecord {
  let value: unknown = record;
  for (const name of names) value = isRecord(value) ? value[name] : undefined;
  return isRecord(value) ? value : {};
}

/** The text below this name, where there is one. */
export function text(record: LogRecord, name: string): string | undefined {
  const value = record[name];
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Only the fields that have a value. */
export function present(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

/** Identifiers of one kind, without those that are not there. */
export const keysOf = (kind: string, ...values: (string | undefined)[]): string[] =>
  values.filter((value) => value !== undefined && value !== "").map((value) => `${kind}:${value}`);

/** A lease, and the prefixes that it is revoked with when all below them is. */
export function leaseKeys(leaseId: string): string[] {
  if (leaseId === "") return [];
  const parts = leaseId.split("/");
  return [
    ...keysOf("lease", leaseId),
    ...keysOf("lease-prefix", ...parts.map((_, i) => parts.slice(0, i + 1).join("/"))),
  ];
}
