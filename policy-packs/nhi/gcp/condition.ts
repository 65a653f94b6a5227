import { Environment, type ASTNode } from "@marcbachmann/cel-js";
import {
  any,
  both,
  type Claim,
  type Confinement,
  either,
  exact,
  notKnown,
  type Start,
} from "../issuers/reach";

/** What claims of a token name, by their names. */
export type Claims = (name: string) => Claim | undefined;

/** Attributes that a provider makes of a token: `google.subject` and `attribute.x`, each an expression over claims. */
export type Mapping = Readonly<Record<string, string>>;

/** Cloud IAM: WorkloadIdentityPoolProvider.attributeCondition. What is longer is no condition that GCP takes. */
const longest = 4096;
/** Mappings may name each other; deeper than this they go in a circle. */
const deepest = 8;

const cel = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });

/** The tree of an expression, or nothing when it is none. */
function parse(text: string): ASTNode | undefined {
  if (text.length > longest) return undefined;
  try {
    return cel.parse(text).ast;
  } catch {
    return undefined;
  }
}

/** What can't be followed may keep strangers out, or not. */
const unfollowed: Confinement = { owner: notKnown, workload: notKnown, run: notKnown };

/** Nothing at all is let in, which is as tight as one thing. */
const nobody: Confinement = exact;

/**
 * What a token has to be for a condition to be true: `||` is as loose as its looser side, `&&` as tight as its tighter
 * one. Only comparisons that hold a claim to values count; `!=`, `has()` and `size()` are true for values not named.
 * Nothing when the text is no expression.
 */
export function confinementOf(text: string, claims: Claims, mapping: Mapping): Confinement | undefined {
  const tree = parse(text);
  return tree && new Reading(claims, mapping).condition(tree);
}

/** What one principal of an attribute has to be: `attribute.x` with a value. */
export function attributeConfinement(
  name: string,
  value: string,
  claims: Claims,
  mapping: Mapping,
): Confinement {
  return new Reading(claims, mapping).named(name, { text: value, whole: true });
}

/** An expression that is compared: a claim, with what stands before it in a text. */
interface Compared {
  claim: string;
  before: string;
  /** Only a part of the claim is compared: `extract`. */
  template?: string;
}

class Reading {
  constructor(
    private readonly claims: Claims,
    private readonly mapping: Mapping,
  ) {}

  condition(node: ASTNode): Confinement {
    switch (node.op) {
      case "&&":
        return both([this.condition(node.args[0]), this.condition(node.args[1])]);
      case "||":
        return either([this.condition(node.args[0]), this.condition(node.args[1])]);
      case "?:": {
        const [test, then, otherwise] = node.args;
        return either([both([this.condition(test), this.condition(then)]), this.condition(otherwise)]);
      }
      case "value":
        return node.args === false ? nobody : {};
      case "==":
        return this.equals(node.args[0], node.args[1]);
      case "in":
        return this.isIn(node.args[0], node.args[1]);
      case "rcall":
        return this.method(node.args[0], node.args[1], node.args[2]);
      case "call":
        return node.args[0] === "has" || node.args[0] === "size" ? {} : unfollowed;
      // What must not hold lets in everybody else.
      case "!_":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
        return {};
      default:
        return unfollowed;
    }
  }

  private equals(left: ASTNode, right: ASTNode): Confinement {
    const [side, other] = left.op === "value" ? [right, left] : [left, right];
    // `true == (…)`, and a comparison of two values that the text itself has.
    if (other.op !== "value") return this.isSame(left, right) ? {} : unfollowed;
    if (side.op === "value") return side.args === other.args ? {} : nobody;
    if (typeof other.args === "boolean") return other.args ? this.condition(side) : {};
    // Claims are texts: a number is never equal to one.
    return typeof other.args === "string" ? this.held(side, { text: other.args, whole: true }) : nobody;
  }

  private isSame(left: ASTNode, right: ASTNode): boolean {
    const [one, two] = [this.compared(left, 0), this.compared(right, 0)];
    return one !== undefined && one.claim === two?.claim;
  }

  private isIn(side: ASTNode, list: ASTNode): Confinement {
    if (list.op !== "list") return unfollowed;
    const values = list.args.map((item) =>
      item.op === "value" && typeof item.args === "string"
        ? this.held(side, { text: item.args, whole: true })
        : unfollowed,
    );
    return values.length === 0 ? nobody : either(values);
  }

  private method(name: string, on: ASTNode, args: readonly ASTNode[]): Confinement {
    const [first] = args;
    const text = first?.op === "value" && typeof first.args === "string" ? first.args : undefined;
    if (text === undefined) return unfollowed;
    if (name === "startsWith") return this.held(on, { text, whole: false });
    if (name === "matches") return this.matches(on, text);
    // What a claim contains or ends with, a stranger's can contain too.
    return name === "contains" || name === "endsWith" ? {} : unfollowed;
  }

  /** RE2, which looks anywhere in the text: only what `^` and `$` hold in place says something. */
  private matches(on: ASTNode, pattern: string): Confinement {
    if (!pattern.startsWith("^")) return {};
    // An alternative may stand outside of what `^` begins.
    if (pattern.replaceAll(/\\./g, "").includes("|")) return unfollowed;
    const { text, rest } = literalStart(pattern.slice(1));
    if (rest === "$") return this.held(on, { text, whole: true });
    return this.held(on, { text, whole: false });
  }

  private held(side: ASTNode, value: Start): Confinement {
    const compared = this.compared(side, 0);
    return compared === undefined ? unfollowed : this.ofClaim(compared, value);
  }

  private ofClaim({ claim, before, template }: Compared, { text, whole }: Start): Confinement {
    if (!text.startsWith(before)) return whole ? nobody : before.startsWith(text) ? {} : nobody;
    const name = template === undefined ? claim : `${claim} ${template}`;
    return this.claims(name)?.read({ text: text.slice(before.length), whole }) ?? {};
  }

  /** An attribute of the mapping, compared with a value. */
  named(attribute: string, value: Start): Confinement {
    const expression = this.mapping[attribute];
    if (expression === undefined) {
      // What is not mapped here may be mapped elsewhere: its name says what it is meant to be.
      const claim = this.claims(attribute.replace(/^attribute\./, ""));
      return claim?.read(value) ?? unfollowed;
    }
    const tree = parse(expression);
    return tree === undefined ? unfollowed : this.held(tree, value);
  }

  /** Which claim an expression is, through the mapping, and with a text that is put before it. */
  private compared(node: ASTNode, depth: number): Compared | undefined {
    if (depth > deepest) return undefined;
    if (node.op === "+") {
      const [left, right] = node.args;
      const after = this.compared(right, depth + 1);
      const before = left.op === "value" && typeof left.args === "string" ? left.args : undefined;
      return after && before !== undefined ? { ...after, before: before + after.before } : undefined;
    }
    if (node.op === "rcall") {
      const [name, on, [argument]] = node.args;
      const inner = this.compared(on, depth + 1);
      if (name !== "extract" || argument?.op !== "value" || typeof argument.args !== "string")
        return undefined;
      return inner?.before === "" ? { ...inner, template: argument.args } : undefined;
    }
    const path = pathOf(node);
    if (path === undefined) return undefined;
    const [root, ...rest] = path;
    const name = rest.join(".");
    if (root === "assertion") return { claim: name, before: "" };
    if (root !== "attribute" && root !== "google") return undefined;
    const expression = this.mapping[`${root}.${name}`];
    const tree = expression === undefined ? undefined : parse(expression);
    return tree && this.compared(tree, depth + 1);
  }
}

/** `assertion.sub` and `assertion['a/b']` as their parts. */
function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === "id") return [node.args];
  if (node.op === ".") {
    const before = pathOf(node.args[0]);
    return before && [...before, node.args[1]];
  }
  if (node.op === "[]") {
    const [on, key] = node.args;
    const before = pathOf(on);
    return before && key.op === "value" && typeof key.args === "string" ? [...before, key.args] : undefined;
  }
  return undefined;
}

/** The characters of a pattern that stand for themselves, up to the first that does not. */
function literalStart(pattern: string): { text: string; rest: string } {
  let text = "";
  let at = 0;
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    const isEscaped = character === "\\" && /^[^\w]$/.test(pattern.charAt(at + 1));
    if (!isEscaped && /[\\^$.*+?()[\]{}|]/.test(character)) break;
    // A character that may be missing or come again is none that stands for itself.
    const next = pattern.charAt(at + (isEscaped ? 2 : 1));
    if (/[*+?{]/.test(next)) break;
    text += isEscaped ? pattern.charAt(at + 1) : character;
    at += isEscaped ? 2 : 1;
  }
  return { text, rest: pattern.slice(at) };
}

/** What a condition that is not there lets in. */
export const everything = (who: string): Confinement => ({ workload: any(who) });
