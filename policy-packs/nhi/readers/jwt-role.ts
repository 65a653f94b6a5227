import { isObject, unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";

/** Claims that name a workload. Others are what anybody can have who gets a token of the issuer: a branch, an environment. */
const naming = new Set([
  "sub",
  "repository",
  "repository_id",
  "project_id",
  "project_path",
  "job_workflow_ref",
  "oidc.circleci.com/project-id",
  "repositoryUuid",
  "pipeline_id",
  "pipeline_slug",
  "terraform_workspace_id",
  "terraform_full_workspace",
  "kubernetes.io/serviceaccount/name",
  "/kubernetes.io/serviceaccount/name",
  "/kubernetes.io/serviceaccount/uid",
  "email",
  "azp",
  "appid",
  "oid",
  "client_id",
]);

/**
 * Which tokens satisfy a role of Vault's JWT method (developer.hashicorp.com/vault/api-docs/auth/jwt): every bound claim has
 * to be there, and any of its values is enough. One bound field of any kind makes a role valid for Vault; only a claim
 * that names the workload keeps strangers out.
 */
export function jwtRoleFindings(read: (property: string) => Value | undefined): Finding[] {
  // Humans sign in to roles of the other kind, in a browser.
  if (read("roleType") !== "jwt" && read("roleType") !== unknown) return [];
  return [...whoFindings(read), ...audienceFindings(read)];
}

function whoFindings(read: (property: string) => Value | undefined): Finding[] {
  const subject = read("boundSubject");
  if (typeof subject === "string" && subject !== "") return [];
  const claims = read("boundClaims");
  if (subject === unknown || claims === unknown)
    return [
      undetermined(
        claims === unknown ? "boundClaims" : "boundSubject",
        "is not known yet, and is what keeps strangers out",
      ),
    ];
  const bound = Object.entries(isObject(claims) ? claims : {});
  const isGlob = read("boundClaimsType") === "glob";
  const isList = read("disableBoundClaimsParsing") !== true;
  const named = bound.filter(([name]) => naming.has(name));
  const loose = named.filter(([, values]) => isGlob && valuesOf(values, isList).some(isLooseGlob));
  if (named.length === 0)
    return [fail("boundClaims", "names no workload: every token of the issuer for this audience gets in")];
  const tight = named.filter((claim) => !loose.includes(claim));
  if (tight.some(([, values]) => !valuesOf(values, isList).includes(unknown))) return [];
  if (tight.length > 0) return [undetermined("boundClaims", "has a value that is not known yet")];
  return loose.map(([name]) => fail(`boundClaims.${name}`, "is a pattern that more than one workload fits"));
}

/** Vault splits a value at commas unless told not to, and takes any of the parts. */
function valuesOf(value: Value, isList: boolean): (string | typeof unknown)[] {
  if (value === unknown) return [unknown];
  if (typeof value !== "string") return [];
  return isList ? value.split(",").map((part) => part.trim()) : [value];
}

/** A `*` crosses `/` and `:`, so the tenant and the workload must stand before it, whole: `repo:owner/name:ref:…`. */
function isLooseGlob(value: string | typeof unknown): boolean {
  if (value === unknown || !value.includes("*")) return false;
  const whole = value.slice(0, value.indexOf("*")).split(/[:/]/).slice(0, -1);
  return whole.filter((part) => part !== "").length < 3;
}

function audienceFindings(read: (property: string) => Value | undefined): Finding[] {
  const audiences = read("boundAudiences");
  if (audiences === unknown) return [undetermined("boundAudiences", "is not known yet")];
  return Array.isArray(audiences) &&
    audiences.some((audience) => audience === unknown || (typeof audience === "string" && audience !== ""))
    ? []
    : [fail("boundAudiences", "is empty: a token that was made for another service gets in")];
}
