import type { Problem } from "../../refusal";
import type { TokenClaims } from "../proof";
import { formProblem, refProblem, uuid } from "./exact";
import { each, type Source, type Target } from "./source";

/** Jobs of one CircleCI project. AWS sees the project and no more, so every branch of it comes in there. */
export interface CircleciWorkload {
  /** The organisation's UUID: on its settings page. */
  organizationId: string;
  /** The project's UUID: on its settings page. */
  projectId: string;
  /** Only jobs on this branch, for example `main`. Default: every branch. AWS has no condition key for it. */
  branch?: string | undefined;
}

/** CircleCI. */
export const circleci: Source<CircleciWorkload> = {
  title: "CircleCI",
  problem: each(
    "circleci",
    (workload, where, target) =>
      formProblem(`${where}.organizationId`, workload.organizationId, uuid) ??
      formProblem(`${where}.projectId`, workload.projectId, uuid) ??
      branchProblem(`${where}.branch`, workload.branch, target),
  ),
  proof: (workload) => ({ token: circleciToken(workload) }),
  examples: [
    {
      organizationId: "3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11",
      projectId: "8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22",
    },
  ],
};

/** circleci.com/docs/openid-connect-tokens: a subject ends with the user who caused the run. */
function circleciToken({ organizationId, projectId, branch }: CircleciWorkload): TokenClaims {
  return {
    issuer: `oidc.circleci.com/org/${organizationId}`,
    subjects: [],
    subjectStart: `org/${organizationId}/project/${projectId}/user/`,
    claims: {
      [projectClaim]: projectId,
      ...(branch !== undefined && { "oidc.circleci.com/vcs-ref": `refs/heads/${branch}` }),
    },
    awsClaims: [projectClaim],
    audience: { aws: organizationId, gcp: organizationId, vault: organizationId },
    choosesAudience: true,
    identity: projectClaim,
    trail: [
      "oidc.circleci.com/vcs-origin",
      "oidc.circleci.com/vcs-ref",
      "oidc.circleci.com/pipeline-id",
      "oidc.circleci.com/workflow-id",
      "oidc.circleci.com/job-id",
    ],
  };
}

const projectClaim = "oidc.circleci.com/project-id";

function branchProblem(argument: string, branch: string | undefined, target: Target): Problem {
  if (branch === undefined) return undefined;
  return target === "aws"
    ? `${argument} must be left out: AWS has no condition key for it. Restrict the job with a context, or give it a project of its own.`
    : refProblem(argument, branch);
}
