import * as pulumi from "@pulumi/pulumi";
import { AwsAccess, AwsFederatedRole, AwsOidcProvider, NhiKind } from "pulumi-nhi";

const config = new pulumi.Config();
const accountId = config.get("accountId") ?? "123456789012";
// kubectl get --raw /.well-known/openid-configuration | jq -r .issuer
const issuer =
  config.get("issuer") ?? "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";

const metadata = {
  owner: "team-orders",
  purpose: "take orders",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};

new AwsOidcProvider("shop-cluster", { metadata, accountId, issuer });

const orders = new AwsFederatedRole("orders", {
  metadata,
  accountId,
  // The pods of one service account. A role for another one is a role of its own.
  workloads: { kubernetes: [{ issuer, namespace: "shop", serviceAccount: "orders" }] },
  permissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/services`,
  grants: { tables: [{ region: "eu-west-1", table: "orders", access: AwsAccess.ReadWrite }] },
});

export const roleArn = orders.roleArn;
