import * as pulumi from "@pulumi/pulumi";
import { AwsJitRole, JitTier, NhiKind, type AwsJitPreset } from "pulumi-nhi";

const accountId = new pulumi.Config().get("accountId") ?? "123456789012";
const region = "eu-central-1";

const about = (purpose: string) => ({
  owner: "team-shop",
  purpose,
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
});

const taskRole = `arn:aws:iam::${accountId}:role/shop-task`;
const role = (name: string, purpose: string, tier: JitTier, preset: AwsJitPreset) =>
  new AwsJitRole(name, {
    metadata: about(purpose),
    accountId,
    brokerRoleArn: `arn:aws:iam::${accountId}:role/nhi-broker`,
    permissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/shop-jit`,
    tier,
    preset,
  });

const roles = [
  role("shop-deploy", "puts out a version of the shop", JitTier.Standard, {
    deploy: {
      region,
      functions: ["shop-mail"],
      services: [{ cluster: "main", service: "shop", taskFamily: "shop", taskRoleArns: [taskRole] }],
    },
  }),
  role("shop-database", "changes the schema of the shop", JitTier.Sensitive, {
    databaseAdmin: { region, resourceId: "db-ABCDEFGHIJKL01234", user: "shop_admin" },
  }),
  role("shop-cluster", "repairs the shop in its cluster", JitTier.Sensitive, {
    clusterOperations: { region, cluster: "shop" },
  }),
  role("shop-secrets", "reads the key of the payment partner", JitTier.Sensitive, {
    secretsRetrieval: { secrets: [{ region, name: "shop/payment-partner" }] },
  }),
  role("shop-incident", "finds out what happened to the shop", JitTier.Standard, {
    incidentResponse: { region, logGroups: ["/aws/lambda/shop-mail"], quarantinedApp: "shop" },
  }),
  role("shop-build", "builds the images of the shop", JitTier.Standard, {
    buildAgent: { region, repository: "shop/web", bucket: "shop-artefacts", prefix: "web/" },
  }),
];

/** What the broker is told of each role. */
export const grants = roles.map(({ roleArn, grantSeconds }) => ({ roleArn, grantSeconds }));
