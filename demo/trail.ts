/** One event of the trail, from whichever log it came. */
export interface TrailEvent {
  at: Date;
  what: "issue" | "use" | "revoke" | "refused after";
  from: "vault" | "postgresql";
  detail: string;
  /** Vault's id of the request: the same on every audit device. */
  requestId?: string;
}

/** The parts of Vault's audit records that are joined (developer.hashicorp.com/vault/docs/audit). */
interface AuditRecord {
  type: "request" | "response";
  time: string;
  auth?: { accessor?: string; metadata?: Record<string, string> | null };
  request: { id: string; path: string; operation: string; data?: Record<string, unknown> | null };
  response?: { secret?: { lease_id?: string } | null; data?: Record<string, unknown> | null };
  error?: string;
}

export interface TrailSource {
  /** Lines of Vault's audit log. */
  audit: string[];
  /** PostgreSQL's log. */
  postgres: string;
  leaseId: string;
  username: string;
  /** How the audit device writes a value: Vault hashes what it logs, so what is looked for is hashed alike. */
  hash(value: string): Promise<string>;
}

/** The way of one lease: issued by Vault, used in PostgreSQL, revoked by Vault, refused by PostgreSQL. In order of time. */
export async function trailOf(source: TrailSource): Promise<TrailEvent[]> {
  const leaseHash = await source.hash(source.leaseId);
  const answers = source.audit
    .map((line) => JSON.parse(line) as AuditRecord)
    .filter((record) => record.type === "response" && !record.error);
  return [
    ...answers.flatMap((record) => fromVault(record, source, leaseHash)),
    ...source.postgres.split("\n").flatMap((line) => fromPostgres(line, source.username)),
  ].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** The ids of the requests in an audit log, to compare one device with another. */
export function requestIds(lines: string[]): Set<string> {
  return new Set(lines.map((line) => (JSON.parse(line) as AuditRecord).request.id));
}

function fromVault(record: AuditRecord, { leaseId, username }: TrailSource, leaseHash: string): TrailEvent[] {
  const event = { at: new Date(record.time), from: "vault" as const, requestId: record.request.id };
  if (record.response?.secret?.lease_id === leaseId) {
    // The engine's mount leaves the user's name unhashed, so that Vault's log and the database's can be joined.
    if (record.response.data?.username !== username) return [];
    const who = Object.entries(record.auth?.metadata ?? {}).map(([name, value]) => `${name}=${value}`);
    return [{ ...event, what: "issue", detail: `${record.request.path} to ${who.join(" ")}` }];
  }
  if (record.request.path === "sys/leases/revoke" && record.request.data?.lease_id === leaseHash)
    return [{ ...event, what: "revoke", detail: record.request.path }];
  return [];
}

/** `2026-01-01 12:00:00.000 UTC [17] user=v-app-1 LOG:  statement: …`, as `log_line_prefix` is set. */
const postgresLine = /^(\S+ \S+) UTC \[\d+\] user=(\S*) (LOG|FATAL): {2}(.*)$/;

function fromPostgres(line: string, username: string): TrailEvent[] {
  const [, at = "", user, level, text = ""] = postgresLine.exec(line) ?? [];
  if (user !== username) return [];
  const event = { at: new Date(`${at.replace(" ", "T")}Z`), from: "postgresql" as const };
  const statement = /^(?:statement|execute [^:]*): (.*)$/.exec(text)?.[1];
  if (level === "LOG" && statement) return [{ ...event, what: "use", detail: statement }];
  if (level === "FATAL" && text.startsWith("password authentication failed"))
    return [{ ...event, what: "refused after", detail: text }];
  return [];
}
