import { endOfDay } from "../duration";
import { identities, markOf } from "../marks";
import type { Resource, ResourceRule } from "../rule";
import { advise, fail, type Finding } from "../verdict";

/** A component whose children have no place for metadata is asked itself. */
const places: Record<string, string> = { ...identities, "nhi:index:VaultFederatedRole": "metadata" };

export const identitiesAreReviewed: ResourceRule = {
  id: "identities-are-reviewed",
  title: "Somebody decides again, by the day that an identity names, whether it is still needed.",
  why: "An identity outlives its task unless somebody asks, and the day for that is worth nothing when it may pass.",
  fix: "Decide with the owner whether it is still needed: take it away, or set the next day of review.",
  severity: "medium",
  enforcement: "mandatory",
  topic: "missing-metadata",
  doesNotSee: "Whether somebody looked before the day was moved, and identities that name no day.",
  whenNot:
    "Where reviews are kept in another system: switch the rule off rather than setting days far ahead.",
  ceilings: {
    maxReviewSeconds: {
      seconds: 34_560_000,
      says: "How far ahead the next review may be before that is reported. Default: 34560000, which is 400 days: a year, and time to do it.",
    },
    reviewGraceSeconds: {
      seconds: 2_592_000,
      says: "How long a passed day of review is reported only, before it stops a deployment. Default: 2592000, which is 30 days.",
    },
  },
  lists: {
    kinds: {
      values: ["workload", "pipeline", "service", "ai-agent", "third-party", "break-glass"],
      says: "What may hold an identity. Default: workload, pipeline, service, ai-agent, third-party and break-glass.",
    },
  },
  samples: {
    bad: `
new aws.iam.Role("nightly", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  tags: { "nhi:owner": "payments", "nhi:review-by": "2024-06-31" },
});
`,
    good: `
new aws.iam.Role("nightly", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  tags: { "nhi:owner": "payments", "nhi:kind": "workload" },
});
`,
  },
  types: Object.keys(places),
  check: (resource) => [...dayFindings(resource), ...kindFindings(resource)],
};

function dayFindings(resource: Resource): Finding[] {
  const property = `${places[resource.type] ?? ""}.review-by`;
  const day = markOf(resource, "review-by");
  if (typeof day !== "string") return [];
  const end = endOfDay(day);
  if (Number.isNaN(end)) return [fail(property, "is no day", "Write the day as 2027-06-30.")];
  const late = resource.now - end;
  if (-late > resource.ceiling("maxReviewSeconds") * 1000)
    return [
      advise(
        property,
        `is ${day}, more than ${days(resource.ceiling("maxReviewSeconds"))} days ahead`,
        "Name an earlier day.",
      ),
    ];
  if (late < 0) return [];
  return late > resource.ceiling("reviewGraceSeconds") * 1000
    ? [
        fail(
          property,
          `is ${day}, which passed more than ${days(resource.ceiling("reviewGraceSeconds"))} days ago`,
        ),
      ]
    : [advise(property, `is ${day}, which has passed`)];
}

const days = (seconds: number) => Math.floor(seconds / 86_400);

function kindFindings(resource: Resource): Finding[] {
  const kind = markOf(resource, "kind");
  const kinds = resource.list("kinds");
  return typeof kind !== "string" || kinds.includes(kind.toLowerCase())
    ? []
    : [
        fail(
          `${places[resource.type] ?? ""}.kind`,
          "is no kind that is known",
          `Use one of ${kinds.join(", ")}.`,
        ),
      ];
}
