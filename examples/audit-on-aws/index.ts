import * as pulumi from "@pulumi/pulumi";
import { AwsAuditAlerts, AwsAuditProtection, AwsAuditTrail, NhiKind } from "pulumi-nhi";

const accountId = new pulumi.Config().get("accountId") ?? "123456789012";
const region = "eu-central-1";

const metadata = {
  owner: "security",
  purpose: "shows which machine did what",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};

/** The role that runs this program. */
const administrators = [`arn:aws:iam::${accountId}:role/deploy-audit`];

const trail = new AwsAuditTrail("audit", {
  metadata,
  accountId,
  region,
  organizationId: "o-abcdefghij",
  administrators,
  readers: [`arn:aws:iam::${accountId}:role/investigator`],
  dataEvents: { bucketNames: ["octo-releases"] },
  table: { databaseName: "audit", regions: [region, "us-east-1"] },
});

// Where it holds, nobody but the administrators stops a trail. The management account is not among the places it holds.
new AwsAuditProtection("audit-stays-on", { metadata, administrators, targetIds: ["r-ab12"] });

new AwsAuditAlerts("audit-alerts", {
  metadata,
  accountId,
  region,
  forwardedRegions: ["us-east-1"],
  jitRoleArns: [`arn:aws:iam::${accountId}:role/deploy-jit`],
  breakGlassRoleArns: [`arn:aws:iam::${accountId}:role/break-glass`],
  knownNetworks: ["10.20.0.0/16"],
  logBucketNames: [`cloudtrail-audit-${accountId}-${region}`],
  topicArns: [`arn:aws:sns:${region}:${accountId}:security-alerts`],
});

// Where an investigator looks: `use-of-a-grant` and its neighbours among the saved queries of Athena.
export const bucketName = trail.bucketName;
export const logGroupName = trail.logGroupName;
