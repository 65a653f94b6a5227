import { isEverybody } from "../aws/callers";
import { element, isAbout, readDocument, type Statement, texts } from "../aws/document";
import { globMatches } from "../glob";
import type { StackResource } from "../rule";
import { isObject, unknown } from "../value";

/** `arn:aws:iam::123456789012:role/path/NAME` -> `NAME`; a bare name is one already. */
export const nameOfArn = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

/** Somebody who can assume a role: another role by its ARN, or what it is that has none. */
export interface Caller {
  property: string;
  arn: string | undefined;
  /** What is wrong with a caller that is no role. */
  says: string;
  isKnown: boolean;
}

const assuming = ["sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"];

/** Everybody whom a role's trust policy lets in. */
export function callersOf(role: StackResource): Caller[] {
  const reading = readDocument(role.read("assumeRolePolicy"));
  if ("unreadable" in reading)
    return [{ property: "assumeRolePolicy", arn: undefined, says: reading.unreadable, isKnown: false }];
  return reading.statements
    .filter(
      (statement) => statement.effect !== "deny" && assuming.some((action) => isAbout(statement, action)),
    )
    .flatMap((statement) => callers(`assumeRolePolicy.Statement[${statement.index}]`, statement));
}

function callers(property: string, statement: Statement): Caller[] {
  const caller = (says: string, isKnown = true): Caller => ({ property, arn: undefined, says, isKnown });
  const { principal } = statement;
  if (isEverybody(statement)) return [caller("lets in every AWS account")];
  if (principal === unknown) return [caller("trusts a principal that is not known yet", false)];
  const has = (kind: string) => texts(element(principal, kind)).length > 0;
  return [
    ...(has("federated") ? [caller("lets in workloads with a token of their own")] : []),
    ...(has("service") ? [caller("lets in a service of AWS, and so whatever runs in it")] : []),
    ...texts(element(principal, "aws")).map((arn): Caller => {
      if (arn === unknown) return caller("trusts a principal that is not known yet", false);
      if (/^arn:[^:]*:iam::\d{12}:role\/./.test(arn)) return { ...caller(""), arn };
      return caller("lets in more than a role: an account, a user or a session");
    }),
  ];
}

/** A policy that lets somebody assume roles. */
export interface Grant {
  resource: StackResource;
  property: string;
  /** The name of the role that has it. Nothing where it is a user, a group or not known. */
  holder: string | undefined;
  reaches: (role: StackResource) => "yes" | "no" | "open";
}

/** Where a policy hangs: the property with the document, and the one that names who has it. */
const inline: Record<string, { holder: string; isRole: boolean }> = {
  "aws:iam/groupPolicy:GroupPolicy": { holder: "group", isRole: false },
  "aws:iam/rolePolicy:RolePolicy": { holder: "role", isRole: true },
  "aws:iam/userPolicy:UserPolicy": { holder: "user", isRole: false },
};
const attachments: Record<string, { holder: string; isRole: boolean }> = {
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": { holder: "group", isRole: false },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { holder: "role", isRole: true },
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": { holder: "user", isRole: false },
};
const policyType = "aws:iam/policy:Policy";

export const grantTypes = [...Object.keys(inline), ...Object.keys(attachments), policyType];

export function grantsOf(resources: readonly StackResource[]): Grant[] {
  const policies = resources.filter(({ type }) => type === policyType);
  return resources.flatMap((resource): Grant[] => {
    const own = inline[resource.type];
    if (own)
      return [
        {
          resource,
          property: "policy",
          holder: holderOf(resource, own, resources),
          reaches: reachOf(resource),
        },
      ];
    const attached = attachments[resource.type];
    if (!attached) return [];
    const arn = resource.read("policyArn");
    const policy = policies.find(
      (candidate) =>
        resource.sourcesOf("policyArn").includes(candidate.urn) ||
        (typeof arn === "string" && arn !== "" && candidate.read("arn") === arn),
    );
    return policy
      ? [
          {
            resource,
            property: "policyArn",
            holder: holderOf(resource, attached, resources),
            reaches: reachOf(policy),
          },
        ]
      : [];
  });
}

/** A role's name, also where only the role is known that it is made of. */
function holderOf(
  resource: StackResource,
  { holder, isRole }: { holder: string; isRole: boolean },
  all: readonly StackResource[],
): string | undefined {
  if (!isRole) return undefined;
  const named = resource.read(holder);
  if (typeof named === "string") return nameOfArn(named);
  const name = all.find(({ urn }) => resource.sourcesOf(holder).includes(urn))?.read("name");
  return typeof name === "string" ? name : undefined;
}

function reachOf(policy: StackResource): Grant["reaches"] {
  const value = policy.read("policy");
  const reading = readDocument(value);
  if ("unreadable" in reading)
    return ({ urn }) => (value === unknown && policy.sourcesOf("policy").includes(urn) ? "open" : "no");
  const statements = reading.statements.filter(
    (statement) => statement.effect === "allow" && isAbout(statement, "sts:assumerole"),
  );
  return (role) =>
    statements.some(({ resources }) =>
      resources.some((resource) => resource !== unknown && names(resource, role)),
    )
      ? "yes"
      : isObject(value) &&
          statements.some(({ resources }) => resources.includes(unknown)) &&
          policy.sourcesOf("policy").includes(role.urn)
        ? "open"
        : "no";
}

/** Whether a resource of a policy is this role. Everything is for another rule. */
function names(resource: string, role: StackResource): boolean {
  if (resource === "*") return false;
  const arn = role.read("arn");
  if (typeof arn === "string") return globMatches(resource, arn);
  const name = role.read("name");
  return typeof name === "string" && name !== "" && globMatches(nameOfArn(resource), name);
}
