import type { GithubWorkload } from "../../../../components/workload-identity/sources/github";
import { githubToken } from "../../../../components/workload-identity/sources/github-token";

const app = { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789" };
const workload: GithubWorkload = { ...app, environment: "production" };
const deploy = "octo/automation/.github/workflows/deploy.yml@10040c56a8c0253d69db7c1f26a0d227275512e2";

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
    expect(githubToken(given)).toEqual({
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

describe("the claims of a job elsewhere", () => {
  const token = (change: Partial<GithubWorkload>) => githubToken({ ...workload, ...change });
  const classic = "repo:octo/app:environment:production";
  const immutable = "repo:octo@123456/app@456789:environment:production";

  it.each<[string, Partial<GithubWorkload>, string, string[]]>([
    [
      "of an enterprise with an issuer of its own",
      { enterprise: "octocorp" },
      "token.actions.githubusercontent.com/octocorp",
      [classic, immutable],
    ],
    ["on GHE.com", { host: "octocorp.ghe.com" }, "token.actions.octocorp.ghe.com", [classic, immutable]],
    [
      "of an enterprise on GHE.com",
      { host: "octocorp.ghe.com", enterprise: "octocorp" },
      "token.actions.octocorp.ghe.com/octocorp",
      [classic, immutable],
    ],
    [
      "on a server, whose subjects have no numbers",
      { host: "github.example.com" },
      "github.example.com/_services/token",
      [classic],
    ],
  ])("%s", (_, change, issuer, subjects) => {
    expect(token(change)).toMatchObject({ issuer, subjects });
  });

  it("of which AWS sees nothing but the subject on a server", () => {
    expect(token({ host: "github.example.com", reusableWorkflow: deploy })).toMatchObject({
      claims: { repository_id: "456789", repository_owner_id: "123456", job_workflow_ref: deploy },
      awsClaims: [],
    });
  });

  it("of a reusable workflow at a commit, which AWS compares", () => {
    expect(token({ reusableWorkflow: deploy })).toMatchObject({
      subjects: [classic, immutable],
      claims: { repository_id: "456789", repository_owner_id: "123456", job_workflow_ref: deploy },
      awsClaims: ["repository_id", "repository_owner_id", "job_workflow_ref"],
    });
  });

  it.each<[string[], Partial<GithubWorkload>, string[]]>([
    [
      ["repo", "context", "job_workflow_ref"],
      { reusableWorkflow: deploy },
      [`${classic}:job_workflow_ref:${deploy}`, `${immutable}:job_workflow_ref:${deploy}`],
    ],
    [
      ["repository_owner_id", "repo", "environment"],
      {},
      [`repository_owner_id:123456:${classic}`, `repository_owner_id:123456:${immutable}`],
    ],
    [
      ["repository_id", "context"],
      { environment: undefined, branch: "main" },
      ["repository_id:456789:ref:refs/heads/main"],
    ],
    [
      ["repository_owner", "repository_id", "context"],
      { environment: "eu:west" },
      ["repository_owner:octo:repository_id:456789:environment:eu%3Awest"],
    ],
  ])("with a subject of %j", (subjectClaims, change, subjects) => {
    expect(token({ subjectClaims, ...change }).subjects).toEqual(subjects);
  });
});
