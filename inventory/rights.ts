import { readDocument } from "#pack/aws/document";
import { nameOfArn } from "#pack/stack/assume";
import { unknown, type Value } from "#pack/value";
import { type Found, textOf } from "./estate";

/** Rights of each identity in words, by its URN. One pass over the estate. */
export function rightsByUrn(resources: readonly Found[]): Map<string, string[]> {
  const roles = new Map<string, string>();
  for (const resource of resources)
    for (const property of holderNames[resource.type] ?? []) {
      const text = textOf(resource.read(property));
      if (text !== undefined) roles.set(`${resource.type} ${text}`, resource.urn);
    }
  const rights = new Map<string, string[]>();
  const add = (urn: string | undefined, says: string[]) => {
    if (urn !== undefined) rights.set(urn, [...(rights.get(urn) ?? []), ...says]);
  };
  for (const resource of resources) {
    const grant = grants[resource.type];
    if (grant) {
      const named = textOf(resource.read(grant.holder)) ?? "";
      const name = nameOfArn(named.replace(/^serviceAccount:/, ""));
      add(
        resource.sourcesOf(grant.holder).find((urn) => urn.includes(`::${grant.type}::`)) ??
          roles.get(`${grant.type} ${name}`),
        grant.says(resource),
      );
    }
    add(resource.urn, ownRights(resource));
  }
  return rights;
}

const role = "aws:iam/role:Role";
const user = "aws:iam/user:User";
const account = "gcp:serviceaccount/account:Account";
const holderNames: Record<string, string[]> = { [role]: ["name"], [user]: ["name"], [account]: ["email"] };

interface Grant {
  holder: string;
  type: string;
  says: (resource: Found) => string[];
}
const documented = (resource: Found) => documentRights(resource.read("policy"));
const attached = (resource: Found) => {
  const arn = textOf(resource.read("policyArn"));
  return [arn === undefined ? "a policy that is not known" : policyWords(arn)];
};
const bound = (what: string) => (resource: Found) => {
  const target = textOf(resource.read(what)) ?? "what is not known";
  return [`${textOf(resource.read("role")) ?? "a role that is not known"} on ${target}`];
};
const grants: Record<string, Grant> = {
  "aws:iam/rolePolicy:RolePolicy": { holder: "role", type: role, says: documented },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { holder: "role", type: role, says: attached },
  "aws:iam/userPolicy:UserPolicy": { holder: "user", type: user, says: documented },
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": { holder: "user", type: user, says: attached },
  "gcp:projects/iAMMember:IAMMember": { holder: "member", type: account, says: bound("project") },
  "gcp:storage/bucketIAMMember:BucketIAMMember": { holder: "member", type: account, says: bound("bucket") },
};

const policyWords = (arn: string) =>
  nameOfArn(arn) === "AdministratorAccess" ? "administrator" : `policy ${nameOfArn(arn)}`;

function documentRights(value: Value | undefined): string[] {
  const reading = readDocument(value);
  if ("unreadable" in reading) return [`a policy that ${reading.unreadable}`];
  return reading.statements
    .filter(({ effect }) => effect !== "deny")
    .map(({ actions, notActions, resources }) => {
      const words = (list: readonly (string | typeof unknown)[]) =>
        list.map((text) => (text === unknown ? "what is not known" : text)).join(", ");
      if (notActions) return `everything but ${words(notActions)}`;
      return actions.includes("*") && resources.includes("*")
        ? "administrator"
        : `${words(actions)} on ${words(resources) || "what is not said"}`;
    });
}

/** Policies that a resource names itself. */
const ownRights = (resource: Found): string[] => [
  ...namesIn(resource.read("tokenPolicies")),
  ...namesIn(resource.read("policies")),
  ...namesIn(resource.read("managedPolicyArns")),
];

const namesIn = (value: Value | undefined): string[] =>
  value === unknown
    ? ["policies that are not known"]
    : Array.isArray(value)
      ? value.map((item) => (typeof item === "string" ? policyWords(item) : "a policy that is not known"))
      : [];
