import { isMarked, markOf, marks } from "../marks";
import type { Resource } from "../rule";
import { seconds } from "../duration";
import { unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { isEverybody } from "./callers";
import { type Comparison, element, isAbout, readDocument, type Statement, texts } from "./document";

/** Roles for people when every other way in is closed. */
export const awsBreakGlass: Record<string, (resource: Resource) => Finding[]> = {
  "aws:iam/role:Role": emergencyRole("assumeRolePolicy"),
  "aws-native:iam:Role": emergencyRole("assumeRolePolicyDocument"),
};

function emergencyRole(property: string) {
  return (resource: Resource): Finding[] => {
    if (markOf(resource, "kind") !== "break-glass") return [];
    return [
      ...trustFindings(property, resource),
      ...sessionFindings(resource),
      ...(isMarked(resource, marks.jit)
        ? [fail("tags", "name it a role for just-in-time access as well, which goes through the broker")]
        : []),
    ];
  };
}

function sessionFindings(resource: Resource): Finding[] {
  const property = "maxSessionDuration";
  const time = seconds(resource.read(property));
  const ceiling = resource.ceiling("maxEmergencySeconds");
  if (time === unknown)
    return [undetermined(property, `is not known yet, and may be more than ${ceiling} seconds`)];
  if (time === undefined || time <= ceiling) return [];
  return [fail(property, `is not a time of at most ${ceiling} seconds`)];
}

function trustFindings(property: string, resource: Resource): Finding[] {
  const reading = readDocument(resource.read(property));
  if ("unreadable" in reading) return [undetermined(property, reading.unreadable)];
  const { statements } = reading;
  const isDenied = statements.some(deniesWithoutMfa);
  return statements
    .filter(({ effect }) => effect !== "deny")
    .flatMap((statement) =>
      statementFindings(`${property}.Statement[${statement.index}]`, statement, isDenied),
    );
}

function statementFindings(where: string, statement: Statement, isDenied: boolean): Finding[] {
  const { principal, conditionsUnknown, effect } = statement;
  const found: [isFound: boolean, says: string][] = [
    [
      isAbout(statement, "sts:assumerolewithwebidentity") &&
        texts(element(principal, "federated")).length > 0,
      "lets a machine in by its token: this way is for people alone",
    ],
    [
      isAbout(statement, "sts:assumerolewithsaml") && texts(element(principal, "federated")).length > 0,
      "hangs on an identity provider, which may be what is out of order",
    ],
    [texts(element(principal, "service")).length > 0, "lets in a service of AWS, and so whatever runs in it"],
  ];
  const failed = found.flatMap(([isFound, says]) => (isFound ? [fail(where, says)] : []));
  const letsPeopleIn =
    isAbout(statement, "sts:assumerole") &&
    (isEverybody(statement) || principal === unknown || texts(element(principal, "aws")).length > 0);
  const all = [
    ...failed,
    ...(letsPeopleIn && !isDenied && !statement.comparisons.some(demandsMfa)
      ? [
          conditionsUnknown
            ? undetermined(where, "may let in a session without MFA: a condition is not known yet")
            : fail(where, "lets in a session without MFA"),
        ]
      : []),
  ];
  return effect === unknown ? all.map((finding) => ({ ...finding, verdict: "undetermined" })) : all;
}

/** AWS sets the age only where there was MFA. */
function demandsMfa({ key, operator, trueWithoutKey, isTwice, values }: Comparison): boolean {
  if (trueWithoutKey || isTwice || values.length === 0) return false;
  if (key === "aws:multifactorauthpresent") return operator === "bool" && values.every(isText("true"));
  return key === "aws:multifactorauthage" && /^numericlessthan(equals)?$/.test(operator);
}

/** The other way that AWS documents: a Deny for whom `BoolIfExists` finds without. `Bool` would miss who has no key. */
function deniesWithoutMfa(statement: Statement): boolean {
  const [only, ...others] = statement.comparisons;
  return (
    statement.effect === "deny" &&
    !statement.hasTwice &&
    !statement.conditionsUnknown &&
    isEverybody(statement) &&
    statement.notPrincipal === undefined &&
    isAbout(statement, "sts:assumerole") &&
    others.length === 0 &&
    only?.key === "aws:multifactorauthpresent" &&
    only.operator === "bool" &&
    only.trueWithoutKey &&
    only.values.some(isText("false"))
  );
}

const isText = (text: string) => (value: string | typeof unknown) =>
  value !== unknown && value.toLowerCase() === text;
