import { GcpFederatedAccess, NhiKind, type GcpFederatedAccessArgs } from "pulumi-nhi";
import { registeredBy, type Registered } from "../../support/mocks";
import { isOneOf, type ProviderInputs } from "../cel";

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
});

describe("who gets in", () => {
  const claims = {
    aud: `https://iam.googleapis.com/${pools}/deploy/providers/deploy-4986aa`,
    sub: "repo:octo/app:environment:production",
    repository_id: "456789",
    repository_owner_id: "123456",
  };
  const issuer = "https://token.actions.githubusercontent.com";
  let provider: ProviderInputs;
  beforeAll(async () => {
    const made = await registeredBy(() => new GcpFederatedAccess("deploy", args), { preview: true });
    provider = of(made, providerType)[0]?.inputs as ProviderInputs;
  });
  const letsIn = (assertion: Record<string, string>, from = issuer) =>
    isOneOf(
      [classic, immutable],
      { projectNumber: "123456789012", providers: [provider] },
      { issuer: from, assertion },
    );

  it("the job does, with either subject", () => {
    expect(letsIn(claims)).toBe(true);
    expect(letsIn({ ...claims, sub: "repo:octo@123456/app@456789:environment:production" })).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ["another environment", { ...claims, sub: "repo:octo/app:environment:staging" }],
    ["a new repository under the old name", { ...claims, repository_id: "999999" }],
    ["a new owner under the old name", { ...claims, repository_owner_id: "999999" }],
    ["a token for another provider", { ...claims, aud: "https://github.com/octo" }],
    ["a token without the repository's number", { aud: claims.aud, sub: claims.sub }],
  ])("%s does not", (_, token) => {
    expect(letsIn(token)).toBe(false);
  });

  it("not the same claims of another issuer", () => {
    expect(letsIn(claims, `${issuer}/octo`)).toBe(false);
  });
});
