import {
  audienceProblem,
  workloadsProblem,
  type Target,
} from "../../../components/workload-identity/workloads";
import type { Workloads } from "pulumi-nhi";

const gitlab = { projectPath: "octo/app", projectId: "278964", branch: "main" };
const role = { accountId: "210987654321", roleName: "orders" };
const account = { email: "orders@octo-shop.iam.gserviceaccount.com", uniqueId: "112233445566778899001" };
const vendor = { ...role, externalId: "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35" };

describe("workloads", () => {
  it("may be of several sources", () => {
    const workloads: Workloads = { gitlab: [gitlab], gcp: [account], kubernetes: [] };
    expect(workloadsProblem(workloads, "production", "aws")).toBeUndefined();
  });

  it.each<[string, Workloads, Target, string]>([
    [
      "none",
      { github: [], gitlab: undefined },
      "aws",
      "workloads must list at least one workload. Add one to workloads.github or another source's list.",
    ],
    [
      "one of them twice",
      { gitlab: [gitlab, { ...gitlab, branch: "next" }, { ...gitlab }] },
      "aws",
      "workloads.gitlab[2] must differ from workloads.gitlab[0]: both show the same. Remove one.",
    ],
    [
      "a mistake behind what is right",
      { gitlab: [gitlab], aws: [{ ...role, roleName: "*" }] },
      "gcp",
      'workloads.aws[0].roleName must be exact, got "*". List each one as a workload of its own.',
    ],
    [
      "a role of AWS at AWS",
      { aws: [role] },
      "aws",
      "workloads.aws must be empty here: A role of AWS needs no federation there. Use AwsJitRole, " +
        "or workloads.thirdParty for the role of a vendor.",
    ],
    [
      "a token of AWS's at AWS",
      { awsOutbound: [{ ...role, issuer: "https://x.tokens.sts.global.api.aws" }] },
      "aws",
      "workloads.awsOutbound must be empty here: A role of AWS needs no token there. Use AwsJitRole.",
    ],
    [
      "a certificate at AWS",
      { certificate: [{ uri: "spiffe://example.org/shop/orders" }] },
      "aws",
      "workloads.certificate must be empty here: AWS takes certificates through IAM Roles Anywhere. " +
        "Use RolesAnywhereAccess.",
    ],
    [
      "an ExternalId at Vault",
      { thirdParty: [vendor] },
      "vault",
      "workloads.thirdParty must be empty here: An ExternalId is AWS's. Name the vendor's role in workloads.aws.",
    ],
  ])("are refused with %s", (_, workloads, target, says) => {
    expect(workloadsProblem(workloads, "production", target)).toBe(says);
  });
});

describe("an audience", () => {
  it.each<[string, Target]>([
    ["sts.amazonaws.com", "aws"],
    ["sts.amazonaws.com.cn", "aws"],
    ["aws.workload.identity", "aws"],
    ["https://vault.example.com", "vault"],
    ["https://vault.example.com", "aws"],
    ["vault.workload.identity", "vault"],
    ["//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q", "gcp"],
  ])("%s is taken at %s", (audience, target) => {
    expect(audienceProblem(audience, target)).toBeUndefined();
  });

  const names = { aws: "AWS", gcp: "GCP", vault: "Vault" };
  const other = (audience: string, target: Target, owner: Target): [string, Target, string] => [
    audience,
    target,
    `audience must not be one of ${names[owner]}'s, got "${audience}". A token for one target must be worth nothing ` +
      `at another: use one that only ${names[target]} takes.`,
  ];
  it.each<[string, Target, string]>([
    other("vault.workload.identity", "aws", "vault"),
    other("vault:octo", "aws", "vault"),
    other("gcp:octo", "aws", "gcp"),
    other("https://iam.googleapis.com/projects/1/x", "aws", "gcp"),
    other("//iam.googleapis.com/projects/1/x", "vault", "gcp"),
    other("sts.amazonaws.com", "vault", "aws"),
    other("sts.eu-west-1.amazonaws.com", "gcp", "aws"),
    other("aws:octo", "gcp", "aws"),
    [
      "https://github.com/octo",
      "aws",
      'audience must not be GitHub\'s default, got "https://github.com/octo". ' +
        "Jobs get such tokens for anything: ask for one that only AWS takes.",
    ],
    ["a,b", "vault", 'audience must be one exact value, got "a,b". Use what the job asks the issuer for.'],
    [
      "sts.${x}",
      "aws",
      'audience must be one exact value, got "sts.${x}". Use what the job asks the issuer for.',
    ],
  ])("%s is refused at %s", (audience, target, says) => {
    expect(audienceProblem(audience, target)).toBe(says);
  });
});
