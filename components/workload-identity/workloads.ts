import { firstProblem, shown, type Problem } from "../refusal";
import type { Proof, TokenClaims } from "./proof";
import {
  aws,
  awsOutbound,
  thirdParty,
  type AwsOutboundWorkload,
  type AwsWorkload,
  type ThirdPartyWorkload,
} from "./sources/aws";
import { azureDevops, type AzureDevopsWorkload } from "./sources/azure-devops";
import { bitbucket, type BitbucketWorkload } from "./sources/bitbucket";
import { buildkite, type BuildkiteWorkload } from "./sources/buildkite";
import { certificate, type CertificateWorkload } from "./sources/certificate";
import { circleci, type CircleciWorkload } from "./sources/circleci";
import { gcp, type GcpWorkload } from "./sources/gcp";
import { github, type GithubWorkload } from "./sources/github";
import { gitlab, type GitlabWorkload } from "./sources/gitlab";
import { gke, type GkeWorkload } from "./sources/gke";
import { hcpTerraform, type HcpTerraformWorkload } from "./sources/hcp-terraform";
import { kubernetes, type KubernetesWorkload } from "./sources/kubernetes";
import { oidc, type OidcWorkload } from "./sources/oidc";
import {
  pulumiDeployments,
  pulumiEsc,
  type PulumiDeploymentsWorkload,
  type PulumiEscWorkload,
} from "./sources/pulumi-cloud";
import type { Source, Target } from "./sources/source";
import { spiffe, type SpiffeWorkload } from "./sources/spiffe";

/** The jobs and programs that may sign in, one list for each place that they run in. */
export interface Workloads {
  /** Jobs of GitHub Actions. */
  github?: GithubWorkload[] | undefined;
  /** Jobs of GitLab CI/CD. */
  gitlab?: GitlabWorkload[] | undefined;
  /** Steps of Bitbucket Pipelines. */
  bitbucket?: BitbucketWorkload[] | undefined;
  /** Jobs of CircleCI. */
  circleci?: CircleciWorkload[] | undefined;
  /** Jobs of Buildkite. */
  buildkite?: BuildkiteWorkload[] | undefined;
  /** Pipelines of Azure DevOps. */
  azureDevops?: AzureDevopsWorkload[] | undefined;
  /** Runs of HCP Terraform and Terraform Enterprise. */
  hcpTerraform?: HcpTerraformWorkload[] | undefined;
  /** Environments of Pulumi ESC. */
  pulumiEsc?: PulumiEscWorkload[] | undefined;
  /** Pulumi Deployments. */
  pulumiDeployments?: PulumiDeploymentsWorkload[] | undefined;
  /** Pods of a Kubernetes cluster, EKS with IRSA among them. */
  kubernetes?: KubernetesWorkload[] | undefined;
  /** Pods of a GKE cluster. */
  gke?: GkeWorkload[] | undefined;
  /** Workloads with a SPIFFE id that show a JWT-SVID. */
  spiffe?: SpiffeWorkload[] | undefined;
  /** Machines with a certificate, X.509-SVIDs among them. */
  certificate?: CertificateWorkload[] | undefined;
  /** Programs that run as a service account of GCP. */
  gcp?: GcpWorkload[] | undefined;
  /** Programs that run as a role of AWS and sign a request with it. */
  aws?: AwsWorkload[] | undefined;
  /** Programs that run as a role of AWS and show a token that AWS signed. */
  awsOutbound?: AwsOutboundWorkload[] | undefined;
  /** Roles of a vendor's account, for `metadata.kind` third-party. */
  thirdParty?: ThirdPartyWorkload[] | undefined;
  /** Workloads of any other issuer. */
  oidc?: OidcWorkload[] | undefined;
}

type Sources = { [Key in keyof Workloads]-?: Source<NonNullable<Workloads[Key]>[number]> };

/**
 * Every source by its key in `workloads`, in the order of the documentation. EKS Pod Identity is not among them: its
 * pods show nothing to a target. EKS itself assumes a role of its own account, so EksPodIdentityAccess makes that role.
 */
export const sources: Sources = {
  github,
  gitlab,
  bitbucket,
  circleci,
  buildkite,
  azureDevops,
  hcpTerraform,
  pulumiEsc,
  pulumiDeployments,
  kubernetes,
  gke,
  spiffe,
  certificate,
  gcp,
  aws,
  awsOutbound,
  thirdParty,
  oidc,
};

export type { Target } from "./sources/source";

const keys = Object.keys(sources) as (keyof Workloads)[];

/** What is wrong with the workloads of a component for `target` whose metadata names `environment`. */
export function workloadsProblem(workloads: Workloads, environment: string, target: Target): Problem {
  const listed = keys.filter((key) => (workloads[key] ?? []).length > 0);
  if (listed.length === 0)
    return "workloads must list at least one workload. Add one to workloads.github or another source's list.";
  return firstProblem(listed, (key) => {
    const source = sources[key] as Source<unknown>;
    const reason = source.not?.[target];
    if (reason !== undefined) return `workloads.${key} must be empty here: ${reason}`;
    const list: readonly unknown[] = workloads[key] ?? [];
    return (
      source.problem(list, environment, target) ??
      sameProblem(
        key,
        list.map((workload) => source.proof(workload)),
      )
    );
  });
}

function sameProblem(key: string, proofs: readonly object[]): Problem {
  const shownBy = proofs.map((proof) => JSON.stringify(proof));
  return firstProblem(shownBy, (proof, index) => {
    const first = shownBy.indexOf(proof);
    return first === index
      ? undefined
      : `workloads.${key}[${index}] must differ from workloads.${key}[${first}]: both show the same. Remove one.`;
  });
}

/** What each workload can show, in the order of the sources and of their lists. */
export function proofsOf(workloads: Workloads): Proof[] {
  return keys.flatMap((key) =>
    (workloads[key] ?? []).map((workload, index) => ({
      where: `workloads.${key}[${index}]`,
      ...(sources[key] as Source<unknown>).proof(workload),
    })),
  );
}

/** The audience that a workload asks its issuer for: the component's argument, the issuer's own, or the target's. */
export function audienceOf(
  token: TokenClaims,
  target: Target,
  asked: string | undefined,
): string | undefined {
  return (token.choosesAudience ? asked : undefined) ?? token.audience[target];
}

/** What a token must say to let its workload in, to lay beside the token of one that is kept out. */
export interface ExpectedToken {
  /** Where the workload stands in the arguments: `workloads.github[0]`. */
  workload: string;
  /** The token's `iss`. */
  issuer: string;
  /** The token's `aud`. */
  audience: string;
  /** The token's `sub` is one of these. One that ends with `*` ends with something new in each token. */
  subjects: string[];
  /** Further claims, each with its value. */
  claims: Record<string, string>;
}

/** What the token of a workload must say, of those that have one. */
export function expectedToken(where: string, token: TokenClaims, audience: string): ExpectedToken {
  return {
    workload: where,
    issuer: `https://${token.issuer}`,
    audience,
    subjects: subjectsOf(token),
    claims: token.claims,
  };
}

/** The subjects of a workload as a person compares them. */
export const subjectsOf = ({ subjects, subjectStart }: TokenClaims) =>
  subjectStart === undefined ? subjects : [...subjects, `${subjectStart}*`];

/** Audiences that belong to one target, so that a token for it is worth nothing elsewhere. */
const audienceOfTarget: Record<Target, RegExp> = {
  aws: /^(sts\.(.+\.)?amazonaws\.com(\.cn)?|aws\.workload\.identity|aws:.*)$/,
  gcp: /^((https:)?\/\/iam\.googleapis\.com\/.*|gcp\.workload\.identity|gcp:.*)$/,
  vault: /^(vault\.workload\.identity|vault:.*)$/,
};

/** What is wrong with the audience that a component for `target` is given. */
export function audienceProblem(audience: string, target: Target): Problem {
  if (!/^[^\s*?,\p{C}]+$/u.test(audience) || audience.includes("${"))
    return `audience must be one exact value, got ${shown(audience)}. Use what the job asks the issuer for.`;
  const other = Object.entries(audienceOfTarget).find(
    ([owner, pattern]) => owner !== target && pattern.test(audience),
  );
  if (other !== undefined)
    return (
      `audience must not be one of ${targetNames[other[0] as Target]}'s, got ${shown(audience)}. ` +
      `A token for one target must be worth nothing at another: use one that only ${targetNames[target]} takes.`
    );
  return /^https:\/\/github\.com\/[^/]*$/.test(audience)
    ? `audience must not be GitHub's default, got ${shown(audience)}. Jobs get such tokens for anything: ask for one that only ${targetNames[target]} takes.`
    : undefined;
}

const targetNames: Record<Target, string> = { aws: "AWS", gcp: "GCP", vault: "Vault" };
