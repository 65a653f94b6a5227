import { awsRotations } from "../aws/rotation";
import { gcpRotations } from "../gcp/rotation";
import type { ResourceRule } from "../rule";
import { vaultRotations } from "../vault/rotation";

const judges = { ...awsRotations, ...gcpRotations, ...vaultRotations };

export const underlyingSecretsRotate: ResourceRule = {
  id: "underlying-secrets-rotate",
  title: "What short-lived credentials are made from is renewed by itself.",
  why: "A secret that is never renewed makes every credential that comes from it as old as itself.",
  fix: "Let the platform renew it, at least once a month.",
  severity: "medium",
  enforcement: "mandatory",
  topic: "no-underlying-rotation",
  doesNotSee:
    "Secrets that have no rotation at all, whether a rotation works, and keys that are renewed by hand under an alias. A call to Vault's rotate-root, and a credential that is write-only.",
  whenNot: "A key that only decrypts what is old, or a secret that another system renews.",
  samples: {
    bad: `
new aws.secretsmanager.SecretRotation("orders", {
  secretId: "orders",
  rotationLambdaArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
  rotationRules: { automaticallyAfterDays: 365 },
});
`,
    good: `
new aws.secretsmanager.SecretRotation("orders", {
  secretId: "orders",
  rotationLambdaArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
  rotationRules: { scheduleExpression: "rate(7 days)" },
});
`,
  },
  ceilings: {
    maxRotationSeconds: {
      seconds: 31 * 86_400,
      says: "The longest time between two renewals of a secret, in seconds. Default: 2678400, the longest month.",
    },
    maxKeyRotationSeconds: {
      seconds: 366 * 86_400,
      says: "The longest time between two renewals of a key, in seconds. Default: 31622400, a year, as KMS does by itself.",
    },
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
