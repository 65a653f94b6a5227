import { globMatches } from "../glob";
import { remembered } from "../remembered";
import { isObject, unknown, type Value } from "../value";

/** One comparison of a condition block: `StringEquals` of a key with values. Operators and keys in lower case. */
export interface Comparison {
  /** Without the set prefix and `IfExists`: `stringequals`. */
  operator: string;
  /** `ForAllValues:` and `IfExists` are true when the key is missing. */
  trueWithoutKey: boolean;
  key: string;
  values: (string | typeof unknown)[];
  /** Written twice, in upper and lower case: AWS does not say which of them counts. */
  isTwice: boolean;
}

/** Whether a comparison can only narrow an Allow to the values it lists, given the operators that do so. */
export const narrows = (
  { operator, trueWithoutKey, isTwice, values }: Comparison,
  operators: ReadonlySet<string>,
): boolean => operators.has(operator) && !trueWithoutKey && !isTwice && values.length > 0;

export interface Statement {
  index: number;
  /** Nothing when it can't be read. */
  effect: "allow" | "deny" | undefined | typeof unknown;
  principal: Value | undefined;
  notPrincipal: Value | undefined;
  actions: (string | typeof unknown)[];
  notActions: (string | typeof unknown)[] | undefined;
  resources: (string | typeof unknown)[];
  notResources: (string | typeof unknown)[] | undefined;
  comparisons: Comparison[];
  /** There is a condition block with something in it, whether it can be read or not. */
  hasConditions: boolean;
  /** A part of the conditions is not known yet: what is known holds all the same, as conditions only narrow. */
  conditionsUnknown: boolean;
  /** Some name is there twice, in upper and lower case: AWS does not say which of them counts. */
  hasTwice: boolean;
}

/** A policy document as read, or why it can't be read. */
export type Reading = { statements: Statement[] } | { unreadable: string };

/** Characters. AWS's largest document is a key policy of 32 KiB, white space included or not. What is larger by far is not read. */
const largest = 100_000;

/**
 * Reads a policy document: a text or an object, one statement or many, keys in any case. AWS takes element names and
 * condition keys without regard to case.
 */
export function readDocument(value: Value | undefined): Reading {
  return typeof value === "string" ? readText(value) : read(value);
}

const readText = remembered<Reading>(read);

function read(value: Value | undefined): Reading {
  if (value === unknown) return { unreadable: "is not known yet" };
  if (isTooLarge(value)) return { unreadable: "is larger than any policy that AWS stores" };
  if (typeof value === "string") {
    const parsed = parse(value);
    return parsed === undefined ? { unreadable: "is not JSON" } : read(parsed);
  }
  if (!isObject(value)) return { unreadable: "is not a policy document" };
  const statements = list(element(value, "statement"));
  if (statements.length === 0) return { unreadable: "has no statement" };
  return { statements: statements.map(readStatement) };
}

/** Counts texts, names and values until there are too many, at any depth. */
function isTooLarge(document: Value | undefined): boolean {
  let size = 0;
  const left: (Value | undefined)[] = [document];
  while (left.length > 0 && size <= largest) {
    const value = left.pop();
    size += typeof value === "string" ? value.length + 1 : 1;
    if (typeof value !== "object" || value === null) continue;
    const names = Object.keys(value);
    if (names.length > largest) return true;
    for (const name of names) {
      if (!Array.isArray(value)) size += name.length;
      left.push((value as Record<string, Value>)[name]);
    }
  }
  return size > largest;
}

/** A text that is JSON and no bare text: a document inside a document is not read twice. */
function parse(text: string): Value | undefined {
  try {
    const parsed = JSON.parse(text) as Value;
    return typeof parsed === "string" ? undefined : parsed;
  } catch {
    return undefined;
  }
}

function readStatement(statement: Value, index: number): Statement {
  const conditions = element(statement, "condition");
  const notActions = element(statement, "notaction");
  const notResources = element(statement, "notresource");
  const effect = element(statement, "effect");
  const comparisons = readConditions(conditions);
  return {
    index,
    effect: effect === unknown ? effect : effectNamed(effect),
    principal: element(statement, "principal"),
    notPrincipal: element(statement, "notprincipal"),
    actions: texts(element(statement, "action")),
    notActions: notActions === undefined ? undefined : texts(notActions),
    resources: texts(element(statement, "resource")),
    notResources: notResources === undefined ? undefined : texts(notResources),
    comparisons,
    hasConditions: isObject(conditions) ? Object.keys(conditions).length > 0 : list(conditions).length > 0,
    conditionsUnknown:
      conditions === unknown || (isObject(conditions) && Object.values(conditions).includes(unknown)),
    hasTwice: namesTwice(statement).size > 0 || comparisons.some(({ isTwice }) => isTwice),
  };
}

function effectNamed(value: Value | undefined): "allow" | "deny" | undefined {
  const name = typeof value === "string" ? value.toLowerCase() : "";
  return name === "allow" || name === "deny" ? name : undefined;
}

function readConditions(conditions: Value | undefined): Comparison[] {
  if (!isObject(conditions)) return [];
  const operatorsTwice = namesTwice(conditions);
  const comparisons = Object.entries(conditions).flatMap(([operator, keys]) => {
    const name = operator.toLowerCase();
    const bare = name.replace(/^for(allvalues|anyvalue):/, "").replace(/ifexists$/, "");
    if (!isObject(keys)) return [];
    const keysTwice = namesTwice(keys);
    return Object.entries(keys).map(([key, values]) => ({
      operator: bare,
      trueWithoutKey: name.startsWith("forallvalues:") || name.endsWith("ifexists"),
      key: key.toLowerCase(),
      values: texts(values),
      isTwice: operatorsTwice.has(name) || keysTwice.has(key.toLowerCase()),
    }));
  });
  // Where another comparison wants the key to be there, none is true without it.
  const demanded = new Set(comparisons.filter(isDemand).map(({ key }) => key));
  return comparisons.map((comparison) =>
    demanded.has(comparison.key) ? { ...comparison, trueWithoutKey: false } : comparison,
  );
}

/** `"Null": { key: "false" }`: the key is there. */
export const isDemand = ({ operator, trueWithoutKey, isTwice, values }: Comparison) =>
  operator === "null" &&
  !trueWithoutKey &&
  !isTwice &&
  values.length > 0 &&
  values.every((value) => value !== unknown && value.toLowerCase() === "false");

/** Names, in lower case, that an object has in more than one spelling. */
function namesTwice(object: Value): Set<string> {
  const names = isObject(object) ? Object.keys(object).map((name) => name.toLowerCase()) : [];
  const seen = new Set<string>();
  return new Set(names.filter((name) => seen.size === seen.add(name).size));
}

/** An element by its name in lower case. Two spellings of one name: all of their values count. */
export function element(object: Value | undefined, name: string): Value | undefined {
  if (object === unknown) return unknown;
  if (!isObject(object)) return undefined;
  const found = Object.keys(object).filter((key) => key.toLowerCase() === name);
  const [only] = found;
  if (only === undefined) return undefined;
  if (found.length === 1) return object[only];
  return found.flatMap((key): Value[] => list(object[key]));
}

export function list(value: Value | undefined): Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Texts as they are, numbers and booleans as AWS compares them, anything else as nothing that can match. */
export function texts(value: Value | undefined): (string | typeof unknown)[] {
  return list(value).map((item) =>
    item === unknown ? unknown : typeof item === "object" ? "" : String(item),
  );
}

/** Whether a statement is about an action, given in lower case. What is not known yet may be the action: then it is. */
export function isAbout({ actions, notActions }: Statement, action: string): boolean {
  const matches = (pattern: string | typeof unknown) =>
    pattern === unknown || globMatches(pattern.toLowerCase(), action);
  if (notActions) return !notActions.some((pattern) => pattern !== unknown && matches(pattern));
  return actions.some(matches);
}
