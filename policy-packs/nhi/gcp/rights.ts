import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { windowOf } from "./grant-time";
import { iamTypes, isContainer } from "./iam-types";
import { type Member, membersOf } from "./members";
import { isGooglesOwn, isMachine } from "./principals";

const customRoles = [
  "gcp:projects/iAMCustomRole:IAMCustomRole",
  "gcp:organizations/iAMCustomRole:IAMCustomRole",
  "google-native:iam/v1:Role",
  "google-native:iam/v1:OrganizationRole",
];

/** What gives rights at GCP: roles of a project, a folder or an organisation, and roles that a team makes itself. */
export const gcpRights: Record<string, Judge> = {
  ...forTypes(iamTypes.filter(isContainer), containerFindings),
  ...forTypes(customRoles, customRoleFindings),
};

const everything = "gives nearly every right in everything below";
const makesRights = "lets its holder give every right to itself";
const actsAsAll = "lets its holder act as every service account below";
const makesKeys = "lets its holder make keys of every service account below";
const makesTrust = "lets its holder trust any issuer, and come in as anybody";

/** Roles that lead to every right where they are given for everything below (cloud.google.com/iam/docs/roles-overview). */
const privileged: Readonly<Record<string, string>> = {
  "roles/owner": everything,
  "roles/editor": everything,
  "roles/writer": everything,
  "roles/admin": everything,
  "roles/iam.securityAdmin": makesRights,
  "roles/iam.admin": makesRights,
  "roles/iam.roleAdmin": makesRights,
  "roles/iam.organizationRoleAdmin": makesRights,
  "roles/resourcemanager.projectIamAdmin": makesRights,
  "roles/resourcemanager.folderAdmin": makesRights,
  "roles/resourcemanager.folderIamAdmin": makesRights,
  "roles/resourcemanager.organizationAdmin": makesRights,
  "roles/privilegedaccessmanager.admin": makesRights,
  "roles/orgpolicy.policyAdmin": "lets its holder switch off what the organisation forbids",
  "roles/iam.serviceAccountTokenCreator": actsAsAll,
  "roles/iam.serviceAccountUser": actsAsAll,
  "roles/iam.serviceAccountOpenIdTokenCreator": actsAsAll,
  "roles/iam.workloadIdentityUser": actsAsAll,
  "roles/iam.serviceAccountAdmin": actsAsAll,
  "roles/iam.serviceAccountKeyAdmin": makesKeys,
  "roles/storage.hmacKeyAdmin": makesKeys,
  "roles/iam.workloadIdentityPoolAdmin": makesTrust,
  "roles/iam.workforcePoolAdmin": makesTrust,
};

/** What a role leads to where it is given for everything below; nothing for one that is for a task. */
export const leadsTo = (role: string): string | undefined =>
  Object.hasOwn(privileged, role) ? privileged[role] : undefined;

/** What an instance or a function runs as when it names no account. */
const isDefault = (member: string) =>
  /^serviceAccount:(\d+-compute@developer\.gserviceaccount\.com|[^@:]+@appspot\.gserviceaccount\.com)$/.test(
    member,
  );

function containerFindings(resource: Resource): Finding[] {
  const members = membersOf(resource);
  // What can't be read, another rule says of the same policy.
  if (!Array.isArray(members)) return [];
  const horizon = resource.ceiling("maxPrivilegedSeconds");
  return members.flatMap((member) => memberFindings(member, resource.now, horizon));
}

function memberFindings(
  { property, member, role, condition }: Member,
  now: number,
  horizon: number,
): Finding[] {
  if (role === undefined) return [];
  const says = role === unknown ? undefined : leadsTo(role);
  if (member === unknown)
    return says === undefined ? [] : [undetermined(property, `is not known yet, and its role ${says}`)];
  const name = member.trim();
  if (!isMachine(name) || isGooglesOwn(name)) return [];
  if (role === unknown) return [undetermined(property, "is a machine, and its role is not known yet")];
  if (says === undefined)
    return isDefault(name)
      ? [
          advise(
            property,
            "is a default service account: every instance and function that names no other has the role",
            "Give the workload a service account of its own.",
          ),
        ]
      : [];
  return privilegedFindings(property, says, condition, now, horizon);
}

function privilegedFindings(
  property: string,
  says: string,
  condition: Member["condition"],
  now: number,
  horizon: number,
): Finding[] {
  const whole = `is a machine with a role that ${says}`;
  const { value } = condition;
  const expression = value === unknown ? unknown : isObject(value) ? value.expression : undefined;
  if (expression === unknown)
    return [undetermined(condition.property, `is not known yet: ${property} ${whole}`)];
  if (typeof expression !== "string") return [fail(property, whole)];
  const at = `${condition.property}.expression`;
  const window = windowOf(expression);
  if (window === undefined) return [undetermined(at, "can't be read as an expression")];
  // From its start, or from now on: what is over gives nothing any more.
  const seconds = (window.end - Math.max(window.start, now)) / 1000;
  const lasts = window.start === -Infinity ? (window.end - now) / 1000 : (window.end - window.start) / 1000;
  if (seconds <= 0 || lasts <= horizon) return [];
  if (window.hasMore)
    return [
      undetermined(at, `compares more than the time, and its reach can't be seen here: ${property} ${whole}`),
    ];
  return [
    fail(
      at,
      `${window.end === Infinity ? "has no end" : `ends after more than ${horizon} seconds`}: ${property} ${whole}`,
      "Give a role for the task, or compare request.time with timestamp() of a near end.",
    ),
  ];
}

const permissions: readonly [pattern: RegExp, says: string][] = [
  [/^resourcemanager\.(projects|folders|organizations)\.setIamPolicy$/, makesRights],
  [/^iam\.roles\.(create|update)$/, makesRights],
  [/^iam\.serviceAccounts\.setIamPolicy$/, "lets its holder say who acts as a service account"],
  [
    /^(iam\.serviceAccountKeys\.(create|upload)|storage\.hmacKeys\.create)$/,
    "lets its holder make static keys",
  ],
  [/^iam\.(workloadIdentityPoolProviders|workforcePoolProviders)\.(create|update)$/, makesTrust],
  [/^orgpolicy\.policy\.set$/, "lets its holder switch off what the organisation forbids"],
];
const actsAs =
  /^iam\.serviceAccounts\.(getAccessToken|getOpenIdToken|signBlob|signJwt|implicitDelegation|actAs)$/;

function customRoleFindings(resource: Resource): Finding[] {
  const property = resource.type.startsWith("google-native:") ? "includedPermissions" : "permissions";
  const all = resource.read(property);
  if (all === unknown) return [undetermined(property, "is not known yet")];
  if (!Array.isArray(all)) return [];
  const findings = all.flatMap((permission: Value, index): Finding[] => {
    if (typeof permission !== "string") return [];
    const says = permissions.find(([pattern]) => pattern.test(permission))?.[1];
    if (says !== undefined) return [fail(`${property}[${index}]`, `${says}: it has ${permission}`)];
    return actsAs.test(permission)
      ? [
          advise(
            `${property}[${index}]`,
            `lets its holder act as a service account, as it has ${permission}: as every one where the role is given for a project`,
            "Give the role at the service account that is meant.",
          ),
        ]
      : [];
  });
  if (findings.length > 0 || !all.includes(unknown)) return findings;
  return [undetermined(property, "has a permission that is not known yet")];
}
