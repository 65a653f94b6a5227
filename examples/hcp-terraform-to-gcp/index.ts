import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { GcpFederatedAccess, NhiKind, TerraformPhase } from "pulumi-nhi";

const config = new pulumi.Config();
const project = config.get("projectId") ?? "octo-network";
const description = (task: string) =>
  `${task} the network (owner team-network, environment production, kind pipeline, review by 2027-06-30)`;

const workspace = {
  organization: "octo",
  organizationId: "org-GRNbCjYNpBB6NEH9",
  project: "Default Project",
  workspace: "network-production",
  workspaceId: "ws-mbsd5E3Ktt5Rg2Xm",
};
const terraform = new GcpFederatedAccess("terraform", {
  metadata: {
    owner: "team-network",
    purpose: "plan and change the network",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  projectId: project,
  projectNumber: config.get("projectNumber") ?? "123456789012",
  poolId: "production",
  workloads: {
    // Both sign in at the same provider, and each has a principal of its own.
    hcpTerraform: [
      { ...workspace, phase: TerraformPhase.Plan },
      { ...workspace, phase: TerraformPhase.Apply },
    ],
  },
});

// HCP Terraform acts as a service account. A plan runs on what anybody proposes, so its own only reads.
const phases = [
  { phase: "plan", role: "roles/compute.networkViewer" },
  { phase: "apply", role: "roles/compute.networkAdmin" },
];
export const serviceAccounts = phases.map(({ phase, role }, index) => {
  const account = new gcp.serviceaccount.Account(phase, {
    project,
    accountId: `terraform-${phase}`,
    description: description(phase),
  });
  // Written out, and not read from the account, so that the pack knows at preview who gets the role.
  const email = `terraform-${phase}@${project}.iam.gserviceaccount.com`;
  new gcp.projects.IAMMember(
    phase,
    { project, role, member: `serviceAccount:${email}` },
    { dependsOn: account },
  );
  new gcp.serviceaccount.IAMMember(phase, {
    serviceAccountId: account.name,
    role: "roles/iam.workloadIdentityUser",
    member: terraform.principals.apply((principals) => principals[index] ?? ""),
  });
  return email;
});

// `name` is the workspace's variable TFC_GCP_WORKLOAD_PROVIDER_NAME.
export const providers = terraform.providers;
