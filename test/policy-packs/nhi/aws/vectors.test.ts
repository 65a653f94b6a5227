import { trustFindings } from "../../../../policy-packs/nhi/aws/trust";
import { unknown, type Value } from "../../../../policy-packs/nhi/value";
import { verdictOf } from "../issuers/judge";

type Statement = Record<string, Value>;
const host = "token.actions.githubusercontent.com";
const provider = (name: string) => `arn:aws:iam::123456789012:oidc-provider/${name}`;
const aud = { [`${host}:aud`]: "sts.amazonaws.com" };
const exact = "repo:octo/app:environment:production";
const numbered = { [`${host}:repository_id`]: "456789" };

const trusting = (issuer: string, Condition: Value, more: Statement = {}): Statement => ({
  Effect: "Allow",
  Principal: { Federated: provider(issuer) },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition,
  ...more,
});
const github = (condition: Value, more: Statement = {}) => trusting(host, condition, more);
const like = (sub: Value) => github({ StringEquals: aud, StringLike: { [`${host}:sub`]: sub } });
const tight = github({ StringEquals: { ...aud, ...numbered, [`${host}:sub`]: exact } });
const verdict = (document: Value) => verdictOf(trustFindings("assumeRolePolicy", document));

/** Trust policies that scanners were seen to pass, and the two that they pass by luck. */
it.each<[number, string, Statement[], "pass" | "fail" | "undetermined"]>([
  [0, "no condition at all", [github({})], "fail"],
  [
    1,
    "a harmless statement first",
    [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }, github({})],
    "fail",
  ],
  [2, "a safe value and a star", [like([exact, "*"])], "fail"],
  [3, "a second statement for everybody", [tight, like("*")], "fail"],
  [
    4,
    "a subject that it is not",
    [github({ StringNotEquals: { ...aud, [`${host}:sub`]: "repo:evil/x:*" } })],
    "fail",
  ],
  [
    5,
    "a subject if there is one",
    [github({ StringEquals: aud, StringLikeIfExists: { [`${host}:sub`]: exact } })],
    "fail",
  ],
  [
    6,
    "a subject of those that there are",
    [github({ StringEquals: aud, "ForAllValues:StringLike": { [`${host}:sub`]: exact } })],
    "fail",
  ],
  [7, "no audience", [github({ StringEquals: { ...numbered, [`${host}:sub`]: exact } })], "undetermined"],
  [8, "an owner", [like("repo:octo/*")], "fail"],
  [9, "pull requests", [like("repo:octo/app:pull_request")], "fail"],
  [10, "a name that others can begin with", [like("repo:octo/app*:*")], "fail"],
  [11, "a wildcard in the first word", [like("rep*:octo/app:*")], "fail"],
  [12, "everybody", [github({}, { Principal: "*" })], "fail"],
  [
    13,
    "GitLab without a subject",
    [trusting("gitlab.com", { StringEquals: { "gitlab.com:aud": "a" } })],
    "fail",
  ],
  [
    14,
    "an enterprise's issuer, by its own keys",
    [
      trusting(`${host}/octo-corp`, {
        StringEquals: { [`${host}/octo-corp:aud`]: "sts.amazonaws.com", [`${host}/octo-corp:sub`]: exact },
      }),
    ],
    "pass",
  ],
  [
    15,
    "a subject with the numbers in it",
    [github({ StringEquals: { ...aud, [`${host}:sub`]: "repo:octo@1/app@2:ref:refs/heads/main" } })],
    "pass",
  ],
])("%i: %s", (_, __, statements, expected) => {
  expect(verdict({ Version: "2012-10-17", Statement: statements })).toBe(expected);
});

/** Two roles that share a subject are a matter of the whole stack: see the rule about environments. */
it.each<[string, Value, "pass" | "fail" | "undetermined"]>([
  [
    "keys in another case",
    { Statement: github({ StringEquals: { ...aud, ...numbered, [`${host.toUpperCase()}:SUB`]: exact } }) },
    "pass",
  ],
  [
    "a loose key in another case",
    { Statement: github({ StringEquals: aud, StringLike: { [`${host}:Sub`]: "repo:*" } }) },
    "fail",
  ],
  [
    "a star that StringEquals takes as it is",
    { Statement: github({ StringEquals: { ...aud, ...numbered, [`${host}:sub`]: "*" } }) },
    "pass",
  ],
  [
    "a reusable workflow alone",
    {
      Statement: github({
        StringEquals: {
          ...aud,
          [`${host}:job_workflow_ref`]: "octo/ci/.github/workflows/a.yml@refs/heads/main",
        },
      }),
    },
    "fail",
  ],
  [
    "an environment alone",
    { Statement: github({ StringEquals: { ...aud, [`${host}:environment`]: "production" } }) },
    "fail",
  ],
  [
    "two issuers, of which one's tokens pass",
    {
      Statement: github(
        { StringEquals: { "ci.example.com:aud": "a" } },
        { Principal: { Federated: [provider(host), provider("ci.example.com")] } },
      ),
    },
    "fail",
  ],
  [
    "a server of one's own, all of it",
    {
      Statement: trusting("github.example.com/_services/token", {
        StringLike: { "github.example.com/_services/token:sub": "repo:*" },
      }),
    },
    "fail",
  ],
  [
    "a company's own GitHub, one environment",
    {
      Statement: trusting("token.actions.octo.ghe.com", {
        StringEquals: {
          "token.actions.octo.ghe.com:aud": "sts.amazonaws.com",
          "token.actions.octo.ghe.com:sub": exact,
        },
      }),
    },
    "pass",
  ],
  ["every action of STS", { Statement: github({}, { Action: "sts:*" }) }, "fail"],
  [
    "an ARN that is not known yet, and loose keys",
    { Statement: { ...like("repo:*"), Principal: { Federated: unknown } } },
    "fail",
  ],
  [
    "an ARN that is not known yet, and tight keys",
    { Statement: { ...tight, Principal: { Federated: unknown } } },
    "pass",
  ],
  ["the document as an object", { Statement: [tight] }, "pass"],
  ["the document as a text", JSON.stringify({ Statement: [like("repo:*")] }), "fail"],
  ["a document that is not known yet", unknown, "undetermined"],
  [
    "a Google account by its number",
    {
      Statement: {
        Effect: "Allow",
        Principal: { Federated: "accounts.google.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "accounts.google.com:sub": "104517900000000000001",
            "accounts.google.com:oaud": "aws",
          },
        },
      },
    },
    "pass",
  ],
  [
    "every Google account, for one audience that the caller chooses",
    {
      Statement: {
        Effect: "Allow",
        Principal: { Federated: "accounts.google.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "accounts.google.com:oaud": "aws" } },
      },
    },
    "fail",
  ],
  [
    "a Google account by its address",
    {
      Statement: {
        Effect: "Allow",
        Principal: { Federated: "accounts.google.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "accounts.google.com:email": "deploy@acme.iam.gserviceaccount.com",
            "accounts.google.com:oaud": "aws",
          },
        },
      },
    },
    "fail",
  ],
])("%s", (_, document, expected) => {
  expect(verdict(document)).toBe(expected);
});
