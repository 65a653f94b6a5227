import type { RuleCases } from "../../../support/rule-tester";
import { somebodys } from "./members";

const machines = [
  "gcp:serviceaccount/account:Account",
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
];
const entitlement = "gcp:privilegedaccessmanager/entitlement:entitlement";
const described = (kind: string) => ({
  description: `get in (owner ops, environment production, kind ${kind}, review by 2027-06-30)`,
});
const asking = (entitlementId: string, ...principals: string[]) => ({
  entitlementId,
  eligibleUsers: [{ principals: [somebodys.group] }, { principals }],
});

/** Ways in for emergencies at GCP. */
export const gcpBreakGlassCases: Required<Pick<RuleCases, "allows" | "blocks">> = {
  allows: [
    { name: "a machine of GCP for every day", type: machines[0] ?? "", props: described("service") },
    {
      name: "people who ask in an emergency",
      type: entitlement,
      props: asking("breakglass-sql", somebodys.group),
    },
    {
      name: "a machine that asks on any day",
      type: entitlement,
      props: asking("migrate", somebodys.machine),
    },
  ],
  blocks: [
    ...machines.map((type) => ({
      name: `a machine for emergencies, ${type}`,
      type,
      props: described("break-glass"),
      says: ["description names a machine as the way in for emergencies: that is for people alone"],
    })),
    ...["breakglass-sql", "Break-Glass", "emergency-access"].map((id) => ({
      name: `a machine that asks for ${id}`,
      type: entitlement,
      props: asking(id, somebodys.group, somebodys.workload),
      says: ["eligibleUsers lets a machine in, and this way is for people alone"],
    })),
  ],
};
