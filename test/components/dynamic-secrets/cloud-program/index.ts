import * as pulumi from "@pulumi/pulumi";
import { AwsSecrets, AzureSecrets, GcpSecrets, KubernetesSecrets, NhiKind } from "../../../../components";

const { STS = "", CLUSTER = "", TOKEN = "", TTL = "900", CLOUD = "" } = process.env;
const metadata = {
  owner: "team-shop",
  purpose: "nightly reports",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};

new AwsSecrets("aws", {
  metadata,
  region: "eu-central-1",
  stsEndpoint: STS,
  roles: [
    {
      name: "reports",
      roleArn: "arn:aws:iam::123456789012:role/reports",
      sessionTags: { team: "shop" },
      sessionPolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" }],
      }),
      externalId: "reports-1",
      maxTtlSeconds: Number(TTL),
    },
  ],
});
new KubernetesSecrets("cluster", {
  metadata,
  cluster: { host: CLUSTER, token: pulumi.secret(TOKEN) },
  roles: [
    {
      name: "deploy",
      namespaces: ["shop"],
      roleName: "deployer",
      audiences: ["https://kubernetes.default.svc"],
    },
    { name: "read", namespaces: ["shop"], serviceAccountName: "reader", audiences: ["metrics"] },
  ],
});
if (CLOUD === "gcp")
  new GcpSecrets("gcp", {
    metadata,
    accounts: [
      {
        name: "reports",
        serviceAccountEmail: "reports@shop-reports.iam.gserviceaccount.com",
        scopes: ["https://www.googleapis.com/auth/bigquery.readonly"],
      },
    ],
  });
if (CLOUD === "azure")
  new AzureSecrets("azure", {
    metadata,
    subscriptionId: "11111111-2222-4333-8444-555555555555",
    tenantId: "66666666-7777-4888-9999-000000000000",
    roles: [
      {
        name: "reports",
        grants: [
          {
            roleName: "Storage Blob Data Reader",
            scope: "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/reports",
          },
        ],
      },
    ],
  });
