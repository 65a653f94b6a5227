import type { Broker } from "../broker";
import type { Caller, Grant } from "../grant";
import { Refused } from "../refused";

/** A call as the host has taken it apart, whoever that is: Node's HTTP server or a Lambda function. */
export interface Call {
  method: string;
  /** Without the query: `/grants/01…/approve`. */
  path: string;
  query: URLSearchParams;
  body: string;
}

export interface Answer {
  status: number;
  body: object;
}

/** On every answer, so that a client knows a broker from whatever else answers at an address. */
export const brokerHeader = { name: "nhi-broker", value: "v1" };

const statuses: Record<Refused["code"], number> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  closed: 423,
  failed: 502,
};

/** What a grant looks like from outside. */
export interface GrantView {
  id: string;
  state: Grant["state"];
  role: string;
  requester: string;
  purpose: string;
  environment: string;
  ttlSeconds: number;
  requestedAt: string;
  expiresAt?: string;
  parent?: string;
  /** Why it was denied. */
  reason?: string;
  approval?: { needed: number; given: string[]; approvers: string[]; expiresAt: string };
  revocation?: Grant["revocation"];
}

export function viewOf(grant: Grant): GrantView {
  const { id, state, request, requester, ttlSeconds, requestedAt, expiresAt, approval, revocation } = grant;
  const reason = grant.events.findLast(({ type }) => type === "nhi.grant.denied")?.detail.reason;
  return {
    id,
    state,
    role: request.role,
    requester: requester.id,
    purpose: request.purpose,
    environment: request.environment,
    ttlSeconds,
    requestedAt,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(request.parent !== undefined && { parent: request.parent }),
    ...(typeof reason === "string" && { reason }),
    ...(approval && {
      approval: {
        needed: approval.needed,
        given: approval.given.map(({ by }) => by),
        approvers: approval.approvers,
        expiresAt: approval.expiresAt,
      },
    }),
    ...(revocation && { revocation }),
  };
}

/** One call of a caller who is proven. Never rejects for what a caller did. */
export async function answer(broker: Broker, caller: Caller, call: Call): Promise<Answer> {
  try {
    return await route(broker, caller, call);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: statuses[error.code], body: { error: error.code, message: error.message } };
  }
}

async function route(broker: Broker, caller: Caller, { method, path, query, body }: Call): Promise<Answer> {
  const [, things, id = "", step = "", ...more] = path.split("/");
  const grant = async (given: Promise<Grant>, status = 200): Promise<Answer> => ({
    status,
    body: viewOf(await given),
  });
  if (things === "closures" && id === "") {
    const { role, requester, reason } = textsOf(json(body), ["role", "requester", "reason"]);
    const scope = { ...(role !== undefined && { role }), ...(requester !== undefined && { requester }) };
    if (method === "DELETE") {
      await broker.open(caller, scope);
      return { status: 200, body: {} };
    }
    if (method === "POST") {
      if (reason === undefined) throw new Refused("invalid", "reason must say why it is closed.");
      return { status: 200, body: await broker.close(caller, scope, reason) };
    }
  }
  if (things !== "grants" || more.length > 0) throw noSuchCall;
  if (method === "GET" && step === "")
    return id === "" ? list(broker, caller, query) : grant(broker.get(caller, id));
  if (method !== "POST") throw noSuchCall;
  switch (step) {
    case "":
      if (id !== "") throw noSuchCall;
      return grant(broker.request(caller, json(body)), 201);
    case "credential": {
      const collected = await broker.collect(caller, id);
      return { status: 200, body: { grant: viewOf(collected.grant), credential: collected.credential } };
    }
    case "approve":
      return grant(broker.approve(caller, id));
    case "deny":
      return grant(broker.deny(caller, id));
    case "revoke":
      return grant(broker.revoke(caller, id));
    case "renew":
      return grant(broker.renew(caller, id, textsOf(json(body), ["requestToken"]).requestToken), 201);
    case "complete": {
      const { outcome } = textsOf(json(body), ["outcome"]);
      if (outcome !== "completed" && outcome !== "failed")
        throw new Refused("invalid", "outcome must be completed or failed.");
      return grant(broker.complete(caller, id, outcome));
    }
    default:
      throw noSuchCall;
  }
}

const noSuchCall = new Refused("not_found", "There is no such call.");
/** An answer has at most so many grants: who needs more asks for fewer. */
const mostGrants = 200;

async function list(broker: Broker, caller: Caller, query: URLSearchParams): Promise<Answer> {
  const role = query.get("role");
  const grants: GrantView[] = [];
  let isCut = false;
  for await (const grant of broker.list(caller, {
    ...(role !== null && { role }),
    ...(query.get("open") === "true" && { open: true }),
  })) {
    isCut = grants.length === mostGrants;
    if (isCut) break;
    grants.push(viewOf(grant));
  }
  return { status: 200, body: { grants, isCut } };
}

function json(body: string): unknown {
  if (body.trim() === "") return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new Refused("invalid", "The body must be JSON.");
  }
}

function textsOf<Name extends string>(given: unknown, names: Name[]): Partial<Record<Name, string>> {
  const fields = typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
  const texts: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = fields[name];
    if (value === undefined) continue;
    if (typeof value !== "string" || value === "" || value.length > 256 || /[\p{C}\p{Zl}\p{Zp}]/u.test(value))
      throw new Refused("invalid", `${name} must be one line of 1 to 256 characters.`);
    texts[name] = value;
  }
  return texts;
}
