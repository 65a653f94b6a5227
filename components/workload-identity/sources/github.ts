import { firstProblem, shown, type Problem } from "../../refusal";
import { environmentProblem, formProblem, hostName, refProblem, type Form } from "./exact";
import { githubToken, isOwnServer } from "./github-token";
import type { Source, Target } from "./source";

/**
 * Jobs of one repository on GitHub, in one environment, on one branch or for one tag. Names are compared as they are
 * written here, upper and lower case included: copy them from GitHub.
 *
 * Pull requests can't be let in: whoever opens one decides what runs.
 */
export interface GithubWorkload {
  /** The user or organisation, for example `octo`. */
  owner: string;
  /** The owner's number: `gh api users/octo --jq .id`. A name can change hands, a number does not. */
  ownerId: string;
  /** The repository without its owner, for example `app`. */
  repository: string;
  /** The repository's number: `gh api repos/octo/app --jq .id`. */
  repositoryId: string;
  /** Jobs that name this environment. One of `environment`, `branch` and `tag` is required. */
  environment?: string | undefined;
  /** Jobs on this branch that name no environment, for example `main`, without `refs/heads/`. */
  branch?: string | undefined;
  /** Jobs for this tag that name no environment, for example `v1.2.0`, without `refs/tags/`. */
  tag?: string | undefined;
  /**
   * Only jobs of this reusable workflow, at a commit so that nobody can change what it does:
   * `octo/automation/.github/workflows/deploy.yml@<40 hexadecimal digits>`. Default: every workflow of the repository.
   */
  reusableWorkflow?: string | undefined;
  /**
   * The claims of a customised subject in their order, as in `include_claim_keys`:
   * `gh api repos/octo/app/actions/oidc/customization/sub`. Default: GitHub's own, `repo` and `context`.
   */
  subjectClaims?: string[] | undefined;
  /** Where the repository is: `<subdomain>.ghe.com`, or the host of a GitHub Enterprise Server. Default: `github.com`. */
  host?: string | undefined;
  /** The enterprise's slug, where the enterprise has an issuer of its own (`include_enterprise_slug`). Default: none. */
  enterprise?: string | undefined;
}

const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };

/** GitHub Actions on github.com, GHE.com and GitHub Enterprise Server. */
export const github: Source<GithubWorkload> = {
  title: "GitHub Actions",
  problem: githubProblem,
  proof: (workload) => ({ token: githubToken(workload) }),
  examples: [
    { ...app, environment: "production" },
    { ...app, branch: "main" },
    { ...app, tag: "v1.2.0" },
    {
      ...app,
      environment: "production",
      reusableWorkflow:
        "octo/automation/.github/workflows/deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2",
    },
    { ...app, environment: "production", subjectClaims: ["repository_owner_id", "repo", "context"] },
    { ...app, environment: "production", enterprise: "octocorp" },
    { ...app, environment: "production", host: "octocorp.ghe.com" },
    { ...app, environment: "production", host: "github.example.com" },
  ],
};

function githubProblem(workloads: readonly GithubWorkload[], environment: string, target: Target): Problem {
  return firstProblem(
    workloads,
    (workload, index) =>
      workloadProblem(`workloads.github[${index}]`, workload, environment, target) ??
      togetherProblem(workloads, workload, index),
  );
}

function workloadProblem(
  where: string,
  workload: GithubWorkload,
  environment: string,
  target: Target,
): Problem {
  return (
    formProblem(`${where}.owner`, workload.owner, ownerName) ??
    idProblem(`${where}.ownerId`, workload.ownerId) ??
    formProblem(`${where}.repository`, workload.repository, repositoryName) ??
    idProblem(`${where}.repositoryId`, workload.repositoryId) ??
    hostProblem(where, workload) ??
    jobProblem(where, workload, environment) ??
    reusableWorkflowProblem(where, workload, target) ??
    subjectClaimsProblem(`${where}.subjectClaims`, workload)
  );
}

function togetherProblem(
  workloads: readonly GithubWorkload[],
  workload: GithubWorkload,
  index: number,
): Problem {
  const others = workloads.slice(0, index);
  const misnumbered = others.findIndex(
    (other) => (fullName(other) === fullName(workload)) !== (fullNumber(other) === fullNumber(workload)),
  );
  if (misnumbered >= 0)
    return (
      `workloads.github[${index}].repositoryId must be the number of ${workload.owner}/${workload.repository}, ` +
      `got ${shown(workload.repositoryId)}, which does not fit with workloads.github[${misnumbered}]. Ask GitHub for both.`
    );
  const same = others.findIndex((other) => sameness(other) === sameness(workload));
  return same < 0
    ? undefined
    : `workloads.github[${index}] must differ from workloads.github[${same}]: GitHub takes both for the same jobs. Remove one.`;
}

/** GitHub takes all spellings of a repository's or an environment's name for one. Branches and tags differ by case. */
const fullName = ({ host, owner, repository }: GithubWorkload) =>
  [host ?? "", owner, repository].join("/").toLowerCase();
const fullNumber = ({ host, repositoryId }: GithubWorkload) => [host ?? "", repositoryId].join("/");
const sameness = (workload: GithubWorkload) =>
  JSON.stringify([
    fullNumber(workload),
    workload.environment?.toLowerCase(),
    workload.branch,
    workload.tag,
    workload.reusableWorkflow,
    workload.subjectClaims,
    workload.enterprise,
  ]);

const ownerName: Form = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,38}$/i,
  says: "the name of a GitHub user or organisation (letters, digits and -)",
};
const repositoryName: Form = {
  pattern: /^(?!\.{1,2}$)[a-z0-9._-]{1,100}$/i,
  says: "the name of a GitHub repository without its owner (letters, digits, - _ and .)",
};
const enterpriseSlug: Form = {
  pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  says: "the enterprise's slug (lower-case letters, digits and -)",
};
const workflowAtCommit: Form = {
  pattern:
    /^[a-z0-9][a-z0-9_-]{0,38}\/[a-z0-9._-]{1,100}\/\.github\/workflows\/[\w.-]+\.ya?ml@[0-9a-f]{40}$/i,
  says:
    "a workflow at a commit (OWNER/REPOSITORY/.github/workflows/FILE.yml@ and 40 hexadecimal digits, " +
    "because a branch or a tag can be moved)",
};

function idProblem(argument: string, id: string): Problem {
  return /^[1-9][0-9]{0,18}$/.test(id)
    ? undefined
    : `${argument} must be GitHub's number for it, as digits, got ${shown(id)}. ` +
        `Ask GitHub: gh api ${argument.endsWith("ownerId") ? "users/OWNER" : "repos/OWNER/REPOSITORY"} --jq .id`;
}

function hostProblem(where: string, workload: GithubWorkload): Problem {
  const { host, enterprise } = workload;
  const problem = host === undefined ? undefined : formProblem(`${where}.host`, host, hostName);
  if (problem !== undefined || enterprise === undefined) return problem;
  return isOwnServer(workload)
    ? `${where}.enterprise must be left out: a GitHub Enterprise Server has one issuer, https://${host ?? ""}/_services/token.`
    : formProblem(`${where}.enterprise`, enterprise, enterpriseSlug);
}

function jobProblem(where: string, workload: GithubWorkload, metadataEnvironment: string): Problem {
  const { environment, branch, tag } = workload;
  const given = Object.entries({ environment, branch, tag }).filter(([, value]) => value !== undefined);
  if (given.length !== 1)
    return (
      `${where} must have exactly one of environment, branch and tag, got ` +
      `${given.length === 0 ? "none" : given.map(([key]) => key).join(" and ")}. List a further job as its own workload.`
    );

  const [[key, value]] = given as [[string, string]];
  if (/%3a/i.test(value))
    return `${where}.${key} must not contain "%3A", got ${shown(value)}. GitHub writes a colon so: write the colon.`;
  if (value.includes(":") && isOwnServer(workload))
    return `${where}.${key} must have no colon, got ${shown(value)}. Servers write it in two ways, by their version.`;
  return key === "environment"
    ? environmentProblem(`${where}.environment`, value, metadataEnvironment)
    : refProblem(`${where}.${key}`, value);
}

function reusableWorkflowProblem(where: string, workload: GithubWorkload, target: Target): Problem {
  const { reusableWorkflow, subjectClaims = [] } = workload;
  if (reusableWorkflow === undefined) return undefined;
  const argument = `${where}.reusableWorkflow`;
  const isUnseen = target === "aws" && isOwnServer(workload) && !subjectClaims.includes(workflowClaim);
  return (
    formProblem(argument, reusableWorkflow, workflowAtCommit) ??
    (isUnseen
      ? `${argument} must be in the subject: AWS sees nothing else of a GitHub Enterprise Server. Add ${workflowClaim} to its subject and to subjectClaims.`
      : undefined)
  );
}

const workflowClaim = "job_workflow_ref";
/** Claims that name the repository or its owner. A subject that begins with another one can be had in any repository. */
const ofOwner = ["repo", "repository_id", "repository_owner", "repository_owner_id"];
const known = [...ofOwner, "context", "environment", workflowClaim];

function subjectClaimsProblem(argument: string, workload: GithubWorkload): Problem {
  const { subjectClaims, environment, reusableWorkflow } = workload;
  if (subjectClaims === undefined) return undefined;
  const wrong = subjectClaims.find((key) => !known.includes(key));
  if (wrong !== undefined)
    return `${argument} must be of ${known.join(", ")}, got ${shown(wrong)}. The others change from run to run, or say nothing of whose job it is.`;
  const [first] = subjectClaims;
  if (first === undefined || !ofOwner.includes(first))
    return `${argument} must begin with one of ${ofOwner.join(", ")}, got ${shown(first ?? "")}. Any repository can make a subject that begins otherwise.`;
  if (new Set(subjectClaims).size < subjectClaims.length) return `${argument} must name each claim once.`;
  if (!subjectClaims.includes("repo") && !subjectClaims.includes("repository_id"))
    return `${argument} must have repo or repository_id. Without them every repository of the owner comes in.`;
  if (
    !subjectClaims.includes("context") &&
    !(environment !== undefined && subjectClaims.includes("environment"))
  )
    return `${argument} must have context. Without it every branch and pull request of the repository comes in.`;
  if (subjectClaims.includes("environment") && environment === undefined)
    return `${argument} must have environment only where the workload names one. Leave it out, or name the environment.`;
  return subjectClaims.includes(workflowClaim) && reusableWorkflow === undefined
    ? `${argument} must have ${workflowClaim} only with reusableWorkflow. Name the workflow at its commit.`
    : undefined;
}
