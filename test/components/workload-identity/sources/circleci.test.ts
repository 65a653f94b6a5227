import { circleci, type CircleciWorkload } from "../../../../components/workload-identity/sources/circleci";
import type { Target } from "../../../../components/workload-identity/sources/source";

const workload = {
  organizationId: "3d7f3b5a-9c1e-4a52-8f5e-2b7a4f0c9d11",
  projectId: "8b2f6f0e-6e3b-4c0c-9a53-1f0d2c7b5e22",
};
const problem = (change: Partial<CircleciWorkload>, target: Target) =>
  circleci.problem([{ ...workload, ...change }], "production", target);

const { organizationId, projectId } = workload;
const token = {
  issuer: `oidc.circleci.com/org/${organizationId}`,
  subjects: [],
  subjectStart: `org/${organizationId}/project/${projectId}/user/`,
  claims: { "oidc.circleci.com/project-id": projectId },
  awsClaims: ["oidc.circleci.com/project-id"],
  audience: { aws: organizationId, gcp: organizationId, vault: organizationId },
  choosesAudience: true,
  identity: "oidc.circleci.com/project-id",
  trail: [
    "oidc.circleci.com/vcs-origin",
    "oidc.circleci.com/vcs-ref",
    "oidc.circleci.com/pipeline-id",
    "oidc.circleci.com/workflow-id",
    "oidc.circleci.com/job-id",
  ],
};

it("shows the project, up to the user", () => {
  expect(circleci.proof(workload)).toEqual({ token });
  expect(problem({}, "aws")).toBeUndefined();
});

it("shows the branch where a target sees it", () => {
  const claims = { ...token.claims, "oidc.circleci.com/vcs-ref": "refs/heads/main" };
  expect(circleci.proof({ ...workload, branch: "main" })).toEqual({ token: { ...token, claims } });
  expect(problem({ branch: "main" }, "vault")).toBeUndefined();
});

it.each<[string, Partial<CircleciWorkload>, string, Target?]>([
  [
    "every project",
    { projectId: "*" },
    'projectId must be exact, got "*". List each one as a workload of its own.',
  ],
  [
    "the project's name",
    { projectId: "app" },
    'projectId must be a UUID in lower case, without braces, got "app".',
  ],
  [
    "the organisation's name",
    { organizationId: "octo" },
    'organizationId must be a UUID in lower case, without braces, got "octo".',
  ],
  [
    "a pull request",
    { branch: "refs/pull/1/head" },
    'branch must be a name that git can give, got "refs/pull/1/head".',
  ],
  [
    "a branch that AWS would not see",
    { branch: "main" },
    "branch must be left out: AWS has no condition key for it. Restrict the job with a context, or give it a project of its own.",
    "aws",
  ],
])("refuses %s", (_, change, says, target = "vault") => {
  expect(problem(change, target)).toBe(`workloads.circleci[0].${says}`);
});
