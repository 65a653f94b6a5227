import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NhiKind, StaticCredentialException } from "pulumi-nhi";

const config = new pulumi.Config();
const record = {
  metadata: {
    owner: "finance",
    purpose: "fetches invoices",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: config.require("reviewBy"),
  },
  reason: "the ERP takes nothing but a key",
  compensatingControl: "its network has two administrators",
  approvedBy: "security",
  approvedOn: config.require("approvedOn"),
  expires: config.require("expires"),
};

/** What somebody may do to the user's policy from outside of the component. */
const withoutNetwork: pulumi.ResourceTransform = ({ type, props, opts }) => {
  if (type !== "aws:iam/userPolicy:UserPolicy") return undefined;
  const policy = JSON.parse(props.policy as string) as { Statement: { Sid?: string }[] };
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== "NotFromElsewhere");
  return { props: { ...props, policy: JSON.stringify({ ...policy, Statement }) }, opts };
};

new StaticCredentialException(
  "erp",
  {
    ...record,
    awsAccessKey: {
      accountId: "123456789012",
      grants: { buckets: [{ bucket: "invoices", access: "read" }] },
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/exceptions",
      sourceCidrs: ["203.0.113.16/28"],
      readers: ["arn:aws:iam::123456789012:role/operator"],
      administrators: ["arn:aws:iam::123456789012:role/deploy"],
      alarmTopicArns: ["arn:aws:sns:eu-central-1:123456789012:alerts"],
    },
  },
  { transforms: config.getBoolean("altered") ? [withoutNetwork] : [] },
);

const vendor = new StaticCredentialException("vendor", {
  ...record,
  existing: [
    {
      resource: "aws:lambda/function:Function::sync",
      rule: "no-secrets-in-configuration",
      property: "environment.variables.VENDOR_API_KEY",
    },
  ],
});
new aws.lambda.Function(
  "sync",
  {
    role: "arn:aws:iam::123456789012:role/sync",
    environment: {
      variables: {
        VENDOR_API_KEY: "made-up-a8f3e1c07b",
        ...(config.getBoolean("second") && { DB_PASSWORD: "made-up-91d4c2be6f" }),
      },
    },
  },
  { dependsOn: vendor },
);
