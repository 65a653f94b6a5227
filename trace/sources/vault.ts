import {
  below,
  isRecord,
  keysOf,
  leaseKeys,
  present,
  text,
  type LogRecord,
  type Said,
  type Step,
  type TraceEvent,
} from "../event";

/** Vault's and OpenBao's audit records (developer.hashicorp.com/vault/docs/audit). */
export const isVault = (record: LogRecord): boolean =>
  (record.type === "request" || record.type === "response") &&
  isRecord(record.request) &&
  typeof record.request.path === "string";

const hashed = (value: string | undefined): boolean => value?.startsWith("hmac-") === true;

export interface VaultSettings {
  /** Whether the asker gave the lease's hash. Without it, an end of a lease is told by the token that asked for it. */
  knowsLeaseHash: boolean;
}

export function fromVault(record: LogRecord, settings: VaultSettings): Said | undefined {
  const at = Date.parse(text(record, "time") ?? "");
  if (Number.isNaN(at)) return undefined;
  return { at, events: record.type === "request" ? decision(record, at) : eventsOf(record, at, settings) };
}

/** Vault decides before it acts, and logs that with the request. What the request led to is logged with the answer. */
function decision(record: LogRecord, at: number): TraceEvent[] {
  const results = below(record, "auth", "policy_results");
  const policies = Array.isArray(results.granting_policies) ? results.granting_policies.filter(isRecord) : [];
  const allowed = policies.map((one) => text(one, "name")).filter(Boolean);
  const request = below(record, "request");
  const id = text(request, "id");
  if (allowed.length === 0 || id === undefined) return [];
  return [
    {
      source: "vault",
      at,
      step: "decided",
      what: `allowed by policy ${allowed.join(", ")}`,
      id: `${id} decision`,
      fields: fieldsOf(record, below(record, "auth"), request),
      keys: keysOf("request", id),
      gives: [],
    },
  ];
}

function eventsOf(record: LogRecord, at: number, { knowsLeaseHash }: VaultSettings): TraceEvent[] {
  const request = below(record, "request");
  const auth = below(record, "auth");
  const path = (text(request, "path") ?? "").replace(/^\/|\/$/g, "");
  const made = {
    source: "vault" as const,
    at,
    id: text(request, "id") ?? `${path} ${text(record, "time") ?? ""}`,
    what: `${text(request, "operation") ?? "read"} ${path}`,
    fields: fieldsOf(record, auth, request),
  };
  const token = text(auth, "accessor");
  const who = [...keysOf("grant", text(below(auth, "metadata"), "nhi_grant_id")), ...keysOf("token", token)];
  const error = text(record, "error");
  const end = revocation(made, path, request, { who, token, knowsLeaseHash });
  if (error !== undefined)
    return end ? [{ ...end, step: "revoke_failed" }] : [{ ...made, step: "refused", keys: who, gives: [] }];
  if (end) return [end];
  return (
    lease(made, record, who, token) ??
    login(made, record, who) ?? [{ ...made, step: "used", keys: who, gives: [] }]
  );
}

type Made = Pick<TraceEvent, "source" | "at" | "id" | "what" | "fields">;

/** A token was made: a sign-in, or a child of the broker's token. */
function login(made: Made, record: LogRecord, who: string[]): TraceEvent[] | undefined {
  const given = below(record, "response", "auth");
  const accessor = text(given, "accessor");
  if (accessor === undefined) return undefined;
  const grant = keysOf("grant", text(below(given, "metadata"), "nhi_grant_id"));
  const fields = { ...made.fields, ...metadata(given), ...present({ accessor }) };
  const step: Step = grant.length > 0 ? "issued" : "requested";
  // A renewal answers with the same token: what belongs to it is known already.
  return [
    {
      ...made,
      fields,
      step,
      keys: [...grant, ...who, ...keysOf("token", accessor), ...keysOf("holder", accessor)],
      gives: grant.length > 0 ? [...grant, ...keysOf("token", accessor)] : [],
    },
  ];
}

/** A secret with a lease: who holds it, what allowed it, and what the credential is called where it works. */
function lease(
  made: Made,
  record: LogRecord,
  who: string[],
  token: string | undefined,
): TraceEvent[] | undefined {
  const leaseId = text(below(record, "response", "secret"), "lease_id");
  if (leaseId === undefined) return undefined;
  const data = below(record, "response", "data");
  const username = text(data, "username");
  const accessKey = text(data, "access_key");
  const names = [
    ...keysOf("user", hashed(username) ? undefined : username),
    ...keysOf("key", hashed(accessKey) ? undefined : accessKey),
  ];
  const gives = [...leaseKeys(leaseId), ...names, ...keysOf("holder", token), ...keysOf("request", made.id)];
  const keys = [...keysOf("lease", leaseId), ...names, ...who];
  const fields = { ...made.fields, ...present({ lease: leaseId, username }) };
  return [{ ...made, step: "issued", fields, keys, gives }];
}

/** What ends a lease or a token. A body is hashed in the log, a path is not. */
function revocation(
  made: Made,
  path: string,
  request: LogRecord,
  { who, token, knowsLeaseHash }: VaultSettings & { who: string[]; token: string | undefined },
): TraceEvent | undefined {
  const data = below(request, "data");
  const event = { ...made, step: "revoked" as const, gives: [] };
  const inPath = /^sys\/(?:leases\/)?revoke(?:-prefix|-force)?\/(.+)$/.exec(path)?.[1];
  if (inPath !== undefined) {
    const isPrefix = /revoke-(prefix|force)/.test(path);
    return isPrefix
      ? {
          ...event,
          keys: keysOf("lease-prefix", inPath.replace(/\/$/, "")),
          loose: "all leases below the prefix",
        }
      : { ...event, keys: keysOf("lease", inPath) };
  }
  if (/^sys\/(leases\/)?revoke$/.test(path)) {
    const leaseId = text(data, "lease_id");
    if (!hashed(leaseId)) return { ...event, keys: keysOf("lease", leaseId) };
    if (knowsLeaseHash) return { ...event, keys: keysOf("lease-hash", leaseId) };
    // This much is known without it: the token that the lease was given to has ended a lease.
    return { ...event, keys: keysOf("holder", token), loose: hashedLease };
  }
  if (path === "auth/token/revoke-accessor")
    return { ...event, keys: keysOf("token", text(data, "accessor")) };
  if (path === "auth/token/revoke-self") return { ...event, keys: [...who, ...keysOf("holder", token)] };
  return undefined;
}

export const hashedLease = "the log hashes which lease it is";

function metadata(auth: LogRecord): Record<string, string> {
  const entries = Object.entries(below(auth, "metadata"));
  // What a mount or the broker has put there to be read. It is no place for secrets, and Vault does not hash it.
  return present({
    metadata: entries.map(([name, value]) => `${name}=${String(value)}`).join(" ") || undefined,
  });
}

function fieldsOf(record: LogRecord, auth: LogRecord, request: LogRecord): Record<string, string> {
  const policies = Array.isArray(auth.token_policies)
    ? auth.token_policies.map(String).join(", ")
    : undefined;
  return present({
    by: text(auth, "display_name"),
    entity: text(auth, "entity_id"),
    accessor: text(auth, "accessor"),
    policies,
    ...metadata(auth),
    address: text(request, "remote_address"),
    namespace: text(below(request, "namespace"), "path"),
    mountType: text(request, "mount_type"),
    error: text(record, "error") === undefined ? undefined : "refused",
    requestId: text(request, "id"),
  });
}
