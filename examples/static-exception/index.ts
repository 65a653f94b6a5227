import * as pulumi from "@pulumi/pulumi";
import { AwsPermissionsBoundary, NhiKind, StaticCredentialException } from "pulumi-nhi";

const config = new pulumi.Config();
const accountId = config.get("accountId") ?? "123456789012";

const metadata = {
  owner: "finance",
  purpose: "fetches invoices into the ERP",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};

const boundary = new AwsPermissionsBoundary("exceptions", { metadata, accountId, services: ["s3"] });

const erp = new StaticCredentialException("legacy-erp", {
  metadata,
  reason: "the ERP takes nothing but an access key",
  compensatingControl: "its network is reached by two administrators",
  approvedBy: "security",
  // To have it approved anew, set both days. Nothing else changes, and the key stays the same.
  approvedOn: config.get("approvedOn") ?? "2027-01-04",
  expires: config.get("expires") ?? "2027-03-31",
  awsAccessKey: {
    accountId,
    grants: { buckets: [{ bucket: "octo-invoices", prefix: "outgoing/", access: "read" }] },
    permissionsBoundaryArn: boundary.policyArn,
    sourceCidrs: ["203.0.113.16/28"],
    readers: [`arn:aws:iam::${accountId}:role/erp-operator`],
    administrators: [`arn:aws:iam::${accountId}:role/deploy-exceptions`],
    alarmTopicArns: [`arn:aws:sns:eu-central-1:${accountId}:security-alerts`],
  },
});

// Where the operator reads the key. The key itself is no output.
export const secretArn = erp.secretArn;
