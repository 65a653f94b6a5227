import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as vault from "@pulumi/vault";
import {
  AwsFederatedRole,
  EksPodIdentityAccess,
  GcpFederatedAccess,
  GithubOidcProvider,
  NhiKind,
  VaultFederatedRole,
} from "../../../../components";

const metadata = {
  owner: "team-web",
  purpose: "publish the website",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const workloads = {
  github: [
    {
      owner: "octo",
      ownerId: "123456",
      repository: "app",
      repositoryId: "456789",
      environment: "production",
    },
  ],
};
const accountId = "123456789012";

// Everything that may come from elsewhere comes from what does not exist yet.
const boundary = new aws.iam.Policy("boundary", { policy: "{}" });
const bucket = new gcp.storage.Bucket("website", { location: "EU" });
const mount = new vault.AuthBackend("later", { type: "jwt", path: "later" });

// An account takes one provider for each issuer: the second one is the first.
new GithubOidcProvider("github", { metadata, accountId });
new GithubOidcProvider("github-again", { metadata, accountId });

new AwsFederatedRole("deploy", { metadata, accountId, workloads, permissionsBoundaryArn: boundary.arn });
new EksPodIdentityAccess("pod", {
  metadata,
  accountId,
  region: "eu-central-1",
  clusterName: "main",
  namespace: "orders",
  serviceAccount: "api",
  permissionsBoundaryArn: boundary.arn,
});
new GcpFederatedAccess("access", {
  metadata,
  projectId: "octo-web",
  projectNumber: "123456789012",
  workloads,
  grants: { buckets: [{ bucket: bucket.url, name: "website", role: "roles/storage.objectUser" }] },
});
new VaultFederatedRole("role", {
  metadata,
  mount: mount.accessor,
  audience: "https://vault.example.com",
  workloads,
  policies: [mount.accessor],
});
