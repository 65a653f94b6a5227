import fc from "fast-check";
import { readDenyList, sessionPolicy, sourceIdentity, tagValue } from "../../../broker/minters/aws-documents";
import { MintRefused } from "../../../broker/ports";
import { grantOf } from "../sample";

it("bends a requester's id to what AWS takes as a SourceIdentity, and no two to the same", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (one, other) => {
      expect(sourceIdentity(one)).toMatch(/^[\w+=,.@-]{2,64}$/);
      expect(sourceIdentity(one) === sourceIdentity(other)).toBe(one === other);
    }),
  );
  expect(sourceIdentity("a/b")).not.toBe(sourceIdentity("a:b"));
  expect(
    sourceIdentity("https://token.actions.githubusercontent.com#repo:octo/app:ref:refs/heads/main"),
  ).toMatch(/^[\w.-]*repo-octo-app-ref-refs-heads-main-[0-9a-f]{16}$/);
});

it("bends a purpose to what AWS takes as a tag's value", () => {
  expect(tagValue("release 42: größer & <schneller>, 日本")).toBe("release 42: größer - -schneller-- 日本");
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: "grapheme" }), (text) => {
      expect(Array.from(tagValue(text)).length).toBeLessThanOrEqual(256);
      expect(tagValue(text)).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
    }),
  );
});

function isTaken(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (error instanceof MintRefused) return false;
    throw error;
  }
}

it("lets a resource in only where all that it names is in the role's scope", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
  const asExpression = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  // What an open place may stand for, so that a pattern which lets in too much is caught by one of them.
  const instances = (pattern: string) =>
    ["", "a", "b", "ab", "c"].flatMap((star) =>
      ["a", "b", "c"].map((one) => pattern.replaceAll("*", star).replaceAll("?", one)),
    );
  fc.assert(
    fc.property(part, part, (scope, resource) => {
      const grant = grantOf();
      const target = { roleArn: "", policy: [{ actions: ["s3:*"], resources: [scope] }] };
      const narrowed = { ...grant, request: { ...grant.request, resources: [resource] } };
      const isIn = isTaken(() => sessionPolicy(target, narrowed, "2027-06-30T12:00:00.000Z"));
      const missing = instances(resource).filter((text) => !asExpression(scope).test(text));
      expect(isIn && missing.length > 0).toBe(false);
      const isPlain = !/[*?]/.test(resource);
      expect(isIn).toBe(isPlain ? asExpression(scope).test(resource) : isIn);
      expect(isIn || resource !== scope).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

it("decides about a resource at once, whatever the pattern", () => {
  const grant = grantOf();
  const target = { roleArn: "", policy: [{ actions: ["s3:*"], resources: [`${"*a".repeat(200)}b`] }] };
  const narrowed = { ...grant, request: { ...grant.request, resources: ["a".repeat(1500)] } };
  expect(() => sessionPolicy(target, narrowed, "2027-06-30T12:00:00.000Z")).toThrow(MintRefused);
});

it.each([
  { text: undefined, isExact: true, ids: 0, foreign: 0 },
  { text: `{"Version":"2012-10-17"}`, isExact: false, ids: 0, foreign: 0 },
  { text: `{"Statement":{"Sid":"Mine","Effect":"Deny"}}`, isExact: false, ids: 0, foreign: 1 },
  {
    text: `{"Statement":[{"Sid":"RevokedGrants","Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/nhi:grant-id":"A"}}}]}`,
    isExact: false,
    ids: 1,
    foreign: 0,
  },
  {
    text: `{"Statement":[{"Resource":"*","Sid":"RevokedGrants","Effect":"Deny","Action":"*","Condition":{"StringEquals":{"aws:PrincipalTag/nhi:grant-id":["none","A"]}}}]}`,
    isExact: true,
    ids: 1,
    foreign: 0,
  },
])("reads $text", ({ text, isExact, ids, foreign }) => {
  const list = readDenyList(text);
  expect([list.isExact, list.ids.size, list.foreign.length]).toEqual([isExact, ids, foreign]);
});
