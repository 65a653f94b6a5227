import { below, isRecord, keysOf, present, text, type LogRecord, type Said, type Step } from "../event";

/** The inline policy in which the broker denies the grants that are over. */
const denyPolicy = "nhi-revoked-grants";
const grantTag = "nhi:grant-id";
/** When the session's own policy ends what it may do: STS gives at least fifteen minutes, and a grant may be shorter. */
const endTag = "nhi:expires-at";
/** A grant's id: 26 characters of Crockford's base 32. */
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Athena and Hive know names in lower case only (CloudTrail record contents, as the table has its columns). */
const names = [
  "eventVersion",
  "userIdentity",
  "eventTime",
  "eventSource",
  "eventName",
  "awsRegion",
  "sourceIPAddress",
  "userAgent",
  "errorCode",
  "errorMessage",
  "requestParameters",
  "responseElements",
  "requestID",
  "eventID",
  "eventType",
  "recipientAccountId",
  "sharedEventID",
  "principalId",
  "accountId",
  "accessKeyId",
  "userName",
  "invokedBy",
  "sessionContext",
  "sessionIssuer",
  "sourceIdentity",
];
const nameOf = new Map(names.map((name) => [name.toLowerCase(), name]));

/** The record as CloudTrail writes it: from a file, from EventBridge, from `lookup-events` or from Athena. */
export function cloudTrailRecord(record: LogRecord): LogRecord | undefined {
  if (typeof record.CloudTrailEvent === "string") return parsed(record.CloudTrailEvent);
  if (isRecord(record.detail) && "eventSource" in record.detail && "eventName" in record.detail)
    return record.detail;
  if ("eventSource" in record && "eventName" in record) return record;
  if ("eventsource" in record && "eventname" in record) return spelled(record);
  return undefined;
}

function spelled(record: LogRecord): LogRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      const own = nameOf.get(name.toLowerCase()) ?? name;
      const object = isRecord(value) ? value : own === "userIdentity" ? structOf(value) : parsed(value);
      const isObject = ["userIdentity", "sessionContext", "sessionIssuer"].includes(own);
      return [own, object === undefined ? value : isObject ? spelled(object) : object];
    }),
  );
}

function parsed(value: unknown): LogRecord | undefined {
  if (typeof value !== "string" || !value.startsWith("{")) return undefined;
  try {
    const object: unknown = JSON.parse(value);
    return isRecord(object) ? object : undefined;
  } catch {
    return undefined;
  }
}

/** A struct as Athena writes it into CSV: `{type=AssumedRole, sessioncontext={sourceidentity=ci}}`. Or JSON, as it is cast to. */
function structOf(value: unknown): LogRecord | undefined {
  if (typeof value !== "string" || !value.startsWith("{")) return undefined;
  return parsed(value) ?? readStruct(value, 1).struct;
}

function readStruct(source: string, from: number): { struct: LogRecord; end: number } {
  const struct: LogRecord = {};
  let at = from;
  while (at < source.length && source[at] !== "}") {
    const name = /^[,\s]*([a-z0-9_]+)=/i.exec(source.slice(at, at + 200));
    if (!name) return { struct, end: source.length };
    at += name[0].length;
    if (source[at] === "{") {
      const inner = readStruct(source, at + 1);
      struct[name[1] ?? ""] = inner.struct;
      at = inner.end + 1;
      continue;
    }
    // A value may have commas of its own: it ends before the next name, or with the struct.
    const rest = source.slice(at);
    const length = /, [a-z0-9_]+=|\}/i.exec(rest)?.index ?? rest.length;
    const value = rest.slice(0, length);
    if (value !== "null") struct[name[1] ?? ""] = value;
    at += length;
  }
  return { struct, end: at };
}

export const isCloudTrail = (record: LogRecord): boolean => cloudTrailRecord(record) !== undefined;

export function fromCloudTrail(record: LogRecord): Said | undefined {
  const event = cloudTrailRecord(record);
  const at = Date.parse(text(event ?? {}, "eventTime") ?? "");
  if (!event || Number.isNaN(at)) return undefined;
  const identity = below(event, "userIdentity");
  const request = below(event, "requestParameters");
  const name = text(event, "eventName") ?? "";
  const service = (text(event, "eventSource") ?? "").replace(/\.amazonaws\.com$/, "");
  const errorCode = text(event, "errorCode");
  const issued =
    service === "sts" && !errorCode
      ? text(below(event, "responseElements", "credentials"), "accessKeyId")
      : undefined;
  const grant =
    tagOf(request, grantTag) ?? (issued && ulid.exec(text(request, "roleSessionName") ?? "")?.[0]);
  const own = [
    ...keysOf("key", text(identity, "accessKeyId")),
    ...keysOf("grant", sessionName(identity)),
    ...keysOf("source-identity", text(below(identity, "sessionContext"), "sourceIdentity")),
  ];
  const asked = [
    ...keysOf("grant", tagOf(request, grantTag), issued && text(request, "roleSessionName")),
    ...keysOf("source-identity", text(request, "sourceIdentity")),
  ];
  const deny = denial(name, request);
  const made = {
    source: "cloudtrail" as const,
    at,
    id: text(event, "eventID") ?? `${name} ${text(event, "requestID") ?? ""} ${at}`,
    what: `${service}:${name}`,
    fields: fieldsOf(event, identity, request, issued),
  };
  if (deny && !errorCode) {
    const fields = { ...made.fields, ...present({ denies: deny.grants.join(", "), cutOff: deny.cutOff }) };
    const role = keysOf("deny", deny.role);
    return {
      at,
      // What it names is revoked by it. What it does not name, and was denied before, is denied no more.
      events: [
        { ...made, fields, step: "revoked", keys: [...keysOf("grant", ...deny.grants), ...role], gives: [] },
      ],
    };
  }
  const given = [...keysOf("key", issued), ...keysOf("grant", grant), ...(grant ? roleKey(request) : [])];
  const step: Step = issued !== undefined ? "issued" : errorCode ? "refused" : "used";
  return {
    at,
    events: [
      {
        ...made,
        step,
        keys: [...own, ...asked, ...keysOf("key", issued)],
        gives: issued === undefined ? keysOf("grant", ownGrant(identity)) : given,
      },
    ],
  };
}

/** CloudTrail writes it as `Mar 1, 2026, 10:15:02 AM`, which is UTC and does not say so. */
function expiryOf(time: string | undefined): string | undefined {
  const at = Date.parse(/[AP]M$/.test(time ?? "") ? `${time ?? ""} UTC` : (time ?? ""));
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** `arn:aws:sts::111111111111:assumed-role/orders/01J…`: the last part is the session's name. */
function sessionName(identity: LogRecord): string | undefined {
  return /:assumed-role\/.+\/([^/]+)$/.exec(text(identity, "arn") ?? "")?.[1];
}

/** The grant that the broker has named the session after. */
const ownGrant = (identity: LogRecord) => ulid.exec(sessionName(identity) ?? "")?.[0];

/** Whatever is denied of the role later: a change of its deny policy may end the grant or lift its end. */
const roleKey = (request: LogRecord) => keysOf("deny", text(request, "roleArn")?.split("/").at(-1));

function tagOf(request: LogRecord, wanted: string): string | undefined {
  const tags = Array.isArray(request.tags) ? request.tags.filter(isRecord) : [];
  return tags.map((tag) => (tag.key === wanted ? text(tag, "value") : undefined)).find(Boolean);
}

/** What a change of the deny policy leaves denied, or nothing when the call is another one. */
function denial(name: string, request: LogRecord): Denial | undefined {
  if (text(request, "policyName") !== denyPolicy) return undefined;
  const role = text(request, "roleName");
  if (name === "DeleteRolePolicy") return { role, grants: [], cutOff: undefined };
  if (name !== "PutRolePolicy") return undefined;
  const document = decoded(text(request, "policyDocument") ?? "");
  return {
    role,
    grants: [...new Set(document.match(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g))],
    cutOff: /"aws:TokenIssueTime"\s*:\s*\[?\s*"([^"]+)"/.exec(document)?.[1],
  };
}

interface Denial {
  role: string | undefined;
  grants: string[];
  /** Every session of the role that is older is denied. */
  cutOff: string | undefined;
}

/** Some tools send the document encoded as in a URL. */
function decoded(document: string): string {
  if (!document.startsWith("%7B")) return document;
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}

function fieldsOf(event: LogRecord, identity: LogRecord, request: LogRecord, issued: string | undefined) {
  const context = below(identity, "sessionContext");
  const resources = Array.isArray(event.resources) ? event.resources.filter(isRecord) : [];
  return present({
    by:
      text(identity, "arn") ??
      text(identity, "invokedBy") ??
      text(identity, "userName") ??
      text(identity, "type"),
    account: text(event, "recipientAccountId") ?? text(identity, "accountId"),
    region: text(event, "awsRegion"),
    address: text(event, "sourceIPAddress"),
    sourceIdentity: text(request, "sourceIdentity") ?? text(context, "sourceIdentity"),
    accessKeyId: issued ?? text(identity, "accessKeyId"),
    role: text(request, "roleArn") ?? text(request, "roleName"),
    session: issued && text(request, "roleSessionName"),
    expiresAt: issued && tagOf(request, endTag),
    expires: issued && expiryOf(text(below(event, "responseElements", "credentials"), "expiration")),
    resources:
      resources
        .map((one) => text(one, "ARN") ?? text(one, "arn"))
        .filter(Boolean)
        .join(", ") || undefined,
    error: text(event, "errorCode"),
    eventType: text(event, "eventType"),
    requestId: text(event, "requestID"),
    eventId: text(event, "eventID"),
  });
}
