import { github, type GithubWorkload } from "../../../../components/workload-identity/sources/github";

const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const workload: GithubWorkload = { ...app, environment: "production" };
const problem = (...workloads: GithubWorkload[]) => github.problem(workloads, "production", "aws");

describe("the claims of a job", () => {
  it.each<[string, GithubWorkload, string[]]>([
    [
      "in an environment",
      workload,
      ["repo:octo/app:environment:production", "repo:octo@123456/app@456789:environment:production"],
    ],
    [
      "on a branch",
      { ...app, branch: "release/2.0" },
      ["repo:octo/app:ref:refs/heads/release/2.0", "repo:octo@123456/app@456789:ref:refs/heads/release/2.0"],
    ],
    [
      "for a tag",
      { ...app, tag: "v1.2.0" },
      ["repo:octo/app:ref:refs/tags/v1.2.0", "repo:octo@123456/app@456789:ref:refs/tags/v1.2.0"],
    ],
    [
      "in an environment with colons in its name",
      { ...app, environment: "eu:west:1" },
      ["repo:octo/app:environment:eu%3Awest%3A1", "repo:octo@123456/app@456789:environment:eu%3Awest%3A1"],
    ],
    [
      "with capitals, which stay",
      { ...app, owner: "Octo-Org", repository: "App.js", environment: "Production" },
      [
        "repo:Octo-Org/App.js:environment:Production",
        "repo:Octo-Org@123456/App.js@456789:environment:Production",
      ],
    ],
  ])("%s", (_, given, subjects) => {
    expect(github.proof(given).token).toEqual({
      issuer: "token.actions.githubusercontent.com",
      subjects,
      claims: { repository_id: "456789", repository_owner_id: "123456" },
      awsClaims: ["repository_id", "repository_owner_id"],
      audience: {},
      choosesAudience: true,
      identity: "repository_id",
      trail: ["repository", "ref", "sha", "actor", "event_name", "run_id", "run_attempt", "job_workflow_ref"],
    });
  });
});

describe("workloads that are taken", () => {
  it.each<[string, GithubWorkload[]]>([
    ["an environment", [workload]],
    ["a branch with slashes", [{ ...app, branch: "release/2.0" }]],
    ["a branch named like an environment", [workload, { ...app, branch: "production" }]],
    [
      "a branch and a tag of one name",
      [
        { ...app, branch: "v1" },
        { ...app, tag: "v1" },
      ],
    ],
    [
      "two branches that differ by case, as git lets them",
      [
        { ...app, branch: "main" },
        { ...app, branch: "Main" },
      ],
    ],
    ["a branch that begins like a ref", [{ ...app, branch: "refs-cleanup" }]],
    ["a user of an enterprise", [{ ...workload, owner: "octocat_corp" }]],
    ["a repository with a dot", [{ ...workload, repository: ".github" }]],
    ["two repositories", [workload, { ...workload, repository: "web", repositoryId: "456790" }]],
    ["a branch named pull_request", [{ ...app, branch: "pull_request" }]],
  ])("%s", (_, workloads) => {
    expect(problem(...workloads)).toBeUndefined();
  });
});

describe("workloads that are refused", () => {
  const exact = (argument: string, got: string) =>
    `workloads.github[0].${argument} must be exact, got "${got}". List each one as a workload of its own.`;
  const blank = (argument: string, got: string) =>
    `workloads.github[0].${argument} must have no spaces or control characters, got ${JSON.stringify(got)}.`;
  const git = (argument: string, got: string) =>
    `workloads.github[0].${argument} must be a name that git can give, got ${JSON.stringify(got)}.`;
  const ask = (argument: string, got: string, path: string) =>
    `workloads.github[0].${argument} must be GitHub's number for it, as digits, got "${got}". ` +
    `Ask GitHub: gh api ${path} --jq .id`;
  const owner = (got: string) =>
    `workloads.github[0].owner must be the name of a GitHub user or organisation (letters, digits and -), got "${got}".`;
  const repository = (got: string) =>
    "workloads.github[0].repository must be the name of a GitHub repository without its owner " +
    `(letters, digits, - _ and .), got "${got}".`;

  it.each<[string, GithubWorkload, string]>([
    ["any branch", { ...app, branch: "*" }, exact("branch", "*")],
    ["branches of a pattern", { ...app, branch: "release/*" }, exact("branch", "release/*")],
    ["tags of a pattern", { ...app, tag: "v?" }, exact("tag", "v?")],
    ["any environment", { ...app, environment: "*" }, exact("environment", "*")],
    ["any repository", { ...workload, repository: "*" }, exact("repository", "*")],
    ["any owner", { ...workload, owner: "oct*" }, exact("owner", "oct*")],
    ["an empty branch", { ...app, branch: "" }, "workloads.github[0].branch must not be empty."],
    [
      "an empty environment",
      { ...app, environment: "" },
      "workloads.github[0].environment must not be empty.",
    ],
    ["an empty owner", { ...workload, owner: "" }, "workloads.github[0].owner must not be empty."],
    ["a space", { ...app, branch: "main " }, blank("branch", "main ")],
    ["a space within", { ...app, environment: "pro duction" }, blank("environment", "pro duction")],
    ["a line break", { ...app, tag: "v1\n" }, blank("tag", "v1\n")],
    ["a character that can't be seen", { ...app, branch: "ma\u200Bin" }, blank("branch", "ma\u200Bin")],
    ["a space that is none", { ...app, branch: "ma\u00A0in" }, blank("branch", "ma\u00A0in")],
    [
      "a variable of AWS policies",
      { ...app, branch: "${aws:username}" },
      'workloads.github[0].branch must not contain "${", got "${aws:username}". AWS reads a policy variable there.',
    ],
    [
      "a colon that is written already",
      { ...app, environment: "eu%3Awest" },
      'workloads.github[0].environment must not contain "%3A", got "eu%3Awest". ' +
        "GitHub writes a colon so: write the colon.",
    ],
    [
      "a full ref",
      { ...app, branch: "refs/heads/main" },
      'workloads.github[0].branch must be the bare name, got "refs/heads/main". Drop "refs/heads/".',
    ],
    [
      "a full ref of a tag",
      { ...app, tag: "refs/tags/v1" },
      'workloads.github[0].tag must be the bare name, got "refs/tags/v1". Drop "refs/tags/".',
    ],
    ["a pull request", { ...app, branch: "refs/pull/1/merge" }, git("branch", "refs/pull/1/merge")],
    ["a branch that begins with a slash", { ...app, branch: "/main" }, git("branch", "/main")],
    ["a branch that ends with a slash", { ...app, branch: "main/" }, git("branch", "main/")],
    ["a branch with two slashes", { ...app, branch: "a//b" }, git("branch", "a//b")],
    ["a branch with a colon", { ...app, branch: "main:environment" }, git("branch", "main:environment")],
    ["a branch with two dots", { ...app, branch: "a..b" }, git("branch", "a..b")],
    ["a tag that ends with .lock", { ...app, tag: "v1.lock" }, git("tag", "v1.lock")],
    ["a branch with a backslash", { ...app, branch: "a\\b" }, git("branch", "a\\b")],
    ["owner and repository in one", { ...workload, repository: "octo/app" }, repository("octo/app")],
    ["a repository that is a folder", { ...workload, repository: ".." }, repository("..")],
    ["a repository with its number", { ...workload, repository: "app@456789" }, repository("app@456789")],
    ["an owner with a slash", { ...workload, owner: "octo/app" }, owner("octo/app")],
    ["an owner with its number", { ...workload, owner: "octo@123456" }, owner("octo@123456")],
    ["an owner that begins with a dash", { ...workload, owner: "-octo" }, owner("-octo")],
    ["a name as the owner's number", { ...workload, ownerId: "octo" }, ask("ownerId", "octo", "users/OWNER")],
    [
      "a name as the repository's number",
      { ...workload, repositoryId: "app" },
      ask("repositoryId", "app", "repos/OWNER/REPOSITORY"),
    ],
    ["no number", { ...workload, repositoryId: "" }, ask("repositoryId", "", "repos/OWNER/REPOSITORY")],
    ["a number of all", { ...workload, ownerId: "*" }, ask("ownerId", "*", "users/OWNER")],
    ["a number that is zero", { ...workload, ownerId: "0" }, ask("ownerId", "0", "users/OWNER")],
    [
      "a number with zeros before it",
      { ...workload, ownerId: "0123" },
      ask("ownerId", "0123", "users/OWNER"),
    ],
    ["a negative number", { ...workload, ownerId: "-1" }, ask("ownerId", "-1", "users/OWNER")],
    [
      "neither environment nor branch nor tag",
      app,
      "workloads.github[0] must have exactly one of environment, branch and tag, got none. " +
        "List a further job as its own workload.",
    ],
    [
      "an environment and a branch",
      { ...workload, branch: "main" },
      "workloads.github[0] must have exactly one of environment, branch and tag, got environment and branch. " +
        "List a further job as its own workload.",
    ],
    [
      "all three",
      { ...workload, branch: "main", tag: "v1" },
      "workloads.github[0] must have exactly one of environment, branch and tag, got environment and branch and tag. " +
        "List a further job as its own workload.",
    ],
    [
      "another environment",
      { ...app, environment: "staging" },
      'workloads.github[0].environment must equal metadata.environment "production", upper and lower case included, ' +
        'got "staging". Give each environment an identity of its own.',
    ],
    [
      "the environment in other letters",
      { ...app, environment: "Production" },
      'workloads.github[0].environment must equal metadata.environment "production", upper and lower case included, ' +
        'got "Production". Give each environment an identity of its own.',
    ],
  ])("%s", (_, given, says) => {
    expect(problem(given)).toBe(says);
  });

  it.each<[string, GithubWorkload[], string]>([
    [
      "the same job twice",
      [workload, { ...app, branch: "main" }, workload],
      "workloads.github[2] must differ from workloads.github[0]: GitHub takes both for the same jobs. Remove one.",
    ],
    [
      "the same job under another spelling",
      [workload, { ...workload, owner: "Octo" }],
      "workloads.github[1] must differ from workloads.github[0]: GitHub takes both for the same jobs. Remove one.",
    ],
    [
      "a second repository with the number of the first",
      [workload, { ...workload, repository: "web" }],
      'workloads.github[1].repositoryId must be the number of octo/web, got "456789", ' +
        "which does not fit with workloads.github[0]. Ask GitHub for both.",
    ],
    [
      "one repository with two numbers",
      [workload, { ...app, repositoryId: "1", branch: "main" }],
      'workloads.github[1].repositoryId must be the number of octo/app, got "1", ' +
        "which does not fit with workloads.github[0]. Ask GitHub for both.",
    ],
    [
      "a mistake in the second",
      [workload, { ...app, branch: "*" }],
      'workloads.github[1].branch must be exact, got "*". List each one as a workload of its own.',
    ],
  ])("%s", (_, workloads, says) => {
    expect(problem(...workloads)).toBe(says);
  });
});
