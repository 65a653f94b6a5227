import { AwsSecrets, AzureSecrets, GcpSecrets, KubernetesSecrets, NhiKind } from "pulumi-nhi";

const metadata = {
  owner: "team-reports",
  purpose: "nightly reports",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
/** The workload's entity in Vault: `entityId` of a `VaultWorkload`. */
const consumers = [
  { name: "nightly", roles: ["reports"], entityIds: ["0f6a5d3e-3a0b-4a52-8e8e-2f8f0c1d2e3f"] },
];

const aws = new AwsSecrets("aws", {
  metadata,
  region: "eu-central-1",
  roles: [
    {
      name: "reports",
      roleArn: "arn:aws:iam::123456789012:role/reports",
      sessionPolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::octo-reports/*" }],
      }),
    },
  ],
  consumers,
});

const gcp = new GcpSecrets("gcp", {
  metadata,
  accounts: [
    {
      name: "reports",
      serviceAccountEmail: "reports@octo-reports.iam.gserviceaccount.com",
      scopes: ["https://www.googleapis.com/auth/bigquery.readonly"],
    },
  ],
  consumers,
});

const subscription = "11111111-2222-4333-8444-555555555555";
const azure = new AzureSecrets("azure", {
  metadata,
  subscriptionId: subscription,
  tenantId: "66666666-7777-4888-9999-000000000000",
  roles: [
    {
      name: "reports",
      grants: [
        {
          roleName: "Storage Blob Data Reader",
          scope: `/subscriptions/${subscription}/resourceGroups/reports`,
        },
      ],
    },
  ],
  consumers,
});

const cluster = new KubernetesSecrets("cluster", {
  metadata,
  roles: [
    {
      name: "reports",
      namespaces: ["reports"],
      roleName: "report-writer",
      audiences: ["https://kubernetes.default.svc"],
    },
  ],
  consumers,
});

const engines = { aws, gcp, azure, cluster };
const ofEach = <T>(output: (engine: (typeof engines)[keyof typeof engines]) => T) =>
  Object.fromEntries(Object.entries(engines).map(([name, engine]) => [name, output(engine)]));

export const credentialPaths = ofEach((engine) => engine.credentialPaths);
/** What ends a credential early: nothing at AWS and GCP, the lease at Azure and in the cluster. */
export const credentialEnds = ofEach((engine) => engine.credentialEnds);
