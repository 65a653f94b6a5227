import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";

/** Constraints that keep static keys from being made, which hold when they are enforced (cloud.google.com/resource-manager/docs/organization-policy/restricting-service-accounts). */
const against = new Set([
  "iam.disableServiceAccountKeyCreation",
  "iam.disableServiceAccountKeyUpload",
  "iam.managed.disableServiceAccountKeyCreation",
  "iam.managed.disableServiceAccountKeyUpload",
  "iam.managed.disableServiceAccountApiKeyCreation",
]);
/** Lets the accounts that it allows have tokens of twelve hours in place of one. */
const extension = "iam.allowServiceAccountCredentialLifetimeExtension";

/** Organisation policies about keys and tokens, in both of their resources. */
export const keyConstraints: Record<string, (resource: Resource) => Finding[]> = {
  "gcp:orgpolicy/policy:Policy": current,
  "google-native:orgpolicy/v2:Policy": current,
  "google-native:orgpolicy/v2:FolderPolicy": current,
  "google-native:orgpolicy/v2:OrganizationPolicy": current,
  "gcp:projects/organizationPolicy:OrganizationPolicy": former,
  "gcp:folder/organizationPolicy:OrganizationPolicy": former,
  "gcp:organizations/policy:Policy": former,
};

/** `projects/shop/policies/iam.x` -> `iam.x` */
const nameOf = (value: Value | undefined): string =>
  typeof value === "string" ? value.replace(/^.*\/policies\//, "").replace(/^constraints\//, "") : "";

function current(resource: Resource): Finding[] {
  const name = nameOf(resource.read("name"));
  if (!against.has(name) && name !== extension) return [];
  const spec = resource.read("spec");
  if (spec === unknown) return [undetermined("spec", "is not known yet")];
  if (!isObject(spec))
    return name === extension || resource.read("dryRunSpec") === undefined
      ? []
      : [fail("spec", `is not set: ${name} holds in a dry run only, which stops nobody`)];
  if (spec.reset === true && name !== extension)
    return [fail("spec.reset", `sets ${name} back to Google's default`)];
  const rules = Array.isArray(spec.rules) ? spec.rules : [];
  return rules.flatMap((rule, index): Finding[] => {
    const where = `spec.rules[${index}]`;
    if (!isObject(rule)) return rule === unknown ? [undetermined(where, "is not known yet")] : [];
    if (name === extension)
      return isTrue(rule.allowAll)
        ? [fail(`${where}.allowAll`, "lets every service account have tokens of twelve hours")]
        : [];
    if (rule.enforce === unknown) return [undetermined(`${where}.enforce`, "is not known yet")];
    return isTrue(rule.enforce) ? [] : [fail(`${where}.enforce`, `switches off ${name}`)];
  });
}

/** The API has the truth as a text. */
const isTrue = (value: Value | undefined) =>
  value === true || (typeof value === "string" && value.toUpperCase() === "TRUE");

function former(resource: Resource): Finding[] {
  const name = nameOf(resource.read("constraint"));
  if (name === extension) {
    const list = resource.read("listPolicy");
    const allow = isObject(list) ? list.allow : undefined;
    return isObject(allow) && isTrue(allow.all)
      ? [fail("listPolicy.allow.all", "lets every service account have tokens of twelve hours")]
      : [];
  }
  if (!against.has(name)) return [];
  if (resource.read("restorePolicy") !== undefined)
    return [fail("restorePolicy", `sets ${name} back to Google's default`)];
  const policy = resource.read("booleanPolicy");
  if (policy === unknown) return [undetermined("booleanPolicy", "is not known yet")];
  if (!isObject(policy)) return [];
  if (policy.enforced === unknown) return [undetermined("booleanPolicy.enforced", "is not known yet")];
  return isTrue(policy.enforced) ? [] : [fail("booleanPolicy.enforced", `switches off ${name}`)];
}
