import * as pulumi from "@pulumi/pulumi";
import {
  NhiKind,
  PulumiOperation,
  VaultAuthMethod,
  VaultFederatedRole,
  type VaultFederatedRoleArgs,
} from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, unknown } from "../../support/mocks";
import { authority } from "../authority";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const gitlab = { projectPath: "octo/app", projectId: "278964", branch: "main" };
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
          roleNames: { "workloads.github[0]": "migration" },
          subjects: [
            "repo:octo/app:environment:production",
            "repo:octo@123456/app@456789:environment:production",
          ],
          aliasNames: { "workloads.github[0]": "456789" },
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

  it("has no policy but that of its sessions where the rights come by the workload's entity", async () => {
    const { policies, ...rest } = args;
    expect(policies).toHaveLength(1);
    const registered = await registeredBy(() => new VaultFederatedRole("migration", rest));
    expect(registered.find(({ type }) => type.endsWith("AuthBackendRole"))?.inputs).toEqual({
      ...role,
      tokenPolicies: ["nhi.session.github.migration"],
    });
  });

  it.each<[string, Partial<VaultFederatedRoleArgs>, Record<string, string>]>([
    ["its number", { workloads: { gitlab: [gitlab] } }, { "workloads.gitlab[0]": "278964" }],
    [
      "its subject, where that stays the same",
      { workloads: { oidc: [{ issuer: "https://ci.example.com", subject: "job:orders" }] } },
      { "workloads.oidc[0]": "job:orders" },
    ],
    [
      "nothing, where there are several",
      {
        audience: "octo",
        workloads: {
          pulumiDeployments: [
            {
              organization: "octo",
              project: "shop",
              stack: "production",
              operations: [PulumiOperation.Update, PulumiOperation.Refresh],
            },
          ],
        },
      },
      {},
    ],
  ])("gives what Vault calls a workload: %s", async (_, change, aliasNames) => {
    const registered = await registeredBy(() => new VaultFederatedRole("migration", { ...args, ...change }));
    expect((registered[0]?.outputs as { aliasNames: object }).aliasNames).toEqual(aliasNames);
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

describe("workloads that Vault could mix up", () => {
  const rolesOf = async (change: Partial<VaultFederatedRoleArgs>) =>
    (await registeredBy(() => new VaultFederatedRole("migration", { ...args, ...change })))
      .filter(({ type }) => type === "vault:jwt/authBackendRole:AuthBackendRole")
      .map(({ name, inputs }) => {
        const { backend, roleName, boundClaims, tokenPolicies } = inputs as typeof role;
        return { name, backend, roleName, boundClaims, tokenPolicies };
      });

  it("get a role each: the number of one repository does not pass with the name of the other", async () => {
    const web = { ...app, repository: "web", repositoryId: "456790" };
    const roles = await rolesOf({
      workloads: {
        github: [
          { ...app, branch: "main" },
          { ...web, branch: "main" },
          { ...web, tag: "v1" },
        ],
      },
    });
    expect(roles).toEqual([
      {
        name: "migration",
        backend: "github",
        roleName: "migration",
        boundClaims: {
          repository_id: "456789",
          repository_owner_id: "123456",
          sub: "repo:octo/app:ref:refs/heads/main,repo:octo@123456/app@456789:ref:refs/heads/main",
        },
        tokenPolicies: ["nhi.orders.migrate", "nhi.session.github.migration"],
      },
      {
        name: "migration-github-1",
        backend: "github",
        roleName: "migration-github-1",
        boundClaims: {
          repository_id: "456790",
          repository_owner_id: "123456",
          sub:
            "repo:octo/web:ref:refs/heads/main,repo:octo@123456/web@456790:ref:refs/heads/main," +
            "repo:octo/web:ref:refs/tags/v1,repo:octo@123456/web@456790:ref:refs/tags/v1",
        },
        tokenPolicies: ["nhi.orders.migrate", "nhi.session.github.migration-github-1"],
      },
    ]);
  });

  it("of another issuer sign in at their own mount, and the output says who signs in where", async () => {
    const change = { workloads: { ...args.workloads, gitlab: [gitlab] }, mounts: { gitlab: "ci/gitlab" } };
    const roles = await rolesOf(change);
    expect(roles.map(({ backend, roleName }) => [backend, roleName])).toEqual([
      ["github", "migration"],
      ["ci/gitlab", "migration-gitlab-0"],
    ]);
    expect(roles[1]?.boundClaims).toEqual({
      project_id: "278964",
      ref_protected: "true",
      sub: "project_path:octo/app:ref_type:branch:ref:main",
    });
    const registered = await registeredBy(() => new VaultFederatedRole("migration", { ...args, ...change }));
    expect(registered.find(({ type }) => type.startsWith("nhi:"))?.outputs).toMatchObject({
      roleNames: { "workloads.github[0]": "migration", "workloads.gitlab[0]": "migration-gitlab-0" },
    });
  });

  it("but for an issuer that ends every subject anew, which are told by how they begin", async () => {
    const [made] = await rolesOf({
      mount: "buildkite",
      workloads: {
        buildkite: [
          {
            organization: "octo",
            organizationId: "0184990a-477b-4fa8-9968-496074483cee",
            pipeline: "app",
            pipelineId: "0184990a-4782-42b5-afc1-16715b10b8ff",
            branch: "main",
          },
        ],
      },
    });
    expect(made?.boundClaims).toEqual({
      organization_id: "0184990a-477b-4fa8-9968-496074483cee",
      pipeline_id: "0184990a-4782-42b5-afc1-16715b10b8ff",
      sub: "organization:octo:pipeline:app:ref:refs/heads/main:commit:*",
    });
  });
});

describe("other methods than a token", () => {
  const settings = {
    tokenPolicies: ["nhi.orders.migrate", "nhi.session.door.migration"],
    tokenNoDefaultPolicy: true,
    tokenTtl: 900,
    tokenMaxTtl: 1800,
    tokenExplicitMaxTtl: 1800,
    tokenType: "service",
  };
  const aws = { accountId: "210987654321", roleName: "orders" };
  const gcp = { email: "orders@octo-shop.iam.gserviceaccount.com", uniqueId: "112233445566778899001" };
  const cluster = { issuer: "https://oidc.k8s.example.com", namespace: "shop", serviceAccount: "orders" };

  it.each<[string, Partial<VaultFederatedRoleArgs>, string, object]>([
    [
      "a service account of a cluster",
      { method: "kubernetes", workloads: { kubernetes: [cluster] } },
      "vault:kubernetes/authBackendRole:AuthBackendRole",
      {
        backend: "door",
        roleName: "migration",
        boundServiceAccountNames: ["orders"],
        boundServiceAccountNamespaces: ["shop"],
        audience: "https://vault.example.com",
        aliasNameSource: "serviceaccount_uid",
      },
    ],
    [
      "roles of AWS",
      { method: "aws", audience: undefined, workloads: { aws: [aws, { ...aws, roleName: "jobs/refunds" }] } },
      "vault:aws/authBackendRole:AuthBackendRole",
      {
        backend: "door",
        role: "migration",
        authType: "iam",
        boundIamPrincipalArns: [
          "arn:aws:iam::210987654321:role/orders",
          "arn:aws:iam::210987654321:role/jobs/refunds",
        ],
        resolveAwsUniqueIds: true,
      },
    ],
    [
      "a service account of GCP",
      { method: "gcp", audience: undefined, workloads: { gcp: [gcp] } },
      "vault:gcp/authBackendRole:AuthBackendRole",
      {
        backend: "door",
        role: "migration",
        type: "iam",
        boundServiceAccounts: ["112233445566778899001"],
        maxJwtExp: "900",
      },
    ],
    [
      "a certificate",
      {
        method: "cert",
        audience: undefined,
        certificateAuthorities: authority,
        workloads: { certificate: [{ uri: "spiffe://example.org/shop/orders" }] },
      },
      "vault:index/certAuthBackendRole:CertAuthBackendRole",
      {
        backend: "door",
        name: "migration",
        certificate: authority,
        allowedUriSans: ["spiffe://example.org/shop/orders"],
      },
    ],
  ])("%s", async (_, change, type, expected) => {
    const registered = await registeredBy(
      () => new VaultFederatedRole("migration", { ...args, mount: "door", ...change }),
    );
    expect(registered.find((resource) => resource.type === type)).toEqual({
      type,
      name: "migration",
      parent: "VaultFederatedRole migration",
      after: ["Policy migration-session"],
      inputs: { ...expected, ...settings },
    });
  });

  it("two service accounts get a role each, as Vault takes any name with any namespace", async () => {
    const registered = await registeredBy(
      () =>
        new VaultFederatedRole("migration", {
          ...args,
          method: VaultAuthMethod.Kubernetes,
          workloads: {
            kubernetes: [cluster, { ...cluster, namespace: "billing", serviceAccount: "refunds" }],
          },
        }),
    );
    const roles = registered.filter(
      ({ type }) => type === "vault:kubernetes/authBackendRole:AuthBackendRole",
    );
    expect(roles.map(({ inputs }) => inputs)).toEqual([
      expect.objectContaining({
        roleName: "migration",
        boundServiceAccountNames: ["orders"],
        boundServiceAccountNamespaces: ["shop"],
      }),
      expect.objectContaining({
        roleName: "migration-kubernetes-1",
        boundServiceAccountNames: ["refunds"],
        boundServiceAccountNamespaces: ["billing"],
      }),
    ]);
  });
});

describe("what is refused", () => {
  const roleName = (got: string) =>
    `roleName must be lower-case letters, digits, _ . or -, got "${got}". Vault has no upper-case role names.`;
  const mount = (got: string) => `mount must be the path of an auth mount, for example "jwt", got "${got}".`;
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
      "no audience where the issuer fixes none",
      { audience: undefined },
      "audience must be given: what the job asks its issuer for, usually the address of the Vault server.",
    ],
    [
      "the audience of AWS",
      { audience: "sts.amazonaws.com" },
      'audience must not be one of AWS\'s, got "sts.amazonaws.com". A token for one target must be worth nothing at another: use one that only Vault takes.',
    ],
    [
      "a method that is none",
      { method: "approle" as "jwt" },
      'method must be one of jwt, kubernetes, aws, gcp, cert, got "approle".',
    ],
    [
      "a job's token as a role of AWS",
      { method: VaultAuthMethod.Aws, audience: undefined },
      "workloads.github[0] must be a workload that can sign in with the method aws, and it has no role of AWS. Choose another method, or list it elsewhere.",
    ],
    [
      "a role of AWS as a token",
      { workloads: { aws: [{ accountId: "210987654321", roleName: "orders" }] } },
      "workloads.aws[0] must be a workload that can sign in with the method jwt, and it has no token that an issuer signed. Choose another method, or list it elsewhere.",
    ],
    [
      "an audience where a request to AWS is the proof",
      {
        method: VaultAuthMethod.Aws,
        workloads: { aws: [{ accountId: "210987654321", roleName: "orders" }] },
      },
      "audience must not be given with the method aws, whose proofs have none that can be chosen.",
    ],
    [
      "certificates without their authority",
      {
        method: VaultAuthMethod.Cert,
        audience: undefined,
        workloads: { certificate: [{ uri: "spiffe://example.org/shop" }] },
      },
      "certificateAuthorities must be given: the authorities that issue the workloads' certificates, as PEM.",
    ],
    [
      "an authority where no certificate is read",
      { certificateAuthorities: "-----BEGIN CERTIFICATE-----" },
      "certificateAuthorities must not be given with the method jwt, which reads no certificate.",
    ],
    [
      "a key in place of an authority, which is not shown",
      {
        method: VaultAuthMethod.Cert,
        audience: undefined,
        certificateAuthorities: "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----",
        workloads: { certificate: [{ uri: "spiffe://example.org/shop" }] },
      },
      "certificateAuthorities must hold certificates only, and a private key is in it. Remove it and consider it known.",
    ],
    [
      "two issuers at one mount",
      { workloads: { ...args.workloads, gitlab: [gitlab] } },
      "workloads.gitlab[0] must sign in at a mount of its own: mount trusts token.actions.githubusercontent.com, and this one's issuer is gitlab.com. Name its mount in mounts, or make a second role.",
    ],
    [
      "a mount for nobody",
      { mounts: { gitlab: "gitlab" } },
      "mounts.gitlab must be for a list in workloads that has workloads.",
    ],
    [
      "a mount of a pattern for a source",
      { mounts: { github: "git*" } },
      'mounts.github must be the path of an auth mount, for example "jwt", got "git*".',
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
      "policies must name at least one policy. Without one a token opens nothing. Leave it out where an engine's consumers give the rights.",
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
