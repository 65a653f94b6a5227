import { identitiesAreReviewed } from "../../../../policy-packs/nhi/rules/identities-are-reviewed";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const role = "aws:iam/role:Role";
const federated = "nhi:index:VaultFederatedRole";
const tagged = (day: string, kind = "workload") => ({ tags: { "nhi:review-by": day, "nhi:kind": kind } });
const line = (day: string) => ({
  description: `Deploys (owner web, environment production, kind pipeline, review by ${day})`,
});
/** The tests' day is 2027-01-15. */
const longAgo = "is 2026-12-14, which passed more than 30 days ago";

testRule(identitiesAreReviewed, {
  allows: [
    { name: "a day to come", type: role, props: tagged("2027-06-30") },
    { name: "the day itself", type: role, props: tagged("2027-01-15") },
    { name: "a day 400 days ahead", type: role, props: tagged("2028-02-18") },
    { name: "an identity that names no day", type: role, props: {} },
    {
      name: "a day that is not known yet, which is for the rule about owners",
      type: role,
      props: { tags: unknownText },
    },
    { name: "a kind in capitals", type: role, props: tagged("2027-06-30", "AI-Agent") },
    {
      name: "a kind of a team's own",
      type: role,
      props: tagged("2027-06-30", "robot"),
      config: { kinds: ["robot"] },
    },
    {
      name: "a longer grace",
      type: role,
      props: { metadata: { reviewBy: "2027-01-15" } },
      config: { reviewGraceSeconds: 86_400 },
    },
  ],
  blocks: [
    ...identitiesAreReviewed.types
      .filter((type) => type.startsWith("aws:") || type.startsWith("aws-native:"))
      .map((type) => ({
        name: `a review of ${type} that passed`,
        type,
        props: tagged("2026-12-14"),
        says: [`tags.review-by ${longAgo}`],
      })),
    ...identitiesAreReviewed.types
      .filter((type) => type.startsWith("gcp:") || type.startsWith("google-native:"))
      .map((type) => ({
        name: `a review of ${type} that passed`,
        type,
        props: line("2026-12-14"),
        says: [`description.review-by ${longAgo}`],
      })),
    ...["vault:identity/entity:Entity", "vault:index/token:Token", federated].map((type) => ({
      name: `a review of ${type} that passed`,
      type,
      props: { metadata: { owner: "web", reviewBy: "2026-12-14" } },
      says: [`metadata.review-by ${longAgo}`],
    })),
    {
      name: "the day after",
      type: role,
      props: tagged("2027-01-14"),
      says: ["tags.review-by is 2027-01-14, which has passed"],
      level: "advisory",
    },
    {
      name: "the end of the grace",
      type: role,
      props: tagged("2026-12-15"),
      says: ["tags.review-by is 2026-12-15, which passed more than 30 days ago"],
    },
    {
      name: "a day that does not exist",
      type: role,
      props: tagged("2027-02-30"),
      says: ["tags.review-by is no day"],
    },
    {
      name: "a day as another country writes it",
      type: role,
      props: tagged("30.06.2027"),
      says: ["tags.review-by is no day"],
    },
    {
      name: "a promise",
      type: role,
      props: tagged("never"),
      says: ["tags.review-by is no day"],
    },
    {
      name: "a day far ahead",
      type: role,
      props: tagged("2099-12-31"),
      says: ["tags.review-by is 2099-12-31, more than 400 days ahead"],
      level: "advisory",
    },
    {
      name: "a kind that nobody knows",
      type: role,
      props: tagged("2027-06-30", "robot"),
      says: ["tags.kind is no kind that is known"],
    },
  ],
});
