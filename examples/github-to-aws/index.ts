import * as pulumi from "@pulumi/pulumi";
import { AwsAccess, AwsFederatedRole, GithubOidcProvider, NhiKind } from "pulumi-nhi";

const accountId = new pulumi.Config().get("accountId") ?? "123456789012";

const metadata = {
  owner: "team-web",
  purpose: "publish the website on release",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

// An AWS account has one provider for each issuer: made here, or looked up where another stack has made it.
new GithubOidcProvider("github", { metadata, accountId });

const deploy = new AwsFederatedRole("deploy", {
  metadata,
  accountId,
  workloads: {
    github: [
      {
        owner: "octo",
        ownerId: "123456",
        repository: "app",
        repositoryId: "456789",
        environment: "production",
      },
    ],
  },
  permissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/pipelines`,
  grants: { buckets: [{ bucket: "octo-website", access: AwsAccess.Write }] },
});

// What the workflow names in `role-to-assume`.
export const roleArn = deploy.roleArn;
