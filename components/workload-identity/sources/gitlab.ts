import type { Problem } from "../../refusal";
import type { TokenClaims } from "../proof";
import { branchOrTagProblem, environmentProblem, formProblem, hostName, type Form } from "./exact";
import { each, type Source, type Target } from "./source";

/**
 * Jobs of one GitLab project on one protected branch or for one protected tag. A pipeline of a merge request says the
 * name of its source branch, which only protection keeps others from choosing.
 */
export interface GitlabWorkload {
  /** The instance's host. Default: `gitlab.com`. */
  host?: string | undefined;
  /** Groups and project, for example `octo/platform/app`. Upper and lower case count. */
  projectPath: string;
  /** The project's number: `glab api projects/octo%2Fapp | jq .id`. AWS sees it in tokens of gitlab.com only. */
  projectId: string;
  /** Jobs on this protected branch, for example `main`. One of `branch` and `tag` is required. */
  branch?: string | undefined;
  /** Jobs for this tag, for example `v1.2.0`, which a protected pattern covers. */
  tag?: string | undefined;
  /**
   * Only jobs that deploy to this protected environment, which must be that of the metadata. Default: every job of the
   * branch or tag. AWS has no condition key for it.
   */
  environment?: string | undefined;
}

/** GitLab CI/CD, on gitlab.com and on servers of one's own. */
export const gitlab: Source<GitlabWorkload> = {
  title: "GitLab CI/CD",
  problem: each("gitlab", gitlabProblem),
  proof: (workload) => ({ token: gitlabToken(workload) }),
  examples: [
    { projectPath: "octo/app", projectId: "278964", branch: "main" },
    { projectPath: "octo/platform/app", projectId: "278964", tag: "v1.2.0" },
    { host: "gitlab.example.com", projectPath: "octo/app", projectId: "42", branch: "main" },
  ],
};

/** AWS maps more than the default claims for gitlab.com and for no other host (Service Authorization Reference, STS). */
const gitlabCom = "gitlab.com";

/** docs.gitlab.com/ci/secrets/id_token_authentication. Every claim is a string, `ref_protected` too. */
function gitlabToken(workload: GitlabWorkload): TokenClaims {
  const { host = gitlabCom, projectPath, projectId, branch, tag, environment } = workload;
  const ref = branch === undefined ? `ref_type:tag:ref:${tag ?? ""}` : `ref_type:branch:ref:${branch}`;
  return {
    issuer: host,
    subjects: [`project_path:${projectPath}:${ref}`],
    claims: {
      project_id: projectId,
      ref_protected: "true",
      ...(environment !== undefined && { environment, environment_protected: "true" }),
    },
    awsClaims: host === gitlabCom ? ["project_id", "ref_protected"] : [],
    audience: {},
    choosesAudience: true,
    identity: "project_id",
    trail: ["project_path", "ref", "sha", "user_login", "pipeline_source", "pipeline_id", "job_id"],
  };
}

const projectPath: Form = {
  pattern: /^\w[\w.-]*(\/\w[\w.-]*)+$/,
  says: "the project with its groups, for example octo/app (letters, digits, - _ and .)",
};
const projectId: Form = {
  pattern: /^[1-9][0-9]{0,18}$/,
  says: "GitLab's number of the project, as digits",
};

function gitlabProblem(
  workload: GitlabWorkload,
  where: string,
  target: Target,
  metadataEnvironment: string,
): Problem {
  return (
    formProblem(`${where}.host`, workload.host ?? gitlabCom, hostName) ??
    formProblem(`${where}.projectPath`, workload.projectPath, projectPath) ??
    formProblem(`${where}.projectId`, workload.projectId, projectId) ??
    branchOrTagProblem(where, workload) ??
    deploymentProblem(`${where}.environment`, workload.environment, metadataEnvironment, target)
  );
}

function deploymentProblem(
  argument: string,
  environment: string | undefined,
  expected: string,
  target: Target,
): Problem {
  if (environment === undefined) return undefined;
  return target === "aws"
    ? `${argument} must be left out: AWS has no condition key for it. Give each environment a protected branch of its own.`
    : environmentProblem(argument, environment, expected);
}
