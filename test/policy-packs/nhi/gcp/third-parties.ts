import { gcpThirdParties } from "../../../../policy-packs/nhi/gcp/third-parties";
import type { RuleCases } from "../../../support/rule-tester";
import { inFormOf } from "./members";

const type = "gcp:storage/bucketIAMMember:BucketIAMMember";
const role = "roles/storage.objectViewer";
const config = { ownProjects: ["shop", "123456789012", "acme.example:web"] };
const foreignPool =
  "principalSet://iam.googleapis.com/projects/999988887777/locations/global/workloadIdentityPools/ci/*";
const trusts = "trusts a pool of another project: who gets into it is decided there";
const isOther = "is a service account of another project: whoever rules there can act as it";

const own = (name: string, member: string) => ({ name, type, props: { role, member }, config });
const foreign = (name: string, member: string) => ({
  name,
  type,
  props: { role, member },
  config,
  says: [`member ${isOther}`],
  level: "advisory" as const,
});

/** Other projects at GCP. */
export const gcpThirdPartyCases: Required<Pick<RuleCases, "allows" | "blocks">> = {
  allows: [
    own("a service account of one's own project", "serviceAccount:ci@shop.iam.gserviceaccount.com"),
    own(
      "a service account of a project in a domain",
      "serviceAccount:ci@acme.example:web.iam.gserviceaccount.com",
    ),
    own("one's own default account", "serviceAccount:123456789012-compute@developer.gserviceaccount.com"),
    own("one's own cluster", "serviceAccount:shop.svc.id.goog[orders/api]"),
    own(
      "one's own pool",
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/subject/a",
    ),
    own(
      "Google's agent of a service",
      "serviceAccount:service-999988887777@gcp-sa-pubsub.iam.gserviceaccount.com",
    ),
    own(
      "Google's agent of instances",
      "serviceAccount:service-999988887777@compute-system.iam.gserviceaccount.com",
    ),
    own("a group", "group:leads@acme.example"),
    {
      name: "another project where nobody has said which are one's own",
      type,
      props: { role, member: foreignPool },
    },
  ],
  blocks: [
    ...Object.keys(gcpThirdParties).map((each) => {
      const { props, property } = inFormOf(each, role, foreignPool);
      return {
        name: `another project's pool at ${each}`,
        type: each,
        props,
        config,
        says: [`${property} ${trusts}`],
      };
    }),
    {
      name: "another project's cluster",
      type,
      props: { role, member: "serviceAccount:shop-evil.svc.id.goog[orders/api]" },
      config,
      says: [`member ${trusts}`],
    },
    foreign("another project's service account", "serviceAccount:ci@vendor.iam.gserviceaccount.com"),
    foreign(
      "one that is called as if it were Google's",
      "serviceAccount:service-999988887777@vendor.iam.gserviceaccount.com",
    ),
    foreign("one whose project begins alike", "serviceAccount:ci@shop-evil.iam.gserviceaccount.com"),
    foreign(
      "another project's default account",
      "serviceAccount:999988887777-compute@developer.gserviceaccount.com",
    ),
    foreign("another project's App Engine", "serviceAccount:vendor@appspot.gserviceaccount.com"),
  ],
};
