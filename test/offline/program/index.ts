import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as vault from "@pulumi/vault";

const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const role = new aws.iam.Role("role", {
  name: process.env.ROLE_NAME ?? "named",
  assumeRolePolicy: trust,
  maxSessionDuration: Number(process.env.SESSION_SECONDS ?? 3600),
});
new aws.iam.Policy("read", { path: "/pipelines/", policy: trust });
new aws.iam.OpenIdConnectProvider("github", {
  url: "https://token.actions.githubusercontent.com",
  clientIdLists: ["sts.amazonaws.com"],
});
new gcp.serviceaccount.Account("deploy", { accountId: "deploy" });
new vault.Policy("read", { name: "read", policy: 'path "secret/a" { capabilities = ["read"] }' });
if (process.env.ASK) void aws.ec2.getVpc({ id: "vpc-1" });

export const account = aws.getCallerIdentityOutput().accountId;
export const partition = aws.getPartitionOutput().partition;
export const project = gcp.organizations.getProjectOutput().projectId;
export const roleArn = role.arn;
