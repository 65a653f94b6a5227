import { isoText, endOfDay, seconds } from "#pack/duration";
import { recordOf, textOf as partOf } from "#pack/exception-record";
import { unknown } from "#pack/value";
import { type Found, foundOf, markAbove, type Stated } from "./estate";
import { kinds } from "./kinds";
import { rightsByUrn } from "./rights";
import { trustOf } from "./trust";

export type ReviewState = "overdue" | "due" | "no day" | "later";

/** One identity of an estate. Nothing that is not known is guessed: it is null. */
export interface Identity {
  urn: string;
  stack: string;
  name: string;
  kind: string;
  owner: string | null;
  purpose: string | null;
  environment: string | null;
  /** What holds it: workload, pipeline, service, ai-agent, third-party or break-glass. */
  holder: string | null;
  /** Nobody owns it. An owner that is there and not known is no orphan. */
  orphaned: boolean;
  thirdParty: boolean;
  trust: string[];
  /** How long its sessions, or what it mints, last: an ISO 8601 duration. */
  lifetime: string | null;
  rights: string[];
  /** The day of the next review. */
  reviewBy: string | null;
  review: ReviewState;
  /** The last day of an exception. */
  exceptionUntil: string | null;
}

export interface Moment {
  now: number;
  /** How far ahead a review counts as due, in milliseconds. */
  within: number;
}

/** All identities of a stack. */
export function identitiesOf(stack: string, stated: readonly Stated[], moment: Moment): Identity[] {
  const resources = stated.map(foundOf);
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const rights = rightsByUrn(resources);
  return resources.flatMap((resource): Identity[] => {
    const kind = kinds[resource.type];
    if (kind === undefined) return [];
    const mark = (name: string) => {
      const found = markAbove(resource, name, byUrn);
      return typeof found === "string" ? found : null;
    };
    const holder = mark("kind");
    const reviewBy = mark("review-by");
    return [
      {
        urn: resource.urn,
        stack,
        name: resource.name,
        kind,
        owner: mark("owner"),
        purpose: mark("purpose"),
        environment: mark("environment"),
        holder,
        orphaned: markAbove(resource, "owner", byUrn) === undefined,
        thirdParty: holder?.toLowerCase() === "third-party",
        trust: trustOf(resource),
        lifetime: lifetimeOf(resource),
        rights: [...new Set(rights.get(resource.urn) ?? [])],
        reviewBy,
        review: reviewOf(reviewBy, moment),
        exceptionUntil: partOf(recordOf(resource), "exception-expires") || null,
      },
    ];
  });
}

function lifetimeOf(resource: Found): string | null {
  for (const property of ["maxSessionDuration", "tokenMaxTtl", "maxTtl", "maxTtlSeconds", "ttl"]) {
    const value = resource.read(property);
    const time = value === undefined || value === null || value === unknown ? undefined : seconds(value);
    if (typeof time === "number" && Number.isFinite(time) && time > 0) return isoText(time);
  }
  return null;
}

function reviewOf(day: string | null, { now, within }: Moment): ReviewState {
  const end = day === null ? NaN : endOfDay(day);
  if (Number.isNaN(end)) return "no day";
  return end <= now ? "overdue" : end <= now + within ? "due" : "later";
}

/** Overdue first, then what nobody owns, then by the day of review; without a day last. */
export const byUrgency = (a: Identity, b: Identity): number =>
  Number(b.review === "overdue") - Number(a.review === "overdue") ||
  Number(b.orphaned) - Number(a.orphaned) ||
  order(a.reviewBy ?? "~", b.reviewBy ?? "~") ||
  order(a.urn, b.urn);

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** What a reminder is about. */
export const needsReview = ({ review }: Identity): boolean => review !== "later";
