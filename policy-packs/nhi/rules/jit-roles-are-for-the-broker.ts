import type { StackFinding, StackResource, StackRule } from "../rule";
import { isJitRole, partOf } from "../stack/broker";
import { callersOf, type Grant, grantsOf, grantTypes, nameOfArn } from "../stack/assume";
import { fail, type Finding, undetermined } from "../verdict";

export const jitRolesAreForTheBroker: StackRule = {
  id: "jit-roles-are-for-the-broker",
  title: "A role for just-in-time access can be assumed by the broker, and by nobody else.",
  why: "Who can assume the role without asking has its rights all the time, and no grant to end.",
  fix: "Trust the broker's role alone, by its whole ARN, and let everybody else ask the broker.",
  severity: "high",
  enforcement: "mandatory",
  topic: "jit-decision",
  doesNotSee:
    "Who may become the broker, policies of other stacks and accounts, and grants of sts:AssumeRole on everything, which the rule about rights refuses. Without a role marked nhi:part issuer, and without the setting, the one role that is trusted is taken for the broker.",
  whenNot:
    "A role that machines assume themselves is no role for just-in-time access: take the tag nhi:jit away.",
  lists: {
    brokers: {
      values: [],
      says: "ARNs of the brokers' roles, where another stack makes them. Default: roles of the stack with the tag nhi:part issuer.",
    },
  },
  samples: {
    bad: `
new aws.iam.Role("migrate", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  tags: { "nhi:jit": "true" },
});
`,
    good: `
new aws.iam.Role("migrate", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({
    AWS: "arn:aws:iam::123456789012:role/nhi-broker",
  }),
  tags: { "nhi:jit": "true" },
});
`,
  },
  types: ["aws:iam/role:Role", ...grantTypes],
  checkStack(resources) {
    const jitRoles = resources.filter(isJitRole);
    const marked = resources.filter(
      (resource) => resource.type === "aws:iam/role:Role" && partOf(resource) === "issuer",
    );
    const known = [...marked.flatMap(namesOf), ...(resources[0]?.list("brokers") ?? [])].map(nameOfArn);
    const grants = jitRoles.length > 0 ? grantsOf(resources) : [];
    return jitRoles.flatMap((role) => {
      const trusted = callersOf(role).flatMap(({ arn }) => (arn === undefined ? [] : [nameOfArn(arn)]));
      const brokers = new Set(known.length > 0 ? known : trusted.slice(0, 1));
      return [
        ...trustFindings(role, brokers).map((finding) => ({ ...finding, resource: role })),
        ...grants.flatMap((grant) => grantFindings(grant, role, brokers)),
      ];
    });
  },
};

const namesOf = (role: StackResource): string[] =>
  [role.read("arn"), role.read("name")].filter((name) => typeof name === "string");

function trustFindings(role: StackResource, brokers: ReadonlySet<string>): Finding[] {
  return callersOf(role).flatMap(({ property, arn, says, isKnown }) => {
    if (!isKnown) return [undetermined(property, says)];
    if (arn === undefined) return [fail(property, says)];
    return brokers.has(nameOfArn(arn)) ? [] : [fail(property, "lets in a role that is not the broker's")];
  });
}

function grantFindings(
  { resource, property, holder, reaches }: Grant,
  role: StackResource,
  brokers: ReadonlySet<string>,
): StackFinding[] {
  const reach = reaches(role);
  if (reach === "no" || (holder !== undefined && brokers.has(holder))) return [];
  return reach === "yes"
    ? [{ ...fail(property, `lets somebody else than the broker assume the role "${role.name}"`), resource }]
    : [{ ...undetermined(property, `is not known yet, and is made of the role "${role.name}"`), resource }];
}
