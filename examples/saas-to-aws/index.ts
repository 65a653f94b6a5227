import * as pulumi from "@pulumi/pulumi";
import { AwsAccess, AwsFederatedRole, NhiKind } from "pulumi-nhi";

const config = new pulumi.Config();
const accountId = config.get("accountId") ?? "123456789012";

const scanner = new AwsFederatedRole("acme-scanner", {
  metadata: {
    owner: "team-security",
    purpose: "scan the published images",
    environment: "production",
    kind: NhiKind.ThirdParty,
    vendor: "Acme Scanners",
    reviewBy: "2027-06-30",
  },
  // The contract's last day has passed then: AWS lets nobody in from there on.
  expires: "2027-12-31",
  accountId,
  workloads: {
    thirdParty: [
      {
        // The vendor's account and role, and what the vendor sends for you and for no other customer.
        accountId: "464622532012",
        roleName: "scanner",
        externalId: config.get("externalId") ?? "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35",
      },
    ],
  },
  permissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/vendors`,
  grants: { buckets: [{ bucket: "octo-images", prefix: "published/", access: AwsAccess.Read }] },
});

// What the vendor asks for, beside the ExternalId.
export const roleArn = scanner.roleArn;
