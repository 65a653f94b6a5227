import { identities } from "../../../../policy-packs/nhi/marks";
import { identitiesHaveAnOwner } from "../../../../policy-packs/nhi/rules/identities-have-an-owner";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const tags = {
  "nhi:owner": "payments",
  "nhi:purpose": "closes the books",
  "nhi:environment": "production",
  "nhi:kind": "workload",
  "nhi:review-by": "2027-06-30",
};
const role = "aws:iam/role:Role";
const all = "owner, purpose, environment, kind, review-by";

testRule(identitiesHaveAnOwner, {
  allows: [
    { name: "a role with all tags", type: role, props: { tags } },
    { name: "a role with the provider's tags for all", type: role, props: { tags: {}, tagsAll: tags } },
    {
      name: "a service account whose description ends with all of it",
      type: "gcp:serviceaccount/account:Account",
      props: {
        description:
          "Closes the books (owner payments, environment production, kind workload, review by 2027-06-30)",
      },
    },
    {
      name: "a role that has what a team asks for",
      type: role,
      props: { tags: { "nhi:owner": "payments" } },
      config: { keys: ["owner"] },
    },
    { name: "a team that asks for nothing", type: role, props: {}, config: { keys: [] } },
  ],
  blocks: [
    ...Object.entries(identities).map(([type, place]) => ({
      name: `${type} without anything`,
      type,
      props: {},
      says: [`${place} must name ${all}`],
    })),
    {
      name: "a role without a day of review",
      type: role,
      props: { tags: { ...tags, "nhi:review-by": "" } },
      says: ["tags must name review-by"],
    },
    {
      name: "a tag that only looks like the owner",
      type: role,
      props: { tags: { ...tags, "nhi:owner": null, owner: "payments", "xnhi:owner": "payments" } },
      says: ["tags must name owner"],
    },
    {
      name: "what a team asks for besides",
      type: role,
      props: { tags },
      config: { keys: ["owner", "cost-center"] },
      says: ["tags must name cost-center"],
    },
  ],
  undecided: [
    {
      name: "tags that are not known yet",
      type: role,
      props: { tags: unknownText },
      says: [`tags may lack ${all}, as far as is known yet`],
    },
  ],
});
