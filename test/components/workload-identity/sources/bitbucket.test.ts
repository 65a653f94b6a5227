import {
  bitbucket,
  type BitbucketWorkload,
} from "../../../../components/workload-identity/sources/bitbucket";

const workload: BitbucketWorkload = {
  workspace: "octo",
  workspaceUuid: "84c08677-e352-4a1c-a107-6df387cfeef7",
  repositoryUuid: "dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33",
  deploymentEnvironmentUuid: "7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66",
};
const problem = (change: Partial<BitbucketWorkload>) =>
  bitbucket.problem([{ ...workload, ...change }], "production", "aws");

it("shows the repository and the deployment environment, up to the step", () => {
  const audience = "ari:cloud:bitbucket::workspace/84c08677-e352-4a1c-a107-6df387cfeef7";
  expect(bitbucket.proof(workload)).toEqual({
    token: {
      issuer: "api.bitbucket.org/2.0/workspaces/octo/pipelines-config/identity/oidc",
      subjects: [],
      subjectStart: "{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}:{7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66}:",
      claims: {
        workspaceUuid: "{84c08677-e352-4a1c-a107-6df387cfeef7}",
        repositoryUuid: "{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}",
        deploymentEnvironmentUuid: "{7a1c2b3d-0f3e-4c8f-9a7b-1d2e3f4a5b66}",
      },
      awsClaims: [],
      audience: { aws: audience, gcp: audience, vault: audience },
      choosesAudience: true,
      identity: "repositoryUuid",
      trail: ["branchName", "pipelineUuid", "stepUuid"],
    },
  });
  expect(problem({})).toBeUndefined();
});

const uuid = (argument: string, got: string) =>
  `workloads.bitbucket[0].${argument} must be a UUID in lower case, without braces, got "${got}".`;

it.each<[string, Partial<BitbucketWorkload>, string]>([
  [
    "every environment",
    { deploymentEnvironmentUuid: "*" },
    'workloads.bitbucket[0].deploymentEnvironmentUuid must be exact, got "*". List each one as a workload of its own.',
  ],
  [
    "no environment",
    { deploymentEnvironmentUuid: "" },
    "workloads.bitbucket[0].deploymentEnvironmentUuid must not be empty.",
  ],
  [
    "the environment's name",
    { deploymentEnvironmentUuid: "production" },
    uuid("deploymentEnvironmentUuid", "production"),
  ],
  [
    "a UUID in braces",
    { repositoryUuid: "{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}" },
    uuid("repositoryUuid", "{dc1ad6f1-53fb-4c09-8f0d-5a7e4a6b9d33}"),
  ],
  ["the workspace's name as its UUID", { workspaceUuid: "octo" }, uuid("workspaceUuid", "octo")],
  [
    "a workspace in capitals",
    { workspace: "Octo" },
    "workloads.bitbucket[0].workspace must be the workspace's id as it stands in the address " +
      '(lower-case letters, digits, - and _), got "Octo".',
  ],
])("refuses %s", (_, change, says) => {
  expect(problem(change)).toBe(says);
});
