import { numberOf } from "../duration";
import { renewed } from "../rotation";
import type { Judge, Resource } from "../rule";
import { longestGap } from "../schedule";
import { isGiven } from "../static-key";
import { unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { element } from "./document";

/** What lies beneath credentials that are made anew each time: the secret and the key. */
export const awsRotations: Readonly<Record<string, Judge>> = {
  "aws:secretsmanager/secretRotation:SecretRotation": secret,
  "aws-native:secretsmanager:RotationSchedule": secret,
  "aws:kms/key:Key": (resource) => key("customerMasterKeySpec", resource),
  "aws-native:kms:Key": (resource) => key("keySpec", resource),
};

function secret(resource: Resource): Finding[] {
  const rules = resource.read("rotationRules");
  if (rules === unknown) return [undetermined("rotationRules", "is not known yet, and may be seldom")];
  const schedule = element(rules, "scheduleexpression");
  const after = element(rules, "automaticallyafterdays");
  if (isGiven(schedule))
    return renewed(resource, "rotationRules.scheduleExpression", longestGap(schedule ?? null));
  if (isGiven(after)) return renewed(resource, "rotationRules.automaticallyAfterDays", inDays(after));
  return [fail("rotationRules", "says no time, so that the secret is never renewed")];
}

const inDays = (value: Value | undefined) => (value === unknown ? unknown : numberOf(value ?? null) * 86_400);

/** KMS renews symmetric keys that it makes itself; others have to be replaced by hand (docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html). */
function key(spec: string, resource: Resource): Finding[] {
  const kind = resource.read(spec);
  const origin = resource.read("origin");
  const usage = resource.read("keyUsage");
  const isOther =
    (isGiven(kind) && kind !== unknown && kind !== "SYMMETRIC_DEFAULT") ||
    (isGiven(origin) && origin !== unknown && origin !== "AWS_KMS") ||
    (isGiven(usage) && usage !== unknown && usage !== "ENCRYPT_DECRYPT") ||
    ["customKeyStoreId", "xksKeyId"].some((property) => isGiven(resource.read(property)));
  if (isOther) return [];
  const rotates = resource.read("enableKeyRotation");
  if ([rotates, kind, origin, usage].includes(unknown))
    return [undetermined("enableKeyRotation", "is not known yet, and has to be true")];
  if (rotates !== true && rotates !== "true")
    return [
      fail("enableKeyRotation", "is not true, so that the key is never renewed", "Set enableKeyRotation."),
    ];
  const period = resource.read("rotationPeriodInDays");
  return isGiven(period)
    ? renewed(resource, "rotationPeriodInDays", inDays(period), "maxKeyRotationSeconds")
    : [];
}
