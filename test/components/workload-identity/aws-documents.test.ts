import { AwsFederatedRole, NhiKind, type AwsFederatedRoleArgs, type Workloads } from "pulumi-nhi";
import { sources } from "../../../components/workload-identity/workloads";
import { refusalOf, registeredBy } from "../../support/mocks";
import { assumesRole, assumesRoleWithToken, keyModels } from "../sts";

const args: Omit<AwsFederatedRoleArgs, "workloads"> = {
  metadata: {
    owner: "team-web",
    purpose: "publish the website",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
};
const vendors: Omit<AwsFederatedRoleArgs, "workloads"> = {
  ...args,
  metadata: { ...args.metadata, kind: NhiKind.ThirdParty, vendor: "Acme Scanners" },
  expires: "2027-12-31",
};

async function trustOf(all: AwsFederatedRoleArgs): Promise<string> {
  const [role] = await registeredBy(() => new AwsFederatedRole("deploy", all), { preview: true });
  return (role?.inputs as { assumeRolePolicy: string }).assumeRolePolicy;
}
const example = (key: keyof Workloads, index = 0): Workloads => ({
  [key]: [sources[key].examples[index]],
});

const provider = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const statement = (
  issuer: string,
  equal: Record<string, string | string[]>,
  like: Record<string, string> = {},
  federated = provider(issuer),
) => {
  const keys = (claims: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(claims).map(([name, value]) => [`${issuer}:${name}`, value]));
  return {
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: keys(equal),
      ...(Object.keys(like).length > 0 && { StringLike: keys(like) }),
    },
  };
};
const document = (...statements: unknown[]) => ({ Version: "2012-10-17", Statement: statements });
const aud = "sts.amazonaws.com";

const production = [
  "repo:octo/app:environment:production",
  "repo:octo@123456/app@456789:environment:production",
];
const numbers = { repository_id: "456789", repository_owner_id: "123456" };
const circleciOrganization = "3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11";
const circleciProject = "8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22";
const buildkite = {
  organization_id: "0184990a-477b-4fa8-9968-496074483cee",
  pipeline_id: "0184990a-4782-42b5-afc1-16715b10b8ff",
};

describe("the whole trust policy for the examples of each source", () => {
  it.each<[string, Workloads, unknown]>([
    [
      "GitHub, on a branch",
      example("github", 1),
      statement("token.actions.githubusercontent.com", {
        aud,
        sub: ["repo:octo/app:ref:refs/heads/main", "repo:octo@123456/app@456789:ref:refs/heads/main"],
        ...numbers,
      }),
    ],
    [
      "GitHub, for a tag",
      example("github", 2),
      statement("token.actions.githubusercontent.com", {
        aud,
        sub: ["repo:octo/app:ref:refs/tags/v1.2.0", "repo:octo@123456/app@456789:ref:refs/tags/v1.2.0"],
        ...numbers,
      }),
    ],
    [
      "GitHub, with a reusable workflow",
      example("github", 3),
      statement("token.actions.githubusercontent.com", {
        aud,
        sub: production,
        ...numbers,
        job_workflow_ref:
          "octo/automation/.github/workflows/deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2",
      }),
    ],
    [
      "GitHub, with a subject of its own",
      example("github", 4),
      statement("token.actions.githubusercontent.com", {
        aud,
        sub: production.map((subject) => `repository_owner_id:123456:${subject}`),
        ...numbers,
      }),
    ],
    [
      "an enterprise's issuer, with its path in every key",
      example("github", 5),
      statement("token.actions.githubusercontent.com/octocorp", { aud, sub: production, ...numbers }),
    ],
    [
      "GHE.com",
      example("github", 6),
      statement("token.actions.octocorp.ghe.com", { aud, sub: production, ...numbers }),
    ],
    [
      "a GitHub Enterprise Server, with nothing that AWS does not see",
      example("github", 7),
      statement("github.example.com/_services/token", { aud, sub: ["repo:octo/app:environment:production"] }),
    ],
    [
      "GitLab.com",
      example("gitlab"),
      statement("gitlab.com", {
        aud,
        sub: ["project_path:octo/app:ref_type:branch:ref:main"],
        project_id: "278964",
        ref_protected: "true",
      }),
    ],
    [
      "a GitLab of one's own",
      example("gitlab", 2),
      statement("gitlab.example.com", { aud, sub: ["project_path:octo/app:ref_type:branch:ref:main"] }),
    ],
    [
      "Bitbucket",
      example("bitbucket"),
      statement(
        "api.bitbucket.org/2.0/workspaces/octo/pipelines-config/identity/oidc",
        { aud: "ari:cloud:bitbucket::workspace/84c08677-e352-4a1c-a107-6df387cfeef7" },
        { sub: "{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}:{7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66}:*" },
      ),
    ],
    [
      "CircleCI",
      example("circleci"),
      statement(
        `oidc.circleci.com/org/${circleciOrganization}`,
        { aud: circleciOrganization, "oidc.circleci.com/project-id": circleciProject },
        { sub: `org/${circleciOrganization}/project/${circleciProject}/user/*` },
      ),
    ],
    [
      "Buildkite",
      example("buildkite"),
      statement(
        "agent.buildkite.com",
        { aud, ...buildkite },
        { sub: "organization:octo:pipeline:app:ref:refs/heads/main:commit:*" },
      ),
    ],
    [
      "Azure DevOps",
      example("azureDevops"),
      statement("vstoken.dev.azure.com/2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b", {
        aud: "api://AzureADTokenExchange",
        sub: ["sc://octo/Web Shop/aws-production"],
      }),
    ],
    [
      "HCP Terraform",
      example("hcpTerraform"),
      statement("app.terraform.io", {
        aud: "aws.workload.identity",
        sub: ["organization:octo:project:Default Project:workspace:network-production:run_phase:apply"],
      }),
    ],
    [
      "Terraform Enterprise",
      example("hcpTerraform", 1),
      statement("terraform.example.com", {
        aud: "aws.workload.identity",
        sub: ["organization:octo:project:Network:workspace:network-production:run_phase:plan"],
      }),
    ],
    [
      "Pulumi ESC",
      example("pulumiEsc"),
      statement("api.pulumi.com/oidc", {
        aud: "aws:octo",
        sub: ["pulumi:environments:org:octo:env:shop/aws-production"],
      }),
    ],
    [
      "Pulumi Deployments",
      example("pulumiDeployments"),
      statement("api.pulumi.com/oidc", {
        aud: "octo",
        sub: [
          "pulumi:deploy:org:octo:project:shop:stack:production:operation:update:scope:write",
          "pulumi:deploy:org:octo:project:shop:stack:production:operation:refresh:scope:write",
        ],
      }),
    ],
    [
      "EKS with IRSA",
      example("kubernetes"),
      statement("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE", {
        aud,
        sub: ["system:serviceaccount:shop:orders"],
      }),
    ],
    [
      "GKE",
      example("gke"),
      statement("container.googleapis.com/v1/projects/octo-shop/locations/europe-west1/clusters/shop", {
        aud,
        sub: ["system:serviceaccount:shop:orders"],
      }),
    ],
    [
      "SPIFFE",
      example("spiffe"),
      statement("oidc.example.org", { aud, sub: ["spiffe://example.org/shop/orders"] }),
    ],
    [
      "GCP, whose issuer AWS knows by its name",
      example("gcp"),
      statement(
        "accounts.google.com",
        { oaud: aud, sub: ["112233445566778899001"] },
        {},
        "accounts.google.com",
      ),
    ],
    [
      "any other issuer",
      example("oidc", 1),
      statement("oidc.vercel.com/octo", {
        aud: "https://vercel.com/octo",
        sub: ["owner:octo:project:shop:environment:production"],
      }),
    ],
  ])("%s", async (_, workloads, expected) => {
    expect(JSON.parse(await trustOf({ ...args, workloads }))).toEqual(document(expected));
  });
});

describe("several sources at once", () => {
  const workloads: Workloads = {
    ...example("gitlab"),
    ...example("buildkite"),
    ...example("gcp"),
    ...example("hcpTerraform"),
  };
  const app = { sub: "project_path:octo/app:ref_type:branch:ref:main", project_id: "278964" };
  const job = { ...app, aud, ref_protected: "true" };
  const build = {
    ...buildkite,
    aud,
    sub: "organization:octo:pipeline:app:ref:refs/heads/main:commit:0b6c:step:deploy",
  };
  const google = { aud, azp: "112233445566778899001", sub: "112233445566778899001" };
  let trust = "";
  beforeAll(async () => {
    trust = await trustOf({ ...args, workloads });
  });

  it("have a statement each, in the order of the documentation", () => {
    const { Statement } = JSON.parse(trust) as { Statement: { Principal: { Federated: string } }[] };
    expect(Statement.map(({ Principal }) => Principal.Federated)).toEqual([
      provider("gitlab.com"),
      provider("agent.buildkite.com"),
      provider("app.terraform.io"),
      "accounts.google.com",
    ]);
  });

  it.each<[string, string, Record<string, string>]>([
    ["the job of GitLab", provider("gitlab.com"), job],
    ["the build of Buildkite", provider("agent.buildkite.com"), build],
    ["the program of GCP", "accounts.google.com", google],
  ])("let in %s", (_, from, claims) => {
    expect(assumesRoleWithToken(trust, from, claims)).toBe(true);
  });

  it.each<[string, string, Record<string, string>]>([
    ["claims of one from the issuer of another", provider("agent.buildkite.com"), job],
    ["a job on a branch that nobody protects", provider("gitlab.com"), { ...job, ref_protected: "false" }],
    ["a project under the old name", provider("gitlab.com"), { ...job, project_id: "7" }],
    [
      "a build of a branch that begins like it",
      provider("agent.buildkite.com"),
      { ...build, sub: "organization:octo:pipeline:app:ref:refs/heads/main2:commit:0b6c:step:deploy" },
    ],
    ["a pipeline under the old name", provider("agent.buildkite.com"), { ...build, pipeline_id: "7" }],
    [
      "a token of Google's for another audience",
      "accounts.google.com",
      { ...google, aud: "https://x.run.app" },
    ],
    ["another service account", "accounts.google.com", { ...google, sub: "112233445566778899002" }],
    ["Google's claims from a provider of that name", provider("accounts.google.com"), google],
  ])("keep out %s", (_, from, claims) => {
    expect(assumesRoleWithToken(trust, from, claims)).toBe(false);
  });
});

it("asks for the component's audience where the workload can choose, and for the issuer's where it can't", async () => {
  const trust = await trustOf({
    ...args,
    audience: "https://aws.example.com",
    workloads: { ...example("gitlab"), ...example("azureDevops"), ...example("gcp") },
  });
  expect(trust.match(/"[^"]+:o?aud":"[^"]+"/g)).toEqual([
    '"gitlab.com:aud":"https://aws.example.com"',
    '"vstoken.dev.azure.com/2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b:aud":"api://AzureADTokenExchange"',
    '"accounts.google.com:oaud":"https://aws.example.com"',
  ]);
});

it("says what each token must say, and of the claims those that AWS compares", async () => {
  const made = await registeredBy(
    () =>
      new AwsFederatedRole("deploy", { ...args, workloads: { ...example("bitbucket"), ...example("gcp") } }),
    { preview: true },
  );
  const subject = "{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}:{7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66}:*";
  expect(made.at(-1)?.outputs).toEqual({
    roleArn: "arn:aws:iam::123456789012:role/deploy",
    roleName: "deploy",
    subjects: [subject, "112233445566778899001"],
    expectedTokens: [
      {
        workload: "workloads.bitbucket[0]",
        issuer: "https://api.bitbucket.org/2.0/workspaces/octo/pipelines-config/identity/oidc",
        audience: "ari:cloud:bitbucket::workspace/84c08677-e352-4a1c-a107-6df387cfeef7",
        subjects: [subject],
        claims: {},
      },
      {
        workload: "workloads.gcp[0]",
        issuer: "https://accounts.google.com",
        audience: "sts.amazonaws.com",
        subjects: ["112233445566778899001"],
        claims: {},
      },
    ],
  });
});

describe("a vendor", () => {
  const caller = "arn:aws:iam::464622532012:role/scanner";
  const externalId = "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35";
  const until = { DateLessThan: { "aws:CurrentTime": "2027-12-31T00:00:00Z" } };

  it("comes in by its exact role, with its ExternalId, until the contract ends", async () => {
    const trust = await trustOf({ ...vendors, workloads: example("thirdParty") });
    expect(JSON.parse(trust)).toEqual(
      document({
        Effect: "Allow",
        Principal: { AWS: caller },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": externalId }, ...until },
      }),
    );
    const comes = (request: Partial<Parameters<typeof assumesRole>[1]>) =>
      assumesRole(trust, { caller, externalId, ...request }, keyModels.documented);
    expect(comes({})).toBe(true);
    expect(comes({ now: "2027-12-30T23:59:59Z" })).toBe(true);
    expect(comes({ now: "2027-12-31T00:00:00Z" })).toBe(false);
    expect(comes({ externalId: "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b36" })).toBe(false);
    expect(assumesRole(trust, { caller }, keyModels.documented)).toBe(false);
    expect(comes({ caller: "arn:aws:iam::464622532012:role/scanner2" })).toBe(false);
    expect(comes({ caller: "arn:aws:iam::464622532012:root" })).toBe(false);
  });

  it("with tokens of its own comes in until the contract ends, too", async () => {
    const trust = await trustOf({ ...vendors, workloads: example("oidc", 1) });
    expect(JSON.parse(trust)).toMatchObject({ Statement: [{ Condition: until }] });
    const token = { aud: "https://vercel.com/octo", sub: "owner:octo:project:shop:environment:production" };
    const comes = (now: string) => assumesRoleWithToken(trust, provider("oidc.vercel.com/octo"), token, now);
    expect([comes("2027-12-30T23:59:59Z"), comes("2027-12-31T00:00:00Z")]).toEqual([true, false]);
  });

  it("stands in the role's tags", async () => {
    const [role] = await registeredBy(
      () => new AwsFederatedRole("scan", { ...vendors, workloads: example("thirdParty") }),
    );
    expect(role?.inputs).toMatchObject({
      tags: { "nhi:kind": "third-party", "nhi:vendor": "Acme Scanners", "nhi:review-by": "2027-06-30" },
    });
  });

  it.each<[string, AwsFederatedRoleArgs, string]>([
    [
      "that is called one's own",
      { ...args, workloads: example("thirdParty") },
      'metadata.kind must be third-party, because workloads.thirdParty lists a vendor\'s role, got "pipeline".',
    ],
    [
      "without a name",
      {
        ...vendors,
        metadata: { ...args.metadata, kind: NhiKind.ThirdParty },
        workloads: example("thirdParty"),
      },
      'metadata.vendor must name the organisation that runs the machine, because metadata.kind is "third-party".',
    ],
    [
      "without an end",
      { ...vendors, expires: undefined, workloads: example("oidc", 1) },
      "expires must say when the vendor's access ends, because metadata.kind is third-party. " +
        "Give it the day on which the contract ends.",
    ],
    [
      "with an end that is no day",
      { ...vendors, expires: "2027-13-01", workloads: example("thirdParty") },
      'expires must be a day as YYYY-MM-DD, for example "2027-06-30", got "2027-13-01".',
    ],
    [
      "with an end before anybody looks at it",
      { ...vendors, expires: "2027-06-29", workloads: example("thirdParty") },
      'expires must not be before metadata.reviewBy "2027-06-30", got "2027-06-29". Review what is still there.',
    ],
  ])("%s is refused", async (_, given, says) => {
    expect(await refusalOf(() => new AwsFederatedRole("scan", given))).toBe(
      `AwsFederatedRole "scan": ${says}`,
    );
  });
});
