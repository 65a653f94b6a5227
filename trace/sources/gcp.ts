import {
  below,
  isRecord,
  keysOf,
  present,
  text,
  type LogRecord,
  type Said,
  type Step,
  type TraceEvent,
} from "../event";

/** Cloud Audit Logs: entries of Cloud Logging whose payload is an AuditLog (cloud.google.com/logging/docs/audit/understanding-audit-logs). */
export const isGcp = (record: LogRecord): boolean =>
  isRecord(record.protoPayload) &&
  ("methodName" in record.protoPayload || "serviceName" in record.protoPayload);

const pamSteps: Record<string, Step> = {
  CreateGrant: "issued",
  ActivateGrant: "issued",
  ApproveGrant: "decided",
  DenyGrant: "denied",
  RevokeGrant: "revoked",
  WithdrawGrant: "revoked",
};

export function fromGcp(record: LogRecord): Said | undefined {
  const at = Date.parse(text(record, "timestamp") ?? "");
  if (Number.isNaN(at)) return undefined;
  const payload = below(record, "protoPayload");
  const method = text(payload, "methodName") ?? "";
  const isFailure = (text(below(payload, "status"), "code") ?? "0") !== "0";
  const who = below(payload, "authenticationInfo");
  const principal = text(who, "principalEmail") ?? text(who, "principalSubject");
  const made = {
    source: "gcp" as const,
    at,
    id: `${text(record, "logName") ?? ""} ${text(record, "insertId") ?? method} ${text(record, "timestamp") ?? ""}`,
    what: method,
    fields: fieldsOf(record, payload, who, principal),
  };
  const action = /(?:^|\.)([A-Za-z]+)$/.exec(method)?.[1] ?? "";
  const step = /privilegedaccessmanager/i.test(text(payload, "serviceName") ?? method)
    ? pamSteps[action]
    : undefined;
  if (step !== undefined)
    return { at, events: [pamEvent({ ...made, step: isFailure ? "refused" : step }, payload, principal)] };
  return {
    at,
    events: [
      {
        ...made,
        step: isFailure ? "refused" : "used",
        keys: keysOf("principal", principal),
        gives: [],
        loose: "Google's log names no grant at a call: it is joined by principal and time",
      },
    ],
  };
}

/** The broker's justification ends with `(grant 01J…)`. The grant's name at Google is in the answer, and later in the request. */
function pamEvent(
  made: Omit<TraceEvent, "keys" | "gives">,
  payload: LogRecord,
  principal: string | undefined,
): TraceEvent {
  const request = below(payload, "request");
  const response = below(payload, "response");
  const justification = [below(request, "grant", "justification"), below(response, "justification")]
    .map((one) => text(one, "unstructuredJustification"))
    .find((one) => one !== undefined);
  const name = [text(response, "name"), text(request, "name"), text(payload, "resourceName")].find((one) =>
    /\/grants\/[^/]+$/.test(one ?? ""),
  );
  const ids = [
    ...keysOf("grant", /\(grant ([0-9A-Za-z]+)\)/.exec(justification ?? "")?.[1]),
    ...keysOf("pam", name),
  ];
  const requester = text(response, "requester") ?? principal;
  const isCreated = made.step === "issued";
  return {
    ...made,
    fields: { ...made.fields, ...present({ grantName: name, justification }) },
    keys: ids,
    gives: [...ids, ...(isCreated ? keysOf("principal", requester) : [])],
  };
}

function fieldsOf(record: LogRecord, payload: LogRecord, who: LogRecord, principal: string | undefined) {
  const delegation = Array.isArray(who.serviceAccountDelegationInfo)
    ? who.serviceAccountDelegationInfo.filter(isRecord)
    : [];
  const through = delegation.map(
    (one) => text(below(one, "firstPartyPrincipal"), "principalEmail") ?? text(one, "principalSubject"),
  );
  return present({
    by: principal,
    through: through.filter(Boolean).join(", ") || undefined,
    resource: text(payload, "resourceName"),
    service: text(payload, "serviceName"),
    address: text(below(payload, "requestMetadata"), "callerIp"),
    error:
      (text(below(payload, "status"), "code") ?? "0") === "0"
        ? undefined
        : `code ${text(below(payload, "status"), "code") ?? ""}`,
    log: text(record, "logName"),
    insertId: text(record, "insertId"),
  });
}
