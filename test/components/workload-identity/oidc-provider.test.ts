import { AwsOidcProvider, GithubOidcProvider, NhiKind, type AwsOidcProviderArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";

const metadata = {
  owner: "team-platform",
  purpose: "let pipelines in",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const args: AwsOidcProviderArgs = { metadata, accountId: "123456789012", issuer: "https://gitlab.com" };
const arn = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
const tags = {
  "nhi:owner": "team-platform",
  "nhi:purpose": "let pipelines in",
  "nhi:environment": "production",
  "nhi:kind": "pipeline",
  "nhi:review-by": "2027-06-30",
};
const own = "organization/project/stack/gitlab";

/** What the AWS provider answers: nothing there, or a provider with these audiences and tags. */
const nothing = () => {
  // The SDK reads what a provider says from the error's details, as gRPC has it.
  throw Object.assign(new Error("invoke failed"), {
    details:
      "reading IAM OIDC Provider: operation error IAM: GetOpenIDConnectProvider, StatusCode: 404, NoSuchEntity: OpenIDConnect Provider not found",
  });
};
const account = (clientIdLists: string[], stack?: string) => (token: string, inputs: object) => {
  expect([token, inputs]).toEqual(["aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider", { arn }]);
  return { arn, clientIdLists, tags: stack === undefined ? {} : { "nhi:stack": stack } };
};

const made = {
  type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  name: "gitlab",
  parent: "AwsOidcProvider gitlab",
  inputs: {
    url: "https://gitlab.com",
    clientIdLists: ["sts.amazonaws.com"],
    tags: { ...tags, "nhi:stack": own },
  },
};
const component = {
  type: "nhi:index:AwsOidcProvider",
  name: "gitlab",
  inputs: args,
  outputs: { providerArn: arn },
};

it("makes the provider when the account has none", async () => {
  expect(await registeredBy(() => new AwsOidcProvider("gitlab", args), { call: nothing })).toEqual([
    made,
    component,
  ]);
});

it("goes on keeping the provider that it made", async () => {
  const call = account(["sts.amazonaws.com"], own);
  expect(await registeredBy(() => new AwsOidcProvider("gitlab", args), { call })).toEqual([made, component]);
});

it("changes its own provider's audiences", async () => {
  const call = account(["sts.amazonaws.com"], own);
  const audiences = ["sts.amazonaws.com", "aws:acme"];
  const [provider] = await registeredBy(() => new AwsOidcProvider("gitlab", { ...args, audiences }), {
    call,
  });
  expect(provider?.inputs).toEqual({ ...made.inputs, clientIdLists: audiences });
});

it.each([
  ["another stack's", "acme/base/prod/gitlab"],
  ["nobody's that is known", undefined],
])("looks up a provider that is %s, and has the same ARN", async (_, stack) => {
  const call = account(["sts.amazonaws.com", "other"], stack);
  const registered = await registeredBy(() => new AwsOidcProvider("gitlab", args), { call });
  expect(registered.filter(({ type }) => type === made.type).map(({ inputs }) => inputs)).not.toContainEqual(
    expect.objectContaining({ url: expect.anything() as unknown }),
  );
  expect(registered.find(({ type }) => type === component.type)?.outputs).toEqual({ providerArn: arn });
});

it("has GitHub's issuer", async () => {
  const { metadata: m, accountId } = args;
  const [provider] = await registeredBy(() => new GithubOidcProvider("github", { metadata: m, accountId }), {
    call: nothing,
  });
  expect(provider).toMatchObject({
    parent: "GithubOidcProvider github",
    inputs: { url: "https://token.actions.githubusercontent.com", clientIdLists: ["sts.amazonaws.com"] },
  });
});

describe("what is refused", () => {
  const issuer = (got: string) =>
    "issuer must be the issuer's URL as its tokens have it: https, the host in lower case, no slash at the end, " +
    `got "${got}".`;

  it.each<[string, Partial<AwsOidcProviderArgs>, string]>([
    ["an issuer without https", { issuer: "http://gitlab.com" }, issuer("http://gitlab.com")],
    ["an issuer in upper case", { issuer: "https://GitLab.com" }, issuer("https://GitLab.com")],
    ["an issuer with a slash at its end", { issuer: "https://gitlab.com/" }, issuer("https://gitlab.com/")],
    ["an issuer with a query", { issuer: "https://gitlab.com/a?b" }, issuer("https://gitlab.com/a?b")],
    [
      "an issuer with a port",
      { issuer: "https://gitlab.com:8443" },
      'issuer must have no port, which AWS takes for no issuer, got "https://gitlab.com:8443".',
    ],
    ["no audience", { audiences: [] }, "audiences must list 1 to 100 audiences, got 0."],
    [
      "any audience",
      { audiences: ["sts.amazonaws.com", "*"] },
      'audiences[1] must be one exact value of at most 255 characters, got "*".',
    ],
    ["an audience twice", { audiences: ["a", "a"] }, 'audiences[1] must be there once, got "a" again.'],
    ["an account's name", { accountId: "prod" }, 'accountId must be 12 digits, got "prod".'],
  ])("%s", async (_, change, says) => {
    expect(await refusalOf(() => new AwsOidcProvider("gitlab", { ...args, ...change }))).toBe(
      `AwsOidcProvider "gitlab": ${says}`,
    );
  });
});
