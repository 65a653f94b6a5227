import {
  buildkite,
  type BuildkiteWorkload,
} from "../../../../components/workload-identity/sources/buildkite";

const app = {
  organization: "octo",
  organizationId: "0184990a-477b-4fa8-9968-496074483cee",
  pipeline: "app",
  pipelineId: "0184990a-4782-42b5-afc1-16715b10b8ff",
};
const problem = (given: BuildkiteWorkload) => buildkite.problem([given], "production", "aws");

it.each<[string, BuildkiteWorkload, string]>([
  ["a branch", { ...app, branch: "main" }, "refs/heads/main"],
  ["a tag", { ...app, tag: "v1.2.0" }, "refs/tags/v1.2.0"],
])("shows the pipeline and %s, up to the commit", (_, given, ref) => {
  expect(buildkite.proof(given)).toEqual({
    token: {
      issuer: "agent.buildkite.com",
      subjects: [],
      subjectStart: `organization:octo:pipeline:app:ref:${ref}:commit:`,
      claims: { organization_id: app.organizationId, pipeline_id: app.pipelineId },
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
    },
  });
  expect(problem(given)).toBeUndefined();
});

const at = (argument: string) => `workloads.buildkite[0].${argument}`;

it.each<[string, BuildkiteWorkload, string]>([
  [
    "every branch",
    { ...app, branch: "*" },
    `${at("branch")} must be exact, got "*". List each one as a workload of its own.`,
  ],
  [
    "a branch that would add a part",
    { ...app, branch: "main:commit:1" },
    `${at("branch")} must be a name that git can give, got "main:commit:1".`,
  ],
  [
    "a pull request",
    { ...app, branch: "refs/pull/1/head" },
    `${at("branch")} must be a name that git can give, got "refs/pull/1/head".`,
  ],
  [
    "no branch",
    app,
    "workloads.buildkite[0] must have exactly one of branch and tag, got none. List a further one as a workload of its own.",
  ],
  [
    "the pipeline's name",
    { ...app, branch: "main", pipeline: "My App" },
    `${at("pipeline")} must be its slug as it stands in the address (lower-case letters, digits and -), got "My App".`,
  ],
  [
    "the slug as the id",
    { ...app, branch: "main", pipelineId: "app" },
    `${at("pipelineId")} must be a UUID in lower case, without braces, got "app".`,
  ],
  [
    "an id in capitals",
    { ...app, branch: "main", organizationId: "0184990A-477B-4FA8-9968-496074483CEE" },
    `${at("organizationId")} must be a UUID in lower case, without braces, got "0184990A-477B-4FA8-9968-496074483CEE".`,
  ],
])("refuses %s", (_, given, says) => {
  expect(problem(given)).toBe(says);
});
