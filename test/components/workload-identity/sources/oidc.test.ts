import { oidc, type OidcWorkload } from "../../../../components/workload-identity/sources/oidc";
import type { Target } from "../../../../components/workload-identity/sources/source";

const workload: OidcWorkload = {
  issuer: "https://oidc.example.com/tenants/octo",
  subject: "project:octo/app:environment:production",
};
const problem = (change: Partial<OidcWorkload>, target: Target) =>
  oidc.problem([{ ...workload, ...change }], "production", target);

const token = {
  issuer: "oidc.example.com/tenants/octo",
  subjects: ["project:octo/app:environment:production"],
  claims: {},
  awsClaims: [],
  audience: {},
  choosesAudience: true,
  identity: "sub",
  trail: [],
};

it("shows its subject", () => {
  expect(oidc.proof(workload)).toEqual({ token });
});

it("shows its claims, of which AWS has one, and an audience that it can't choose", () => {
  const claims = { email: "app@example.com", project_id: "7f3c" };
  const audience = "https://example.com/octo";
  expect(oidc.proof({ ...workload, claims, audience, identityClaim: "project_id" })).toEqual({
    token: {
      ...token,
      claims,
      awsClaims: ["email"],
      audience: { aws: audience, gcp: audience, vault: audience },
      choosesAudience: false,
      identity: "project_id",
    },
  });
});

it.each<[string, Partial<OidcWorkload>, Target?]>([
  ["claims", { claims: { project_id: "7f3c" } }],
  ["the claim that AWS has", { claims: { email: "app@example.com" } }, "aws"],
  ["a claim as the identity", { claims: { project_id: "7f3c" }, identityClaim: "project_id" }],
  [
    "Entra's issuer",
    { issuer: "https://login.microsoftonline.com/2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b/v2.0" },
  ],
])("takes %s", (_, change, target = "vault") => {
  expect(problem(change, target)).toBeUndefined();
});

const at = (argument: string) => `workloads.oidc[0].${argument}`;
const ownList = (issuer: string, list: string): [string, Partial<OidcWorkload>, string] => [
  `the issuer of workloads.${list}`,
  { issuer },
  `${at("issuer")} must be an issuer without a list of its own, got "${issuer}". Use workloads.${list}.`,
];

it.each<[string, Partial<OidcWorkload>, string, Target?]>([
  ownList("https://token.actions.githubusercontent.com", "github"),
  ownList("https://token.actions.githubusercontent.com/octocorp", "github"),
  ownList("https://token.actions.octocorp.ghe.com", "github"),
  ownList("https://github.example.com/_services/token", "github"),
  ownList("https://gitlab.com", "gitlab"),
  ownList("https://oidc.circleci.com/org/3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11", "circleci"),
  ownList("https://agent.buildkite.com", "buildkite"),
  ownList("https://app.terraform.io", "hcpTerraform"),
  ownList("https://api.pulumi.com/oidc", "pulumiEsc or workloads.pulumiDeployments"),
  ownList("https://vstoken.dev.azure.com/2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b", "azureDevops"),
  ownList("https://accounts.google.com", "gcp"),
  ownList("https://container.googleapis.com/v1/projects/p/locations/l/clusters/c", "gke"),
  [
    "subjects of a pattern",
    { subject: "project:octo/*" },
    `${at("subject")} must be exact, got "project:octo/*". List each one as a workload of its own.`,
  ],
  ["no subject", { subject: "" }, `${at("subject")} must not be empty.`],
  [
    "a variable of AWS policies",
    { subject: "user:${aws:username}" },
    `${at("subject")} must not contain "\${", got "user:\${aws:username}". AWS reads a policy variable there.`,
  ],
  [
    "values of a pattern",
    { claims: { project_id: "7*" } },
    `${at("claims.project_id")} must be exact, got "7*". List each one as a workload of its own.`,
  ],
  [
    "the subject among the claims",
    { claims: { sub: "other" } },
    `${at("claims")} must not have "sub", which is compared already or changes with each token.`,
  ],
  [
    "a claim that has no name",
    { claims: { "project id": "7" } },
    `${at("claims")} must have names of claims, got "project id".`,
  ],
  [
    "a claim that AWS would not see",
    { claims: { project_id: "7f3c" } },
    `${at("claims")} must not have "project_id": AWS has no condition key for it. ` +
      "Name the workload by a subject that nobody else can have.",
    "aws",
  ],
  [
    "audiences of a pattern",
    { audience: "https://*" },
    `${at("audience")} must be exact, got "https://*". List each one as a workload of its own.`,
  ],
  [
    "an identity that nothing compares",
    { identityClaim: "name" },
    `${at("identityClaim")} must be sub or one of the claims, got "name".`,
  ],
])("refuses %s", (_, change, says, target = "vault") => {
  expect(problem(change, target)).toBe(says);
});
