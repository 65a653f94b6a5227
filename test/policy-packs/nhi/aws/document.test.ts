import { isDemanded, narrowed } from "../../../../policy-packs/nhi/aws/conditions";
import { globMatches } from "../../../../policy-packs/nhi/glob";
import { isAbout, readDocument, type Statement } from "../../../../policy-packs/nhi/aws/document";
import { unknown, type Value } from "../../../../policy-packs/nhi/value";

function statements(document: Value): Statement[] {
  const reading = readDocument(document);
  if ("unreadable" in reading) throw new Error(reading.unreadable);
  return reading.statements;
}
const statement = (parts: Record<string, Value>): Statement => {
  const [only] = statements({ Statement: { Effect: "Allow", ...parts } });
  if (!only) throw new Error("no statement");
  return only;
};

describe("a document", () => {
  it("reads one statement and many, single values and lists, elements in any case", () => {
    const one = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const same = { EFFECT: "ALLOW", action: ["s3:GetObject"], resource: ["*"] };
    expect(statements({ Statement: same })).toEqual(statements({ statement: [one] }));
    expect(statements(JSON.stringify({ Statement: one }))).toEqual(statements({ Statement: one }));
  });

  it.each<[string, Value | undefined, string]>([
    ["nothing", undefined, "is not a policy document"],
    ["what is not known yet", unknown, "is not known yet"],
    ["a text", "Allow all", "is not JSON"],
    ["a text in a text", JSON.stringify(JSON.stringify({ Statement: [] })), "is not JSON"],
    ["a list", [], "is not a policy document"],
    ["an empty document", {}, "has no statement"],
    ["an empty list of statements", { Statement: [] }, "has no statement"],
    ["far more than AWS stores", "x".repeat(200_000), "is larger than any policy that AWS stores"],
  ])("does not read %s", (_, given, unreadable) => {
    expect(readDocument(given)).toEqual({ unreadable });
  });

  it("reads the same text alike, however often", () => {
    const text = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
    const first = readDocument(text);
    for (let count = 0; count < 500; count++) readDocument(`{"Statement":{"Sid":"${count}"}}`);
    expect(readDocument(text)).toEqual(first);
  });
});

describe("an action", () => {
  it.each<[Record<string, Value>, boolean]>([
    [{ Action: "sts:AssumeRole" }, true],
    [{ Action: ["s3:*", "STS:ASSUMEROLE"] }, true],
    [{ Action: "sts:Assume????" }, true],
    [{ Action: "sts:Assume???" }, false],
    [{ NotAction: "s3:*" }, true],
    [{ NotAction: "sts:*" }, false],
    [{ Action: unknown }, true],
    [{}, false],
  ])("%j is about sts:AssumeRole: %s", (parts, expected) => {
    expect(isAbout(statement(parts), "sts:assumerole")).toBe(expected);
  });

  it.each([
    ["*", "", true],
    ["a*c", "abbbc", true],
    ["a*c", "abbb", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["*:*", "iam", false],
    ["", "", true],
    ["", "a", false],
  ])("matches %j with %j: %s", (pattern, text, expected) => {
    expect(globMatches(pattern, text)).toBe(expected);
  });
});

describe("a condition", () => {
  const key = "aws:ResourceTag/team";
  const tightness = (condition: Value) =>
    narrowed(
      statement({ Condition: condition }),
      (name) => name === key.toLowerCase(),
      (value, isPattern) => value !== "" && !(isPattern && value === "*"),
    );

  it.each<[string, Value, string]>([
    ["equals", { StringEquals: { [key]: "web" } }, "tight"],
    ["is like", { stringlike: { [key.toUpperCase()]: ["web", "shop"] } }, "tight"],
    ["is equal but for the case", { StringEqualsIgnoreCase: { [key]: "web" } }, "tight"],
    ["is an ARN like", { ArnLike: { [key]: "arn:aws:iam::1:role/a" } }, "tight"],
    ["has one that equals", { "ForAnyValue:StringEquals": { [key]: "web" } }, "tight"],
    ["is a number or a truth", { StringEquals: { [key]: [1, true] } }, "tight"],
    ["is one of two loose ones", { StringLike: { [key]: ["web", "*"] } }, "loose"],
    ["is one of none", { StringEquals: { [key]: [] } }, "loose"],
    ["is not", { StringNotEquals: { [key]: "web" } }, "loose"],
    ["is not like", { StringNotLike: { [key]: "web" } }, "loose"],
    ["is no such ARN", { ArnNotLike: { [key]: "web" } }, "loose"],
    ["equals if there", { StringEqualsIfExists: { [key]: "web" } }, "loose"],
    ["has only such", { "ForAllValues:StringEquals": { [key]: "web" } }, "loose"],
    ["has only such if there", { "ForAllValues:StringEqualsIfExists": { [key]: "web" } }, "loose"],
    ["equals as a number", { NumericEquals: { [key]: "1" } }, "loose"],
    ["is before", { DateLessThan: { [key]: "2027-01-01" } }, "loose"],
    ["is true", { Bool: { [key]: "true" } }, "loose"],
    ["is a network", { IpAddress: { [key]: "192.0.2.0/24" } }, "loose"],
    ["is bytes", { BinaryEquals: { [key]: "d2Vi" } }, "loose"],
    ["is there", { Null: { [key]: "false" } }, "loose"],
    ["has no such operator", { StringIs: { [key]: "web" } }, "loose"],
    ["is not known yet", { StringEquals: { [key]: unknown } }, "unknown"],
    ["is one of which one is not known yet", { StringEquals: { [key]: ["web", unknown] } }, "unknown"],
    ["is one of which one is loose", { StringLike: { [key]: ["*", unknown] } }, "loose"],
    ["stands there twice", { StringEquals: { [key]: "web", [key.toUpperCase()]: "shop" } }, "loose"],
    ["is another key", { StringEquals: { "aws:PrincipalTag/team": "web" } }, "loose"],
    [
      "equals if there, and is there",
      { StringEqualsIfExists: { [key]: "web" }, Null: { [key]: false } },
      "tight",
    ],
    [
      "has only such, and is there",
      { "ForAllValues:StringEquals": { [key]: "web" }, Null: { [key]: ["False"] } },
      "tight",
    ],
    [
      "equals if there, and may be there",
      { StringEqualsIfExists: { [key]: "web" }, Null: { [key]: ["false", "true"] } },
      "loose",
    ],
    [
      "equals if there, and is not",
      { StringEqualsIfExists: { [key]: "web" }, Null: { [key]: "true" } },
      "loose",
    ],
    ["is one comparison of two", { StringEquals: { [key]: "web" }, StringLike: { [key]: "*" } }, "tight"],
  ])("that %s", (_, condition, expected) => {
    expect(tightness(condition)).toBe(expected);
  });

  it.each<[string, Value, boolean]>([
    ["is compared", { StringEquals: { [key]: "web" } }, true],
    ["has a character", { StringLike: { [key]: "?*" } }, true],
    ["is not known yet", { StringEquals: { [key]: unknown } }, true],
    ["is not null", { Null: { [key]: "false" } }, true],
    ["is null", { Null: { [key]: "true" } }, false],
    ["is anything", { StringLike: { [key]: "*" } }, false],
    ["is empty or more", { StringLike: { [key]: ["?*", ""] } }, false],
    ["is compared if there", { StringLikeIfExists: { [key]: "?*" } }, false],
    ["is not a value", { StringNotEquals: { [key]: "" } }, false],
  ])("tells whether a key is demanded that %s", (_, condition, expected) => {
    expect(isDemanded(statement({ Condition: condition }), key.toLowerCase())).toBe(expected);
  });

  it.each<[Value, boolean, boolean]>([
    [undefined as unknown as Value, false, false],
    [{}, false, false],
    [{ StringEquals: { a: "b" } }, true, false],
    ["all", true, false],
    [unknown, true, true],
    [{ StringEquals: unknown }, true, true],
  ])("knows whether there is one, and whether all of it is known: %#", (Condition, has, isOpen) => {
    const { hasConditions, conditionsUnknown } = statement({ Condition });
    expect([hasConditions, conditionsUnknown]).toEqual([has, isOpen]);
  });
});
