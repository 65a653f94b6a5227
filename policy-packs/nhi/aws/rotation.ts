import { numberOf } from "../duration";
import type { Judge, Resource } from "../rule";
import { isGiven } from "../static-key";
import { unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { element } from "./document";
import { longestGap } from "./schedule";

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
    return apart(
      resource,
      "rotationRules.scheduleExpression",
      "maxRotationSeconds",
      longestGap(schedule ?? null),
    );
  if (isGiven(after))
    return apart(resource, "rotationRules.automaticallyAfterDays", "maxRotationSeconds", inDays(after));
  return [fail("rotationRules", "says no time, so that the secret is never renewed")];
}

const inDays = (value: Value | undefined) => (value === unknown ? unknown : numberOf(value ?? null) * 86_400);

function apart(
  resource: Resource,
  property: string,
  ceiling: string,
  gap: number | typeof unknown,
): Finding[] {
  if (gap === unknown) return [undetermined(property, "is not known yet, and may be seldom")];
  if (Number.isNaN(gap)) return [fail(property, "is no schedule that can be read, or one that ends")];
  const most = resource.ceiling(ceiling);
  return gap > most
    ? [
        fail(
          property,
          `lets ${Math.ceil(gap / 86_400)} d pass, and ${Math.ceil(most / 86_400)} d are allowed`,
        ),
      ]
    : [];
}

/** KMS renews symmetric keys that it makes itself; others have to be replaced by hand. */
function key(spec: string, resource: Resource): Finding[] {
  const kind = resource.read(spec);
  const origin = resource.read("origin");
  const isOther =
    (isGiven(kind) && kind !== unknown && kind !== "SYMMETRIC_DEFAULT") ||
    (isGiven(origin) && origin !== unknown && origin !== "AWS_KMS") ||
    isGiven(resource.read("customKeyStoreId"));
  if (isOther) return [];
  const rotates = resource.read("enableKeyRotation");
  if (rotates === unknown || kind === unknown || origin === unknown)
    return [undetermined("enableKeyRotation", "is not known yet, and has to be true")];
  if (rotates !== true && rotates !== "true")
    return [
      fail("enableKeyRotation", "is not true, so that the key is never renewed", "Set enableKeyRotation."),
    ];
  const period = resource.read("rotationPeriodInDays");
  return isGiven(period)
    ? apart(resource, "rotationPeriodInDays", "maxKeyRotationSeconds", inDays(period))
    : [];
}
