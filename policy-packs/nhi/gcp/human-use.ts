import { hostOf, issuerOf } from "../issuers/issuers";
import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { isObject, unknown } from "../value";
import { advise, fail, type Finding } from "../verdict";
import { windowOf } from "./grant-time";
import { iamTypes, isContainer, isServiceAccount } from "./iam-types";
import { type Member, membersOf } from "./members";

/** Where people act as machines, and machines come in as people. */
export const gcpHumanUse: Readonly<Record<string, Judge>> = {
  ...forTypes(
    iamTypes.filter((type) => isContainer(type) || isServiceAccount(type)),
    impersonation,
  ),
  ...forTypes(
    ["gcp:iam/workforcePoolProvider:WorkforcePoolProvider", "google-native:iam/v1:WorkforcePoolProvider"],
    workforce,
  ),
};

/** Roles by which one gets tokens of a service account. */
const getsTokens =
  /^roles\/iam\.(serviceAccountTokenCreator|serviceAccountOpenIdTokenCreator|workloadIdentityUser)$/;

const people =
  /^(user:|group:|domain:|principal(Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/)/;

const instead =
  "Give people the rights themselves, for a time: by an entitlement, or with a condition that ends.";

function impersonation(resource: Resource): Finding[] {
  const members = membersOf(resource);
  // What can't be read, another rule says of the same policy.
  if (!Array.isArray(members)) return [];
  return members
    .filter(({ member, role, condition }) => actsAsMachine(member, role) && !ends(condition))
    .map(({ property }) =>
      isContainer(resource.type)
        ? fail(property, "lets people act as every service account below", instead)
        : advise(property, "lets people act as a machine, for as long as the binding stands", instead),
    );
}

const actsAsMachine = (member: Member["member"], role: Member["role"]): boolean =>
  typeof member === "string" &&
  people.test(member.trim()) &&
  typeof role === "string" &&
  getsTokens.test(role);

function ends({ value }: Member["condition"]): boolean {
  const expression = isObject(value) ? value.expression : value;
  if (expression === unknown) return true;
  const window = typeof expression === "string" ? windowOf(expression) : undefined;
  return window !== undefined && window.end < Infinity;
}

/** Issuers that sign for programs alone. */
const ofMachines =
  /^(GitHub|GitLab|Bitbucket|CircleCI|Buildkite|HCP Terraform|Pulumi Cloud|Azure DevOps|an EKS cluster)/;

function workforce(resource: Resource): Finding[] {
  const oidc = resource.read("oidc");
  const uri = isObject(oidc) ? oidc.issuerUri : undefined;
  if (typeof uri !== "string") return [];
  const { name } = issuerOf(hostOf(uri));
  return ofMachines.test(name)
    ? [
        fail(
          "oidc.issuerUri",
          `is ${name}: its programs come in as people`,
          "Trust it in a workload identity pool.",
        ),
      ]
    : [];
}
