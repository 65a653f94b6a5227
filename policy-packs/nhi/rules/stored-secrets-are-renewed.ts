import type { StackResource, StackRule } from "../rule";
import { isSecret, rotatedIn, rotationTypes } from "../stack/rotations";
import { isException } from "../stack/targets";
import { advise } from "../verdict";

export const storedSecretsAreRenewed: StackRule = {
  id: "stored-secrets-are-renewed",
  title: "A secret that is stored for machines is renewed by something.",
  why: "A store keeps a secret from being read. Only renewing it ends a copy that somebody has already.",
  fix: "Add a rotation, or replace the secret by access that needs none: IAM, federation, a dynamic secret.",
  severity: "medium",
  enforcement: "advisory",
  topic: "no-underlying-rotation",
  doesNotSee: "What a secret holds, rotations of other stacks, and programs that write new versions.",
  whenNot: "What is stored is no credential, or another system renews it: exempt that one.",
  samples: {
    bad: `
new aws.secretsmanager.Secret("partner-api", { name: "partner-api" });
`,
    good: `
const secret = new aws.secretsmanager.Secret("partner-api", { name: "partner-api" });
new aws.secretsmanager.SecretRotation("partner-api", {
  secretId: secret.id,
  rotationLambdaArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
  rotationRules: { automaticallyAfterDays: 7 },
});
`,
  },
  types: rotationTypes,
  checkStack(resources) {
    const isRotated = rotatedIn(resources);
    return resources
      .filter((resource) => isSecret(resource) && !isException(resource) && !isRenewedElsewhere(resource))
      .filter((secret) => !isRotated(secret))
      .map((resource) => ({ ...advise("it", "has nothing that renews it"), resource }));
  },
};

/** A service of AWS's that made the secret renews it as well: RDS, Redshift and others write their name in front. */
function isRenewedElsewhere(secret: StackResource): boolean {
  const name = secret.read("name");
  return typeof name === "string" && /^(rds|redshift|docdb|events|aoss)!/.test(name);
}
