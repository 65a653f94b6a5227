import * as pulumi from "@pulumi/pulumi";
import { AwsAccess, AwsFederatedRole, AwsOidcProvider, NhiKind } from "pulumi-nhi";

const accountId = new pulumi.Config().get("accountId") ?? "123456789012";
const metadata = {
  owner: "team-web",
  purpose: "publish the website on release",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

// One for each issuer and account: made, or looked up where another stack has made it.
new AwsOidcProvider("gitlab", { metadata, accountId, issuer: "https://gitlab.com" });

const deploy = new AwsFederatedRole("deploy", {
  metadata,
  accountId,
  workloads: {
    // Jobs on the protected branch. The number keeps out a later project of the same name.
    gitlab: [{ projectPath: "octo/app", projectId: "278964", branch: "main" }],
  },
  permissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/pipelines`,
  grants: { buckets: [{ bucket: "octo-website", access: AwsAccess.Write }] },
});

// What the job names in AWS_ROLE_ARN, and what its token must say.
export const roleArn = deploy.roleArn;
export const expectedTokens = deploy.expectedTokens;
