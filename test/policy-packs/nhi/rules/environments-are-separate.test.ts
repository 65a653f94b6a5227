import { environmentsAreSeparate } from "../../../../policy-packs/nhi/rules/environments-are-separate";
import { type Given, type Props, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const github = "token.actions.githubusercontent.com";
const main = "repo:octo@1/app@2:ref:refs/heads/main";
const roleType = "aws:iam/role:Role";
const tags = (environment: string) => ({ "nhi:environment": environment });

type Statement = Record<string, unknown>;
const statement = (
  condition: object,
  principal: unknown = { Federated: "arn:aws:iam::1:oidc-provider/x" },
): Statement => ({
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: condition,
});
const sub = (subject: string | string[], issuer = github, operator = "StringEquals") =>
  statement({ [operator]: { [`${issuer}:sub`]: subject } });
const role = (
  name: string,
  environment: string,
  statements: Statement | Statement[],
  more: Props = {},
): Given => ({
  type: roleType,
  name,
  props: { assumeRolePolicy: { Statement: statements }, tags: tags(environment), ...more },
});
const aws = (principal: unknown) => statement({}, { AWS: principal });
const arn = "arn:aws:iam::123456789012:role/ci";

const vaultRole = (type: string, name: string, environment: string, props: Props): Given => ({
  type,
  name,
  props: { aliasMetadata: { "nhi-environment": environment }, ...props },
});
const jwt = "vault:jwt/authBackendRole:AuthBackendRole";
const mount = (path: string, issuer: string): Given => ({
  type: "vault:jwt/authBackend:AuthBackend",
  name: `mount-${path}`,
  props: { path, oidcDiscoveryUrl: issuer },
});

const account = (name: string, environment: string): Given => ({
  type: "gcp:serviceaccount/account:Account",
  name,
  props: {
    name: `projects/p/serviceAccounts/${name}@p.iam.gserviceaccount.com`,
    email: `${name}@p.iam.gserviceaccount.com`,
    description: `Deploys (owner web, environment ${environment}, kind pipeline, review by 2027-06-30)`,
  },
});
const principal = `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/${main}`;
const binding = (type: string, name: string, target: string, props: Props): Given => ({
  type,
  name,
  props: { serviceAccountId: unknownText, project: unknownText, ...props },
  sources: { serviceAccountId: [target], project: [target] },
});
const member = "gcp:serviceaccount/iAMMember:IAMMember";
const provider = (mapping: string): Given => ({
  type: "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
  name: "provider",
  props: {
    workloadIdentityPoolId: "ci",
    attributeMapping: { "google.subject": mapping },
    oidc: { issuerUri: `https://${github}` },
  },
});
const project = (name: string, environment: string): Given => ({
  type: "gcp:organizations/project:Project",
  name,
  props: { projectId: name, labels: { environment } },
});

const lets = (type: string, name: string, property: string, otherType: string, other: string) =>
  `${type} "${name}": ${property} lets in a machine that ${otherType} "${other}" lets into another environment`;
const letsRole = (property = "assumeRolePolicy.Statement[0]") => lets(roleType, "b", property, roleType, "a");

const used: [string, Props, string, string][] = [
  ["aws:lambda/function:Function", { role: arn }, "role", roleType],
  [
    "aws:apprunner/service:Service",
    { instanceConfiguration: { instanceRoleArn: arn } },
    "instanceConfiguration.instanceRoleArn",
    roleType,
  ],
  ["aws:codebuild/project:Project", { serviceRole: arn }, "serviceRole", roleType],
  ["aws:ecs/taskDefinition:TaskDefinition", { taskRoleArn: arn }, "taskRoleArn", roleType],
  ["aws:eks/podIdentityAssociation:PodIdentityAssociation", { roleArn: arn }, "roleArn", roleType],
  ["aws:glue/job:Job", { roleArn: arn }, "roleArn", roleType],
  ["aws:iam/instanceProfile:InstanceProfile", { role: "ci" }, "role", roleType],
  ["aws:sfn/stateMachine:StateMachine", { roleArn: arn }, "roleArn", roleType],
];
const email = "app@p.iam.gserviceaccount.com";
const usedOfGcp: [string, Props, string][] = [
  ["gcp:cloudfunctions/function:Function", { serviceAccountEmail: email }, "serviceAccountEmail"],
  [
    "gcp:cloudfunctionsv2/function:Function",
    { serviceConfig: { serviceAccountEmail: email } },
    "serviceConfig.serviceAccountEmail",
  ],
  [
    "gcp:cloudrunv2/job:Job",
    { template: { template: { serviceAccount: email } } },
    "template.template.serviceAccount",
  ],
  ["gcp:cloudrunv2/service:Service", { template: { serviceAccount: email } }, "template.serviceAccount"],
  ["gcp:compute/instance:Instance", { serviceAccount: { email } }, "serviceAccount.email"],
];
const ci = role("ci", "production", [], { arn, name: "ci" });

testStackRule(environmentsAreSeparate, {
  allows: [
    {
      name: "a subject for each environment",
      resources: [role("a", "staging", sub(`${main}1`)), role("b", "production", sub(main))],
    },
    {
      name: "two roles of one environment",
      resources: [role("a", "production", sub(main)), role("b", "production", sub(main))],
    },
    {
      name: "one environment under two names",
      resources: [role("a", "prod", sub(main)), role("b", "Production", sub(main))],
    },
    {
      name: "a role that does not say where it acts",
      resources: [role("a", "staging", sub(main)), role("b", "", sub(main), { tags: {} })],
    },
    {
      name: "a subject that is kept out of the other environment",
      resources: [role("a", "staging", sub(main)), role("b", "production", { ...sub(main), Effect: "Deny" })],
    },
    {
      name: "service accounts of one name in two clusters",
      resources: [
        role(
          "a",
          "staging",
          sub("system:serviceaccount:pay:api", "oidc.eks.eu-central-1.amazonaws.com/id/AAAA"),
        ),
        role(
          "b",
          "production",
          sub("system:serviceaccount:pay:api", "oidc.eks.eu-central-1.amazonaws.com/id/BBBB"),
        ),
      ],
    },
    {
      name: "a service of AWS, which acts for everybody",
      resources: [
        role("a", "staging", statement({}, { Service: "lambda.amazonaws.com" })),
        role("b", "production", statement({}, { Service: "lambda.amazonaws.com" })),
      ],
    },
    {
      name: "a vendor's whole account",
      resources: [
        role("a", "staging", aws("arn:aws:iam::123456789012:root")),
        role("b", "production", aws("123456789012")),
      ],
    },
    {
      name: "the broker of roles for just-in-time access",
      resources: [
        role("a", "staging", aws(arn), { tags: { ...tags("staging"), "nhi:jit": "true" } }),
        role("b", "production", aws(arn), { tags: { ...tags("production"), "nhi:jit": "true" } }),
      ],
    },
    {
      name: "trusts of which nothing is known yet",
      resources: [
        role("a", "staging", [], { assumeRolePolicy: unknownText }),
        role("b", "production", sub(main)),
      ],
    },
    {
      name: "subjects that are not known yet",
      resources: [role("a", "staging", sub(unknownText)), role("b", "production", sub(unknownText))],
    },
    {
      name: "mounts of two issuers with one subject",
      resources: [
        mount("a", "https://one.example.com"),
        mount("b", "https://two.example.com"),
        vaultRole(jwt, "x", "staging", { backend: "a", boundSubject: main }),
        vaultRole(jwt, "y", "production", { backend: "b", boundSubject: main }),
      ],
    },
    {
      name: "everybody, which is for other rules",
      resources: [
        vaultRole("vault:kubernetes/authBackendRole:AuthBackendRole", "x", "staging", {
          backend: "k8s",
          boundServiceAccountNames: ["*"],
          boundServiceAccountNamespaces: ["a"],
        }),
        vaultRole("vault:kubernetes/authBackendRole:AuthBackendRole", "y", "production", {
          backend: "k8s",
          boundServiceAccountNames: ["*"],
          boundServiceAccountNamespaces: ["a"],
        }),
      ],
    },
    {
      name: "people in a binding",
      resources: [
        account("one", "staging"),
        account("two", "production"),
        binding(member, "x", "one", { member: "group:ops@example.com" }),
        binding(member, "y", "two", { member: "group:ops@example.com" }),
      ],
    },
    {
      name: "a workload of its role's environment",
      resources: [
        ci,
        { type: "aws:lambda/function:Function", name: "f", props: { role: arn, tags: tags("production") } },
      ],
    },
    {
      name: "tags of another name where a team has its own",
      resources: [
        role("a", "", sub(main), { tags: { env: "staging" } }),
        role("b", "", sub(main), { tags: { env: "production" } }),
      ],
      config: { environmentTags: [] },
    },
    {
      name: "a component of two environments, whose parts do not say which is theirs",
      resources: [
        {
          type: "vault:index/policy:Policy",
          name: "p",
          parent: "c",
          props: {
            policy: "# Deploys (owner web, environment staging, kind pipeline, review by 2027-06-30)\npath",
          },
        },
        {
          type: "vault:index/policy:Policy",
          name: "q",
          parent: "c",
          props: {
            policy:
              "# Deploys (owner web, environment production, kind pipeline, review by 2027-06-30)\npath",
          },
        },
        { type: "test:index:Component", name: "c", props: {} },
        { type: jwt, name: "x", parent: "c", props: { backend: "a", boundSubject: main } },
        vaultRole(jwt, "y", "production", { backend: "a", boundSubject: main }),
      ],
    },
  ],
  blocks: [
    {
      name: "one subject for two environments",
      resources: [role("a", "staging", sub(main)), role("b", "production", sub(main))],
      says: [letsRole()],
    },
    {
      name: "one subject for a role of each provider of AWS",
      resources: [
        role("a", "staging", sub(main)),
        {
          type: "aws-native:iam:Role",
          name: "b",
          props: {
            assumeRolePolicyDocument: { Statement: sub(main) },
            tags: [{ key: "nhi:environment", value: "production" }],
          },
        },
      ],
      says: [lets("aws-native:iam:Role", "b", "assumeRolePolicyDocument.Statement[0]", roleType, "a")],
    },
    {
      name: "the provider's tags for all",
      resources: [
        role("a", "staging", sub(main)),
        role("b", "", sub(main), { tags: {}, tagsAll: tags("production") }),
      ],
      says: [letsRole()],
    },
    {
      name: "a team's own tags",
      resources: [
        role("a", "staging", sub(main)),
        role("b", "", sub(main), { tags: { Environment: "prod" } }),
      ],
      says: [letsRole()],
    },
    {
      name: "a document as text",
      resources: [
        role("a", "staging", sub(main)),
        role("b", "production", [], { assumeRolePolicy: JSON.stringify({ Statement: sub(main) }) }),
      ],
      says: [letsRole()],
    },
    {
      name: "a subject among others, in the second statement, under another operator",
      resources: [
        role("a", "staging", sub(main)),
        role("b", "production", [sub("other"), sub(["one", main], github.toUpperCase(), "StringLike")]),
      ],
      says: [letsRole("assumeRolePolicy.Statement[1]")],
    },
    {
      name: "one role of AWS that may assume both",
      resources: [
        role("a", "staging", aws([arn, "arn:aws:iam::123456789012:role/other"])),
        role("b", "production", aws(arn)),
      ],
      says: [letsRole()],
    },
    {
      name: "one SPIFFE id, in a certificate and in a token",
      resources: [
        role(
          "a",
          "staging",
          statement(
            { StringEquals: { "aws:PrincipalTag/x509SAN/URI": "spiffe://example.org/pay" } },
            { Service: "rolesanywhere.amazonaws.com" },
          ),
        ),
        role("b", "production", sub("spiffe://example.org/pay", "spire.example.org")),
        vaultRole("vault:index/certAuthBackendRole:CertAuthBackendRole", "c", "production", {
          allowedUriSans: ["spiffe://example.org/pay"],
        }),
      ],
      says: [
        letsRole(),
        lets("vault:index/certAuthBackendRole:CertAuthBackendRole", "c", "allowedUriSans", roleType, "a"),
      ],
    },
    {
      name: "one subject on AWS and in Vault, whose mount says whose tokens it takes",
      resources: [
        role("a", "staging", sub(main)),
        mount("gh", `https://${github}/`),
        vaultRole(jwt, "b", "production", { backend: "gh", boundClaims: { sub: `x, ${main}` } }),
      ],
      says: [lets(jwt, "b", "boundClaims.sub", roleType, "a")],
    },
    {
      name: "one subject at one mount of Vault, the second role in a component that says where it acts",
      resources: [
        vaultRole(jwt, "a", "staging", { backend: "gh", boundSubject: main }),
        { type: "test:index:Component", name: "c", props: {} },
        {
          type: "vault:index/policy:Policy",
          name: "p",
          parent: "c",
          props: {
            policy:
              "# Deploys (owner web, environment production, kind pipeline, review by 2027-06-30)\npath",
          },
        },
        { type: jwt, name: "b", parent: "c", props: { backend: "gh", boundSubject: main } },
      ],
      says: [lets(jwt, "b", "boundSubject", jwt, "a")],
    },
    ...(
      [
        [
          "vault:aws/authBackendRole:AuthBackendRole",
          { boundIamPrincipalArns: [arn] },
          "boundIamPrincipalArns",
        ],
        [
          "vault:gcp/authBackendRole:AuthBackendRole",
          { boundServiceAccounts: [email] },
          "boundServiceAccounts",
        ],
        [
          "vault:kubernetes/authBackendRole:AuthBackendRole",
          { backend: "k8s", boundServiceAccountNames: ["api"], boundServiceAccountNamespaces: ["x", "pay"] },
          "boundServiceAccountNames",
        ],
      ] as [string, Props, string][]
    ).map(([type, props, property]) => ({
      name: `${type} twice`,
      resources: [vaultRole(type, "a", "staging", props), vaultRole(type, "b", "production", props)],
      says: [lets(type, "b", property, type, "a")],
    })),
    {
      name: "one principal of a pool at two service accounts, known only by what they are made of",
      resources: [
        account("one", "staging"),
        account("two", "production"),
        binding(member, "a", "one", { member: principal }),
        binding(member, "b", "two", { member: principal }),
      ],
      says: [lets(member, "b", "member", member, "a")],
    },
    {
      name: "a service account that is a member of two, named by text",
      resources: [
        account("one", "staging"),
        account("two", "production"),
        {
          type: member,
          name: "a",
          props: {
            serviceAccountId: "projects/p/serviceAccounts/one@p.iam.gserviceaccount.com",
            member: `serviceAccount:${email}`,
          },
        },
        {
          type: "gcp:serviceaccount/iAMBinding:IAMBinding",
          name: "b",
          props: {
            serviceAccountId: "projects/p/serviceAccounts/two@p.iam.gserviceaccount.com",
            members: ["user:a@b.c", `serviceAccount:${email}`],
          },
        },
      ],
      says: [lets("gcp:serviceaccount/iAMBinding:IAMBinding", "b", "members", member, "a")],
    },
    {
      name: "one principal in two projects",
      resources: [
        project("shop-staging", "staging"),
        project("shop", "production"),
        {
          type: "gcp:projects/iAMMember:IAMMember",
          name: "a",
          props: { project: "shop-staging", member: principal },
        },
        {
          type: "gcp:projects/iAMBinding:IAMBinding",
          name: "b",
          props: { project: "shop", members: [principal] },
        },
      ],
      says: [
        lets("gcp:projects/iAMBinding:IAMBinding", "b", "members", "gcp:projects/iAMMember:IAMMember", "a"),
      ],
    },
    {
      name: "one subject on AWS and in a pool that takes the token's own",
      resources: [
        role("a", "staging", sub(main)),
        provider("assertion.sub"),
        account("two", "production"),
        binding(member, "b", "two", { member: principal }),
      ],
      says: [lets(member, "b", "member", roleType, "a")],
    },
    ...used.map(([type, props, property]) => ({
      name: `${type} with a role of another environment`,
      resources: [ci, { type, name: "w", props: { ...props, tags: tags("staging") } }],
      says: [`${type} "w": ${property} is ${roleType} "ci", which is of another environment`],
    })),
    ...usedOfGcp.map(([type, props, property]) => ({
      name: `${type} with a service account of another environment`,
      resources: [
        account("app", "production"),
        { type, name: "w", props: { ...props, labels: { "nhi-environment": "staging" } } },
      ],
      says: [
        `${type} "w": ${property} is gcp:serviceaccount/account:Account "app", which is of another environment`,
      ],
    })),
    {
      name: "a role that is not known yet, by what the property is made of",
      resources: [
        ci,
        {
          type: "aws:lambda/function:Function",
          name: "w",
          props: { role: unknownText, tags: tags("staging") },
          sources: { role: ["ci"] },
        },
      ],
      says: [`aws:lambda/function:Function "w": role is ${roleType} "ci", which is of another environment`],
    },
    {
      name: "a role of another stack in two environments",
      resources: ["staging", "production"].map((name) => ({
        type: "aws:lambda/function:Function",
        name,
        props: { role: arn, tags: tags(name) },
      })),
      says: [
        'aws:lambda/function:Function "production": role is an identity that aws:lambda/function:Function "staging" has in another environment',
      ],
    },
  ],
});
