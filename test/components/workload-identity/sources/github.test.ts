import { github, type GithubWorkload } from "../../../../components/workload-identity/sources/github";

const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const workload: GithubWorkload = { ...app, environment: "production" };
const deploy = "octo/automation/.github/workflows/deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2";
const problem = (...workloads: GithubWorkload[]) => github.problem(workloads, "production", "aws");

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
    ["a reusable workflow", [{ ...workload, reusableWorkflow: deploy }]],
    ["a job with two reusable workflows", [workload, { ...workload, reusableWorkflow: deploy }]],
    [
      "a subject in another order",
      [{ ...workload, subjectClaims: ["repository_owner_id", "repo", "context"] }],
    ],
    [
      "a reusable workflow in a server's subject",
      [
        {
          ...workload,
          host: "github.example.com",
          reusableWorkflow: deploy,
          subjectClaims: ["repo", "context", "job_workflow_ref"],
        },
      ],
    ],
    [
      "one name with two numbers, on two servers",
      [workload, { ...workload, repositoryId: "7", host: "github.example.com" }],
    ],
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
  const unpinned = (got: string) =>
    "workloads.github[0].reusableWorkflow must be a workflow at a commit (OWNER/REPOSITORY/.github/workflows/FILE.yml@ " +
    `and 40 hexadecimal digits, because a branch or a tag can be moved), got "${got}".`;
  const template = (says: string) => `workloads.github[0].subjectClaims must ${says}`;
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
    [
      "a reusable workflow on a branch",
      { ...workload, reusableWorkflow: "octo/automation/.github/workflows/deploy.yml@refs/heads/main" },
      unpinned("octo/automation/.github/workflows/deploy.yml@refs/heads/main"),
    ],
    [
      "a reusable workflow at a short commit",
      { ...workload, reusableWorkflow: "octo/automation/.github/workflows/deploy.yml@10040c5" },
      unpinned("octo/automation/.github/workflows/deploy.yml@10040c5"),
    ],
    [
      "a reusable workflow without its repository",
      { ...workload, reusableWorkflow: "deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2" },
      unpinned("deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2"),
    ],
    [
      "any reusable workflow of an owner",
      { ...workload, reusableWorkflow: "octo/*" },
      exact("reusableWorkflow", "octo/*"),
    ],
    [
      "a reusable workflow that AWS would not see",
      { ...workload, host: "github.example.com", reusableWorkflow: deploy },
      "workloads.github[0].reusableWorkflow must be in the subject: AWS sees nothing else of a GitHub Enterprise Server. " +
        "Add job_workflow_ref to its subject and to subjectClaims.",
    ],
    [
      "a subject without an owner",
      { ...workload, subjectClaims: ["environment", "repo"] },
      template(
        "begin with one of repo, repository_id, repository_owner, repository_owner_id, " +
          'got "environment". Any repository can make a subject that begins otherwise.',
      ),
    ],
    [
      "a subject of nothing",
      { ...workload, subjectClaims: [] },
      template(
        "begin with one of repo, repository_id, repository_owner, repository_owner_id, " +
          'got "". Any repository can make a subject that begins otherwise.',
      ),
    ],
    [
      "a subject of every repository of an owner",
      { ...workload, subjectClaims: ["repository_owner_id", "context"] },
      template("have repo or repository_id. Without them every repository of the owner comes in."),
    ],
    [
      "a subject of every run of a repository",
      { ...workload, subjectClaims: ["repo"] },
      template("have context. Without it every branch and pull request of the repository comes in."),
    ],
    [
      "a subject with what an attacker can set",
      { ...workload, subjectClaims: ["repo", "context", "workflow"] },
      template(
        "be of repo, repository_id, repository_owner, repository_owner_id, context, environment, job_workflow_ref, " +
          'got "workflow". The others change from run to run, or say nothing of whose job it is.',
      ),
    ],
    [
      "a subject with a claim twice",
      { ...workload, subjectClaims: ["repo", "context", "repo"] },
      template("name each claim once."),
    ],
    [
      "a subject with an environment that the workload does not name",
      { ...app, branch: "main", subjectClaims: ["repo", "context", "environment"] },
      template("have environment only where the workload names one. Leave it out, or name the environment."),
    ],
    [
      "a subject with a workflow that the workload does not name",
      { ...workload, subjectClaims: ["repo", "context", "job_workflow_ref"] },
      template("have job_workflow_ref only with reusableWorkflow. Name the workflow at its commit."),
    ],
    [
      "an issuer as the host",
      { ...workload, host: "https://github.example.com" },
      "workloads.github[0].host must be the name of a host in lower case, without https:// and without a slash, " +
        'got "https://github.example.com".',
    ],
    [
      "an enterprise in capitals",
      { ...workload, enterprise: "OctoCorp" },
      'workloads.github[0].enterprise must be the enterprise\'s slug (lower-case letters, digits and -), got "OctoCorp".',
    ],
    [
      "an enterprise on a server",
      { ...workload, host: "github.example.com", enterprise: "octocorp" },
      "workloads.github[0].enterprise must be left out: a GitHub Enterprise Server has one issuer, " +
        "https://github.example.com/_services/token.",
    ],
    [
      "a colon on a server",
      { ...app, host: "github.example.com", environment: "eu:west" },
      'workloads.github[0].environment must have no colon, got "eu:west". Servers write it in two ways, by their version.',
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
