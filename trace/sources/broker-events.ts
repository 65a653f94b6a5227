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

/** The types of the broker's events, and what each says about an access. */
const stepOf: Record<string, Step> = {
  "nhi.grant.requested": "requested",
  "nhi.grant.denied": "denied",
  "nhi.grant.approval_needed": "decided",
  "nhi.grant.approved": "decided",
  "nhi.grant.issued": "issued",
  "nhi.grant.renewed": "used",
  "nhi.grant.completed": "completed",
  "nhi.grant.failed": "completed",
  "nhi.grant.timed_out": "completed",
  "nhi.grant.revoked": "revoked",
  "nhi.grant.revoke_failed": "revoke_failed",
  "nhi.grant.expired": "expired",
  "nhi.call.refused": "refused",
};

/** What the details of an event may show. What a later broker adds is left out until it is known not to be secret. */
const shownDetails = [
  "purpose",
  "environment",
  "ttlSeconds",
  "kind",
  "task",
  "parent",
  "resources",
  "intentTask",
  "intentTools",
  "intentTargets",
  "decisionId",
  "policyHash",
  "policies",
  "reason",
  "given",
  "needed",
  "approvers",
  "until",
  "target",
  "expiresAt",
  "scopeHash",
  "accessor",
  "leaseId",
  "leaseIds",
  "leases",
  "roleArn",
  "expiryOnly",
  "accessKeyId",
  "grantName",
  "next",
  "mechanism",
  "requestedAt",
  "effectiveAt",
  "latencyMs",
  "problem",
  "attempts",
  "nextAttemptAt",
];

/** The event itself: a line of the broker's log, or what EventBridge delivers it in. */
function eventIn(record: LogRecord): LogRecord {
  return "detail-type" in record && isRecord(record.detail) && "type" in record.detail
    ? record.detail
    : record;
}

export function isBroker(record: LogRecord): boolean {
  return /^nhi\.(grant|call)\./.test(text(eventIn(record), "type") ?? "");
}

export function fromBroker(record: LogRecord): Said | undefined {
  const event = eventIn(record);
  const type = text(event, "type") ?? "";
  const at = Date.parse(text(event, "time") ?? "");
  if (Number.isNaN(at)) return undefined;
  const step = stepOf[type];
  // A kind of event that a later broker writes: read, and of no step that is known.
  if (step === undefined) return { at, events: [] };
  const detail = below(event, "detail");
  const { keys, gives } = identifiers(event, detail);
  return {
    at,
    events: [
      {
        source: "broker",
        at,
        step,
        what: type,
        id: text(event, "id") ?? `${type} ${at}`,
        fields: present({
          ...shownOf(detail),
          by: text(event, "by"),
          requester: text(event, "requester"),
          tenant: text(event, "tenant"),
          role: text(event, "role"),
          action: text(event, "action"),
          reason: text(event, "reason") ?? text(detail, "reason"),
        }),
        keys,
        gives,
      },
    ],
  };
}

const shownOf = (detail: LogRecord) =>
  Object.fromEntries(shownDetails.map((name): [string, string | undefined] => [name, shown(detail[name])]));

function shown(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The grant, and what its credential is called where it was minted. */
function identifiers(event: LogRecord, detail: LogRecord): Pick<TraceEvent, "keys" | "gives"> {
  const grant = keysOf("grant", text(event, "grantId"));
  const parts = Object.entries(detail).flatMap(([name, value]) => {
    const values = (shown(value) ?? "").split(/[\s,]+/);
    if (/accessor/i.test(name)) return keysOf("token", ...values);
    if (/lease/i.test(name)) return values.flatMap(leaseKeys);
    if (/accessKeyId/i.test(name)) return keysOf("key", ...values);
    return keysOf("pam", ...values.filter((one) => /\/entitlements\/[^/]+\/grants\/[^/]+$/.test(one)));
  });
  return {
    keys: [...grant, ...parts, ...keysOf("source-identity", text(event, "requester"))],
    gives: [...grant, ...parts],
  };
}
