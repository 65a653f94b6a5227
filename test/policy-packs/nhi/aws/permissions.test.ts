import fc from "fast-check";
import { isAdminPolicy, permissionFindings } from "../../../../policy-packs/nhi/aws/permissions";
import type { Value } from "../../../../policy-packs/nhi/value";
import { verdictOf } from "../issuers/judge";
import { mayDo, type Request, type RightsStatement } from "./holder";

const runs = 5_000;
const judge = (statements: readonly object[]) =>
  verdictOf(permissionFindings("p", { Version: "2012-10-17", Statement: statements as unknown as Value[] }));

/** Documents as people write them: the right words, in right and wrong combinations. */
const some = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));
const action = fc.constantFrom(
  "*",
  "*:*",
  "s3:*",
  "s3:GetObject",
  "iam:*",
  "IAM:passrole",
  "iam:Pass*",
  "iam:*AccessKey",
  "iam:Get*",
  "iam:?ttachRolePolicy",
  "iam:PutRolePolicy",
  "sts:*",
  "sts:AssumeRole",
  "kms:*",
  "i*",
);
const resource = fc.constantFrom(
  "*",
  "arn:aws:*",
  "arn:aws:iam::*:role/*",
  "arn:aws:iam::123456789012:role/*",
  "arn:aws:iam::123456789012:role/shop",
  "arn:aws:iam::123456789012:user/*",
  "arn:aws:iam::123456789012:user/${aws:username}",
  "arn:aws:s3:::shop/*",
);
const comparison = fc.constantFrom<[string, string, string | string[]]>(
  ["StringEquals", "aws:ResourceTag/nhi:jit", "true"],
  ["StringEqualsIfExists", "aws:ResourceTag/nhi:jit", "true"],
  ["StringNotEquals", "aws:ResourceTag/nhi:jit", "true"],
  ["ForAllValues:StringEquals", "AWS:resourcetag/nhi:jit", "true"],
  ["StringLike", "iam:ResourceTag/nhi:jit", ["true", "*"]],
  ["ArnLike", "iam:PolicyARN", "arn:aws:iam::123456789012:policy/shop-*"],
  ["ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/*"],
  ["StringEquals", "iam:PermissionsBoundary", "arn:aws:iam::123456789012:policy/pipelines"],
  ["StringEquals", "iam:PassedToService", "lambda.amazonaws.com"],
  ["Bool", "aws:MultiFactorAuthPresent", "true"],
  ["Null", "aws:ResourceTag/nhi:jit", "false"],
);
const statement = fc
  .record({
    Effect: fc.constantFrom("Allow" as const, "Allow" as const, "Allow" as const, "Deny" as const),
    isNotAction: fc.constantFrom(false, false, false, true),
    isNotResource: fc.constantFrom(false, false, false, true),
    actions: some(action),
    resources: some(resource),
    comparisons: fc.array(comparison, { maxLength: 2 }),
  })
  .map(({ Effect, isNotAction, isNotResource, actions, resources, comparisons }): RightsStatement => {
    const Condition: NonNullable<RightsStatement["Condition"]> = {};
    for (const [operator, key, values] of comparisons) (Condition[operator] ??= {})[key] = values;
    return {
      Effect,
      [isNotAction ? "NotAction" : "Action"]: actions,
      [isNotResource ? "NotResource" : "Resource"]: resources,
      Condition,
    };
  });
const document = fc.array(statement, { minLength: 1, maxLength: 3 });

/** What nobody should be allowed who has nothing to do with these roles, users and keys. */
const requests: Request[] = [
  ["iam:PassRole", "arn:aws:iam::123456789012:role/kingdom-keys"],
  ["sts:AssumeRole", "arn:aws:iam::123456789012:role/kingdom-keys"],
  ["iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/kingdom-keys"],
  ["iam:PutRolePolicy", "arn:aws:iam::123456789012:role/kingdom-keys"],
  ["iam:CreateAccessKey", "arn:aws:iam::123456789012:user/kingdom"],
  ["iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/kingdom"],
].map(([name = "", arn = ""]) => ({
  action: name,
  resource: arn,
  keys: {
    "aws:multifactorauthpresent": "true",
    "iam:passedtoservice": "lambda.amazonaws.com",
    ...(name.startsWith("iam:Attach") && { "iam:policyarn": "arn:aws:iam::aws:policy/AdministratorAccess" }),
  },
}));

it("never passes a document that gives its holder what is another's", () => {
  let given = 0;
  fc.assert(
    fc.property(document, (statements) => {
      const isOpen = requests.some((request) => mayDo(statements, request));
      if (isOpen) given += 1;
      return !isOpen || judge(statements) === "fail";
    }),
    { numRuns: runs },
  );
  // The documents are of both kinds: the property is not true for want of cases.
  expect(given).toBeGreaterThan(runs / 5);
  expect(given).toBeLessThan((runs * 4) / 5);
});

it("judges documents alike that mean the same", () => {
  const cased = (statements: object[]) =>
    JSON.parse(
      JSON.stringify(statements)
        .replace(/"(Effect|NotAction|Action|NotResource|Resource|Condition)":/g, (key) => key.toUpperCase())
        .replace(/"(StringEquals|StringLike|ArnLike|Bool|Null)":/g, (operator) => operator.toLowerCase())
        .replace(/"(aws|iam):(ResourceTag|PolicyARN|PermissionsBoundary)/g, (key) => key.toUpperCase()),
    ) as object[];
  const listed = (statements: RightsStatement[]) =>
    statements.map((one) =>
      Object.fromEntries(
        Object.entries(one).map(([key, value]) => [
          key,
          /Action|Resource/.test(key) ? [value].flat() : value,
        ]),
      ),
    );
  fc.assert(
    fc.property(document, (statements) => {
      const verdict = judge(statements);
      expect(judge([...statements].reverse())).toBe(verdict);
      expect(judge(cased(statements))).toBe(verdict);
      expect(judge(listed(statements))).toBe(verdict);
      expect(verdictOf(permissionFindings("p", JSON.stringify({ Statement: statements })))).toBe(verdict);
    }),
    { numRuns: runs / 5 },
  );
});

it("never turns a failure into a pass when an Allow is added", () => {
  fc.assert(
    fc.property(document, statement, (statements, added) => {
      fc.pre(judge(statements) === "fail");
      expect(judge([...statements, { ...added, Effect: "Allow" }])).toBe("fail");
    }),
    { numRuns: runs / 5 },
  );
});

it("never turns a pass into a failure when an Allow gets one condition more", () => {
  fc.assert(
    fc.property(document, comparison, (statements, [operator, key, values]) => {
      fc.pre(judge(statements) === "pass");
      const narrower = statements.map((one) =>
        one.Effect === "Deny"
          ? one
          : {
              ...one,
              // An operator of its own, so that no comparison that is there is replaced.
              Condition: {
                ...one.Condition,
                [operator in (one.Condition ?? {}) ? `ForAnyValue:${operator}` : operator]: { [key]: values },
              },
            },
      );
      expect(judge(narrower)).toBe("pass");
    }),
    { numRuns: runs / 5 },
  );
});

it("takes any JSON as a document: it neither throws nor repeats what is in it", () => {
  const canary = "canary-that-no-message-may-show";
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6 }),
      fc.constantFrom("Effect", "Action", "Resource", "Condition"),
      (value, part) => {
        const statement = { Effect: "Allow", Action: canary, Resource: canary, [part]: value };
        for (const given of [value, { Statement: value }, { Statement: [statement] }] as Exclude<
          Value,
          symbol
        >[])
          for (const document of [given, JSON.stringify(given)])
            for (const { says, property } of permissionFindings("p", document))
              expect(`${property} ${says}`).not.toContain(canary);
      },
    ),
    { numRuns: runs / 5 },
  );
});

const nested = (depth: number) => `${'{"Statement":['.repeat(depth)}${"]}".repeat(depth)}`;

it.each<[string, Value]>([
  ["ten megabytes", "[".repeat(10_000_000)],
  ["ten thousand levels", nested(10_000)],
  ["half a character", '{"Statement": [{"Effect": "Allow\uD800"}]}'],
  ["keys that JavaScript has plans for", '{"__proto__": {"Statement": []}, "constructor": 1}'],
  ["a statement under __proto__", '{"Statement": {"__proto__": {"Effect": "Allow", "Action": "*"}}}'],
])("reads %s to an end", (_, value) => {
  expect(verdictOf(permissionFindings("p", value))).not.toBe("fail");
});

it.each<[string, object]>([
  ["a wildcard bomb", { Action: `${"*a".repeat(2_000)}*b`, Resource: `${"*a".repeat(2_000)}*b` }],
  ["variables inside each other", { Action: "iam:PassRole", Resource: `${"${aws:a".repeat(9_000)}}` }],
  ["a variable that names itself", { Action: "iam:PassRole", Resource: "x${aws:PrincipalTag/${aws:x}}" }],
  ["as many actions as are read", { Action: Array<string>(11_000).fill("iam:a*b"), Resource: "*" }],
])("judges %s to an end", (_, parts) => {
  expect(judge([{ Effect: "Allow", ...parts }])).toBe("pass");
});

it("judges as many Allows and Denies as are read", () => {
  const many = Array.from({ length: 700 }, (_, index) => [
    { Effect: "Allow", Action: "iam:*", Resource: `arn:aws:iam::${100_000_000_000 + index}:role/x` },
    { Effect: "Deny", Action: "a:b", Resource: "*" },
  ]).flat();
  expect(judge(many)).toBe("pass");
});

it.each([
  ["arn:aws:iam::aws:policy/AdministratorAccess", true],
  ["arn:aws-us-gov:iam::aws:policy/PowerUserAccess", true],
  ["arn:aws-cn:iam::aws:policy/IAMFullAccess", true],
  ["arn:aws:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk", true],
  ["arn:aws:iam::123456789012:policy/AdministratorAccess", false],
  ["arn:aws:iam::aws:policy/ReadOnlyAccess", false],
  ["arn:aws:iam::aws:policy/AdministratorAccess2", false],
  [["arn:aws:iam::aws:policy/AdministratorAccess"], false],
])("knows whether %s gives every right", (arn, isAdmin) => {
  expect(isAdminPolicy(arn)).toBe(isAdmin);
});
