import { isObject, unknown, type Value } from "../value";

/** A part of a policy that may be known only after `up`. */
export type Known<T> = T | typeof unknown;

/** One condition operator with its keys, as the document spells them. */
export interface ConditionBlock {
  operator: string;
  /** The keys in lower case, as AWS compares them, each with its values. */
  keys: Known<[string, Known<Value>[]][]>;
}

export interface Statement {
  effect: Known<"allow" | "deny">;
  /** In lower case, as AWS compares them. */
  actions: Known<Known<string>[]>;
  /** The actions are those that the statement leaves out. */
  notAction: boolean;
  /** By kind in lower case: `aws`, `federated`, `service`. The kind of a bare `"*"` is `*`. */
  principals: Known<Principal[]>;
  condition: Known<ConditionBlock[]>;
}

export interface Principal {
  kind: string;
  name: Known<string>;
}

/** A document's statements in their order; one that can't be read is the reason why. */
export type Reading = { statements: Known<Statement | Unreadable>[] } | Unreadable;

export interface Unreadable {
  /** The end of a sentence that starts with the part of the document. */
  reason: string;
}

/**
 * More than any policy has. IAM takes 4,096 characters of a trust policy and 6,144 of a managed one, white space not
 * counted; the rest is room for white space (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
const longest = 100_000;

/** More parts than fit into that many characters in a policy that AWS takes. */
const mostParts = 10_000;

/** Ends the reading of a document or of one statement, with the reason. */
class CannotRead extends Error {}

/** Reads a policy document, given as JSON text or as an object. What is not known yet stays `unknown`. */
export function readDocument(value: Value | undefined): Reading | typeof unknown {
  if (value === unknown) return unknown;
  try {
    const document = typeof value === "string" ? parse(value) : value;
    if (!isObject(document)) return { reason: "is not a policy document" };
    const given = members(document, ["version", "id", "statement"]).get("statement");
    if (given === undefined || given === null) return { reason: "has no Statement" };
    if (given === unknown) return unknown;
    const list = Array.isArray(given) ? given : [given];
    const budget = { parts: mostParts };
    return { statements: list.map((statement) => readStatement(statement, budget)) };
  } catch (error) {
    if (error instanceof CannotRead) return { reason: error.message };
    throw error;
  }
}

function parse(text: string): Value {
  if (text.length > longest)
    throw new CannotRead(`is longer than ${longest} characters, and AWS takes a few thousand`);
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw new CannotRead("is not JSON");
  }
}

interface Budget {
  parts: number;
}

function readStatement(value: Value, budget: Budget): Known<Statement | Unreadable> {
  if (value === unknown) return unknown;
  spend(budget);
  if (!isObject(value)) return { reason: "is not a statement" };
  try {
    const parts = members(value, statementMembers);
    return {
      effect: effect(parts.get("effect")),
      ...actions(parts, budget),
      principals: principals(parts, budget),
      condition: condition(parts.get("condition"), budget),
    };
  } catch (error) {
    if (error instanceof CannotRead && budget.parts > 0) return { reason: error.message };
    throw error;
  }
}

const statementMembers = ["effect", "action", "notaction", "principal", "notprincipal", "condition"];

function effect(value: Value | undefined): Statement["effect"] {
  if (value === unknown) return unknown;
  const name = typeof value === "string" ? value.toLowerCase() : undefined;
  if (name === "allow" || name === "deny") return name;
  throw new CannotRead("has no Effect that is Allow or Deny");
}

function actions(
  parts: Map<string, Value>,
  budget: Budget,
): Pick<Statement, "actions" | "notAction"> {
  const notAction = parts.has("notaction");
  const given = parts.get(notAction ? "notaction" : "action");
  if (given === undefined) throw new CannotRead("has no Action");
  if (given === unknown) return { actions: unknown, notAction };
  return {
    actions: list(given, budget).map((name) => (name === unknown ? unknown : text(name, "Action").toLowerCase())),
    notAction,
  };
}

function principals(parts: Map<string, Value>, budget: Budget): Known<Principal[]> {
  // Everybody but those that are named.
  if (parts.has("notprincipal")) return [{ kind: "*", name: "*" }];
  const given = parts.get("principal");
  if (given === undefined) throw new CannotRead("has no Principal");
  if (given === unknown) return unknown;
  if (!isObject(given)) return list(given, budget).map((name) => principal("*", name));
  return Object.entries(given).flatMap(([kind, names]) =>
    list(names, budget).map((name) => principal(kind.toLowerCase(), name)),
  );
}

const principal = (kind: string, name: Value): Principal => ({
  kind,
  name: name === unknown ? unknown : text(name, "Principal"),
});

function condition(value: Value | undefined, budget: Budget): Known<ConditionBlock[]> {
  if (value === undefined || value === null) return [];
  if (value === unknown) return unknown;
  if (!isObject(value)) throw new CannotRead("has a Condition that is not an object");
  members(value);
  return Object.entries(value).map(([operator, keys]) => {
    spend(budget);
    if (keys === unknown) return { operator, keys };
    if (!isObject(keys)) throw new CannotRead("has a condition operator without keys");
    return { operator, keys: [...members(keys)].map(([key, values]) => [key, list(values, budget)]) };
  });
}

/** The members by their names in lower case: AWS compares names so. With `only`, what else is there is not read. */
function members(value: { [key: string]: Value }, only?: readonly string[]): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const [name, member] of Object.entries(value)) {
    const lower = name.toLowerCase();
    if (only !== undefined && !only.includes(lower)) continue;
    if (found.has(lower))
      throw new CannotRead("has one name twice, in upper and lower case, and AWS does not say which of them counts");
    found.set(lower, member);
  }
  return found;
}

/** One value and a list of one are the same to AWS. */
function list(value: Value, budget: Budget): Value[] {
  const items = Array.isArray(value) ? value : [value];
  spend(budget, items.length);
  return items;
}

function text(value: Value, what: string): string {
  if (typeof value === "string") return value;
  throw new CannotRead(`has a ${what} that is not a text`);
}

function spend(budget: Budget, parts = 1): void {
  budget.parts -= parts;
  if (budget.parts <= 0) throw new CannotRead(`has more than ${mostParts} parts, and AWS takes a few hundred`);
}
