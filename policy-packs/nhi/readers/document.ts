import { isObject, unknown, type Value } from "../value";

/** One comparison of a condition block: `StringEquals` of a key with values. Operators and keys in lower case. */
export interface Comparison {
  /** Without the set prefix and `IfExists`: `stringequals`. */
  operator: string;
  /** `ForAllValues:` and `IfExists` are true when the key is missing. */
  trueWithoutKey: boolean;
  key: string;
  values: (string | typeof unknown)[];
}

export interface Statement {
  index: number;
  effect: string | typeof unknown;
  principal: Value | undefined;
  notPrincipal: Value | undefined;
  actions: (string | typeof unknown)[];
  notActions: (string | typeof unknown)[] | undefined;
  comparisons: Comparison[];
  /** A part of the conditions is not known yet: what is known holds all the same, as conditions only narrow. */
  conditionsUnknown: boolean;
}

/** A policy document as read, or why it can't be read. */
export type Reading = { statements: Statement[] } | { unreadable: string };

/** AWS's largest document is a key policy of 32 KiB. What is larger by far is not read. */
const largest = 1_000_000;

/**
 * Reads a policy document: a text or an object, one statement or many, keys in any case. AWS takes element names and
 * condition keys without regard to case.
 */
export function readDocument(value: Value | undefined): Reading {
  if (value === unknown) return { unreadable: "is not known yet" };
  if (typeof value === "string") {
    if (value.length > largest) return { unreadable: "is larger than any policy that AWS stores" };
    const parsed = parse(value);
    return parsed === undefined ? { unreadable: "is not JSON" } : readDocument(parsed);
  }
  if (!isObject(value)) return { unreadable: "is not a policy document" };
  const statements = list(element(value, "statement"));
  if (statements.length === 0) return { unreadable: "has no statement" };
  return { statements: statements.map(readStatement) };
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
  const effect = element(statement, "effect");
  return {
    index,
    effect: typeof effect === "string" || effect === unknown ? effect : "",
    principal: element(statement, "principal"),
    notPrincipal: element(statement, "notprincipal"),
    actions: texts(element(statement, "action")),
    notActions: notActions === undefined ? undefined : texts(notActions),
    comparisons: readConditions(conditions),
    conditionsUnknown:
      conditions === unknown || (isObject(conditions) && Object.values(conditions).includes(unknown)),
  };
}

function readConditions(conditions: Value | undefined): Comparison[] {
  if (!isObject(conditions)) return [];
  return Object.entries(conditions).flatMap(([operator, keys]) => {
    const name = operator.toLowerCase();
    const bare = name.replace(/^for(all|any)values:/, "").replace(/ifexists$/, "");
    if (!isObject(keys)) return [];
    return Object.entries(keys).map(([key, values]) => ({
      operator: bare,
      trueWithoutKey: name.startsWith("forallvalues:") || name.endsWith("ifexists"),
      key: key.toLowerCase(),
      values: texts(values),
    }));
  });
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

/** AWS's wildcards: `*` any number of any characters, `?` one. Linear in both texts but for what `*` repeats. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let t = 0; t < text.length;) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (pattern[p] === "?" || pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
