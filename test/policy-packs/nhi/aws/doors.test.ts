import fc from "fast-check";
import { awsBreakGlass } from "../../../../policy-packs/nhi/aws/break-glass";
import { awsJitAccess } from "../../../../policy-packs/nhi/aws/jit";
import { awsThirdParties } from "../../../../policy-packs/nhi/aws/third-parties";
import type { Resource } from "../../../../policy-packs/nhi/rule";
import type { Value } from "../../../../policy-packs/nhi/value";
import { verdictOf } from "../issuers/judge";

/** What is true of every judge of who gets in, whatever the statements are. */
interface Statement {
  Effect: string;
  Principal: Value;
  Action: Value;
  Resource: string;
  Condition: Record<string, Record<string, Value>>;
}

const own = "123456789012";
const stranger = "999988887777";
const principal = fc.constantFrom<Value>(
  "*",
  { AWS: "*" },
  { AWS: `arn:aws:iam::${own}:role/broker` },
  { AWS: `arn:aws:iam::${own}:root` },
  { AWS: [`arn:aws:iam::${stranger}:role/vendor`, own] },
  { AWS: `arn:aws:iam::${stranger}:root` },
  { Service: "lambda.amazonaws.com" },
  { Federated: `arn:aws:iam::${own}:oidc-provider/gitlab.com` },
);
const action = fc.constantFrom<Value>(
  "sts:AssumeRole",
  "sts:*",
  ["sts:TagSession", "STS:assumerole"],
  "sts:AssumeRoleWithWebIdentity",
  "s3:GetObject",
  "kms:*",
);
const comparison = fc.constantFrom<[string, string, Value]>(
  ["StringEquals", "sts:ExternalId", "5b0a3d9e"],
  ["StringLike", "sts:ExternalId", "*"],
  ["StringEquals", "aws:PrincipalOrgID", "o-1"],
  ["StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"],
  ["ArnLike", "aws:PrincipalArn", `arn:aws:iam::${stranger}:role/*`],
  ["ArnEquals", "aws:PrincipalArn", `arn:aws:iam::${stranger}:role/vendor`],
  ["IpAddress", "aws:SourceIp", ["192.0.2.0/24", "0.0.0.0/0"]],
  ["Bool", "aws:MultiFactorAuthPresent", "true"],
  ["BoolIfExists", "aws:MultiFactorAuthPresent", "true"],
  ["StringLike", "sts:SourceIdentity", "?*"],
  ["StringLike", "aws:RequestTag/nhi:grant-id", ["?*"]],
  ["StringLike", "aws:RequestTag/nhi:purpose", "*"],
  ["Null", "aws:RequestTag/nhi:purpose", "false"],
  ["StringLike", "aws:RequestTag/nhi:expires-at", "20*"],
);
const statement = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    Principal: principal,
    Action: action,
    Resource: fc.constantFrom(
      "*",
      `arn:aws:sqs:eu-central-1:${own}:q`,
      `arn:aws:sqs:eu-central-1:${stranger}:q`,
    ),
    comparisons: fc.array(comparison, { maxLength: 7 }),
  })
  .map(({ comparisons, ...parts }): Statement => {
    const Condition: Statement["Condition"] = {};
    for (const [operator, key, values] of comparisons) (Condition[operator] ??= {})[key] = values;
    return { ...parts, Condition };
  });
const document = fc.array(statement, { minLength: 1, maxLength: 3 });

type Judge = (document: Value) => ReturnType<typeof verdictOf>;
const judgeOf =
  (
    judges: Record<string, (resource: Resource) => Parameters<typeof verdictOf>[0]>,
    type: string,
    property: string,
    tags: Record<string, Value> = {},
  ): Judge =>
  (given) => {
    const props: Record<string, Value> = { [property]: given, tags };
    const findings =
      judges[type]?.({
        type,
        now: 0,
        read: (name) => props[name],
        ceiling: () => 3600,
        list: () => [own],
      }) ?? [];
    // Advice stops nothing, and gets less or more with what else is found.
    return verdictOf(findings.filter(({ level }) => level !== "advisory"));
  };
const role = "aws:iam/role:Role";
const judges: [string, Judge][] = [
  ["a role for a grant", judgeOf(awsJitAccess, role, "assumeRolePolicy", { "nhi:jit": "true" })],
  ["a role for emergencies", judgeOf(awsBreakGlass, role, "assumeRolePolicy", { "nhi:kind": "break-glass" })],
  ["a role for a vendor", judgeOf(awsThirdParties, role, "assumeRolePolicy", { "nhi:kind": "third-party" })],
  ["a bucket", judgeOf(awsThirdParties, "aws:s3/bucketPolicy:BucketPolicy", "policy")],
];
const numRuns = 1_000;
const of = (statements: readonly object[]): Value => ({ Statement: statements as unknown as Value[] });

describe.each(judges)("%s", (_, judge) => {
  it("is judged alike where documents mean the same, and in both ways", () => {
    const seen = new Set<string>();
    const cased = (statements: readonly Statement[]) =>
      statements.map(({ Effect, Principal, Action, Resource, Condition }) => ({
        EFFECT: Effect.toUpperCase(),
        principal: Principal,
        ACTION: [Action].flat(),
        resource: [Resource],
        condition: Object.fromEntries(
          Object.entries(Condition).map(([operator, keys]) => [
            operator.toUpperCase(),
            Object.fromEntries(
              Object.entries(keys).map(([key, value]) => [key.toLowerCase(), [value].flat()]),
            ),
          ]),
        ),
      }));
    fc.assert(
      fc.property(document, (statements) => {
        const verdict = judge(of(statements));
        seen.add(verdict);
        expect(judge(of([...statements].reverse()))).toBe(verdict);
        expect(judge(of(cased(statements)))).toBe(verdict);
        expect(judge(JSON.stringify(of(statements)))).toBe(verdict);
      }),
      { numRuns },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["fail", "pass"]));
  });

  it("is not mended by one more Allow", () => {
    fc.assert(
      fc.property(document, statement, (statements, added) => {
        fc.pre(judge(of(statements)) === "fail");
        expect(judge(of([...statements, { ...added, Effect: "Allow" }]))).toBe("fail");
      }),
      { numRuns },
    );
  });

  it("is not made worse by one more condition on an Allow", () => {
    fc.assert(
      fc.property(document, comparison, (statements, [operator, key, value]) => {
        fc.pre(judge(of(statements)) === "pass");
        const narrower = statements.map((one) =>
          one.Effect === "Deny"
            ? one
            : {
                ...one,
                // An operator of its own, so that no comparison that is there is replaced.
                Condition: {
                  ...one.Condition,
                  [operator in one.Condition ? `ForAnyValue:${operator}` : operator]: { [key]: value },
                },
              },
        );
        expect(judge(of(narrower))).toBe("pass");
      }),
      { numRuns },
    );
  });
});
