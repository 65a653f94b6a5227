import { identities, markOf, marks } from "../marks";
import type { ResourceRule } from "../rule";
import { unknown } from "../value";
import { fail, undetermined } from "../verdict";

const fixes = {
  tags: undefined,
  description:
    'End the description with "(owner OWNER, environment ENVIRONMENT, kind KIND, review by YYYY-MM-DD)" after its purpose, or use a component, which writes it.',
  metadata: "Add owner, purpose, environment, kind and review-by to the metadata.",
};

export const identitiesHaveAnOwner: ResourceRule = {
  id: "identities-have-an-owner",
  title:
    "An identity says who answers for it, what it is for, where it acts, what holds it and when it is reviewed.",
  why: "What nobody answers for is never taken away, and nobody knows whether its use is expected.",
  fix: "Add the tags nhi:owner, nhi:purpose, nhi:environment, nhi:kind and nhi:review-by, or use a component, which writes them.",
  severity: "medium",
  enforcement: "advisory",
  topic: "missing-metadata",
  doesNotSee:
    "Whether the owner still exists, and roles of Vault's auth methods, which have no place for metadata in every edition. Whether a day of review has passed is for another rule.",
  whenNot:
    "Where an inventory outside Pulumi has it all. Where every identity must say it, set the rule to mandatory.",
  samples: {
    bad: `
new aws.iam.Role("nightly", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  tags: { "nhi:owner": "payments" },
});
`,
    good: `
new aws.iam.Role("nightly", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  tags: {
    "nhi:owner": "payments",
    "nhi:purpose": "closes the books at night",
    "nhi:environment": "production",
    "nhi:kind": "workload",
    "nhi:review-by": "2027-06-30",
  },
});
`,
  },
  lists: {
    keys: {
      values: marks.metadata,
      says: "What an identity must say. Default: owner, purpose, environment, kind and review-by.",
    },
  },
  types: Object.keys(identities),
  check(resource) {
    const place = identities[resource.type] ?? "tags";
    const said = resource.list("keys").map((key) => ({ key, mark: markOf(resource, key) }));
    const missing = said.filter(({ mark }) => mark === undefined || mark === "").map(({ key }) => key);
    const open = said.filter(({ mark }) => mark === unknown).map(({ key }) => key);
    return [
      ...(missing.length > 0 ? [fail(place, `must name ${missing.join(", ")}`, fixes[place])] : []),
      ...(open.length > 0
        ? [undetermined(place, `may lack ${open.join(", ")}, as far as is known yet`)]
        : []),
    ];
  },
};
