import { AwsSecrets, KubernetesSecrets, NhiKind } from "pulumi-nhi";

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

export const credentialPaths = { aws: aws.credentialPaths, cluster: cluster.credentialPaths };
/** What ends a credential early: nothing at AWS, the lease in the cluster. */
export const credentialEnds = { aws: aws.credentialEnds, cluster: cluster.credentialEnds };
