import { unknown, type Value } from "../value";
import { type Comparison, element, isAbout, readDocument, type Statement } from "./document";

type Read = (property: string) => Value | undefined;

/** What has to be there before an excepted access key is made, by type: why one of them does not hold the key. */
export const keyIsolation: Readonly<Record<string, (read: Read, end: number) => string | undefined>> = {
  "aws:iam/user:User": (read) =>
    isGiven(read("permissionsBoundary")) ? undefined : "the user's permissionsBoundary is not set",
  "aws:iam/userPolicy:UserPolicy": (read, end) => userPolicyProblem(read("policy"), end),
  "aws:secretsmanager/secretPolicy:SecretPolicy": (read) => secretPolicyProblem(read("policy")),
  "aws:cloudwatch/eventRule:EventRule": (read) =>
    read("state") === "DISABLED" || read("isEnabled") === false ? "an alarm on its use is off" : undefined,
  "aws:cloudwatch/eventTarget:EventTarget": (read) =>
    isGiven(read("arn")) ? undefined : "an alarm on its use tells nobody",
};

const isGiven = (value: Value | undefined) => value !== undefined && value !== null && value !== "";

/** Two denies, which no other policy of the user's opens: from elsewhere, and after the end. */
function userPolicyProblem(policy: Value | undefined, end: number): string | undefined {
  const reading = readDocument(policy);
  if ("unreadable" in reading) return `the user's policy ${reading.unreadable}`;
  const denies = reading.statements.filter(deniesAll);
  if (!denies.some(isNetworkDeny)) return "the user's policy does not deny everything from elsewhere";
  return denies.some((statement) => isEndDeny(statement, end))
    ? undefined
    : "the user's policy does not deny everything from the exception's end on";
}

const deniesAll = (statement: Statement): boolean =>
  statement.effect === "deny" &&
  !statement.hasTwice &&
  !statement.conditionsUnknown &&
  statement.notActions === undefined &&
  statement.notResources === undefined &&
  statement.actions.includes("*") &&
  statement.resources.includes("*");

/** A further condition would let through what it does not meet. */
const isNetworkDeny = ({ comparisons }: Statement): boolean =>
  comparisons.some(isNetwork) &&
  comparisons.every((comparison) => isNetwork(comparison) || isForServices(comparison));

const isNetwork = ({ operator, key, values }: Comparison): boolean =>
  values.length > 0 &&
  ((operator === "notipaddress" && key === "aws:sourceip" && values.every(isBounded)) ||
    (operator === "stringnotequals" &&
      (key === "aws:sourcevpce" || key === "aws:sourcevpc") &&
      !values.includes(unknown)));

/** An address, or a network that is a small part of all addresses: a few large ones are everywhere. */
function isBounded(value: string | typeof unknown): boolean {
  if (value === unknown || !/^[\da-f.:]+(\/\d{1,3})?$/i.test(value)) return false;
  const [, bits] = value.split("/");
  return bits === undefined || Number(bits) >= 8;
}

const isForServices = ({ operator, key, values }: Comparison): boolean =>
  operator === "bool" && key === "aws:viaawsservice" && values.every((value) => value === "false");

const isEndDeny = ({ comparisons }: Statement, end: number): boolean =>
  comparisons.length === 1 &&
  comparisons.every(
    ({ operator, key, values }) =>
      (operator === "dategreaterthanequals" || operator === "dategreaterthan") &&
      key === "aws:currenttime" &&
      // One of several values is enough for AWS.
      values.some((value) => value !== unknown && Date.parse(value) <= end),
  );

function secretPolicyProblem(policy: Value | undefined): string | undefined {
  const reading = readDocument(policy);
  if ("unreadable" in reading) return `the secret's policy ${reading.unreadable}`;
  const isClosed = reading.statements.some(
    (statement) =>
      statement.effect === "deny" &&
      !statement.hasTwice &&
      !statement.conditionsUnknown &&
      statement.resources.includes("*") &&
      isAbout(statement, "secretsmanager:getsecretvalue") &&
      (statement.principal === "*" || element(statement.principal, "aws") === "*") &&
      statement.comparisons.length === 1 &&
      statement.comparisons.every(
        ({ operator, key, values }) =>
          /^(arn|string)not(equals|like)$/.test(operator) &&
          key === "aws:principalarn" &&
          values.length > 0 &&
          values.every((value) => value !== unknown && !/[*?]|\$\{/.test(value)),
      ),
  );
  return isClosed ? undefined : "the secret's policy does not deny reading to everybody who is not named";
}
