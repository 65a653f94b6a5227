import * as pulumi from "@pulumi/pulumi";
import { GcpJitEntitlement, JitTier, NhiKind } from "pulumi-nhi";

const projectId = new pulumi.Config().get("projectId") ?? "octo-orders";

const entitlement = new GcpJitEntitlement("orders-migration", {
  metadata: {
    owner: "team-orders",
    purpose: "migrate the orders database",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  projectId,
  eligibleUsers: [`serviceAccount:migrate@${projectId}.iam.gserviceaccount.com`],
  approvers: ["group:orders-leads@octo.example"],
  notifiedEmails: ["security@octo.example"],
  roles: [{ role: "roles/cloudsql.client" }, { role: "roles/cloudsql.instanceUser" }],
  tier: JitTier.Standard,
});

export const entitlementName = entitlement.entitlementName;
