import type { StackFinding, StackResource, StackRule } from "../rule";
import { environments } from "../stack/environment";
import { issuerTypes, trustedBy, trustingTypes } from "../stack/subjects";
import { identityNames, identityTypes, useOf, userTypes } from "../stack/users";
import { fail } from "../verdict";

/** What a binding is about: its environment is where the binding acts. */
const targetTypes = ["gcp:organizations/project:Project", "gcp:serviceaccount/account:Account"];
/** A policy that a component makes beside a role of Vault is what says where the role acts. */
const sayingTypes = ["vault:index/policy:Policy"];

export const environmentsAreSeparate: StackRule = {
  id: "environments-are-separate",
  title: "A machine acts in one environment, with an identity of that environment.",
  why: "Whoever takes over a job of staging is in production with the same identity.",
  fix: "Give each environment its own subject and its own identity, for example one environment of the repository for each.",
  severity: "high",
  enforcement: "mandatory",
  topic: "cross-env-reuse",
  doesNotSee:
    "Resources that do not say where they act, other stacks, whole accounts that are trusted, and what is known only after up: the update judges that.",
  whenNot:
    "A machine that has to act in all environments, as a scanner does: say so in its environment, with one name for all of them.",
  lists: {
    environmentTags: {
      values: ["environment", "env"],
      says: "Tags and labels that say where a resource acts, beside nhi:environment. Default: environment and env.",
    },
  },
  samples: {
    bad: `
const oidc = "token.actions.githubusercontent.com";
const assumeRolePolicy: aws.iam.PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: \`arn:aws:iam::123456789012:oidc-provider/\${oidc}\` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [\`\${oidc}:aud\`]: "sts.amazonaws.com",
          [\`\${oidc}:sub\`]: "repo:octo@123456/app@456789:ref:refs/heads/main",
        },
      },
    },
  ],
};
new aws.iam.Role("deploy-staging", { assumeRolePolicy, tags: { "nhi:environment": "staging" } });
new aws.iam.Role("deploy-production", { assumeRolePolicy, tags: { "nhi:environment": "production" } });
`,
    good: `
const oidc = "token.actions.githubusercontent.com";
for (const environment of ["staging", "production"])
  new aws.iam.Role(\`deploy-\${environment}\`, {
    assumeRolePolicy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: \`arn:aws:iam::123456789012:oidc-provider/\${oidc}\` },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [\`\${oidc}:aud\`]: "sts.amazonaws.com",
              [\`\${oidc}:sub\`]: \`repo:octo@123456/app@456789:environment:\${environment}\`,
            },
          },
        },
      ],
    },
    tags: { "nhi:environment": environment },
  });
`,
  },
  types: [
    ...new Set([
      ...trustingTypes,
      ...issuerTypes,
      ...userTypes,
      ...identityTypes,
      ...targetTypes,
      ...sayingTypes,
    ]),
  ],
  checkStack(resources) {
    const environmentOf = environments(resources);
    return [...trustFindings(resources, environmentOf), ...useFindings(resources, environmentOf)];
  },
};

/** Who has a subject or an identity first, and for which environment. */
interface First {
  resource: StackResource;
  environment: string;
}

function trustFindings(
  resources: readonly StackResource[],
  environmentOf: Map<string, string>,
): StackFinding[] {
  const firsts = new Map<string, First>();
  const issuers = resources.filter(({ type }) => issuerTypes.includes(type));
  const targets = resources.filter(({ type }) => targetTypes.includes(type));
  return resources.flatMap((resource) => {
    const target = targetOf(resource, targets);
    const environment = environmentOf.get(target?.urn ?? "") ?? environmentOf.get(resource.urn);
    if (environment === undefined) return [];
    const reuse = trustedBy(resource, issuers)
      .map(({ subject, property }) => ({
        property,
        first: firstOf(firsts, subject, { resource, environment }),
      }))
      .find(({ first }) => first.environment !== environment);
    if (!reuse) return [];
    const { type, name } = reuse.first.resource;
    const says = `lets in a machine that ${type} "${name}" lets into another environment`;
    return [{ ...fail(reuse.property, says), resource }];
  });
}

/** A binding of GCP has no labels: what it is about has. */
function targetOf(resource: StackResource, targets: readonly StackResource[]): StackResource | undefined {
  const property = bindings.find(([start]) => resource.type.startsWith(start))?.[1];
  if (property === undefined) return undefined;
  const named = resource.read(property);
  const isNamed = (target: StackResource) =>
    typeof named === "string" &&
    named !== "" &&
    [target.read("name"), target.read("projectId")].includes(named);
  return targets.find((target) => resource.sourcesOf(property).includes(target.urn) || isNamed(target));
}

const bindings = [
  ["gcp:serviceaccount/iAM", "serviceAccountId"],
  ["gcp:projects/iAM", "project"],
] as const;

function useFindings(
  resources: readonly StackResource[],
  environmentOf: Map<string, string>,
): StackFinding[] {
  const firsts = new Map<string, First>();
  const names = identityNames(resources);
  for (const resource of resources) {
    const environment = environmentOf.get(resource.urn);
    if (identityTypes.includes(resource.type) && environment !== undefined)
      firsts.set(resource.urn, { resource, environment });
  }
  return resources.flatMap((resource) => {
    const environment = environmentOf.get(resource.urn);
    const use = useOf(resource, names);
    if (environment === undefined || use === undefined) return [];
    const first = firstOf(firsts, use.identity, { resource, environment });
    if (first.environment === environment) return [];
    const { type, name } = first.resource;
    const says =
      first.resource.urn === use.identity
        ? `is ${type} "${name}", which is of another environment`
        : `is an identity that ${type} "${name}" has in another environment`;
    return [{ ...fail(use.property, says), resource }];
  });
}

function firstOf(firsts: Map<string, First>, key: string, own: First): First {
  const first = firsts.get(key) ?? own;
  firsts.set(key, first);
  return first;
}
