import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Grant } from "../grant";
import { MintRefused } from "../ports";
import type { AwsTarget } from "../settings";

/** Characters of a session policy (STS, AssumeRole). */
const policyLimit = 2048;
/** Characters of the revoked grants' policy. A role's inline policies share 10,240, and the role has its own too. */
const denyLimit = 8000;
/** Seconds that the broker's clock and AWS's may differ. */
const clockSkew = 60;
/** Seconds. AWS ends a chained session then, and no grant lasts longer. */
const longestSession = 3600;
/** Seconds that a request can wait for its approval: after that, nothing is minted for it. */
const longestWait = 24 * 60 * 60;

/** A statement of a policy, as far as it is read here. */
export interface Statement {
  Sid?: string;
  Condition?: Record<string, Record<string, unknown>>;
}

/** As AWS writes a time: UTC to the second, and rather too early than too late. */
export const secondsOf = (time: Date | string): string =>
  `${new Date(time).toISOString().slice(0, "2027-06-30T12:00:00".length)}Z`;

/** Whether what ended then has ended by every clock. */
export const isOver = (end: Date, now: Date): boolean => +now > +end + 1000 * clockSkew;

/** SHA-256 in hex. */
export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What the session may do: what the role's scope and the request both name, until the grant ends. */
export function sessionPolicy(target: AwsTarget, grant: Grant, expiresAt: string): string {
  const { resources, role } = grant.request;
  const condition = { DateLessThan: { "aws:CurrentTime": secondsOf(expiresAt) } };
  const outside = resources?.find(
    (resource) => !target.policy.some((scope) => isInside(resource, scope.resources)),
  );
  if (outside !== undefined)
    throw new MintRefused(
      `resources must be inside what the role ${role} reaches, got ${JSON.stringify(outside)}. Ask for part of what the role names.`,
    );
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: target.policy
      .map((scope) => ({
        Effect: "Allow",
        Action: scope.actions,
        Resource: resources?.filter((resource) => isInside(resource, scope.resources)) ?? scope.resources,
        Condition: condition,
      }))
      .filter(({ Resource }) => Resource.length > 0),
  });
  if (policy.length > policyLimit)
    throw new MintRefused(
      `The session's policy for the role ${role} has ${policy.length} characters, and AWS takes ${policyLimit}. Ask for fewer resources, or split the role.`,
    );
  return policy;
}

/** A variable of IAM (`${…}`) stands for a value that nobody knows here, so it is inside nothing. */
const isInside = (resource: string, patterns: string[]) =>
  !resource.includes("${") && patterns.some((pattern) => covers(pattern, resource));

/**
 * Whether a pattern with `*` and `?` takes all that another one takes. What the other one leaves open, only an open place
 * of the first can take. Goes forward once and back to the last `*` only, so that no pattern makes it slow.
 */
function covers(pattern: string, inner: string): boolean {
  let at = 0;
  let star = -1;
  let starred = 0;
  for (let i = 0; i < inner.length;) {
    const given = inner[i];
    const wanted = pattern[at];
    if (wanted === "*") {
      star = at++;
      starred = i;
    } else if (given !== "*" && (wanted === "?" || (wanted === given && given !== "?"))) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starred;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** A requester's id in the characters and the length that AWS takes, readable, and no two the same. */
export function sourceIdentity(requester: string): string {
  const hash = hashOf(requester).slice(0, 16);
  const readable = requester.replace(/[^A-Za-z0-9_+=,.@-]+/g, "-").slice(-(64 - hash.length - 1));
  return `${readable.replace(/^-+/, "")}-${hash}`;
}

/** Any text as the value of a session's tag: at most 256 characters of those that AWS takes. */
export const tagValue = (text: string): string =>
  Array.from(text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "-"))
    .slice(0, 256)
    .join("");

/** What the inline policy of a role says about sessions that have ended early. */
export interface DenyList {
  /** Ids of grants. */
  ids: ReadonlySet<string>;
  /** Every session that is older is denied, whichever grant it is of. */
  cutOff?: string;
  /** Statements that somebody else put there. They stay. */
  foreign: Statement[];
  /** Whether our statements are as we write them. */
  isExact: boolean;
}

const grantsSid = "RevokedGrants";
const sessionsSid = "RevokedSessions";
const grantKey = "aws:PrincipalTag/nhi:grant-id";
const issueKey = "aws:TokenIssueTime";
const deny = (Sid: string, Condition: NonNullable<Statement["Condition"]>) => ({
  Sid,
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition,
});

export function denyDocument({ ids, cutOff, foreign }: DenyList): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [...ownStatements(ids, cutOff), ...foreign],
  });
}

/** `none` is no grant's id. It is there so that the statement is never without a value. */
const ownStatements = (ids: ReadonlySet<string>, cutOff: string | undefined): Statement[] => [
  deny(grantsSid, { StringEquals: { [grantKey]: ["none", ...[...ids].sort()] } }),
  ...(cutOff === undefined ? [] : [deny(sessionsSid, { DateLessThan: { [issueKey]: cutOff } })]),
];

/** A document as it was found. What has a Sid of ours is ours, and is put right with the next write. */
export function readDenyList(text: string | undefined): DenyList {
  if (text === undefined) return { ids: new Set(), foreign: [], isExact: true };
  const { Statement: given = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
  const statements = Array.isArray(given) ? given : [given];
  const own = (sid: string) => statements.find(({ Sid }) => Sid === sid);
  const values = [valueOf(own(grantsSid), "StringEquals", grantKey)].flat();
  const ids = new Set(
    values.filter((value): value is string => typeof value === "string" && value !== "none"),
  );
  const time = valueOf(own(sessionsSid), "DateLessThan", issueKey);
  const cutOff = typeof time === "string" && !Number.isNaN(Date.parse(time)) ? time : undefined;
  return {
    ids,
    ...(cutOff !== undefined && { cutOff }),
    foreign: statements.filter((statement) => !isOurs(statement)),
    isExact: isDeepStrictEqual(statements.filter(isOurs), ownStatements(ids, cutOff)),
  };
}

const isOurs = ({ Sid }: Statement) => Sid === grantsSid || Sid === sessionsSid;
const valueOf = (statement: Statement | undefined, operator: string, key: string): unknown =>
  statement?.Condition?.[operator]?.[key];

/**
 * The next list: with what is to be denied, and without what has ended by itself. Where the ids don't fit, every session
 * of the role that was issued until now is denied. That ends other grants of the role too, and those minted within the
 * next minute, for AWS's clock may be ahead: rather that than a session that goes on.
 */
export function nextDenyList(
  found: DenyList,
  denied: Iterable<string>,
  hasEnded: (id: string) => boolean,
  now: Date,
): DenyList {
  const { cutOff: earlier, ...rest } = found;
  const isNeeded = earlier !== undefined && Date.parse(earlier) + 1000 * (longestSession + clockSkew) > +now;
  const next: DenyList = {
    ...rest,
    ids: new Set([...found.ids, ...denied].filter((id) => !hasEnded(id))),
    ...(isNeeded && { cutOff: earlier }),
  };
  if (denyDocument({ ...next, foreign: [] }).length <= denyLimit) return next;
  return { ...rest, ids: new Set(), cutOff: secondsOf(new Date(+now + 1000 * (clockSkew + 1))) };
}

/** Whether a list denies a grant's session, which was issued before now. */
export const isDenied = (list: DenyList, id: string, now: Date): boolean =>
  list.ids.has(id) || (list.cutOff !== undefined && Date.parse(list.cutOff) >= +now + 1000 * clockSkew);

/**
 * When a grant has ended for certain, by its id alone, which has the time of its request: nothing is minted later than an
 * approval can wait, and nothing that is minted lasts longer than a session can.
 */
export function lastPossibleEnd(id: string): Date {
  const requested = Array.from(id.slice(0, 10)).reduce(
    (time, digit) => time * 32 + crockford.indexOf(digit),
    0,
  );
  return new Date(requested + 1000 * (longestWait + longestSession));
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
