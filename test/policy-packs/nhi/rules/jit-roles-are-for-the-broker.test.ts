import { jitRolesAreForTheBroker } from "../../../../policy-packs/nhi/rules/jit-roles-are-for-the-broker";
import { type Given, type Props, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const roleType = "aws:iam/role:Role";
const account = "arn:aws:iam::123456789012";
const brokerArn = `${account}:role/nhi-broker`;
const migrateArn = `${account}:role/jit/migrate`;

const trust = (principal: unknown, more: object = {}) => ({
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRole",
  ...more,
});
const role = (name: string, statements: unknown, props: object = {}): Given => ({
  type: roleType,
  name,
  props: { name, assumeRolePolicy: { Statement: statements }, ...props },
});
const jit = (statements: unknown, props: object = {}) =>
  role("migrate", statements, { arn: migrateArn, tags: { "nhi:jit": "true" }, ...props });
const good = jit(trust({ AWS: brokerArn }));
const broker = role("nhi-broker", trust({ Service: "lambda.amazonaws.com" }), {
  arn: brokerArn,
  tags: { "nhi:part": "issuer" },
});

const grant = (resource: unknown, action: unknown = "sts:AssumeRole", effect = "Allow") => ({
  Statement: [{ Effect: effect, Action: action, Resource: resource }],
});
const inline = (holder: string, policy: unknown): Given => ({
  type: "aws:iam/rolePolicy:RolePolicy",
  name: "grant",
  props: { role: holder, policy } as Props,
});
const policy = (document: unknown): Given => ({
  type: "aws:iam/policy:Policy",
  name: "may-assume",
  props: { arn: `${account}:policy/may-assume`, policy: document } as Props,
});
const attached = (kind: "role" | "user" | "group", holder: string, more: Partial<Given> = {}): Given => {
  const type = `${kind}PolicyAttachment`;
  return {
    type: `aws:iam/${type}:${type.charAt(0).toUpperCase()}${type.slice(1)}`,
    name: "attached",
    props: { [kind]: holder, policyArn: `${account}:policy/may-assume` },
    ...more,
  };
};

const at = (says: string, statement = 0) =>
  `${roleType} "migrate": assumeRolePolicy.Statement[${statement}] ${says}`;
const granted = (type: string, name: string, property = "policy") =>
  `aws:iam/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type} "${name}": ${property} lets somebody else than the broker assume the role "migrate"`;

testStackRule(jitRolesAreForTheBroker, {
  allows: [
    { name: "one role, which is taken for the broker", resources: [good] },
    { name: "the broker of the stack", resources: [broker, good] },
    {
      name: "the broker of another stack, as the setting says",
      resources: [good],
      config: { brokers: [brokerArn] },
    },
    { name: "a role for machines", resources: [role("web", trust({ Service: "ec2.amazonaws.com" }))] },
    {
      name: "a role that says it is not for it",
      resources: [role("web", trust({ Service: "ec2.amazonaws.com" }), { tags: { "nhi:jit": "false" } })],
    },
    {
      name: "somebody who is kept out",
      resources: [jit([trust({ AWS: brokerArn }), trust("*", { Effect: "Deny" })])],
    },
    {
      name: "tags for the session",
      resources: [jit([trust({ AWS: brokerArn }), trust({ AWS: brokerArn }, { Action: "sts:TagSession" })])],
    },
    { name: "the broker's own policy", resources: [good, inline("nhi-broker", grant(migrateArn))] },
    {
      name: "the broker's own policy, attached",
      resources: [good, policy(grant(migrateArn)), attached("role", "nhi-broker")],
    },
    { name: "another policy that is attached", resources: [good, attached("role", "web")] },
    { name: "a policy that nobody has", resources: [good, policy(grant(migrateArn))] },
    { name: "a policy for another role", resources: [good, inline("web", grant(`${account}:role/other`))] },
    {
      name: "a policy for another action",
      resources: [good, inline("web", grant(migrateArn, "iam:GetRole"))],
    },
    {
      name: "a policy that denies",
      resources: [good, inline("web", grant(migrateArn, "sts:AssumeRole", "Deny"))],
    },
    { name: "everything, which is for the rule about rights", resources: [good, inline("web", grant("*"))] },
    { name: "a policy that is no document", resources: [good, inline("web", "{")] },
  ],
  blocks: [
    {
      name: "a service",
      resources: [jit(trust({ Service: "lambda.amazonaws.com" }))],
      says: [at("lets in a service of AWS, and so whatever runs in it")],
    },
    {
      name: "a token, in the second statement, in another case",
      resources: [
        jit([
          trust({ AWS: brokerArn }),
          { effect: "allow", principal: { federated: "accounts.google.com" }, action: ["STS:AssumeRole*"] },
        ]),
      ],
      says: [at("lets in workloads with a token of their own", 1)],
    },
    { name: "everybody", resources: [jit(trust("*"))], says: [at("lets in every AWS account")] },
    {
      name: "everybody but one",
      resources: [jit({ Effect: "Allow", NotPrincipal: { AWS: brokerArn }, Action: "sts:*" })],
      says: [at("lets in every AWS account")],
    },
    {
      name: "an account",
      resources: [jit(trust({ AWS: "123456789012" }))],
      says: [at("lets in more than a role: an account, a user or a session")],
    },
    {
      name: "a user",
      resources: [jit(trust({ AWS: `${account}:user/ann` }))],
      says: [at("lets in more than a role: an account, a user or a session")],
    },
    {
      name: "a second role",
      resources: [jit(trust({ AWS: [brokerArn, `${account}:role/web`] }))],
      says: [at("lets in a role that is not the broker's")],
    },
    {
      name: "another role than the broker of the stack",
      resources: [broker, jit(trust({ AWS: `${account}:role/web` }))],
      says: [at("lets in a role that is not the broker's")],
    },
    {
      name: "another role than the setting's",
      resources: [good],
      config: { brokers: [`${account}:role/other`] },
      says: [at("lets in a role that is not the broker's")],
    },
    {
      name: "a document as text",
      resources: [jit([], { assumeRolePolicy: JSON.stringify({ Statement: trust({ Service: "x" }) }) })],
      says: [at("lets in a service of AWS, and so whatever runs in it")],
    },
    {
      name: "a role's policy",
      resources: [good, inline("web", grant(migrateArn))],
      says: [granted("RolePolicy", "grant")],
    },
    {
      name: "a pattern",
      resources: [good, inline("web", grant([`${account}:role/jit/*`], ["s3:*", "sts:Assume*"]))],
      says: [granted("RolePolicy", "grant")],
    },
    {
      name: "a pattern for a role whose ARN is not known yet",
      resources: [
        jit(trust({ AWS: brokerArn }), { arn: unknownText }),
        inline("web", grant(`${account}:role/mig*`)),
      ],
      says: [granted("RolePolicy", "grant")],
    },
    ...(["user", "group"] as const).map((kind) => {
      const type = kind === "user" ? "UserPolicy" : "GroupPolicy";
      return {
        name: `a ${kind}'s policy`,
        resources: [
          good,
          {
            type: `aws:iam/${kind}Policy:${type}`,
            name: "p",
            props: { [kind]: "nhi-broker", policy: grant(migrateArn) },
          },
        ],
        says: [granted(type, "p")],
      };
    }),
    {
      name: "an attached policy",
      resources: [good, policy(grant(migrateArn)), attached("role", "web")],
      says: [granted("RolePolicyAttachment", "attached", "policyArn")],
    },
    ...(["user", "group"] as const).map((kind) => ({
      name: `a policy that a ${kind} has`,
      resources: [good, policy(grant(migrateArn)), attached(kind, "nhi-broker")],
      says: [
        granted(kind === "user" ? "UserPolicyAttachment" : "GroupPolicyAttachment", "attached", "policyArn"),
      ],
    })),
    {
      name: "a policy and a holder that are known only by what they are made of",
      resources: [
        good,
        role("web", trust({ Service: "ec2.amazonaws.com" })),
        policy(grant(migrateArn)),
        attached("role", unknownText, {
          props: { role: unknownText, policyArn: unknownText },
          sources: { role: ["web"], policyArn: ["may-assume"] },
        }),
      ],
      says: [granted("RolePolicyAttachment", "attached", "policyArn")],
    },
  ],
  undecided: [
    {
      name: "a trust that is not known yet",
      resources: [jit([], { assumeRolePolicy: unknownText })],
      says: [`${roleType} "migrate": assumeRolePolicy is not known yet`],
    },
    {
      name: "a principal that is not known yet",
      resources: [jit(trust({ AWS: unknownText }))],
      says: [at("trusts a principal that is not known yet")],
    },
    {
      name: "a policy that is made of the role",
      resources: [good, { ...inline("web", unknownText), sources: { policy: ["migrate"] } }],
      says: [
        'aws:iam/rolePolicy:RolePolicy "grant": policy is not known yet, and is made of the role "migrate"',
      ],
    },
    {
      name: "a policy with a resource that is made of the role",
      resources: [good, { ...inline("web", grant(unknownText)), sources: { policy: ["migrate"] } }],
      says: [
        'aws:iam/rolePolicy:RolePolicy "grant": policy is not known yet, and is made of the role "migrate"',
      ],
    },
  ],
});
