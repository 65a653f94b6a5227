import type { ASTNode } from "@marcbachmann/cel-js";
import { both, type Claim, type Confinement, either, exact, notKnown, type Start } from "../issuers/reach";
import { claimName, literal, literalStart, parse, partsOf, pathOf } from "./cel";

/** What claims of a token name, by their names. */
export type Claims = (name: string) => Claim | undefined;

/** Attributes that a provider makes of a token: `google.subject` and `attribute.x`, each an expression over claims. */
export type Mapping = Readonly<Record<string, string>>;

/** More parts than any condition has. A mapping may go in a circle, and a text may be cut in many ways. */
const mostParts = 5000;

/** What can't be followed may keep strangers out, or not. */
const unfollowed: Confinement = { owner: notKnown, workload: notKnown, run: notKnown };
/** Nothing at all is let in, which is as tight as one thing. */
const nobody: Confinement = exact;
const everybody: Confinement = {};

/**
 * What a token has to be for a condition to be true: `||` is as loose as its looser side, `&&` as tight as its tighter
 * one. Only comparisons that hold a claim to values count; what is true for values that it does not name, as `!=`,
 * `has()` and `size()` are, lets in everybody. Nothing when the text is no expression.
 */
export function confinementOf(text: string, claims: Claims, mapping: Mapping): Confinement | undefined {
  const tree = parse(text);
  return tree && new Reading(claims, mapping).condition(tree, true);
}

/** What one principal of an attribute has to be: `attribute.x` with a value. */
export function attributeConfinement(name: string, value: string, claims: Claims): Confinement {
  // What is not mapped here is mapped elsewhere: its name says what it is meant to be.
  const claim = claims(name.replace(/^attribute\./, ""));
  return claim?.read({ text: value, whole: true }) ?? unfollowed;
}

class Reading {
  private left = mostParts;

  constructor(
    private readonly claims: Claims,
    private readonly mapping: Mapping,
  ) {}

  /** What a token has to be for a node to be true, or to be false. */
  condition(node: ASTNode, holds: boolean): Confinement {
    if (this.left-- <= 0) return unfollowed;
    switch (node.op) {
      case "!_":
        return this.condition(node.args, !holds);
      case "&&":
      case "||": {
        const sides = node.args.map((side) => this.condition(side, holds));
        return (node.op === "&&") === holds ? both(sides) : either(sides);
      }
      case "?:": {
        const [test, then, otherwise] = node.args;
        return either([
          both([this.condition(test, true), this.condition(then, holds)]),
          both([this.condition(test, false), this.condition(otherwise, holds)]),
        ]);
      }
      case "value":
        return node.args === !holds ? nobody : everybody;
      case "==":
      case "!=":
        return this.equality(node.args[0], node.args[1], (node.op === "==") === holds);
      case "in":
        return holds ? this.isIn(node.args[0], node.args[1]) : everybody;
      case "rcall":
        return this.method(node.args[0], node.args[1], node.args[2], holds);
      case "call":
        return node.args[0] === "has" ? everybody : unfollowed;
      case "<":
      case "<=":
      case ">":
      case ">=":
        return everybody;
      // That a claim is true names nobody.
      case "id":
      case ".":
      case "[]":
        return pathOf(node) ? everybody : unfollowed;
      default:
        return unfollowed;
    }
  }

  private equality(left: ASTNode, right: ASTNode, isEqual: boolean): Confinement {
    const [side, other] = left.op === "value" ? [right, left] : [left, right];
    if (other.op !== "value") return pathOf(left) && pathOf(right) ? everybody : unfollowed;
    // Two values that the text itself has.
    if (side.op === "value") return (side.args === other.args) === isEqual ? everybody : nobody;
    if (typeof other.args === "boolean") return this.condition(side, other.args === isEqual);
    if (!isEqual) return everybody;
    if (typeof other.args === "string") return this.held(side, { text: other.args, whole: true });
    return this.isNumber(side, other.args);
  }

  /** A claim that is a text is never equal to a number, and some are numbers. Any text may have a certain length. */
  private isNumber(side: ASTNode, number: unknown): Confinement {
    if (side.op !== "call" || typeof number !== "bigint") return unfollowed;
    const [name, [of]] = side.args;
    if (name === "size") return everybody;
    return name === "int" && of ? this.held(of, { text: String(number), whole: true }) : unfollowed;
  }

  private isIn(side: ASTNode, list: ASTNode): Confinement {
    if (list.op !== "list") return unfollowed;
    const values = list.args.map((item) => {
      const text = literal(item);
      return text === undefined ? unfollowed : this.held(side, { text, whole: true });
    });
    return values.length === 0 ? nobody : either(values);
  }

  private method(name: string, on: ASTNode, args: readonly ASTNode[], holds: boolean): Confinement {
    const text = literal(args[0]);
    if (text === undefined || !/^(startsWith|endsWith|contains|matches)$/.test(name)) return unfollowed;
    if (!holds) return everybody;
    if (name === "startsWith") return this.held(on, { text, whole: false });
    // What a claim contains or ends with, a stranger's can contain too.
    return name === "matches" ? this.matches(on, text) : everybody;
  }

  /** RE2, which looks anywhere in the text: only what `^` and `$` hold in place says something. */
  private matches(on: ASTNode, pattern: string): Confinement {
    if (!pattern.startsWith("^")) return everybody;
    // An alternative may stand outside of what `^` begins.
    if (pattern.replaceAll(/\\./g, "").includes("|")) return unfollowed;
    const { text, rest } = literalStart(pattern.slice(1));
    return this.held(on, { text, whole: rest === "$" });
  }

  /** What a token has to be for an expression to be a text, or to start with it. */
  private held(node: ASTNode, value: Start): Confinement {
    if (this.left-- <= 0) return unfollowed;
    if (node.op === "?:") {
      const [test, then, otherwise] = node.args;
      return either([
        both([this.condition(test, true), this.held(then, value)]),
        both([this.condition(test, false), this.held(otherwise, value)]),
      ]);
    }
    if (node.op === "+") return this.together(partsOf(node), value);
    if (node.op === "call" && node.args[0] === "string" && node.args[1][0])
      return this.held(node.args[1][0], value);
    if (node.op === "rcall") return this.extracted(node.args[0], node.args[1], node.args[2], value);
    if (node.op === "value") return fits(literal(node), value) ? everybody : nobody;
    const path = pathOf(node);
    if (path === undefined) return unfollowed;
    if (path[0] === "assertion") return this.claims(claimName(path.slice(1)))?.read(value) ?? everybody;
    const name = path.join(".");
    const tree = Object.hasOwn(this.mapping, name) ? parse(this.mapping[name] ?? "") : undefined;
    return tree ? this.held(tree, value) : unfollowed;
  }

  /** Each way to cut the text into the parts may be the one by which a token gets in. */
  private together([first, ...rest]: ASTNode[], value: Start): Confinement {
    if (first === undefined || rest.length === 0) return first ? this.held(first, value) : unfollowed;
    const { text, whole } = value;
    const before = literal(first);
    if (before !== undefined) {
      if (text.startsWith(before)) return this.together(rest, { text: text.slice(before.length), whole });
      return !whole && before.startsWith(text) ? everybody : nobody;
    }
    const between = literal(rest[0]);
    // A text that is only begun may end in any part.
    if (!whole || !between) return unfollowed;
    const ways: Confinement[] = [];
    for (let at = text.indexOf(between); at >= 0 && this.left > 0; at = text.indexOf(between, at + 1))
      ways.push(
        both([
          this.held(first, { text: text.slice(0, at), whole }),
          this.together(rest, { text: text.slice(at), whole }),
        ]),
      );
    if (this.left <= 0) return unfollowed;
    return ways.length === 0 ? nobody : either(ways);
  }

  /** A part of a claim: `assertion.arn.extract('assumed-role/{role}/')`. */
  private extracted(name: string, on: ASTNode, [template]: readonly ASTNode[], value: Start): Confinement {
    const path = pathOf(on);
    const text = literal(template);
    if (name !== "extract" || text === undefined || path?.[0] !== "assertion") return unfollowed;
    const claim = claimName(path.slice(1));
    const part = this.claims(`${claim} ${text.replace(/\{[^{}]*\}/, "{}")}`);
    return part?.read(value) ?? (this.claims(claim) ? unfollowed : everybody);
  }
}

const fits = (own: string | undefined, { text, whole }: Start): boolean =>
  own === undefined || (whole ? own === text : own.startsWith(text));
