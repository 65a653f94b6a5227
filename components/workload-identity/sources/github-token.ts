import type { TokenClaims } from "../proof";
import type { GithubWorkload } from "./github";

const githubCom = "github.com";
const actionsIssuer = "token.actions.githubusercontent.com";

/** Who runs the GitHub that a workload's repository is on. */
export const isOwnServer = ({ host = githubCom }: GithubWorkload) =>
  host !== githubCom && !host.endsWith(".ghe.com");

/** What a token says of the run that asked for it, kept for the trail. Each is a string in every token that has it. */
const runClaims = [
  "repository",
  "ref",
  "sha",
  "actor",
  "event_name",
  "run_id",
  "run_attempt",
  "job_workflow_ref",
];

/**
 * What GitHub's token for this job says (docs.github.com/actions/reference/security/oidc). The numbers are compared in
 * any case: another repository under a name that became free stays out. AWS sees them in tokens of github.com and
 * GHE.com only (Service Authorization Reference, STS).
 */
export function githubToken(workload: GithubWorkload): TokenClaims {
  const { ownerId, repositoryId, reusableWorkflow } = workload;
  const claims = {
    repository_id: repositoryId,
    repository_owner_id: ownerId,
    ...(reusableWorkflow !== undefined && { job_workflow_ref: reusableWorkflow }),
  };
  return {
    issuer: issuerOf(workload),
    subjects: subjectsOf(workload),
    claims,
    awsClaims: isOwnServer(workload) ? [] : Object.keys(claims),
    audience: {},
    choosesAudience: true,
    identity: "repository_id",
    trail: runClaims,
  };
}

/** Without `https://`, as AWS names it in ARNs and condition keys. */
function issuerOf(workload: GithubWorkload): string {
  const { host = githubCom, enterprise } = workload;
  if (isOwnServer(workload)) return `${host}/_services/token`;
  const issuer = host === githubCom ? actionsIssuer : `token.actions.${host}`;
  return enterprise === undefined ? issuer : `${issuer}/${enterprise}`;
}

/**
 * Repositories that were made, renamed or moved after 15 July 2026 have their numbers in the subject, older ones have
 * not, and servers of one's own never have. Where both can be, both are there.
 */
function subjectsOf(workload: GithubWorkload): string[] {
  const { owner, ownerId, repository, repositoryId, subjectClaims = ["repo", "context"] } = workload;
  const classic = `repo:${owner}/${repository}`;
  const numbered = `repo:${owner}@${ownerId}/${repository}@${repositoryId}`;
  const forms = isOwnServer(workload) || !subjectClaims.includes("repo") ? [classic] : [classic, numbered];
  return forms.map((repo) => subjectClaims.map((key) => partOf(key, repo, workload)).join(":"));
}

function partOf(key: string, repo: string, workload: GithubWorkload): string {
  if (key === "repo") return repo;
  if (key === "context") return contextOf(workload);
  const value = valuesOf(workload)[key];
  return `${key}:${written(value ?? "")}`;
}

/** What a workload says of each claim that a subject may have, apart from `repo` and `context`. */
const valuesOf = (workload: GithubWorkload): Record<string, string | undefined> => ({
  environment: workload.environment,
  repository_id: workload.repositoryId,
  repository_owner: workload.owner,
  repository_owner_id: workload.ownerId,
  job_workflow_ref: workload.reusableWorkflow,
});

function contextOf({ environment, branch, tag }: GithubWorkload): string {
  if (environment !== undefined) return `environment:${written(environment)}`;
  return `ref:${branch === undefined ? `refs/tags/${tag ?? ""}` : `refs/heads/${branch}`}`;
}

/** GitHub writes a colon inside a value as %3A, so that a value can't add a part to the subject. */
const written = (value: string) => value.replaceAll(":", "%3A");
