import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import type { Finding } from "../verdict";
import { iamTypes } from "./iam-types";
import { membersOf } from "./members";
import { memberFindings } from "./principals";
import { poolProviderFindings, workforceProviderFindings } from "./provider";

/** Who gets in at GCP: through a pool's provider, and by a binding. */
export const gcpTrusts: Record<string, Judge> = {
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": poolProviderFindings,
  "gcp:iam/workforcePoolProvider:WorkforcePoolProvider": workforceProviderFindings,
  // The twins of `google-native`: its `Provider` is one of a workload identity pool.
  "google-native:iam/v1:Provider": poolProviderFindings,
  "google-native:iam/v1:WorkforcePoolProvider": workforceProviderFindings,
  ...forTypes(iamTypes, iamFindings),
};

function iamFindings(resource: Resource): Finding[] {
  const members = membersOf(resource);
  return Array.isArray(members)
    ? members.flatMap((member) => memberFindings(member, resource.type))
    : [members];
}
