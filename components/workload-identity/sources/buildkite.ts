import type { TokenClaims } from "../proof";
import { branchOrTagProblem, formProblem, uuid, type Form } from "./exact";
import { each, type Source } from "./source";

/** Jobs of one Buildkite pipeline, on one branch or for one tag. */
export interface BuildkiteWorkload {
  /** The organisation's slug, for example `octo`. */
  organization: string;
  /** The organisation's UUID: `buildkite-agent oidc request-token --claim organization_id` puts it into the token. */
  organizationId: string;
  /** The pipeline's slug, for example `app`. */
  pipeline: string;
  /** The pipeline's UUID: on its settings page. */
  pipelineId: string;
  /** Builds of this branch, for example `main`. One of `branch` and `tag` is required. */
  branch?: string | undefined;
  /** Builds of this tag, for example `v1.2.0`. */
  tag?: string | undefined;
}

/**
 * Buildkite. Jobs ask for the ids: `buildkite-agent oidc request-token --audience sts.amazonaws.com
 * --claim organization_id,pipeline_id`.
 */
export const buildkite: Source<BuildkiteWorkload> = {
  title: "Buildkite",
  problem: each(
    "buildkite",
    (workload, where) =>
      formProblem(`${where}.organization`, workload.organization, slug) ??
      formProblem(`${where}.organizationId`, workload.organizationId, uuid) ??
      formProblem(`${where}.pipeline`, workload.pipeline, slug) ??
      formProblem(`${where}.pipelineId`, workload.pipelineId, uuid) ??
      branchOrTagProblem(where, workload),
  ),
  proof: (workload) => ({ token: buildkiteToken(workload) }),
  examples: [
    {
      organization: "octo",
      organizationId: "0184990a-477b-4fa8-9968-496074483cee",
      pipeline: "app",
      pipelineId: "0184990a-4782-42b5-afc1-16715b10b8ff",
      branch: "main",
    },
    {
      organization: "octo",
      organizationId: "0184990a-477b-4fa8-9968-496074483cee",
      pipeline: "app",
      pipelineId: "0184990a-4782-42b5-afc1-16715b10b8ff",
      tag: "v1.2.0",
    },
  ],
};

const slug: Form = {
  pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  says: "its slug as it stands in the address (lower-case letters, digits and -)",
};

/** buildkite.com/docs/agent/cli/reference/oidc: a subject ends with the commit and the step. */
function buildkiteToken(workload: BuildkiteWorkload): TokenClaims {
  const { organization, organizationId, pipeline, pipelineId, branch, tag } = workload;
  const ref = branch === undefined ? `refs/tags/${tag ?? ""}` : `refs/heads/${branch}`;
  return {
    issuer: "agent.buildkite.com",
    subjects: [],
    subjectStart: `organization:${organization}:pipeline:${pipeline}:ref:${ref}:commit:`,
    claims: { organization_id: organizationId, pipeline_id: pipelineId },
    awsClaims: ["organization_id", "pipeline_id"],
    audience: {},
    choosesAudience: true,
    identity: "pipeline_id",
    trail: [
      "pipeline_slug",
      "build_branch",
      "build_commit",
      "build_number",
      "step_key",
      "job_id",
      "agent_id",
    ],
  };
}
