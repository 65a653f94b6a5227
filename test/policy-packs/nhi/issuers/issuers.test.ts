import {
  type Conditions,
  judge,
  pattern,
  fails,
  open,
  every,
  github,
  gitlab,
  buildkite,
  circleci,
  whole,
} from "./judge";

it.each<[string, string, Conditions, string[]]>([
  [
    "an environment beside the whole repository",
    github,
    pattern(github, "repo:octo@1/app@2:*", { environment: "production" }),
    [],
  ],
  [
    "a branch beside the whole repository",
    github,
    pattern(github, "repo:octo@1/app@2:*", { ref: "refs/heads/main" }),
    [],
  ],
  [
    "a pull request's ref beside it",
    github,
    pattern(github, "repo:octo@1/app@2:*", { ref: "refs/pull/7/merge" }),
    fails("lets in whoever can open a pull request"),
  ],
  [
    "an environment beside an organisation",
    github,
    pattern(github, "repo:octo@1/*", { environment: "production" }),
    fails(every("repository", "repo:octo@1/")),
  ],
  [
    "a repository's name alone",
    github,
    { StringEquals: { [`${github}:aud`]: "x", [`${github}:repository`]: "octo/app" } },
    fails(whole),
  ],
  [
    "a repository's number alone",
    github,
    { StringEquals: { [`${github}:aud`]: "x", [`${github}:repository_id`]: "2" } },
    open(whole),
  ],
  [
    "pull requests of a repository by its number",
    github,
    pattern(github, "repo:octo@1/app@2:pull_request", { repository_id: "2" }),
    fails("lets in whoever can open a pull request"),
  ],
  [
    "pull requests in capitals, case ignored",
    github,
    {
      StringEquals: { [`${github}:aud`]: "x" },
      StringEqualsIgnoreCase: { [`${github}:sub`]: "repo:octo@1/app@2:PULL_REQUEST" },
    },
    fails("lets in whoever can open a pull request"),
  ],
  [
    "the owner's number beside names",
    github,
    pattern(github, "repo:octo/app:environment:production", { repository_owner_id: "1" }),
    [],
  ],
  [
    "a claim that AWS does not map",
    github,
    pattern(github, "repo:octo@1/*", { repository_owner: "octo" }),
    fails(every("repository", "repo:octo@1/")),
  ],
  [
    "a subject under one operator twice",
    github,
    {
      StringEquals: { [`${github}:aud`]: "x" },
      StringLike: { [`${github}:sub`]: "*" },
      stringlike: { [`${github}:sub`]: "repo:octo@1/app@2:environment:production" },
    },
    fails(
      "has one name twice, in upper and lower case, and AWS does not say which of them counts: without them it lets in every workload that GitHub Actions signs for",
    ),
  ],
  [
    "any value of a set",
    github,
    {
      "ForAnyValue:StringEquals": {
        [`${github}:aud`]: "x",
        [`${github}:sub`]: "repo:octo@1/app@2:environment:production",
      },
    },
    [],
  ],
  [
    "protected refs of a project by its number",
    gitlab,
    pattern(gitlab, "project_path:*", { project_id: "20", ref_protected: "true" }),
    [],
  ],
  [
    "refs of a project that are not protected",
    gitlab,
    pattern(gitlab, "project_path:*", { project_id: "20", ref_protected: "false" }),
    open("lets in every branch, tag and pipeline of the project"),
  ],
  [
    "a pipeline's name, which another organisation can take",
    buildkite,
    pattern(buildkite, "organization:*", { pipeline_slug: "deploy" }),
    fails(every("organisation", "organization:")),
  ],
  [
    "a project by its number",
    circleci,
    { StringEquals: { [`${circleci}:aud`]: "x", [`${circleci}:oidc.circleci.com/project-id`]: "2" } },
    [],
  ],
  [
    "Google's number and the token's audience",
    "accounts.google.com",
    { StringEquals: { "accounts.google.com:sub": "104712345", "accounts.google.com:oaud": "x" } },
    [],
  ],
  [
    "a Google address",
    "accounts.google.com",
    {
      StringEquals: {
        "accounts.google.com:sub": "ci@acme.iam.gserviceaccount.com",
        "accounts.google.com:oaud": "x",
      },
    },
    fails("lets in subjects that are not the number of one account"),
  ],
  [
    "users of an identity pool",
    "cognito-identity.amazonaws.com",
    {
      StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-west-1:1" },
      "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
    },
    [],
  ],
  [
    "guests of an identity pool",
    "cognito-identity.amazonaws.com",
    {
      StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-west-1:1" },
      "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" },
    },
    fails("lets in guests of the identity pool"),
  ],
  [
    "users of any identity pool",
    "cognito-identity.amazonaws.com",
    { "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } },
    fails("does not compare the audience of a token of Cognito, which is what names the tenant"),
  ],
])("%s", (_, host, condition, says) => {
  expect(judge(host, condition)).toEqual(says);
});
