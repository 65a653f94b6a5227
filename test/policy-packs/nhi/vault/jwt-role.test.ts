import { jwtRoleFindings } from "../../../../policy-packs/nhi/vault/jwt-role";
import { unknown, type Value } from "../../../../policy-packs/nhi/value";

const judge = (props: Record<string, Value>): string[] => {
  const role: Record<string, Value> = {
    roleType: "jwt",
    boundAudiences: ["https://vault.example.com"],
    ...props,
  };
  return jwtRoleFindings((name) => role[name]).map(
    ({ verdict, property, says }) => `${verdict} ${property} ${says}`,
  );
};

const glob = (subject: string): Record<string, Value> => ({
  boundClaimsType: "glob",
  boundClaims: { sub: subject },
});
const notSeen = "whether all of them are meant can't be seen here";
const every = (noun: string, start: string) => `lets in every ${noun} whose subject starts with "${start}"`;
const whole = "lets in every branch, tag, environment and pull request of the repository";
const nobody = ["fail boundClaims lets in every workload that the issuer signs for"];
const exact = "repo:octo/app:environment:production";

it.each<[string, Record<string, Value>, string[]]>([
  ["an exact subject", { boundSubject: exact }, []],
  ["an exact subject among the claims", { boundClaims: { sub: exact } }, []],
  ["a number and a branch", { boundClaims: { repository_id: "2", ref: "refs/heads/main" } }, []],
  [
    "one of two branches",
    { boundClaims: { repository_id: "2", ref: "refs/heads/main,refs/heads/next" } },
    [],
  ],
  ["a project and its protected refs", { boundClaims: { project_id: "20", ref_protected: "true" } }, []],
  [
    "a workspace's apply",
    { boundClaims: { terraform_workspace_id: "ws-1", terraform_run_phase: "apply" } },
    [],
  ],
  [
    "a service account in a namespace",
    { boundClaims: { "/kubernetes.io/namespace": "payments", "/kubernetes.io/serviceaccount/name": "api" } },
    [],
  ],
  [
    "a wildcard that is a character without globs",
    { boundSubject: exact, boundClaims: { sub: "repo:octo*" } },
    [],
  ],
  ["a loose claim beside an exact subject", { ...glob("repo:octo/*"), boundSubject: exact }, []],
  [
    "a comma that is a character",
    { boundClaims: { sub: `${exact},x` }, disableBoundClaimsParsing: true },
    [],
  ],

  [
    "a number alone",
    { boundClaims: { repository_id: "2" } },
    [`undetermined boundClaims.repository_id ${whole}: ${notSeen}`],
  ],
  ["a name alone", { boundClaims: { repository: "octo/app" } }, [`fail boundClaims.repository ${whole}`]],
  [
    "release branches",
    glob("repo:octo/app:ref:refs/heads/release-*"),
    [
      `undetermined boundClaims.sub ${every("branch or tag", "repo:octo/app:ref:refs/heads/release-")}: ${notSeen}`,
    ],
  ],
  [
    "a branch that others can begin with",
    glob("repo:octo/app:ref:refs/heads/main*"),
    [`fail boundClaims.sub ${every("branch or tag", "repo:octo/app:ref:refs/heads/main")}`],
  ],
  ["a whole repository", glob("repo:octo/app:*"), [`fail boundClaims.sub ${whole}`]],
  [
    "a whole organisation",
    glob("repo:octo/*"),
    [`fail boundClaims.sub ${every("repository", "repo:octo/")}`],
  ],
  [
    "a group of GitLab's",
    glob("project_path:acme/payments/*"),
    [`fail boundClaims.sub ${every("project", "project_path:acme/payments/")}`],
  ],
  [
    "every service account of a namespace",
    glob("system:serviceaccount:payments:*"),
    [`fail boundClaims.sub ${every("service account", "system:serviceaccount:payments:")}`],
  ],
  [
    "every workspace",
    glob("organization:acme:project:p:workspace:*"),
    [`fail boundClaims.sub ${every("workspace", "organization:acme:project:p:workspace:")}`],
  ],
  [
    "every organisation",
    glob("pulumi:environments:org:*"),
    [`fail boundClaims.sub ${every("organisation", "pulumi:environments:org:")}`],
  ],
  [
    "a glob in one part of a list",
    glob(`${exact}, *`),
    ["fail boundClaims.sub lets in every workload of the issuer"],
  ],
  [
    "a glob in a list",
    { boundClaimsType: "glob", boundClaims: { sub: [exact, "repo:*"] } },
    [`fail boundClaims.sub ${every("repository", "repo:")}`],
  ],
  [
    "pull requests",
    { boundSubject: "repo:octo/app:pull_request" },
    ["fail boundSubject lets in whoever can open a pull request"],
  ],
  [
    "a subject without an owner",
    { boundSubject: "environment:production" },
    ['fail boundSubject lets in every repository whose subject is "environment:production"'],
  ],
  [
    "a workflow that anybody may call",
    { boundClaims: { job_workflow_ref: "octo/ci/.github/workflows/deploy.yml@refs/heads/main" } },
    nobody,
  ],
  [
    "a pipeline's name, which another organisation can take",
    { boundClaims: { pipeline_slug: "deploy" } },
    nobody,
  ],
  [
    "a service account's name in any namespace",
    { boundClaims: { "/kubernetes.io/serviceaccount/name": "api" } },
    nobody,
  ],
  ["an environment", { boundClaims: { environment: "production" } }, nobody],
  ["an audience alone", {}, nobody],

  [
    "globs or not",
    { boundClaimsType: unknown, boundClaims: { sub: "repo:*" } },
    ["undetermined boundClaims.sub is bounded only by a value that is not known yet"],
  ],
  ["a branch that is not known yet", { boundClaims: { ref: unknown } }, nobody],
  [
    "a subject that is not known yet",
    { boundSubject: unknown, boundClaims: { ref: "refs/heads/main" } },
    ["undetermined boundSubject is not known yet, and is what keeps strangers out"],
  ],
  [
    "a kind of role that is not known yet",
    { roleType: unknown },
    ["undetermined boundClaims lets in every workload that the issuer signs for"],
  ],
  [
    "an audience that is not known yet",
    { boundSubject: exact, boundAudiences: unknown },
    ["undetermined boundAudiences is not known yet"],
  ],
  [
    "no audience",
    { boundSubject: exact, boundAudiences: [] },
    ["fail boundAudiences is empty: a token that was made for another service gets in"],
  ],
  ["people in their browsers", { roleType: "oidc" }, []],
])("%s", (_, props, says) => {
  expect(judge(props)).toEqual(says);
});
