import * as gcp from "@pulumi/gcp";
import fc from "fast-check";
import { GcpFederatedAccess, NhiKind, type GcpFederatedAccessArgs, type Workloads } from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, unknown, type Registered } from "../../support/mocks";
import { authority, leaf } from "../authority";
import { isOneOf, type ProviderInputs, type Shown } from "../cel";

const metadata = {
  owner: "team-web",
  purpose: "publish the website",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const description =
  "publish the website (owner team-web, environment production, kind pipeline, review by 2027-06-30)";
const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const args: GcpFederatedAccessArgs = {
  metadata,
  projectId: "octo-web",
  projectNumber: "123456789012",
  workloads: { github: [{ ...app, environment: "production" }] },
};
const orders = { issuer: "https://oidc.k8s.example.com", namespace: "shop", serviceAccount: "orders" };
const gkeOrders = {
  projectId: "octo-shop",
  projectNumber: "210987654321",
  location: "europe-west1",
  cluster: "shop",
  namespace: "shop",
  serviceAccount: "orders",
};
const nightly = { email: "nightly@octo-shop.iam.gserviceaccount.com", uniqueId: "112233445566778899001" };
const email = "website@octo-web.iam.gserviceaccount.com";
const pools = "projects/123456789012/locations/global/workloadIdentityPools";
const principal = (subject: string, pool = "deploy") =>
  `principal://iam.googleapis.com/${pools}/${pool}/subject/${subject}`;
const classic = principal("deploy-4986aa:repo:octo/app:environment:production");
const immutable = principal("deploy-4986aa:repo:octo@123456/app@456789:environment:production");

const of = (made: readonly Registered[], type: string) => made.filter((resource) => resource.type === type);
const providerType = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";

describe("what is registered", () => {
  const child = { parent: "GcpFederatedAccess deploy" };
  const pool: Registered = {
    ...child,
    type: "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
    name: "deploy",
    inputs: { project: "octo-web", workloadIdentityPoolId: "deploy", displayName: "deploy", description },
  };
  const after = ["WorkloadIdentityPool deploy"];

  it("is the pool and its provider, bound to the job, in its shortest form", async () => {
    expect(await registeredBy(() => new GcpFederatedAccess("deploy", args))).toEqual([
      pool,
      {
        ...child,
        type: providerType,
        name: "deploy-4986aa",
        inputs: {
          project: "octo-web",
          workloadIdentityPoolId: "deploy",
          workloadIdentityPoolProviderId: "deploy-4986aa",
          displayName: "deploy-4986aa",
          description,
          attributeMapping: { "google.subject": "'deploy-4986aa:' + assertion.sub" },
          attributeCondition:
            "assertion.repository_id == '456789' && assertion.repository_owner_id == '123456' && " +
            "assertion.sub in ['repo:octo/app:environment:production', 'repo:octo@123456/app@456789:environment:production']",
          oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
        },
        after,
      },
      {
        type: "nhi:index:GcpFederatedAccess",
        name: "deploy",
        inputs: args,
        outputs: {
          providers: [
            {
              issuer: "https://token.actions.githubusercontent.com",
              name: `${pools}/deploy/providers/deploy-4986aa`,
              audience: `https://iam.googleapis.com/${pools}/deploy/providers/deploy-4986aa`,
            },
          ],
          principals: [classic, immutable],
          expectedTokens: [
            {
              workload: "workloads.github[0]",
              issuer: "https://token.actions.githubusercontent.com",
              audience: `https://iam.googleapis.com/${pools}/deploy/providers/deploy-4986aa`,
              subjects: [
                "repo:octo/app:environment:production",
                "repo:octo@123456/app@456789:environment:production",
              ],
              claims: { repository_id: "456789", repository_owner_id: "123456" },
            },
          ],
        },
      },
    ]);
  });

  it("is everything that was asked for, for each principal", async () => {
    const all: GcpFederatedAccessArgs = {
      ...args,
      poolId: "production",
      providerPrefix: "web",
      audience: "https://gcp.example.com",
      workloads: { kubernetes: [orders] },
      expires: "2027-07-31",
      impersonate: "deploy@octo-web.iam.gserviceaccount.com",
      grants: {
        projects: [{ project: "octo-web", role: "roles/run.developer" }],
        buckets: [{ bucket: "octo-website", role: "projects/octo-web/roles/publisher" }],
        secrets: [{ project: "octo-keys", secret: "signing" }],
        repositories: [
          {
            project: "octo-web",
            location: "europe-west1",
            repository: "images",
            role: "roles/artifactregistry.writer",
          },
        ],
        runAs: ["website@octo-web.iam.gserviceaccount.com"],
      },
    };
    const member = principal("web-ef40c9:system:serviceaccount:shop:orders", "production");
    const condition = {
      title: "until 2027-07-31",
      expression: 'request.time < timestamp("2027-07-31T00:00:00Z")',
    };
    const bound = { member, condition };
    const made = await registeredBy(() => new GcpFederatedAccess("deploy", all));
    const [provider] = of(made, providerType);
    expect(provider?.name).toBe("deploy-web-ef40c9");
    expect(provider?.inputs).toMatchObject({
      workloadIdentityPoolId: "production",
      workloadIdentityPoolProviderId: "web-ef40c9",
      attributeMapping: { "google.subject": "'web-ef40c9:' + assertion.sub" },
      attributeCondition: "assertion.sub == 'system:serviceaccount:shop:orders'",
      oidc: { issuerUri: "https://oidc.k8s.example.com", allowedAudiences: ["https://gcp.example.com"] },
    });
    expect(made.filter(({ name }) => name.endsWith("-f336d7"))).toEqual(
      [
        {
          type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
          name: "deploy-images-artifactregistry.writer-f336d7",
          inputs: {
            project: "octo-web",
            location: "europe-west1",
            repository: "images",
            role: "roles/artifactregistry.writer",
            ...bound,
          },
        },
        {
          type: "gcp:projects/iAMMember:IAMMember",
          name: "deploy-octo-web-run.developer-f336d7",
          inputs: { project: "octo-web", role: "roles/run.developer", ...bound },
        },
        {
          type: "gcp:secretmanager/secretIamMember:SecretIamMember",
          name: "deploy-signing-secretmanager.secretAccessor-f336d7",
          inputs: {
            project: "octo-keys",
            secretId: "signing",
            role: "roles/secretmanager.secretAccessor",
            ...bound,
          },
        },
        {
          type: "gcp:serviceaccount/iAMMember:IAMMember",
          name: "deploy-impersonates-f336d7",
          inputs: {
            serviceAccountId: "projects/octo-web/serviceAccounts/deploy@octo-web.iam.gserviceaccount.com",
            role: "roles/iam.workloadIdentityUser",
            ...bound,
          },
        },
        {
          type: "gcp:serviceaccount/iAMMember:IAMMember",
          name: "deploy-website@octo-web.iam.gserviceaccount.com-iam.serviceAccountUser-f336d7",
          inputs: {
            serviceAccountId: "projects/octo-web/serviceAccounts/website@octo-web.iam.gserviceaccount.com",
            role: "roles/iam.serviceAccountUser",
            ...bound,
          },
        },
        {
          type: "gcp:storage/bucketIAMMember:BucketIAMMember",
          name: "deploy-octo-website-publisher-f336d7",
          inputs: { bucket: "octo-website", role: "projects/octo-web/roles/publisher", ...bound },
        },
      ].map((resource) => ({ ...child, ...resource, after })),
    );
    expect(made).toHaveLength(9);
  });

  it("waits for what stands in dependsOn, and makes no pool that exists", async () => {
    const made = await registeredBy(() => {
      const first = new gcp.serviceaccount.Account("first", { accountId: "first" });
      new GcpFederatedAccess(
        "deploy",
        { ...args, poolId: "production", createPool: false, grants: { runAs: [email] } },
        { dependsOn: first },
      );
    });
    expect(made.map(({ type, after: waits }) => [type.slice(type.lastIndexOf(":") + 1), waits])).toEqual([
      ["WorkloadIdentityPoolProvider", ["Account first"]],
      ["Account", undefined],
      ["IAMMember", ["Account first"]],
      ["IAMMember", ["Account first"]],
      ["GcpFederatedAccess", ["Account first"]],
    ]);
  });

  it("is nothing but the grants for those that GCP vouches for itself", async () => {
    const made = await registeredBy(
      () =>
        new GcpFederatedAccess("deploy", {
          ...args,
          workloads: { gke: [gkeOrders, { ...gkeOrders, cluster: "second" }], gcp: [nightly] },
          grants: { buckets: [{ bucket: "octo-website", role: "roles/storage.objectViewer" }] },
        }),
    );
    expect(made.map(({ type, inputs }) => [type, (inputs as { member?: string }).member])).toEqual([
      ["gcp:storage/bucketIAMMember:BucketIAMMember", `serviceAccount:${nightly.email}`],
      [
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "principal://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/octo-shop.svc.id.goog/subject/ns/shop/sa/orders",
      ],
      ["nhi:index:GcpFederatedAccess", undefined],
    ]);
  });

  it("has every principal, mapping and condition at preview, when nothing of GCP is known", async () => {
    const made = await registeredBy(
      () =>
        new GcpFederatedAccess("deploy", {
          ...args,
          grants: {
            buckets: [{ name: "website", bucket: notYetKnown(), role: "roles/storage.objectUser" }],
            secrets: [{ name: "signing", project: "octo-keys", secret: notYetKnown() }],
            repositories: [
              {
                name: "images",
                project: "octo-web",
                location: "europe-west1",
                repository: notYetKnown(),
                role: "roles/artifactregistry.writer",
              },
            ],
          },
        }),
      { preview: true },
    );
    const inputs = made.filter(({ type }) => type.startsWith("gcp:")).map((resource) => resource.inputs);
    const unknowns = inputs.flatMap((each) =>
      Object.entries(each as object).flatMap(([key, value]) => (value === unknown ? [key] : [])),
    );
    // Only what the program itself does not know yet, for each of the two principals.
    expect(unknowns.sort()).toEqual(["bucket", "bucket", "repository", "repository", "secretId", "secretId"]);
    expect(of(made, "nhi:index:GcpFederatedAccess")[0]?.outputs).toMatchObject({
      principals: [classic, immutable],
      providers: [{ name: `${pools}/deploy/providers/deploy-4986aa` }],
    });
  });
});

describe("a provider", () => {
  const made = async (workloads: Workloads, more: Partial<GcpFederatedAccessArgs> = {}) => {
    const all = await registeredBy(() => new GcpFederatedAccess("deploy", { ...args, workloads, ...more }));
    const { principals } = of(all, "nhi:index:GcpFederatedAccess")[0]?.outputs as { principals: string[] };
    return {
      providers: of(all, providerType).map(({ inputs }) => inputs as ProviderInputs),
      subjects: principals.map((each) => each.slice(principal("").length)),
    };
  };

  it("takes all workloads of an issuer, each with its own numbers", async () => {
    const { providers, subjects } = await made({
      github: [
        { ...app, branch: "main" },
        { owner: "octo", ownerId: "123456", repository: "web", repositoryId: "456790", branch: "main" },
      ],
    });
    expect(providers.map(({ attributeCondition }) => attributeCondition)).toEqual([
      "(assertion.repository_id == '456789' && assertion.repository_owner_id == '123456' && " +
        "assertion.sub in ['repo:octo/app:ref:refs/heads/main', 'repo:octo@123456/app@456789:ref:refs/heads/main']) || " +
        "(assertion.repository_id == '456790' && assertion.repository_owner_id == '123456' && " +
        "assertion.sub in ['repo:octo/web:ref:refs/heads/main', 'repo:octo@123456/web@456790:ref:refs/heads/main'])",
    ]);
    expect(subjects).toHaveLength(4);
  });

  it("is one for each issuer, and none changes when another is added", async () => {
    const one = await made({ kubernetes: [orders] });
    const two = await made({
      github: [{ ...app, branch: "main" }],
      kubernetes: [{ ...orders, issuer: "https://oidc.other.example.com" }, orders],
    });
    expect(two.providers).toHaveLength(3);
    expect(two.providers).toContainEqual(one.providers[0]);
  });

  it("is one for each audience that the issuer itself writes", async () => {
    const esc = { project: "shop", escEnvironment: "gcp-production" };
    const { providers } = await made({
      pulumiEsc: [
        { ...esc, organization: "octo" },
        { ...esc, organization: "hexa" },
      ],
    });
    expect(providers.map(({ oidc, attributeCondition }) => [oidc, attributeCondition])).toEqual(
      ["hexa", "octo"].map((organization) => [
        { issuerUri: "https://api.pulumi.com/oidc", allowedAudiences: [`gcp:${organization}`] },
        `assertion.sub == 'pulumi:environments:org:${organization}:env:shop/gcp-production'`,
      ]),
    );
  });

  it("names the workload by its ids where GCP can't hold the subject", async () => {
    const { providers, subjects } = await made({
      hcpTerraform: [
        {
          organization: "octo",
          organizationId: "org-GRNbCjYNpBB6NEH9",
          project: "Default Project",
          workspace: "network-production",
          workspaceId: "ws-mbsd5E3Ktt5Rg2Xm",
          phase: "apply",
        },
      ],
    });
    expect(providers[0]).toMatchObject({
      attributeMapping: {
        "google.subject":
          "'deploy-e5a52d:' + assertion.terraform_organization_id + ':' + assertion.terraform_workspace_id + ':' + assertion.terraform_run_phase",
      },
      attributeCondition:
        "assertion.terraform_organization_id == 'org-GRNbCjYNpBB6NEH9' && " +
        "assertion.terraform_workspace_id == 'ws-mbsd5E3Ktt5Rg2Xm' && assertion.terraform_run_phase == 'apply' && " +
        "assertion.sub == 'organization:octo:project:Default Project:workspace:network-production:run_phase:apply'",
    });
    expect(subjects).toEqual(["deploy-e5a52d:org-GRNbCjYNpBB6NEH9:ws-mbsd5E3Ktt5Rg2Xm:apply"]);
  });

  it("names it by the one id that stays where all together are too long", async () => {
    const { providers, subjects } = await made({
      bitbucket: [
        {
          workspace: "octo",
          workspaceUuid: "84c08677-e352-4a1c-a107-6df387cfeef7",
          repositoryUuid: "dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33",
          deploymentEnvironmentUuid: "7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66",
        },
      ],
    });
    expect(providers[0]?.attributeMapping).toEqual({
      "google.subject": "'deploy-ec1c54:' + assertion.repositoryUuid",
    });
    expect(providers[0]?.attributeCondition).toBe(
      "assertion.workspaceUuid == '{84c08677-e352-4a1c-a107-6df387cfeef7}' && " +
        "assertion.repositoryUuid == '{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}' && " +
        "assertion.deploymentEnvironmentUuid == '{7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66}' && " +
        "assertion.sub.startsWith('{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}:{7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66}:')",
    );
    expect(subjects).toEqual(["deploy-ec1c54:{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}"]);
  });

  it("names it by the subject's digest where it has no id either", async () => {
    const { providers, subjects } = await made({
      azureDevops: [
        {
          organizationId: "2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b",
          organization: "octo",
          project: "Web Shop",
          serviceConnection: "gcp-production",
        },
      ],
    });
    expect(providers[0]).toMatchObject({
      attributeMapping: {
        "google.subject":
          "'deploy-0abc48:' + (assertion.sub == 'sc://octo/Web Shop/gcp-production' ? 'eaaff975e69e5843a3019af9b0e2c875' : 'nobody')",
      },
      attributeCondition: "assertion.sub == 'sc://octo/Web Shop/gcp-production'",
    });
    expect(subjects).toEqual(["deploy-0abc48:eaaff975e69e5843a3019af9b0e2c875"]);
  });

  it("compares what ends anew in each token up to the delimiter, and a claim with a slash in its name", async () => {
    const { providers, subjects } = await made({
      circleci: [
        {
          organizationId: "3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11",
          projectId: "8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22",
        },
      ],
    });
    expect(providers[0]).toMatchObject({
      attributeMapping: {
        "google.subject": "'deploy-bd7e99:' + assertion['oidc.circleci.com/project-id']",
      },
      attributeCondition:
        "assertion['oidc.circleci.com/project-id'] == '8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22' && " +
        "assertion.sub.startsWith('org/3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11/project/8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22/user/')",
      oidc: { allowedAudiences: ["3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11"] },
    });
    expect(subjects).toEqual(["deploy-bd7e99:8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22"]);
  });

  it("takes sessions of an AWS role, whatever they are called", async () => {
    const { providers, subjects } = await made({
      aws: [{ accountId: "210987654321", roleName: "services/orders" }],
    });
    expect(providers[0]).toMatchObject({
      aws: { accountId: "210987654321" },
      attributeMapping: {
        "google.subject":
          "'deploy-f48da4:' + assertion.account + ':' + assertion.arn.extract('assumed-role/{role}/')",
      },
      attributeCondition:
        "assertion.account == '210987654321' && " +
        "assertion.arn.startsWith('arn:aws:sts::210987654321:assumed-role/orders/')",
    });
    expect(subjects).toEqual(["deploy-f48da4:210987654321:orders"]);
  });

  it("takes certificates of the given authorities", async () => {
    const { providers, subjects } = await made(
      { certificate: [{ uri: "spiffe://example.org/shop/orders" }] },
      { trustAnchors: [`${authority}\n${authority}`, authority] },
    );
    const pemCertificate = authority;
    expect(providers[0]).toMatchObject({
      x509: { trustStore: { trustAnchors: [{ pemCertificate }, { pemCertificate }, { pemCertificate }] } },
      attributeMapping: { "google.subject": "'deploy-f78c06:' + assertion.san.uri" },
      attributeCondition: "assertion.san.uri == 'spiffe://example.org/shop/orders'",
    });
    expect(subjects).toEqual(["deploy-f78c06:spiffe://example.org/shop/orders"]);
  });
});

/** Tokens are asked in matrix.test.ts, for every source. */
describe("who gets in without a token", () => {
  const asked = async (workloads: Workloads, more: Partial<GcpFederatedAccessArgs> = {}) => {
    const made = await registeredBy(() => new GcpFederatedAccess("deploy", { ...args, workloads, ...more }), {
      preview: true,
    });
    const { principals } = of(made, "nhi:index:GcpFederatedAccess")[0]?.outputs as { principals: string[] };
    const providers = of(made, providerType).map(({ inputs }) => inputs as ProviderInputs);
    return (shown: Shown) => isOneOf(principals, { projectNumber: args.projectNumber, providers }, shown);
  };
  const session = (arn: string, account = "210987654321"): Shown => ({
    issuer: `aws:${account}`,
    assertion: { account, arn, userid: "AROAEXAMPLE:x" },
  });
  const roles = {
    aws: [
      { accountId: "210987654321", roleName: "orders" },
      { accountId: "310987654321", roleName: "billing" },
    ],
  };

  it.each([
    ["a session of the role", session("arn:aws:sts::210987654321:assumed-role/orders/i-0abc"), true],
    [
      "one of another account's role",
      session("arn:aws:sts::310987654321:assumed-role/billing/x", "310987654321"),
      true,
    ],
    ["the role itself", session("arn:aws:iam::210987654321:role/orders"), false],
    ["a role whose name begins so", session("arn:aws:sts::210987654321:assumed-role/orders-admin/x"), false],
    [
      "a session that is called as the role",
      session("arn:aws:sts::210987654321:assumed-role/evil/orders"),
      false,
    ],
    [
      "a user whose path is written so",
      session("arn:aws:iam::210987654321:user/assumed-role/orders/x"),
      false,
    ],
    [
      "the other account's role by this one's name",
      session("arn:aws:sts::310987654321:assumed-role/orders/x", "310987654321"),
      false,
    ],
    [
      "an account that is not listed",
      session("arn:aws:sts::410987654321:assumed-role/orders/x", "410987654321"),
      false,
    ],
  ])("%s of AWS", async (_, shown, expected) => {
    expect((await asked(roles))(shown)).toBe(expected);
  });

  it("no session of AWS that differs in account, role or kind", async () => {
    const letsIn = await asked(roles);
    const name = fc.oneof(
      fc.constantFrom("orders", "billing", "order", "orders2", "ORDERS", "evil/orders", "orders/x"),
      fc.stringMatching(/^[\w+=,.@-]{1,20}$/),
    );
    const arns = fc
      .record({
        account: fc.constantFrom("210987654321", "310987654321", "410987654321"),
        kind: fc.constantFrom("sts", "iam"),
        what: fc.constantFrom("assumed-role", "role", "user", "federated-user", "user/assumed-role"),
        role: name,
        session: name,
      })
      .map(({ account, kind, what, role, session: called }) => ({
        account,
        arn: `arn:aws:${kind}::${account}:${what}/${role}/${called}`,
      }))
      .filter(
        ({ arn }) =>
          !/^arn:aws:sts::(210987654321:assumed-role\/orders|310987654321:assumed-role\/billing)\//.test(arn),
      );
    fc.assert(
      fc.property(arns, ({ account, arn }) => !letsIn(session(arn, account))),
      { numRuns: 5_000 },
    );
    expect(letsIn(session("arn:aws:sts::310987654321:assumed-role/billing/x", "310987654321"))).toBe(true);
  });

  it("no certificate with another URI", async () => {
    const own = "spiffe://example.org/shop/orders";
    const letsIn = await asked({ certificate: [{ uri: own }] }, { trustAnchors: [authority] });
    const holds = (uri: string | undefined) =>
      letsIn({
        issuer: "x509",
        assertion: { subject: { dn: { cn: own } }, san: uri === undefined ? {} : { uri } },
      });
    expect(holds(own)).toBe(true);
    expect(holds(undefined)).toBe(false);
    const others = fc.oneof(
      fc.string().map((text) => own + text),
      fc.integer({ min: 0, max: own.length - 1 }).map((at) => own.slice(0, at)),
      fc.webUrl(),
      fc.constantFrom(own.toUpperCase(), `spiffe://evil.example/${own}`),
    );
    fc.assert(
      fc.property(
        others.filter((uri) => uri !== own),
        (uri) => !holds(uri),
      ),
      { numRuns: 2_000 },
    );
  });

  it("no program of another cluster, though both have the same subject and share the pool", async () => {
    const shop = { ...args, poolId: "production", workloads: { kubernetes: [orders] } };
    const other = { ...orders, issuer: "https://oidc.other.example.com" };
    const made = await registeredBy(() => {
      new GcpFederatedAccess("shop", shop);
      new GcpFederatedAccess("other", { ...shop, createPool: false, workloads: { kubernetes: [other] } });
    });
    const [second, first] = of(made, "nhi:index:GcpFederatedAccess").map(
      ({ outputs }) => (outputs as { principals: string[] }).principals,
    );
    const providers = of(made, providerType).map(({ inputs }) => inputs as ProviderInputs);
    const audienceOf = ({ workloadIdentityPoolProviderId }: ProviderInputs) =>
      `https://iam.googleapis.com/${pools}/production/providers/${workloadIdentityPoolProviderId}`;
    const token = (issuer: string): Shown => ({
      issuer,
      assertion: { sub: "system:serviceaccount:shop:orders", aud: providers.map(audienceOf) },
    });
    const pool = { projectNumber: args.projectNumber, providers };
    const answers = [orders.issuer, other.issuer].map((issuer) =>
      [first, second].map((principals = []) => isOneOf(principals, pool, token(issuer))),
    );
    expect(answers).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe("what is refused", () => {
  const bucket = (role: string) => ({ grants: { buckets: [{ bucket: "octo-website", role }] } });
  const project = (role: string) => ({ grants: { projects: [{ project: "octo-web", role }] } });
  const twice = { project: "octo-web", role: "roles/run.developer" };

  it.each<[string, Partial<GcpFederatedAccessArgs>, string]>([
    ["no owner", { metadata: { ...metadata, owner: "" } }, 'metadata.owner must say something, got "".'],
    [
      "more than a description holds",
      { metadata: { ...metadata, purpose: "x".repeat(200) } },
      "metadata must fit into a description of 256 characters (GCP's limit), got 278. Shorten purpose.",
    ],
    [
      "a project's number for its id",
      { projectId: "123456789012" },
      'projectId must be a project\'s id, not its number or name, got "123456789012".',
    ],
    [
      "a project's id for its number",
      { projectNumber: "octo-web" },
      'projectNumber must be the project\'s number as digits, not its id, got "octo-web".',
    ],
    [
      "the audience of another target",
      { audience: "sts.amazonaws.com" },
      'audience must not be one of AWS\'s, got "sts.amazonaws.com". A token for one target must be worth nothing at another: use one that only GCP takes.',
    ],
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
      "a vendor's role with an ExternalId",
      {
        workloads: {
          thirdParty: [{ accountId: "464622532012", roleName: "scanner", externalId: "5b0a3d9e-7c1f-4e68" }],
        },
      },
      "workloads.thirdParty must be empty here: An ExternalId is AWS's. Name the vendor's role in workloads.aws.",
    ],
    [
      "a vendor without an end",
      { metadata: { ...metadata, kind: NhiKind.ThirdParty, vendor: "Acme" } },
      "expires must say when the vendor's access ends, because metadata.kind is third-party. Give it the day on which the contract ends.",
    ],
    [
      "an end that is no day",
      { expires: "2027-02-30" },
      'expires must be a day as YYYY-MM-DD, for example "2027-06-30", got "2027-02-30".',
    ],
    [
      "a pool of Google's",
      { poolId: "gcp-production" },
      'poolId must be 4 to 32 lower-case letters, digits or - and not begin with gcp- (GCP\'s limits), got "gcp-production".',
    ],
    [
      "a pool in capitals",
      { poolId: "Production" },
      'poolId must be 4 to 32 lower-case letters, digits or - and not begin with gcp- (GCP\'s limits), got "Production".',
    ],
    [
      "a long beginning of the providers' ids",
      { providerPrefix: "publishes-the-website-of-octo" },
      'providerPrefix must be 1 to 25 lower-case letters, digits or - and not begin with gcp- (GCP limits ids to 32 characters, and the issuer\'s follow), got "publishes-the-website-of-octo".',
    ],
    [
      "more workloads than a condition holds",
      { workloads: { github: Array.from({ length: 25 }, (_, index) => ({ ...app, branch: `b${index}` })) } },
      "workloads must fit into one attribute condition of at most 4096 characters for each issuer (GCP's limit), got 4801 for that of workloads.github[0]. Make a second GcpFederatedAccess.",
    ],
    [
      "more names than a mapping holds",
      {
        workloads: {
          azureDevops: Array.from({ length: 30 }, (_, index) => ({
            organizationId: "2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b",
            organization: "octo",
            project: "Web Shop",
            serviceConnection: `c${index}`,
          })),
        },
      },
      "workloads must fit into one attribute mapping of at most 2048 characters for each issuer (GCP's limit), got 2449 for that of workloads.azureDevops[0]. Make a second GcpFederatedAccess.",
    ],
    [
      "a certificate's URI that is too long",
      {
        workloads: { certificate: [{ uri: `https://machines.example.com/${"x".repeat(100)}` }] },
        trustAnchors: [authority],
      },
      `workloads.certificate[0] must have a subject of at most 127 bytes without spaces (GCP's limit), got "deploy-f78c06:https://machines.example.com/${"x".repeat(37)}…".`,
    ],
    [
      "certificates of nobody",
      { workloads: { certificate: [{ uri: "spiffe://example.org/shop/orders" }] } },
      "trustAnchors must list the authorities that issue the certificates of workloads.certificate.",
    ],
    [
      "authorities for nobody",
      { trustAnchors: [authority] },
      "trustAnchors must be empty without workloads.certificate: nobody would be let in by them.",
    ],
    [
      "a leaf as an authority",
      {
        workloads: { certificate: [{ uri: "spiffe://example.org/shop/orders" }] },
        trustAnchors: [authority, leaf],
      },
      "trustAnchors[1] must hold authorities only, and number 1 is not one: anybody with its key would be let in as what they like. Give the certificate that signed it.",
    ],
    [
      "a basic role",
      project("roles/editor"),
      'grants.projects[0].role must not be a basic role, which reaches every service, got "roles/editor". Name the role of one service.',
    ],
    [
      "a basic role by its new name",
      project("roles/writer"),
      'grants.projects[0].role must not be a basic role, which reaches every service, got "roles/writer". Name the role of one service.',
    ],
    [
      "a role of Google's own",
      project("roles/firebase.sdkAdminServiceAgent"),
      'grants.projects[0].role must not be a role of Google\'s own service agents, got "roles/firebase.sdkAdminServiceAgent". Name the role of one service.',
    ],
    [
      "a role without its beginning",
      project("run.developer"),
      'grants.projects[0].role must be a role\'s whole name, for example roles/run.developer or projects/PROJECT/roles/ROLE, got "run.developer".',
    ],
    ...[
      "roles/iam.serviceAccountKeyAdmin",
      "roles/iam.serviceAccountTokenCreator",
      "roles/iam.serviceAccountUser",
      "roles/iam.securityAdmin",
      "roles/resourcemanager.projectIamAdmin",
      "roles/storage.hmacKeyAdmin",
      "roles/serviceusage.apiKeysAdmin",
    ].map((role): [string, Partial<GcpFederatedAccessArgs>, string] => [
      role,
      project(role),
      `grants.projects[0].role must not make keys, tokens or rights of others, which ${role} can. Use impersonate or grants.runAs for one account.`,
    ]),
    [
      "a role that decides about a bucket",
      bucket("roles/storage.objectAdmin"),
      "grants.buckets[0].role must not decide who else gets in, which roles/storage.objectAdmin can. Name the role that the task needs.",
    ],
    [
      "a role of another service on a bucket",
      bucket("roles/run.developer"),
      'grants.buckets[0].role must be a role of storage, got "roles/run.developer".',
    ],
    [
      "a bucket's URL",
      { grants: { buckets: [{ bucket: "gs://octo-website", role: "roles/storage.objectUser" }] } },
      'grants.buckets[0].bucket must be a bucket\'s name without gs://, got "gs://octo-website".',
    ],
    [
      "a secret's whole name",
      { grants: { secrets: [{ project: "octo-keys", secret: "projects/octo-keys/secrets/signing" }] } },
      'grants.secrets[0].secret must be an id without its path, got "projects/octo-keys/secrets/signing".',
    ],
    [
      "a name that is none",
      { grants: { secrets: [{ project: "octo-keys", secret: "signing", name: "a b" }] } },
      'grants.secrets[0].name must be 1 to 64 letters, digits, _ . or -, got "a b".',
    ],
    [
      "the same twice",
      { grants: { projects: [twice, twice] } },
      'grants.projects[1] must differ from grants.projects[0]: both are called "octo-web roles/run.developer". Remove one, or give it a name.',
    ],
    [
      "a default service account",
      { impersonate: "123456789012-compute@developer.gserviceaccount.com" },
      'impersonate must be the e-mail address of a service account of a project (NAME@PROJECT.iam.gserviceaccount.com), got "123456789012-compute@developer.gserviceaccount.com". Default service accounts can do too much: make one.',
    ],
    [
      "to run as everybody",
      { grants: { runAs: ["*"] } },
      'grants.runAs[0] must be the e-mail address of a service account of a project (NAME@PROJECT.iam.gserviceaccount.com), got "*". Default service accounts can do too much: make one.',
    ],
  ])("%s", async (_, change, says) => {
    const message = await refusalOf(() => new GcpFederatedAccess("deploy", { ...args, ...change }));
    expect(message).toBe(`GcpFederatedAccess "deploy": ${says}`);
  });

  it("a resource of the program without a name of its own", async () => {
    let message = "";
    await registeredBy(() => {
      const grants = { buckets: [{ bucket: notYetKnown(), role: "roles/storage.objectUser" }] };
      try {
        new GcpFederatedAccess("deploy", { ...args, grants });
      } catch (error) {
        message = (error as Error).message;
      }
    });
    expect(message).toBe(
      'GcpFederatedAccess "deploy": grants.buckets[0].name must be given, because bucket is known only once it is made.',
    );
  });
});
