import fc from "fast-check";
import { run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import type { Props } from "../../../../policy-packs/nhi/testing";
import { toPolicy } from "../../../../policy-packs/nhi/to-policy";
import { federatedTrustIsBounded } from "../../../../policy-packs/nhi/rules/federated-trust-is-bounded";
import { analyze, unknownText } from "../../../support/analyze";

const type = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
const github = "https://token.actions.githubusercontent.com";
const policies = [toPolicy(federatedTrustIsBounded)];

/** What the pack says of a provider: nothing, or how sure it is. */
async function verdict(condition: string | undefined, change: Props = {}): Promise<string> {
  const { diagnostics } = await analyze(policies, type, "thing", {
    attributeMapping: {
      "google.subject": "assertion.sub",
      "attribute.repository_id": "assertion.repository_id",
    },
    oidc: { issuerUri: github },
    ...(condition !== undefined && { attributeCondition: condition }),
    ...change,
  });
  const [first] = diagnostics;
  if (first === undefined) return "pass";
  return first.level === "mandatory"
    ? "fail"
    : first.message.includes("Undetermined")
      ? "undetermined"
      : "advice";
}

const tight = "assertion.repository_id == '456789' && assertion.ref == 'refs/heads/main'";
const gitlab = { oidc: { issuerUri: "https://gitlab.com" } };
const aws = { oidc: null, aws: { accountId: "123456789012" } };

describe("conditions", () => {
  it.each<[string, string | undefined, string, Props?]>([
    ["none", undefined, "fail"],
    ["an empty one", " ", "fail"],
    ["a tautology", "true", "fail"],
    ["a tautology of values", "1 == 1", "fail"],
    ["a tautology of a claim with itself", "assertion.sub == assertion.sub", "fail"],
    ["an escape", `${tight} || true`, "fail"],
    ["an escape by precedence", `${tight} || assertion.ref == 'refs/heads/main'`, "fail"],
    ["a negation", "assertion.repository_id != '1'", "fail"],
    ["a negation of the whole", "!(assertion.repository_id == '1')", "fail"],
    ["a claim that is there", "has(assertion.sub) && size(assertion.sub) > 0", "fail"],
    ["a part of a name", "assertion.repository.contains('octo')", "fail"],
    ["an end of a name", "assertion.repository.endsWith('/app')", "fail"],
    ["a beginning of a name", "assertion.repository.startsWith('octo')", "fail"],
    ["an open pattern", "assertion.repository.matches('octo/app')", "fail"],
    ["a pattern that begins openly", "assertion.repository.matches('^octo')", "fail"],
    ["a pattern that ends openly", "assertion.sub.matches('^repo:octo')", "fail"],
    [
      "a pattern whose last character may be missing",
      "assertion.arn.matches('^arn:aws:sts::123456789012:assumed-role/gcp-export/?')",
      "fail",
      aws,
    ],
    ["what anybody can be named", "assertion.actor == 'octocat'", "fail"],
    ["an owner's name", "assertion.repository_owner == 'octo'", "fail"],
    ["a list with a stranger's choice", "assertion.sub in ['repo:octo/app:pull_request']", "fail"],
    ["a length", "size(assertion.repository) == 8", "fail"],
    ["a number's order", "assertion.repository_id >= '456789'", "fail"],
    ["two claims that are alike", "assertion.actor == assertion.repository_owner", "fail"],
    ["an attribute that is true", "assertion.repository_id == '1' || assertion.ok", "fail"],
    [
      "a choice whose other side is open",
      "assertion.ref == 'x' ? assertion.repository_id == '1' : true",
      "fail",
    ],
    ["a pattern with an alternative", "assertion.repository.matches('^octo/app$|x')", "undetermined"],
    ["a list that is no list of texts", "assertion.repository_id in [assertion.actor]", "undetermined"],
    ["an attribute that is not mapped", "attribute.team == 'web'", "undetermined"],
    ["a number in place of a text", "assertion.repository_id == 456789", "undetermined"],
    ["a macro", "assertion.groups.exists(g, g == 'web')", "undetermined"],
    ["an expression that is none", "assertion.sub ==", "undetermined"],
    ["a function that nobody knows", "check(assertion.sub)", "undetermined"],
    ["a value that is not known yet", unknownText, "undetermined"],
    [
      "an owner's number, with a binding that has to name the rest",
      "assertion.repository_owner_id == '123456'",
      "advice",
    ],
    ["a number that GitLab writes as a text", "assertion.project_id != 20", "fail", gitlab],
    ["a namespace that begins so", "assertion.namespace_path.startsWith('acme')", "fail", gitlab],
    [
      "an alias of what anybody can choose",
      "attribute.owner == 'octo'",
      "fail",
      { attributeMapping: { "attribute.owner": "assertion.actor" } },
    ],
    [
      "an alias through another alias",
      "attribute.owner == 'octo'",
      "fail",
      {
        attributeMapping: { "attribute.owner": "attribute.who", "attribute.who": "string(assertion.actor)" },
      },
    ],
    [
      "an alias that is a choice of two",
      "attribute.who == 'octo/app'",
      "fail",
      { attributeMapping: { "attribute.who": "has(assertion.x) ? assertion.x : assertion.repository" } },
    ],
    [
      "a name that is put together of what anybody can choose",
      "google.subject == 'octo:main'",
      "fail",
      { attributeMapping: { "google.subject": "assertion.actor + ':' + assertion.ref" } },
    ],
    [
      "an attribute by the name of a claim that it is not made of",
      tight,
      "fail",
      { attributeMapping: { "attribute.repository_id": "assertion.actor" } },
    ],
    ["an account without a role", undefined, "fail", aws],
    ["a certificate of any holder", undefined, "fail", { oidc: null, x509: { trustStore: {} } }],
    [
      "a tenant's audience, with bindings that have to name the rest",
      undefined,
      "advice",
      { oidc: { issuerUri: "https://api.pulumi.com/oidc", allowedAudiences: ["gcp:octo"] } },
    ],
    [
      "no audience where it names the tenant",
      undefined,
      "fail",
      { oidc: { issuerUri: "https://api.pulumi.com/oidc" } },
    ],
    [
      "an audience of another service",
      tight,
      "advice",
      { oidc: { issuerUri: github, allowedAudiences: ["sts.amazonaws.com"] } },
    ],
    [
      "a claim of an own issuer's that only its owner knows",
      "assertion.team == 'web'",
      "undetermined",
      { oidc: { issuerUri: "https://id.example.com" } },
    ],
    ["a part of a role's name", "assertion.arn.contains('gcp-export')", "fail", aws],
    [
      "a beginning of a role's name",
      "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/gcp')",
      "fail",
      aws,
    ],
  ])("%s", async (...row) => {
    expect(await verdict(row[1], row[3])).toBe(row[2]);
  });

  const tightOnes: [name: string, condition: string, change?: Props][] = [
    ["a number and a branch", tight],
    [
      "in another order, with other quotes",
      'assertion.ref == "refs/heads/main" && (assertion.repository_id == "456789")',
    ],
    ["the value first", "'456789' == assertion.repository_id && 'refs/heads/main' == assertion.ref"],
    [
      "a list of subjects with a number",
      "assertion.repository_id == '456789' && assertion.sub in ['repo:octo/app:environment:production']",
    ],
    [
      "either of two that are tight",
      `(${tight}) || (assertion.repository_id == '1' && assertion.environment == 'production')`,
    ],
    ["a choice of two that are tight", `assertion.ref_type == 'tag' ? ${tight} : ${tight}`],
    [
      "an anchored pattern",
      "assertion.repository_id == '456789' && assertion.ref.matches('^refs/heads/main$')",
    ],
    [
      "an attribute of the mapping",
      "attribute.repository_id == '456789' && assertion.ref == 'refs/heads/main'",
    ],
    [
      "a claim with a slash",
      "assertion['oidc.circleci.com/project-id'] == 'p'",
      { oidc: { issuerUri: "https://oidc.circleci.com/org/o" } },
    ],
    [
      "a role of AWS whose session is open",
      "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/gcp-export/')",
      aws,
    ],
    [
      "an inequality that is denied",
      `!(assertion.repository_id != '456789') && assertion.ref == 'refs/heads/main'`,
    ],
    [
      "an alternative that is denied",
      `!(assertion.repository_id != '456789' || assertion.ref != 'refs/heads/main')`,
    ],
    [
      "a number that is made of a text",
      "int(assertion.repository_id) == 456789 && assertion.ref == 'refs/heads/main'",
    ],
    [
      "a subject of the mapping's that is put together",
      "google.subject == '456789:refs/heads/main'",
      { attributeMapping: { "google.subject": "assertion.repository_id + ':' + assertion.ref" } },
    ],
    [
      "a subject of the mapping's with a text before it and behind it",
      "google.subject == 'ci/456789/deploy' && assertion.ref == 'refs/heads/main'",
      { attributeMapping: { "google.subject": "'ci/' + assertion.repository_id + '/deploy'" } },
    ],
    [
      "GCP's own attribute of a role of AWS",
      "attribute.aws_role == 'arn:aws:sts::123456789012:assumed-role/gcp-export'",
      { ...aws, attributeMapping: null },
    ],
    ["a role of AWS by its number", "assertion.userid.startsWith('AROA1234567890ABCDEFG:')", aws],
    [
      "a certificate's holder",
      "assertion.san.uri == 'spiffe://example.org/orders/api'",
      { oidc: null, x509: { trustStore: {} } },
    ],
    [
      "a service account of a cluster, by the claims in its claim",
      "assertion['kubernetes.io'].namespace == 'orders' && assertion['kubernetes.io'].serviceaccount.name == 'api'",
      { oidc: { issuerUri: "https://oidc.k8s.example.com" } },
    ],
    [
      "a role of AWS taken out of its ARN",
      "assertion.arn.extract('assumed-role/{role}/') == 'gcp-export'",
      aws,
    ],
    [
      "GitLab's number and a protected branch",
      "assertion.project_id == '20' && assertion.ref_protected == 'true'",
      gitlab,
    ],
    [
      "the issuer in another spelling",
      tight,
      { oidc: { issuerUri: "https://Token.Actions.GithubUserContent.com:443/" } },
    ],
  ];
  it.each(tightOnes.map(([name, condition, change]) => ({ name, condition, change })))(
    "passes $name",
    async ({ condition, change }) => {
      expect(await verdict(condition, change)).toBe("pass");
    },
  );

  it("only advises for an issuer of one's own, whose subjects the bindings name", async () => {
    expect(await verdict(undefined, { oidc: { issuerUri: "https://oidc.k8s.example.com" } })).toBe("advice");
  });

  it("refuses fixed keys for an issuer that has its own", async () => {
    expect(await verdict(tight, { oidc: { issuerUri: github, jwksJson: '{"keys":[]}' } })).toBe("fail");
    expect(
      await verdict("assertion.sub == 'system:serviceaccount:a:b'", {
        oidc: { issuerUri: "https://kubernetes.default.svc", jwksJson: '{"keys":[]}' },
      }),
    ).toBe("pass");
  });
});

describe("whatever is written", () => {
  /** Comparisons as people write them, tight and loose. */
  const atom = fc.oneof(
    fc.constantFrom(
      "assertion.repository_id == '456789'",
      "'456789' == assertion['repository_id']",
      "assertion.repository_owner_id == '123456'",
      "assertion.ref == 'refs/heads/main'",
      "assertion.repository == 'octo/app'",
      "assertion.sub == 'repo:octo/app:ref:refs/heads/main'",
      "assertion.sub in ['repo:octo/app:ref:refs/heads/main', 'repo:octo/app:environment:production']",
      "assertion.repository.matches('^octo/app$')",
      "assertion.sub.startsWith('repo:octo/app:ref:refs/heads/')",
    ),
    fc.constantFrom(
      "assertion.actor == 'mallory'",
      "assertion.environment == 'production'",
      "assertion.job_workflow_ref == 'octo/flows/.github/workflows/deploy.yml@refs/heads/main'",
      "assertion.repository.startsWith('octo')",
      "assertion.repository.contains('o')",
      "assertion.repository.endsWith('/app')",
      "assertion.repository.matches('octo/app')",
      "assertion.repository.matches('^octo|app$')",
      "assertion.repository.matches('^octo/*')",
      "assertion.sub.matches('^repo:octo')",
      "assertion.sub != ''",
      "assertion.repository_id != 456789",
      "assertion.repository_id == 456789",
      "size(assertion.repository) == 13",
      "assertion.repository_id > '4'",
      "has(assertion.actor)",
      "has(assertion.nothing)",
      "assertion.ref in ['refs/heads/main']",
      "assertion.repository_id in []",
      "assertion.repository_owner + '/app' == 'octo/app'",
      "assertion.actor + '-evil/app' == 'octo-evil/app'",
      "assertion.ref == assertion.ref",
      "assertion.ref.split('/').exists(part, part == 'main')",
      "true",
      "false",
    ),
  );
  const expression = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      { weight: 3, arbitrary: atom },
      { weight: 2, arbitrary: fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(${a} && ${b})`) },
      { weight: 2, arbitrary: fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(${a} || ${b})`) },
      fc.tuple(tie("any"), tie("any"), tie("any")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      tie("any").map((a) => `!(${a})`),
      tie("any").map((a) => `(${a}) == false`),
      tie("any").map((a) => `((${a}) != true)`),
    ),
  })).any;
  /** What anybody can have: only the names and numbers of the tenant's own are out of reach. */
  const strangers = [
    { repository: "octo-evil/app", actor: "mallory" },
    { repository: "octo-evil/app", actor: "octo" },
    { repository: "evil/octo", actor: "octocat" },
    { repository: "evil/octo-app", actor: "mallory", environment: "production" },
  ].map((claims) => ({
    sub: `repo:${claims.repository}:ref:refs/heads/main`,
    repository_owner: claims.repository.split("/")[0] ?? "",
    repository_id: "666",
    repository_owner_id: "999",
    ref: "refs/heads/main",
    job_workflow_ref: "octo/flows/.github/workflows/deploy.yml@refs/heads/main",
    ...claims,
  }));
  const letsIn = (condition: string) =>
    strangers.some((assertion) => {
      try {
        return run(condition, { assertion }, { funcs: strings }) === true;
      } catch {
        return false;
      }
    });

  it("does not pass what lets a stranger in, by another reading of the language", async () => {
    let open = 0;
    await fc.assert(
      fc.asyncProperty(expression, async (condition) => {
        if (!letsIn(condition)) return;
        open += 1;
        expect([condition, ["fail", "undetermined"].includes(await verdict(condition))]).toEqual([
          condition,
          true,
        ]);
      }),
      { numRuns: 2500 },
    );
    expect(open).toBeGreaterThan(300);
  });

  it("says the same of a condition in other words", async () => {
    await fc.assert(
      fc.asyncProperty(expression, expression, async (one, other) => {
        const said = await verdict(`(${one}) && (${other})`);
        for (const same of [
          `(${other}) && (${one})`,
          `((${one})) && ((${other}))`,
          `(${one}) && (${other})`.replaceAll("'", '"'),
          `!(!(${one}) || !(${other}))`,
        ])
          expect([same, await verdict(same)]).toEqual([same, said]);
      }),
      { numRuns: 300 },
    );
  });

  const worth = ["pass", "advice", "undetermined", "fail"];
  it("is no looser with one more condition, and no tighter with one more alternative", async () => {
    await fc.assert(
      fc.asyncProperty(expression, expression, async (one, other) => {
        const [alone, and, or] = await Promise.all([
          verdict(one),
          verdict(`(${one}) && (${other})`),
          verdict(`(${one}) || (${other})`),
        ]);
        expect({ one, other, holds: alone !== "pass" || and === "pass" }).toMatchObject({ holds: true });
        expect({ one, other, holds: alone !== "fail" || worth.indexOf(or) > 0 }).toMatchObject({
          holds: true,
        });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["a hundred thousand characters", `assertion.sub == '${"a".repeat(100_000)}'`],
    ["ten thousand brackets", `${"(".repeat(10_000)}true${")".repeat(10_000)}`],
    ["a pattern that takes for ever", "assertion.sub.matches('^(a+)+$')"],
    ["a mapping in a circle", "attribute.a == 'x'"],
    ["a mapping that grows in a circle", `attribute.c == '${"x:".repeat(1500)}'`],
    ["choices in choices", `${"(".repeat(500)}assertion.a${" ? assertion.b : assertion.c)".repeat(130)}`],
    ["choices that choose choices", `${"(".repeat(300)}true${" ? true : true)".repeat(300)}`],
    ["half a character", "assertion.sub == '\ud800'"],
  ])("comes to an end with %s", async (_, condition) => {
    const mapping = {
      attributeMapping: {
        "attribute.a": "attribute.b",
        "attribute.b": "attribute.a",
        "attribute.c": "has(assertion.x) ? assertion.actor : attribute.c + ':' + attribute.c",
      },
    };
    expect(["undetermined", "fail"]).toContain(await verdict(condition, mapping));
  });
});
