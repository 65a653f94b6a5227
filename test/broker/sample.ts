import type { Grant, GrantEvent } from "../../broker/grant";

/** 26 characters in order of time, as the broker's ids are: ten of the time, sixteen of their own. */
export function idAt(time: string, number = 0): string {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let rest = Date.parse(time);
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = `${digits[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return `${text}${String(number).padStart(16, "0")}`;
}

/** A grant that is written down and not decided yet. Its one event is delivered. */
export function grantOf(changes: Partial<Grant> = {}): Grant {
  const requestedAt = changes.requestedAt ?? "2027-06-30T12:00:00.000Z";
  const id = changes.id ?? idAt(requestedAt);
  const grant: Grant = {
    id,
    version: 1,
    state: "requested",
    tenant: "123456789012",
    requester: {
      id: "arn:aws:iam::123456789012:role/ci",
      tenant: "123456789012",
      kind: "workload",
      claims: {},
    },
    request: {
      requestToken: `token-${id}`,
      role: "deploy",
      purpose: "release 42 of the shop",
      ttlSeconds: 600,
      environment: "production",
    },
    ttlSeconds: 600,
    requestedAt,
    events: [],
    delivered: 1,
    ...changes,
  };
  return changes.events ? grant : { ...grant, events: [eventOf(grant)] };
}

export function eventOf(grant: Grant, changes: Partial<GrantEvent> = {}): GrantEvent {
  return {
    id: `${grant.id}/1`,
    type: "nhi.grant.requested",
    time: grant.requestedAt,
    grantId: grant.id,
    tenant: grant.tenant,
    requester: grant.requester.id,
    role: grant.request.role,
    by: grant.requester.id,
    detail: {},
    ...changes,
  };
}
