import * as pulumi from "@pulumi/pulumi";
import { AwsBreakGlassRole, GcpBreakGlassEntitlement, NhiKind } from "pulumi-nhi";

const config = new pulumi.Config();
const accountId = config.get("accountId") ?? "123456789012";
const projectId = config.get("projectId") ?? "octo-orders";

const metadata = {
  owner: "team-sre",
  purpose: "the way in when all others are closed",
  environment: "production",
  kind: NhiKind.BreakGlass,
  reviewBy: "2027-06-30",
};

const role = new AwsBreakGlassRole("break-glass", {
  metadata,
  accountId,
  people: [`arn:aws:iam::${accountId}:user/on-call`],
  brokerRoleArns: [`arn:aws:iam::${accountId}:role/nhi-broker`],
  topicArns: [`arn:aws:sns:eu-central-1:${accountId}:pager`, `arn:aws:sns:eu-west-1:${accountId}:pager`],
  managedPolicyArns: [`arn:aws:iam::${accountId}:policy/emergency`],
});

const entitlement = new GcpBreakGlassEntitlement("orders", {
  metadata,
  projectId,
  eligibleUsers: ["group:on-call@octo.example"],
  routineUsers: ["group:orders-developers@octo.example"],
  roles: [{ role: "roles/cloudsql.admin" }],
  notifiedEmails: ["security@octo.example"],
  notificationChannels: [`projects/${projectId}/notificationChannels/1234567890`],
});

export const roleArn = role.roleArn;
export const entitlementName = entitlement.entitlementName;
