import { Environment, type ASTNode } from "@marcbachmann/cel-js";
import { remembered } from "../remembered";

/** Cloud IAM: WorkloadIdentityPoolProvider.attributeCondition. What is longer is no condition that GCP takes. */
const longest = 4096;

const cel = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });

/** The tree of an expression, or nothing when it is none. */
export const parse = (text: string): ASTNode | undefined =>
  text.length > longest ? undefined : parseShort(text);

const parseShort = remembered((text): ASTNode | undefined => {
  try {
    return cel.parse(text).ast;
  } catch {
    return undefined;
  }
});

/** A text that stands in the expression itself. */
export const literal = (node: ASTNode | undefined): string | undefined =>
  node?.op === "value" && typeof node.args === "string" ? node.args : undefined;

/** `assertion.sub` and `assertion['a/b']` as their parts. */
export function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === "id") return [node.args];
  if (node.op === ".") {
    const before = pathOf(node.args[0]);
    return before && [...before, node.args[1]];
  }
  if (node.op === "[]") {
    const [on, key] = node.args;
    const before = pathOf(on);
    const name = literal(key);
    return before && name !== undefined ? [...before, name] : undefined;
  }
  return undefined;
}

/** The parts of a text that is put together with `+`, from the left. */
export function partsOf(node: ASTNode): ASTNode[] {
  return node.op === "+" ? [...partsOf(node.args[0]), ...partsOf(node.args[1])] : [node];
}

/** The characters of a pattern that stand for themselves, up to the first that does not. */
export function literalStart(pattern: string): { text: string; rest: string } {
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

/** Names of all claims that an expression is made of. */
export function claimsIn(node: ASTNode): string[] {
  const path = pathOf(node);
  if (path) return path[0] === "assertion" ? [claimName(path.slice(1))] : [];
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null && "op" in value)
      found.push(...claimsIn(value as ASTNode));
  };
  visit(node.args);
  return found;
}

/** Claims within claims are named as Vault names them: `/kubernetes.io/namespace`. */
export const claimName = (path: readonly string[]): string =>
  path.length > 1 ? `/${path.join("/")}` : (path[0] ?? "");
