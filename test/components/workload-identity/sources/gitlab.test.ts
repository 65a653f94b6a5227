import { gitlab, type GitlabWorkload } from "../../../../components/workload-identity/sources/gitlab";
import type { Target } from "../../../../components/workload-identity/sources/source";

const app = { projectPath: "octo/app", projectId: "278964" };
const workload: GitlabWorkload = { ...app, branch: "main" };
const problem = (given: GitlabWorkload, target: Target) => gitlab.problem([given], "production", target);

const trail = ["project_path", "ref", "sha", "user_login", "pipeline_source", "pipeline_id", "job_id"];
const rest = { audience: {}, choosesAudience: true, identity: "project_id", trail };

it("shows the project, the protected branch and the number of the project", () => {
  expect(gitlab.proof(workload)).toEqual({
    token: {
      issuer: "gitlab.com",
      subjects: ["project_path:octo/app:ref_type:branch:ref:main"],
      claims: { project_id: "278964", ref_protected: "true" },
      awsClaims: ["project_id", "ref_protected"],
      ...rest,
    },
  });
});

it("shows the environment, which has to be protected, of a project in a subgroup", () => {
  const given = {
    projectPath: "octo/platform/App",
    projectId: "1",
    tag: "v1.2.0",
    environment: "production",
  };
  expect(gitlab.proof(given)).toEqual({
    token: {
      issuer: "gitlab.com",
      subjects: ["project_path:octo/platform/App:ref_type:tag:ref:v1.2.0"],
      claims: {
        project_id: "1",
        ref_protected: "true",
        environment: "production",
        environment_protected: "true",
      },
      awsClaims: ["project_id", "ref_protected"],
      ...rest,
    },
  });
});

it("shows AWS the subject only, from a server of one's own", () => {
  expect(gitlab.proof({ ...workload, host: "gitlab.example.com" }).token).toMatchObject({
    issuer: "gitlab.example.com",
    awsClaims: [],
  });
});

it.each<[string, GitlabWorkload, Target?]>([
  ["a branch", workload],
  ["a branch, at AWS", workload, "aws"],
  ["an environment", { ...workload, environment: "production" }],
  ["a server", { ...workload, host: "gitlab.example.com" }],
])("takes %s", (_, given, target = "vault") => {
  expect(problem(given, target)).toBeUndefined();
});

const path = (got: string) =>
  "workloads.gitlab[0].projectPath must be the project with its groups, for example octo/app " +
  `(letters, digits, - _ and .), got "${got}".`;
const host = (got: string) =>
  "workloads.gitlab[0].host must be the name of a host in lower case, without https:// and without a slash, " +
  `got "${got}".`;

it.each<[string, GitlabWorkload, string, Target?]>([
  ["a URL as the host", { ...workload, host: "https://gitlab.com" }, host("https://gitlab.com")],
  ["a host with a slash", { ...workload, host: "gitlab.com/" }, host("gitlab.com/")],
  ["a host in capitals", { ...workload, host: "GitLab.com" }, host("GitLab.com")],
  ["a project without its group", { ...workload, projectPath: "app" }, path("app")],
  ["a path with a slash before it", { ...workload, projectPath: "/octo/app" }, path("/octo/app")],
  [
    "every project of a group",
    { ...workload, projectPath: "octo/*" },
    'workloads.gitlab[0].projectPath must be exact, got "octo/*". List each one as a workload of its own.',
  ],
  [
    "a path as the number",
    { ...workload, projectId: "octo/app" },
    'workloads.gitlab[0].projectId must be GitLab\'s number of the project, as digits, got "octo/app".',
  ],
  [
    "neither branch nor tag",
    app,
    "workloads.gitlab[0] must have exactly one of branch and tag, got none. " +
      "List a further one as a workload of its own.",
  ],
  [
    "both",
    { ...workload, tag: "v1" },
    "workloads.gitlab[0] must have exactly one of branch and tag, got both. " +
      "List a further one as a workload of its own.",
  ],
  [
    "branches of a pattern",
    { ...app, branch: "release/*" },
    'workloads.gitlab[0].branch must be exact, got "release/*". List each one as a workload of its own.',
  ],
  [
    "a merge request",
    { ...app, branch: "refs/merge-requests/1/head" },
    'workloads.gitlab[0].branch must be a name that git can give, got "refs/merge-requests/1/head".',
  ],
  [
    "a full name of a branch",
    { ...app, branch: "refs/heads/main" },
    'workloads.gitlab[0].branch must be the bare name, got "refs/heads/main". Drop "refs/heads/".',
  ],
  [
    "another environment",
    { ...workload, environment: "staging" },
    'workloads.gitlab[0].environment must equal metadata.environment "production", upper and lower case included, ' +
      'got "staging". Give each environment an identity of its own.',
  ],
  [
    "an environment that AWS would not see",
    { ...workload, environment: "production" },
    "workloads.gitlab[0].environment must be left out: AWS has no condition key for it. " +
      "Give each environment a protected branch of its own.",
    "aws",
  ],
])("refuses %s", (_, given, says, target = "vault") => {
  expect(problem(given, target)).toBe(says);
});
