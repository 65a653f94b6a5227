import type { TokenClaims } from "../proof";
import { formProblem, uuid, type Form } from "./exact";
import { each, type Source } from "./source";

/**
 * Steps of one Bitbucket repository that deploy to one deployment environment. Without an environment Bitbucket's
 * subjects do not tell a pull request from a branch, so it is required.
 */
export interface BitbucketWorkload {
  /** The workspace's id as it stands in the address, for example `octo`. */
  workspace: string;
  /** The workspace's UUID. All are on the repository's settings page "OpenID Connect", there in braces. */
  workspaceUuid: string;
  /** The repository's UUID. */
  repositoryUuid: string;
  /** The deployment environment's UUID. It has no name in the token, so nothing compares it with the metadata's. */
  deploymentEnvironmentUuid: string;
}

/** Bitbucket Pipelines. */
export const bitbucket: Source<BitbucketWorkload> = {
  title: "Bitbucket Pipelines",
  problem: each(
    "bitbucket",
    (workload, where) =>
      formProblem(`${where}.workspace`, workload.workspace, workspaceId) ??
      formProblem(`${where}.workspaceUuid`, workload.workspaceUuid, uuid) ??
      formProblem(`${where}.repositoryUuid`, workload.repositoryUuid, uuid) ??
      formProblem(`${where}.deploymentEnvironmentUuid`, workload.deploymentEnvironmentUuid, uuid),
  ),
  proof: (workload) => ({ token: bitbucketToken(workload) }),
  examples: [
    {
      workspace: "octo",
      workspaceUuid: "84c08677-e352-4a1c-a107-6df387cfeef7",
      repositoryUuid: "dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33",
      deploymentEnvironmentUuid: "7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66",
    },
  ],
};

const workspaceId: Form = {
  pattern: /^[a-z0-9][a-z0-9_-]*$/,
  says: "the workspace's id as it stands in the address (lower-case letters, digits, - and _)",
};

/** support.atlassian.com, "Integrate Pipelines with resource servers using OIDC": a subject ends with the step. */
function bitbucketToken(workload: BitbucketWorkload): TokenClaims {
  const { workspace, workspaceUuid, repositoryUuid, deploymentEnvironmentUuid } = workload;
  const audience = `ari:cloud:bitbucket::workspace/${workspaceUuid}`;
  return {
    issuer: `api.bitbucket.org/2.0/workspaces/${workspace}/pipelines-config/identity/oidc`,
    subjects: [],
    subjectStart: `{${repositoryUuid}}:{${deploymentEnvironmentUuid}}:`,
    claims: {
      workspaceUuid: `{${workspaceUuid}}`,
      repositoryUuid: `{${repositoryUuid}}`,
      deploymentEnvironmentUuid: `{${deploymentEnvironmentUuid}}`,
    },
    awsClaims: [],
    audience: { aws: audience, gcp: audience, vault: audience },
    choosesAudience: true,
    identity: "repositoryUuid",
    trail: ["branchName", "pipelineUuid", "stepUuid"],
  };
}
