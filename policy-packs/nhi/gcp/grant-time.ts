import type { ASTNode } from "@marcbachmann/cel-js";
import { literal, parse, pathOf } from "./cel";

/** When a conditional binding holds, in milliseconds since 1970: without a bound it is open on that side. */
export interface Window {
  start: number;
  end: number;
  /** Compares more than the time, so that it may hold for less than it seems. */
  hasMore: boolean;
}

const always: Window = { start: -Infinity, end: Infinity, hasMore: false };

/** Reads a condition of a binding, such as `request.time < timestamp('2027-01-15T12:00:00Z')`. Nothing when it is no expression. */
export function windowOf(expression: string): Window | undefined {
  const tree = parse(expression);
  return tree && read(tree);
}

function read(node: ASTNode): Window {
  if (node.op === "&&" || node.op === "||") {
    const [left, right] = [read(node.args[0]), read(node.args[1])];
    const [later, earlier] = [Math.max, Math.min];
    const hasMore = left.hasMore || right.hasMore;
    return node.op === "&&"
      ? { start: later(left.start, right.start), end: earlier(left.end, right.end), hasMore }
      : { start: earlier(left.start, right.start), end: later(left.end, right.end), hasMore };
  }
  if (node.op === "<" || node.op === "<=") return before(node.args[0], node.args[1]);
  if (node.op === ">" || node.op === ">=") return before(node.args[1], node.args[0]);
  return node.op === "value" ? always : { ...always, hasMore: true };
}

/** That the left is before the right. */
function before(left: ASTNode, right: ASTNode): Window {
  if (isNow(left)) return { ...always, end: timeOf(right) ?? Infinity, hasMore: timeOf(right) === undefined };
  if (isNow(right)) return { ...always, start: timeOf(left) ?? -Infinity };
  return { ...always, hasMore: true };
}

const isNow = (node: ASTNode) => pathOf(node)?.join(".") === "request.time";

function timeOf(node: ASTNode): number | undefined {
  if (node.op !== "call" || node.args[0] !== "timestamp") return undefined;
  const time = Date.parse(literal(node.args[1][0]) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
