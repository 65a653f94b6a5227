import fc from "fast-check";
import { run } from "@bufbuild/cel";
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
    ["what anybody can be named", "assertion.actor == 'octocat'", "fail"],
    ["an owner's name", "assertion.repository_owner == 'octo'", "fail"],
    ["a list with a stranger's choice", "assertion.sub in ['repo:octo/app:pull_request']", "fail"],
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
    ["an account without a role", undefined, "fail", aws],
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
  const atom = fc.constantFrom(
    "assertion.repository_id == '456789'",
    "assertion.repository_owner_id == '123456'",
    "assertion.ref == 'refs/heads/main'",
    "assertion.repository == 'octo/app'",
    "assertion.sub == 'repo:octo/app:ref:refs/heads/main'",
    "assertion.actor == 'mallory'",
    "assertion.repository.startsWith('octo')",
    "assertion.repository.contains('o')",
    "assertion.sub != ''",
    "true",
  );
  const expression = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(${a} && ${b})`),
      fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(${a} || ${b})`),
      tie("any").map((a) => `!(${a})`),
    ),
  })).any;
  const stranger = {
    sub: "repo:octo-evil/app:ref:refs/heads/main",
    repository: "octo-evil/app",
    repository_id: "666",
    repository_owner_id: "999",
    ref: "refs/heads/main",
    actor: "mallory",
  };

  it("does not pass what lets a stranger in, by another reading of the language", async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (condition) => {
        if (run(condition, { assertion: stranger }) !== true) return;
        expect([condition, await verdict(condition)]).not.toEqual([condition, "pass"]);
      }),
      { numRuns: 500 },
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
    ["half a character", "assertion.sub == '\ud800'"],
  ])("comes to an end with %s", async (_, condition) => {
    const mapping = { attributeMapping: { "attribute.a": "attribute.b", "attribute.b": "attribute.a" } };
    expect(["undetermined", "fail"]).toContain(await verdict(condition, mapping));
  });
});
