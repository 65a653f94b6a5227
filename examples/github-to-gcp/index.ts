import * as pulumi from "@pulumi/pulumi";
import { GcpFederatedAccess, NhiKind } from "pulumi-nhi";

const config = new pulumi.Config();
const projectId = config.get("projectId") ?? "octo-web";

const deploy = new GcpFederatedAccess("deploy", {
  metadata: {
    owner: "team-web",
    purpose: "publish the website on release",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  projectId,
  projectNumber: config.get("projectNumber") ?? "123456789012",
  // One pool for each environment. Where it exists already, `createPool: false`.
  poolId: "production",
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
  // What the job itself may do, with no service account in between.
  grants: {
    buckets: [{ bucket: `${projectId}-website`, role: "roles/storage.objectUser" }],
  },
});

// `name` is what the workflow gives as `workload_identity_provider`.
export const providers = deploy.providers;
export const principals = deploy.principals;
