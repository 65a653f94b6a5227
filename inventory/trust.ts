import { element, readDocument, texts } from "#pack/aws/document";
import { isEverybody } from "#pack/aws/callers";
import { isObject, unknown, type Value } from "#pack/value";
import type { Found } from "./estate";

/** Who may become an identity, one sentence each. What can't be read is said as such. */
export function trustOf(resource: Found): string[] {
  const policy = resource.read("assumeRolePolicy") ?? resource.read("assumeRolePolicyDocument");
  if (policy !== undefined) return ofPolicy(policy);
  return bounds.flatMap(([property, says]) => {
    const value = resource.read(property);
    return value === undefined || value === null ? [] : claimsOf(value).map((text) => `${says} ${text}`);
  });
}

/** Properties of login roles and keys that say who uses them. */
const bounds = [
  ["boundSubject", "subject"],
  ["boundClaims", "claim"],
  ["boundServiceAccountNames", "Kubernetes service account"],
  ["boundServiceAccountNamespaces", "Kubernetes namespace"],
  ["boundIamPrincipalArns", "AWS principal"],
  ["boundServiceAccounts", "GCP service account"],
  ["allowedUriSans", "certificate for"],
  ["attributeCondition", "tokens with"],
  ["user", "holder of the key of AWS user"],
  ["serviceAccountId", "holder of the key of"],
] as const;

function claimsOf(value: Value): string[] {
  if (value === unknown) return ["not known"];
  if (Array.isArray(value)) return value.flatMap(claimsOf);
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => claimsOf(item).map((text) => `${key} = ${text}`));
  return value === null || value === "" ? [] : [String(value)];
}

function ofPolicy(policy: Value): string[] {
  const reading = readDocument(policy);
  if ("unreadable" in reading) return [`the trust policy ${reading.unreadable}`];
  return reading.statements.flatMap((statement) => {
    if (statement.effect === "deny") return [];
    if (statement.notPrincipal !== undefined || isEverybody(statement)) return ["everybody"];
    if (statement.principal === unknown) return ["a principal that is not known"];
    const subjects = statement.comparisons
      .filter(({ key }) => key.endsWith(":sub"))
      .flatMap(({ values }) => values.map((value) => (value === unknown ? "not known" : value)));
    const named = (kind: string) =>
      texts(element(statement.principal, kind)).map((text) => (text === unknown ? "not known" : text));
    const suffix = subjects.length > 0 ? `, subject ${subjects.join(" or ")}` : "";
    return [
      ...named("federated").map((issuer) => `tokens of ${issuer.replace(/^.*oidc-provider\//, "")}${suffix}`),
      ...named("service").map((service) => `service ${service}`),
      ...named("aws").map((arn) => `AWS ${arn}`),
    ];
  });
}
