import { firstProblem, shown, type Problem } from "../../refusal";
import type { TokenClaims } from "../proof";
import { environmentProblem, formProblem, refProblem, type Form } from "./exact";
import type { Source } from "./source";

/**
 * Jobs of one repository on github.com, in one environment, on one branch or for one tag. Names are compared as they
 * are written here, upper and lower case included: copy them from GitHub.
 *
 * Pull requests can't be let in: whoever opens one decides what runs. A repository whose subject claim was customised
 * is not let in either, because its subjects are others.
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
}

/** GitHub Actions on github.com. */
export const github: Source<GithubWorkload> = {
  title: "GitHub Actions",
  problem: githubProblem,
  proof: (workload) => ({ token: githubToken(workload) }),
  examples: [
    {
      owner: "octo",
      ownerId: "123456",
      repository: "app",
      repositoryId: "456789",
      environment: "production",
    },
  ],
};

/** GitHub's issuer without `https://`, as AWS names it in ARNs and condition keys. */
const issuer = "token.actions.githubusercontent.com";

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
 * What GitHub's token for this job says (docs.github.com/actions/reference/security/oidc). Repositories that were
 * made, renamed or moved after 15 July 2026 have their numbers in the subject, older ones have not, so both forms are
 * there. The numbers are compared in any case: another repository under a name that became free stays out.
 */
function githubToken(workload: GithubWorkload): TokenClaims {
  const { owner, ownerId, repository, repositoryId } = workload;
  const job = jobOf(workload);
  return {
    issuer,
    subjects: [
      `repo:${owner}/${repository}:${job}`,
      `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${job}`,
    ],
    claims: { repository_id: repositoryId, repository_owner_id: ownerId },
    awsClaims: ["repository_id", "repository_owner_id"],
    audience: {},
    choosesAudience: true,
    identity: "repository_id",
    trail: runClaims,
  };
}

function jobOf({ environment, branch, tag }: GithubWorkload): string {
  // GitHub writes a colon inside a value as %3A, so that a value can't add a part to the subject.
  const part = (value: string) => value.replaceAll(":", "%3A");
  if (environment !== undefined) return `environment:${part(environment)}`;
  return branch === undefined ? `ref:refs/tags/${part(tag ?? "")}` : `ref:refs/heads/${part(branch)}`;
}

function githubProblem(workloads: readonly GithubWorkload[], environment: string): Problem {
  return firstProblem(workloads, (workload, index) => {
    const where = `workloads.github[${index}]`;
    const problem =
      formProblem(`${where}.owner`, workload.owner, ownerName) ??
      idProblem(`${where}.ownerId`, workload.ownerId) ??
      formProblem(`${where}.repository`, workload.repository, repositoryName) ??
      idProblem(`${where}.repositoryId`, workload.repositoryId) ??
      jobProblem(where, workload, environment);
    if (problem !== undefined) return problem;

    const others = workloads.slice(0, index);
    const misnumbered = others.findIndex(
      (other) => (fullName(other) === fullName(workload)) !== (other.repositoryId === workload.repositoryId),
    );
    if (misnumbered >= 0)
      return (
        `${where}.repositoryId must be the number of ${fullName(workload)}, got ${shown(workload.repositoryId)}, ` +
        `which does not fit with workloads.github[${misnumbered}]. Ask GitHub for both.`
      );
    const same = others.findIndex((other) => sameness(other) === sameness(workload));
    return same < 0
      ? undefined
      : `${where} must differ from workloads.github[${same}]: GitHub takes both for the same jobs. Remove one.`;
  });
}

/** GitHub takes all spellings of a repository's or an environment's name for one. Branches and tags differ by case. */
const fullName = ({ owner, repository }: GithubWorkload) => `${owner}/${repository}`.toLowerCase();
const sameness = ({ repositoryId, environment, branch, tag }: GithubWorkload) =>
  JSON.stringify([repositoryId, environment?.toLowerCase(), branch, tag]);

const ownerName: Form = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,38}$/i,
  says: "the name of a GitHub user or organisation (letters, digits and -)",
};
const repositoryName: Form = {
  pattern: /^(?!\.{1,2}$)[a-z0-9._-]{1,100}$/i,
  says: "the name of a GitHub repository without its owner (letters, digits, - _ and .)",
};

function idProblem(argument: string, id: string): Problem {
  return /^[1-9][0-9]{0,18}$/.test(id)
    ? undefined
    : `${argument} must be GitHub's number for it, as digits, got ${shown(id)}. ` +
        `Ask GitHub: gh api ${argument.endsWith("ownerId") ? "users/OWNER" : "repos/OWNER/REPOSITORY"} --jq .id`;
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
  return key === "environment"
    ? environmentProblem(`${where}.environment`, value, metadataEnvironment)
    : refProblem(`${where}.${key}`, value);
}
