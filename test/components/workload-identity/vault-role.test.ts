import * as pulumi from "@pulumi/pulumi";
import { NhiKind, VaultFederatedRole, type VaultFederatedRoleArgs } from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, unknown } from "../../support/mocks";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const args: VaultFederatedRoleArgs = {
  metadata,
  mount: "github",
  audience: "https://vault.example.com",
  workloads: { github: [{ ...app, environment: "production" }] },
  policies: ["nhi.orders.migrate"],
};
const sessionPolicy = `# migrate the orders database (owner team-orders, environment production, kind pipeline, review by 2027-06-30)
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
`;
const role = {
  backend: "github",
  roleName: "migration",
  roleType: "jwt",
  boundAudiences: ["https://vault.example.com"],
  boundClaimsType: "string",
  boundClaims: {
    repository_id: "456789",
    repository_owner_id: "123456",
    sub: "repo:octo/app:environment:production,repo:octo@123456/app@456789:environment:production",
  },
  userClaim: "repository_id",
  claimMappings: {
    sub: "sub",
    repository: "repository",
    ref: "ref",
    sha: "sha",
    actor: "actor",
    event_name: "event_name",
    run_id: "run_id",
    run_attempt: "run_attempt",
    job_workflow_ref: "job_workflow_ref",
  },
  clockSkewLeeway: 30,
  expirationLeeway: -1,
  notBeforeLeeway: -1,
  tokenPolicies: ["nhi.orders.migrate", "nhi.session.github.migration"],
  tokenNoDefaultPolicy: true,
  tokenTtl: 900,
  tokenMaxTtl: 1800,
  tokenExplicitMaxTtl: 1800,
  tokenType: "service",
};

describe("what is registered", () => {
  it("is the role and the policy of its sessions", async () => {
    expect(await registeredBy(() => new VaultFederatedRole("migration", args))).toEqual([
      {
        type: "nhi:index:VaultFederatedRole",
        name: "migration",
        inputs: args,
        outputs: {
          roleName: "migration",
          subjects: [
            "repo:octo/app:environment:production",
            "repo:octo@123456/app@456789:environment:production",
          ],
        },
      },
      {
        type: "vault:index/policy:Policy",
        name: "migration-session",
        parent: "VaultFederatedRole migration",
        inputs: { name: "nhi.session.github.migration", policy: sessionPolicy },
      },
      {
        type: "vault:jwt/authBackendRole:AuthBackendRole",
        name: "migration",
        parent: "VaultFederatedRole migration",
        inputs: role,
        after: ["Policy migration-session"],
      },
    ]);
  });

  it("takes several jobs of the one repository, times and a name", async () => {
    const [, session, made] = await registeredBy(
      () =>
        new VaultFederatedRole("migration", {
          ...args,
          mount: "ci/GitHub",
          workloads: {
            github: [
              { ...app, branch: "main" },
              { ...app, tag: "v1.0.0" },
            ],
          },
          tokenTtlSeconds: 60,
          tokenMaxTtlSeconds: 3600,
          roleName: "orders.migration",
        }),
    );
    expect(session?.inputs).toEqual({
      name: "nhi.session.ci.github.orders.migration",
      policy: sessionPolicy,
    });
    expect(made?.inputs).toEqual({
      ...role,
      backend: "ci/GitHub",
      roleName: "orders.migration",
      boundClaims: {
        ...role.boundClaims,
        sub:
          "repo:octo/app:ref:refs/heads/main,repo:octo@123456/app@456789:ref:refs/heads/main," +
          "repo:octo/app:ref:refs/tags/v1.0.0,repo:octo@123456/app@456789:ref:refs/tags/v1.0.0",
      },
      tokenPolicies: ["nhi.orders.migrate", "nhi.session.ci.github.orders.migration"],
      tokenTtl: 60,
      tokenMaxTtl: 3600,
      tokenExplicitMaxTtl: 3600,
    });
  });

  it("binds the same claims at preview when mount and policies are not known yet", async () => {
    const registered = await registeredBy(
      () => {
        const later = notYetKnown();
        return new VaultFederatedRole("migration", { ...args, mount: later, policies: [later] });
      },
      { preview: true },
    );
    const made = registered.find(({ type }) => type === "vault:jwt/authBackendRole:AuthBackendRole");
    expect(made?.inputs).toEqual({ ...role, backend: unknown, tokenPolicies: [unknown, unknown] });
    const component = registered.find(({ type }) => type === "nhi:index:VaultFederatedRole");
    expect(component?.outputs).toMatchObject({ roleName: "migration" });
  });
});

describe("what is refused", () => {
  const roleName = (got: string) =>
    `roleName must be lower-case letters, digits, _ . or -, got "${got}". Vault has no upper-case role names.`;
  const mount = (got: string) =>
    `mount must be the path of a JWT auth mount, for example "jwt", got "${got}".`;
  const maxTtl = (got: number) =>
    `tokenMaxTtlSeconds must be a whole number from 1 to 3600 seconds, got ${got}. Let a longer job sign in again.`;
  const audience = (got: string) =>
    `audience must be one exact value, got "${got}". Use what the job asks the issuer for.`;

  it.each<[string, Partial<VaultFederatedRoleArgs>, string]>([
    ["no owner", { metadata: { ...metadata, owner: "" } }, 'metadata.owner must say something, got "".'],
    [
      "a mount with auth/",
      { mount: "auth/github" },
      'mount must be the path without "auth/", got "auth/github".',
    ],
    ["a mount that ends with a slash", { mount: "github/" }, mount("github/")],
    ["a mount of a pattern", { mount: "git*" }, mount("git*")],
    ["an empty mount", { mount: "" }, mount("")],
    ["no mount", { mount: undefined }, mount("")],
    ["no audience", { audience: "" }, audience("")],
    ["an audience of a pattern", { audience: "https://*" }, audience("https://*")],
    ["two audiences", { audience: "a,b" }, audience("a,b")],
    [
      "no workloads",
      { workloads: {} },
      "workloads must list at least one workload. Add one to workloads.github or another source's list.",
    ],
    [
      "a wildcard branch",
      { workloads: { github: [{ ...app, branch: "release/*" }] } },
      'workloads.github[0].branch must be exact, got "release/*". List each one as a workload of its own.',
    ],
    [
      "two repositories",
      {
        workloads: {
          github: [
            { ...app, environment: "production" },
            { ...app, repository: "web", repositoryId: "456790", environment: "production" },
          ],
        },
      },
      "workloads.github[1] must be of the same repository as workloads.github[0]. Make a second role.",
    ],
    [
      "one repository under two owners",
      {
        workloads: {
          github: [
            { ...app, branch: "main" },
            { ...app, ownerId: "1", tag: "v1" },
          ],
        },
      },
      "workloads.github[1] must be of the same repository as workloads.github[0]. Make a second role.",
    ],
    [
      "a branch that Vault would read as two subjects",
      { workloads: { github: [{ ...app, branch: "main,repo:evil/app:ref" }] } },
      'workloads.github[0].branch must be a name that git can give, got "main,repo:evil/app:ref".',
    ],
    [
      "a branch with a comma",
      { workloads: { github: [{ ...app, branch: "a,b" }] } },
      'workloads.github[0] must have no comma, got "repo:octo/app:ref:refs/heads/a,b". Vault reads a list there.',
    ],
    [
      "an environment that Vault would read as two subjects",
      {
        metadata: { ...metadata, environment: "a,repo:evil/app" },
        workloads: { github: [{ ...app, environment: "a,repo:evil/app" }] },
      },
      'workloads.github[0] must have no comma, got "repo:octo/app:environment:a,repo%3Aevil/app". ' +
        "Vault reads a list there.",
    ],
    [
      "no policies",
      { policies: [] },
      "policies must name at least one policy. Without one a token opens nothing.",
    ],
    ["an empty policy", { policies: ["a", " "] }, 'policies[1] must be the name of a policy, got " ".'],
    [
      "the root policy",
      { policies: ["root"] },
      "policies[0] must not be root, which allows everything. Name a policy with what the job needs.",
    ],
    [
      "the root policy as Vault would read it",
      { policies: [" Root "] },
      "policies[0] must not be root, which allows everything. Name a policy with what the job needs.",
    ],
    ["a token of a day", { tokenMaxTtlSeconds: 86400 }, maxTtl(86400)],
    ["a token that never ends", { tokenMaxTtlSeconds: 0 }, maxTtl(0)],
    ["a part of a second", { tokenMaxTtlSeconds: 0.5 }, maxTtl(0.5)],
    [
      "a token that outlives its end",
      { tokenTtlSeconds: 1801 },
      "tokenTtlSeconds must be a whole number from 1 to 1800 seconds, got 1801. It ends with tokenMaxTtlSeconds.",
    ],
    [
      "a token for ever",
      { tokenTtlSeconds: 0 },
      "tokenTtlSeconds must be a whole number from 1 to 1800 seconds, got 0. It ends with tokenMaxTtlSeconds.",
    ],
    ["a role name in capitals", { roleName: "Migration" }, roleName("Migration")],
    ["a role name with a slash", { roleName: "orders/migration" }, roleName("orders/migration")],
  ])("%s", async (_, change, says) => {
    const message = await refusalOf(() => new VaultFederatedRole("migration", { ...args, ...change }));
    expect(message).toBe(`VaultFederatedRole "migration": ${says}`);
  });

  it("a component's name that can't be a role's", async () => {
    expect(await refusalOf(() => new VaultFederatedRole("Migration", args))).toBe(
      `VaultFederatedRole "Migration": ${roleName("Migration")}`,
    );
  });

  it("but not a policy that is known later", async () => {
    const later = { ...args, policies: [pulumi.output("nhi.orders.migrate")] };
    const [, , made] = await registeredBy(() => new VaultFederatedRole("migration", later));
    expect(made?.inputs).toEqual(role);
  });
});
