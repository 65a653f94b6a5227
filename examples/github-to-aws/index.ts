import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AwsFederatedRole, NhiKind } from "pulumi-nhi";

const accountId = new pulumi.Config().get("accountId") ?? "123456789012";

// An AWS account has one provider for each issuer. Where it exists already, leave this out.
new aws.iam.OpenIdConnectProvider("github", {
  url: "https://token.actions.githubusercontent.com",
  clientIdLists: ["sts.amazonaws.com"],
});

const deploy = new AwsFederatedRole("deploy", {
  metadata: {
    owner: "team-web",
    purpose: "publish the website on release",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
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
  inlinePolicies: [
    {
      name: "publish",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: ["arn:aws:s3:::octo-website/*"] }],
      }),
    },
  ],
});

// What the workflow names in `role-to-assume`.
export const roleArn = deploy.roleArn;
