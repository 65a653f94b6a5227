import {
  AwsFederatedRole,
  GcpFederatedAccess,
  NhiKind,
  TerraformPhase,
  VaultFederatedRole,
  type GithubWorkload,
  type Workloads,
} from "pulumi-nhi";
import { registeredBy, type Registered } from "../../support/mocks";
import { isOneOf, type ProviderInputs } from "../cel";
import { assumesRoleWithToken } from "../sts";
import { signsIn, type JwtRole } from "../vault-login";
import probes from "./probes.json";

/**
 * Known ways to trust too much, each with a token of the workload that was meant and one of a stranger's that got in. The
 * components can let in the first, and whatever they are told, not the second.
 */
type Claims = Record<string, string>;
interface Probe {
  id: string;
  title: string;
  target: string;
  issuer: string;
  legit: Claims;
  attacker: Record<string, string | null>;
}

const repository = { owner: "octo-org", ownerId: "123456", repository: "octo-repo", repositoryId: "456789" };
const onMain: GithubWorkload = { ...repository, branch: "main" };
const production: GithubWorkload = { ...repository, environment: "production" };
const infra = { projectPath: "acme/infra", projectId: "20" };
const eks = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";
const api = { issuer: eks, namespace: "payments", serviceAccount: "api" };

/** What a program writes for each. Without an entry: the branch main of the repository, on GitHub. */
const written: Record<string, Workloads> = {
  "FED-008": { github: [production] },
  "FED-013": { github: [production] },
  "FED-025": {
    github: [
      {
        ...onMain,
        reusableWorkflow:
          "octo-org/automation/.github/workflows/deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2",
      },
    ],
  },
  // The case binds the reusable workflow at a branch, whose owner can change what it does: the environment is bound here.
  "FED-026": { github: [production] },
  "FED-039": { github: [{ ...onMain, host: "octocorp.ghe.com" }] },
  "FED-051": { gitlab: [{ ...infra, branch: "main" }] },
  // Each branch is listed: a pattern of branches is none that this takes.
  "FED-052": { gitlab: [{ ...infra, branch: "release-1" }] },
  "FED-054": {
    hcpTerraform: [
      {
        organization: "acme",
        organizationId: "org-GRNbCjYNpBB6NEH9",
        project: "platform",
        workspace: "prod",
        workspaceId: "ws-mbsd5E3Ktt5Rg2Xm",
        phase: TerraformPhase.Apply,
      },
    ],
  },
  "FED-057": { pulumiEsc: [{ organization: "acme", project: "infra", escEnvironment: "prod" }] },
  "FED-058": {
    buildkite: [
      {
        organization: "acme",
        organizationId: "0184990a-477b-4fa8-9968-496074483cee",
        pipeline: "deploy",
        pipelineId: "0184990a-4782-42b5-afc1-16715b10b8ff",
        branch: "main",
      },
    ],
  },
  "FED-060": {
    bitbucket: [
      {
        workspace: "acme",
        workspaceUuid: "922e118c-f34f-4226-a897-0e0afbec553d",
        repositoryUuid: "1de489be-ce6a-42a0-a8c8-eadbf1174ac7",
        deploymentEnvironmentUuid: "bd715740-c970-486b-b68a-b421ec2a1f8b",
      },
    ],
  },
  "FED-064": { kubernetes: [api] },
  "FED-065": {
    kubernetes: [{ ...api, namespace: "crossplane-system", serviceAccount: "provider-aws-s3-6f46" }],
  },
  "FED-066": { kubernetes: [api] },
  "FED-070": {
    spiffe: [{ issuer: "https://oidc.spire.acme.example", id: "spiffe://acme.example/ns/payments/sa/api" }],
  },
  "FED-099": { gitlab: [{ ...infra, branch: "main" }] },
  "FED-100": { gitlab: [{ ...infra, branch: "main" }] },
  "FED-107": { aws: [{ accountId: "123456789012", roleName: "gcp-export" }] },
  "FED-142": { github: [{ ...repository, branch: "release-1" }] },
};

/** What a real token of the workload has and the case leaves out, because its document does not compare it. */
const ofItself: Record<string, Claims> = {
  "token.actions.githubusercontent.com": { repository_id: "456789", repository_owner_id: "123456" },
  "token.actions.octocorp.ghe.com": { repository_id: "456789", repository_owner_id: "123456" },
  "gitlab.com": { project_id: "20", ref_protected: "true" },
  "agent.buildkite.com": {
    organization_id: "0184990a-477b-4fa8-9968-496074483cee",
    pipeline_id: "0184990a-4782-42b5-afc1-16715b10b8ff",
  },
};
/** Cases whose tokens have a subject that no token of that issuer has. */
const subjectOf: Record<string, string> = {
  "FED-026": "repo:octo-org/octo-repo:environment:production",
  "FED-057": "pulumi:environments:org:acme:env:infra/prod",
  "FED-099": "project_path:acme/infra:ref_type:branch:ref:main",
  "FED-100": "project_path:acme/infra:ref_type:branch:ref:main",
};

const metadata = {
  owner: "team-web",
  purpose: "publish the website",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const numbered = { projectId: "acme-prod", projectNumber: "123456789012" };

/** For each target: what a component makes, and whether that lets a token in. */
const doors: Record<
  string,
  {
    build(workloads: Workloads, audience: string | undefined): void;
    letsIn(made: readonly Registered[], issuer: string, claims: Claims): boolean;
  }
> = {
  aws: {
    build: (workloads, audience) =>
      new AwsFederatedRole("door", { metadata, accountId: "123456789012", workloads, audience }),
    letsIn(made, issuer, claims) {
      const role = made.find(({ type }) => type === "aws:iam/role:Role");
      const { assumeRolePolicy } = role?.inputs as { assumeRolePolicy: string };
      return assumesRoleWithToken(
        assumeRolePolicy,
        `arn:aws:iam::123456789012:oidc-provider/${issuer}`,
        claims,
      );
    },
  },
  gcp: {
    build: (workloads) =>
      new GcpFederatedAccess("door", {
        metadata,
        ...numbered,
        workloads,
        grants: { buckets: [{ bucket: "acme-website", role: "roles/storage.objectUser" }] },
      }),
    letsIn(made, issuer, claims) {
      const provider = made.find(({ type }) => type.endsWith(":WorkloadIdentityPoolProvider"))
        ?.inputs as ProviderInputs;
      const members = made
        .filter(({ type }) => type.endsWith(":BucketIAMMember"))
        .map(({ inputs }) => (inputs as { member: string }).member);
      const pools = `projects/${numbered.projectNumber}/locations/global/workloadIdentityPools`;
      const aud = `https://iam.googleapis.com/${pools}/door/providers/${provider.workloadIdentityPoolProviderId}`;
      const shown =
        issuer === "aws"
          ? { issuer: `aws:${claims.account ?? ""}`, assertion: claims }
          : { issuer: `https://${issuer}`, assertion: { ...claims, aud } };
      return isOneOf(members, { projectNumber: numbered.projectNumber, providers: [provider] }, shown);
    },
  },
  vault: {
    build: (workloads, audience) =>
      new VaultFederatedRole("door", { metadata, mount: "door", policies: ["publish"], workloads, audience }),
    letsIn: (made, _issuer, claims) =>
      made
        .filter(({ type }) => type === "vault:jwt/authBackendRole:AuthBackendRole")
        .some(({ inputs }) => signsIn(inputs as JwtRole, claims)),
  },
};

const textsOf = (claims: Record<string, string | null>): Claims =>
  Object.fromEntries(Object.entries(claims).filter((entry): entry is [string, string] => entry[1] !== null));

describe.each(probes as unknown as Probe[])(
  "$id at $target, $title",
  ({ id, target, issuer, legit, attacker }) => {
    const door = doors[target];
    const workloads = written[id] ?? { github: [onMain] };
    /** Where a source fixes the audience, a component takes none. */
    const chosen = workloads.pulumiEsc ? undefined : legit.aud;
    let made: Registered[];
    beforeAll(async () => {
      made = await registeredBy(() => door?.build(workloads, chosen));
    });

    it("lets in the workload that was meant", () => {
      const token = { ...legit, ...ofItself[issuer], ...(subjectOf[id] && { sub: subjectOf[id] }) };
      expect([token, door?.letsIn(made, issuer, token)]).toEqual([token, true]);
    });

    it("keeps the stranger out", () => {
      expect(door?.letsIn(made, issuer, textsOf(attacker))).toBe(false);
    });
  },
);
