import type { Time } from "./duration";
import type { Resource } from "./rule";
import { unknown } from "./value";
import { fail, type Finding, undetermined } from "./verdict";

const inDays = (seconds: number) => Math.ceil(seconds / 86_400);

/** Whether something is renewed often enough: the longest time between two renewals against a ceiling of the rule. */
export function renewed(
  resource: Resource,
  property: string,
  gap: Time,
  ceiling: "maxRotationSeconds" | "maxKeyRotationSeconds" = "maxRotationSeconds",
): Finding[] {
  if (gap === unknown) return [undetermined(property, "is not known yet, and may be seldom")];
  if (gap === undefined) return [fail(property, "is not set, so that nothing is ever renewed")];
  if (Number.isNaN(gap)) return [fail(property, "is no time or schedule that can be read, or one that ends")];
  const most = resource.ceiling(ceiling);
  return gap > most ? [fail(property, `lets ${inDays(gap)} d pass, and ${inDays(most)} d are allowed`)] : [];
}
