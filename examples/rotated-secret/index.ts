import * as pulumi from "@pulumi/pulumi";
import { NhiKind, RotatedAwsSecret } from "pulumi-nhi";

const accountId = new pulumi.Config().get("accountId") ?? "123456789012";
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;

const secret = new RotatedAwsSecret("partner-api", {
  metadata: {
    owner: "team-orders",
    purpose: "sends orders to the partner",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  rotationFunctionArn: `arn:aws:lambda:eu-central-1:${accountId}:function:rotate-partner-api`,
  rotationRoleArn: role("rotate-partner-api"),
  readers: [role("orders-service")],
  administrators: [role("deploy-orders")],
});

export const secretName = secret.secretName;
