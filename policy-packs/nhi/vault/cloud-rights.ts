import { isAdminPolicy, permissionFindings } from "../aws/permissions";
import { leadsTo } from "../gcp/rights";
import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { isGiven } from "../static-key";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";

/** What Vault's engines give in a cloud, by what the cloud itself calls it. */
export const cloudRights: Readonly<Record<string, Judge>> = {
  "vault:aws/secretBackendRole:SecretBackendRole": aws,
  "vault:azure/backendRole:BackendRole": azure,
  ...forTypes(
    ["vault:gcp/secretRoleset:SecretRoleset", "vault:gcp/secretStaticAccount:SecretStaticAccount"],
    gcp,
  ),
  "vault:terraformcloud/secretRole:SecretRole": terraform,
};

const listOf = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

/** A policy narrows what an assumed role may do, and is all that a user has. */
function aws(resource: Resource): Finding[] {
  const document = resource.read("policyDocument");
  const isNarrowing = resource.read("credentialType") === "assumed_role";
  return [
    ...(isGiven(document) && !isNarrowing ? permissionFindings("policyDocument", document) : []),
    ...listOf(resource.read("policyArns")).flatMap((arn, index) =>
      isAdminPolicy(arn) && !isNarrowing
        ? [
            fail(
              `policyArns[${index}]`,
              "is a policy of AWS's that gives every right, or leads to it",
              "Name a policy for the task.",
            ),
          ]
        : [],
    ),
  ];
}

/** Roles of Azure, by name and by the number that each has everywhere (learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
const givesRights = new Set([
  ...["owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"],
  ...["user access administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"],
  ...["role based access control administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"],
]);
const changesAll = new Set(["contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c"]);

/** Nothing below a resource group is named. */
const isOneResource = (scope: string) => /\/resourcegroups\/[^/]+\/providers\/./i.test(scope);
/** A subscription, a management group or the whole directory. */
const isWide = (scope: string) => !/\/resourcegroups\/[^/]+/i.test(scope);

function azure(resource: Resource): Finding[] {
  const roles = resource.read("azureRoles");
  if (roles === unknown) return [undetermined("azureRoles", "is not known yet")];
  return listOf(roles).flatMap((role, index): Finding[] => {
    const at = `azureRoles[${index}]`;
    if (!isObject(role)) return role === unknown ? [undetermined(at, "is not known yet")] : [];
    const { roleName, roleId, scope } = role;
    const names = [roleName, roleId].map((name) =>
      typeof name === "string" ? (name.toLowerCase().split("/").at(-1) ?? "").trim() : name,
    );
    const isNamed = (set: ReadonlySet<string>) =>
      names.some((name) => typeof name === "string" && set.has(name));
    if (isNamed(givesRights)) {
      const says = "lets its holder give every right to itself";
      return [typeof scope === "string" && isOneResource(scope) ? advise(at, says) : fail(at, says)];
    }
    if (isNamed(changesAll)) {
      if (scope === unknown)
        return [undetermined(`${at}.scope`, "is not known yet, and the role changes everything below")];
      return typeof scope === "string" && isWide(scope)
        ? [fail(at, "lets its holder change everything in a subscription", "Give it in a resource group.")]
        : [];
    }
    return names.includes(unknown) ? [undetermined(at, "is a role that is not known yet")] : [];
  });
}

/** `//cloudresourcemanager.googleapis.com/projects/shop`, `projects/shop`, `organizations/1`: everything below has the role. */
const isContainer = (name: Value | undefined) =>
  typeof name === "string" && /(^|\/)(projects|folders|organizations)\/[^/]+\/?$/.test(name.trim());

function gcp(resource: Resource): Finding[] {
  const bindings = resource.read("bindings");
  if (bindings === unknown) return [undetermined("bindings", "is not known yet")];
  return listOf(bindings).flatMap((binding, index) => {
    if (!isObject(binding)) return [];
    return listOf(binding.roles).flatMap((role, at): Finding[] => {
      const property = `bindings[${index}].roles[${at}]`;
      const says = typeof role === "string" ? leadsTo(role) : undefined;
      if (says !== undefined && binding.resource === unknown)
        return [undetermined(property, `${says} where it is given for a project, and that is not known yet`)];
      if (says !== undefined && isContainer(binding.resource)) return [fail(property, says)];
      return role === unknown && isContainer(binding.resource)
        ? [undetermined(property, "is not known yet, and is given for everything below")]
        : [];
    });
  });
}

function terraform(resource: Resource): Finding[] {
  const kind = resource.read("credentialType");
  const isOrganization =
    kind === "organization" || (!isGiven(kind) && isGiven(resource.read("organization")));
  return isOrganization && !isGiven(resource.read("teamId")) && !isGiven(resource.read("userId"))
    ? [
        fail(
          "organization",
          "gives tokens of the organisation, which make teams and workspaces",
          "Give tokens of a team that has the workspace.",
        ),
      ]
    : [];
}
