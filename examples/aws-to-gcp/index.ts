import * as pulumi from "@pulumi/pulumi";
import { GcpFederatedAccess, NhiKind } from "pulumi-nhi";

const config = new pulumi.Config();

const orders = new GcpFederatedAccess("orders", {
  metadata: {
    owner: "team-orders",
    purpose: "read the exchange rates for orders",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  projectId: config.get("projectId") ?? "octo-rates",
  projectNumber: config.get("projectNumber") ?? "123456789012",
  poolId: "production",
  workloads: {
    // Any session of this role, and no other role of the account.
    aws: [{ accountId: config.get("awsAccountId") ?? "210987654321", roleName: "orders" }],
  },
  grants: {
    buckets: [{ bucket: "octo-exchange-rates", role: "roles/storage.objectViewer" }],
    secrets: [{ project: "octo-rates", secret: "rates-api" }],
  },
});

// `name` goes into the program's credential configuration.
export const providers = orders.providers;
export const principals = orders.principals;
