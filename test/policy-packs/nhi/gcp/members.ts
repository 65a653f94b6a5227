import { type Props, unknownText } from "../../../support/analyze";

const pools = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools";

/** One member of one role in the form that a type has, and where a finding stands. */
export function inFormOf(type: string, role: string, member: string): { props: Props; property: string } {
  if (type.endsWith("Member")) return { props: { role, member }, property: "member" };
  if (type.endsWith("Binding")) return { props: { role, members: [member] }, property: "members[0]" };
  const bindings = [{ role, members: [member] }];
  return type.startsWith("google-native:")
    ? { props: { bindings }, property: "bindings[0].members[0]" }
    : {
        props: { policyData: JSON.stringify({ bindings }) },
        property: "policyData.bindings[0].members[0]",
      };
}

export const somebodys = {
  machine: "serviceAccount:ci@shop.iam.gserviceaccount.com",
  group: "group:leads@acme.example",
  workload: `principalSet://${pools}/ci/attribute.repository_id/456789`,
  notKnown: unknownText,
};
