import fc from "fast-check";
import { trustFindings } from "../../../../policy-packs/nhi/aws/trust";
import type { Value } from "../../../../policy-packs/nhi/value";
import { verdictOf } from "../issuers/judge";
import { isLetIn, type Token, type TrustStatement } from "./strangers";

const host = "token.actions.githubusercontent.com";
const runs = 5_000;

/** Documents as people write them: the right words, in right and wrong combinations. */
const subject = fc.constantFrom(
  "repo:octo/app:environment:production",
  "repo:octo@1/app@2:environment:production",
  "repo:octo/app:ref:refs/heads/main",
  "repo:octo/app:*",
  "repo:octo/app*",
  "repo:octo/*",
  "repo:octo*:*",
  "repo:*",
  "*",
  "repo:octo/app:pull_request",
  "environment:production",
  "repo:octo/ap?:environment:production",
  "repo:octo/app:????_???????",
  "repo:octo/app:environment:*",
  "repo:octo/app:environment:??????????",
  "repo:octo/app:ref:refs/heads/*",
  "repo:octo/app:ref:refs/heads/ma*",
  "repo:octo/app:Pull_Request",
  "repo:octo@*/app@*:environment:production",
);
const operator = fc.constantFrom(
  "StringEquals",
  "StringLike",
  "StringLikeIfExists",
  "StringEqualsIfExists",
  "StringNotEquals",
  "StringNotLike",
  "ForAllValues:StringLike",
  "ForAnyValue:StringLike",
  "ForAnyValue:StringEquals",
  "StringEqualsIgnoreCase",
  "Null",
);
const some = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));
const comparison = fc.oneof(
  fc.tuple(operator, fc.constant("sub"), some(subject)),
  fc.tuple(
    operator,
    fc.constant("aud"),
    some(fc.constantFrom("sts.amazonaws.com", "*", "https://github.com/octo")),
  ),
  fc.tuple(operator, fc.constant("repository_id"), some(fc.constantFrom("2", "*", "2*"))),
  fc.tuple(operator, fc.constant("environment"), some(fc.constantFrom("production", "*"))),
  fc.tuple(operator, fc.constant("ref"), some(fc.constantFrom("refs/heads/main", "refs/heads/*"))),
  fc.tuple(operator, fc.constant("repository"), some(fc.constantFrom("octo/app", "octo/*"))),
);
const statement = fc
  .record({
    effect: fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
    host: fc.constantFrom(host, host, host, "gitlab.com"),
    action: fc.constantFrom(
      "sts:AssumeRoleWithWebIdentity",
      "sts:*",
      "sts:AssumeRole",
      "sts:AssumeRoleWith*",
    ),
    comparisons: fc.array(comparison, { maxLength: 3 }),
  })
  .map(({ effect, host: issuer, action, comparisons }): TrustStatement => {
    const conditions: NonNullable<TrustStatement["Condition"]> = {};
    for (const [name, claim, values] of comparisons) (conditions[name] ??= {})[`${issuer}:${claim}`] = values;
    return {
      Effect: effect,
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
      Action: action,
      Condition: conditions,
    };
  });
const document = fc.array(statement, { minLength: 1, maxLength: 3 });

const judge = (statements: object[]) => {
  const findings = trustFindings("p", { Version: "2012-10-17", Statement: statements as unknown as Value[] });
  return { findings, verdict: verdictOf(findings) };
};

/** Tokens of others: another owner, a name that begins alike, another repository of the owner. */
const strangers: Token[] = [
  { sub: "repo:mallory/app:environment:production", repository_id: "3" },
  { sub: "repo:octopus/app:environment:production", repository_id: "4" },
  { sub: "repo:octo/apples:environment:production", repository_id: "5" },
  { sub: "repo:octo/other:environment:production", repository_id: "6" },
  { sub: "repo:mallory@9/app@3:ref:refs/heads/main", repository_id: "3" },
  { sub: "environment:production", repository_id: "3" },
].flatMap((token) =>
  ["sts.amazonaws.com", "https://github.com/octo"].map((aud) => ({
    ...token,
    aud,
    environment: "production",
    ref: "refs/heads/main",
    repository: "octo/other",
  })),
);

/** Tokens of the repository itself, that nobody has to approve: a pull request, a new branch, a new environment. */
const unreviewed: Token[] = [
  { sub: "repo:octo/app:pull_request", ref: "refs/pull/1/merge" },
  { sub: "repo:octo/app:ref:refs/heads/matters", ref: "refs/heads/matters" },
  { sub: "repo:octo/app:environment:playground", ref: "refs/heads/matters", environment: "playground" },
].map((token) => ({ ...token, aud: "sts.amazonaws.com", repository: "octo/app", repository_id: "2" }));

it("never passes a document that lets a stranger in", () => {
  let strangersLetIn = 0;
  fc.assert(
    fc.property(document, (statements) => {
      const isOpen = strangers.some((token) => isLetIn(statements, host, token));
      if (isOpen) strangersLetIn += 1;
      return !isOpen || judge(statements).verdict === "fail";
    }),
    { numRuns: runs },
  );
  // The documents are of both kinds: the property is not true for want of cases.
  expect(strangersLetIn).toBeGreaterThan(runs / 20);
});

it("never passes in silence a document that lets in what nobody reviewed", () => {
  let letIn = 0;
  fc.assert(
    fc.property(document, (statements) => {
      const isOpen = unreviewed.some((token) => isLetIn(statements, host, token));
      if (isOpen) letIn += 1;
      return !isOpen || judge(statements).verdict !== "pass";
    }),
    { numRuns: runs },
  );
  expect(letIn).toBeGreaterThan(runs / 20);
});

it("judges documents alike that mean the same", () => {
  const upper = (statements: object[]) =>
    JSON.parse(
      JSON.stringify(statements).replace(/"(Effect|Principal|Federated|Action|Condition)":/g, (key) =>
        key.toUpperCase(),
      ),
    ) as object[];
  const listed = (statements: TrustStatement[]) =>
    statements.map(({ Action, Principal, ...rest }) => ({
      ...rest,
      Action: [Action].flat(),
      Principal: { Federated: Object.values(Principal).flat() },
    }));
  fc.assert(
    fc.property(document, (statements) => {
      const { verdict } = judge(statements);
      expect(judge([...statements].reverse()).verdict).toBe(verdict);
      expect(judge(upper(statements)).verdict).toBe(verdict);
      expect(judge(listed(statements)).verdict).toBe(verdict);
      expect(verdictOf(trustFindings("p", JSON.stringify({ Statement: statements })))).toBe(verdict);
    }),
    { numRuns: runs / 5 },
  );
});

it("never turns a failure into a pass when a statement is added", () => {
  fc.assert(
    fc.property(document, statement, (statements, added) => {
      fc.pre(judge(statements).verdict === "fail");
      expect(judge([...statements, added]).verdict).toBe("fail");
    }),
    { numRuns: runs / 5 },
  );
});

it("never turns a pass into anything else when a comparison is added", () => {
  fc.assert(
    fc.property(document, comparison, (statements, [name, claim, values]) => {
      const key = `${host}:${claim}`;
      // Added, not put in the place of a comparison that is there: that could widen it.
      fc.pre(statements.every(({ Condition }) => !(key in (Condition?.[name] ?? {}))));
      const narrower = statements.map((one) => ({
        ...one,
        Condition: { ...one.Condition, [name]: { ...one.Condition?.[name], [key]: values } },
      }));
      fc.pre(judge(statements).verdict === "pass");
      expect(judge(narrower).verdict).toBe("pass");
    }),
    { numRuns: runs / 5 },
  );
});

it("takes any JSON as a document: it neither throws nor repeats what is in it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      for (const given of [value as Value, JSON.stringify(value)])
        for (const { says } of trustFindings("p", given)) expect(typeof says).toBe("string");
    }),
    { numRuns: runs / 5 },
  );
});

it.each<[string, Value]>([
  ["ten megabytes", "[".repeat(10_000_000)],
  ["a hundred thousand brackets", "[".repeat(100_000)],
  ["half a character", '{"Statement": [{"Effect": "Allow\uD800"}]}'],
  ["keys that JavaScript has plans for", '{"__proto__": {"Statement": []}, "constructor": 1}'],
  [
    "a statement under __proto__",
    '{"Statement": {"__proto__": {"Effect": "Allow", "Principal": "*", "Action": "*"}}}',
  ],
])("reads %s to an end", (_, value) => {
  expect(verdictOf(trustFindings("p", value))).not.toBe("fail");
});

it("matches a wildcard bomb without going through every way to match it", () => {
  const bomb = `${"*a".repeat(2_000)}*b`;
  const { verdict } = judge([
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::1:oidc-provider/${host}` },
      Action: bomb,
      Condition: { StringLike: { [`${host}:sub`]: bomb } },
    },
  ]);
  expect(verdict).toBe("pass");
});

const github = {
  Effect: "Allow",
  Principal: { Federated: `arn:aws:iam::1:oidc-provider/${host}` },
  Action: "sts:AssumeRoleWithWebIdentity",
};
const longTrust = (issuer: string, subject: string, count: number): Value => ({
  Statement: Array.from({ length: count }, () => ({
    Effect: "Allow",
    Principal: { Federated: `arn:aws:iam::1:oidc-provider/${issuer}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringLike: { [`${issuer}:sub`]: subject } },
  })),
});

// A second is many times what the slowest of them takes; what grows with the square of the length would take minutes.
it.each<[string, Value]>([
  ["as much text as is read", JSON.stringify(longTrust(host, "*", 400))],
  ["as many claims as are read", longTrust(host, `${"repo:".repeat(19_000)}*`, 1)],
  ["as many parts as are read", longTrust("gitlab.com", `project_path:${"a/".repeat(48_000)}`, 1)],
  ["a subject with a million parts", longTrust("gitlab.com", `project_path:${"a/".repeat(1_000_000)}`, 1)],
  ["a million claims in a subject", longTrust(host, `${"repo:".repeat(1_000_000)}*`, 1)],
  ["a million dots in an issuer", longTrust("a.".repeat(1_000_000), "x", 1)],
  ["a million wildcards", longTrust("ci.example.com", "*a".repeat(1_000_000), 1)],
  [
    "a million values",
    {
      Statement: {
        ...github,
        Condition: { StringLike: { [`${host}:sub`]: Array<Value>(1_000_000).fill("repo:a/b:*") } },
      },
    },
  ],
])("judges %s in less than a second", (_, value) => {
  const start = performance.now();
  trustFindings("p", value);
  expect(performance.now() - start).toBeLessThan(1_000);
});
