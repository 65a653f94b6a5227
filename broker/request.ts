import type { Caller, GrantRequest, Intent } from "./grant";
import { agentCeiling, type Role } from "./settings";

/** Why a request is not even looked at: one line for who sent it, without what it said. */
export type Problem = string | undefined;

/** Seconds. Below this, asking again takes longer than the work. */
const shortest = 60;
const longestText = 256;

/** Words that are no purpose. A reviewer learns nothing from them. */
const emptyWords = new Set([
  "test",
  "testing",
  "deploy",
  "deployment",
  "access",
  "work",
  "task",
  "temp",
  "none",
  "n/a",
  "todo",
  "asdf",
  "fix",
  "job",
]);

/** What is wrong with the shape of a request that came from outside, or nothing. */
export function requestProblem(given: unknown): Problem {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return "The request must be an object.";
  const request = given as Record<string, unknown>;
  const unknownName = Object.keys(request).find((name) => !known.has(name));
  if (unknownName !== undefined)
    return `The request has a field that there is none of. Fields are ${[...known].join(", ")}.`;
  const { requestToken, role, purpose, environment, task, parent, ttlSeconds, resources, intent } = request;
  return (
    tokenProblem(requestToken) ??
    textProblem("role", role) ??
    textProblem("purpose", purpose) ??
    purposeProblem(String(purpose)) ??
    textProblem("environment", environment) ??
    (task === undefined ? undefined : textProblem("task", task)) ??
    (parent === undefined ? undefined : textProblem("parent", parent)) ??
    (Number.isInteger(ttlSeconds) && (ttlSeconds as number) >= shortest
      ? undefined
      : `ttlSeconds must be a whole number of at least ${shortest} seconds.`) ??
    (resources === undefined ? undefined : textsProblem("resources", resources)) ??
    (intent === undefined ? undefined : intentProblem(intent))
  );
}

const known = new Set([
  "requestToken",
  "role",
  "purpose",
  "ttlSeconds",
  "environment",
  "task",
  "resources",
  "intent",
  "parent",
]);

const tokenProblem = (token: unknown): Problem =>
  typeof token === "string" && /^[\w-]{16,128}$/.test(token)
    ? undefined
    : "requestToken must be 16 to 128 letters, digits, _ or -, made up for this request alone.";

function textProblem(name: string, text: unknown): Problem {
  if (typeof text !== "string" || text.trim() === "") return `${name} must say something.`;
  if (text.length > longestText)
    return `${name} must be at most ${longestText} characters, got ${text.length}.`;
  // A line of a log must stay one line, and read in the order in which it was written.
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(text)
    ? `${name} must be one line without control characters.`
    : undefined;
}

function purposeProblem(purpose: string): Problem {
  const words = purpose.trim().toLowerCase();
  return words.length < 8 || emptyWords.has(words)
    ? "purpose must say what this access is for, in words that a reviewer understands: at least 8 characters."
    : undefined;
}

function textsProblem(name: string, texts: unknown): Problem {
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > 50)
    return `${name} must be a list of 1 to 50 texts.`;
  for (const [index, text] of texts.entries()) {
    const problem = textProblem(`${name}[${index}]`, text);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function intentProblem(given: unknown): Problem {
  if (typeof given !== "object" || given === null) return "intent must have task, tools and targets.";
  const { task, tools, targets } = given as Partial<Intent>;
  return (
    textProblem("intent.task", task) ??
    textsProblem("intent.tools", tools) ??
    textsProblem("intent.targets", targets)
  );
}

/** Whether a request of this shape can be for this role by this caller, before any policy is asked. */
export function roleProblem(caller: Caller, request: GrantRequest, role: Role): Problem {
  if (request.environment !== role.environment)
    return `environment must be that of the role ${role.name}. An identity of one environment gets nothing in another.`;
  if (caller.kind === "ai-agent" && !request.intent)
    return "intent must say which task, tools and targets this step is for: the caller is an AI agent.";
  return undefined;
}

/** Seconds: the least of what was asked for, what the role gives, and what an agent may hold. */
export const grantedSeconds = (
  caller: Caller,
  { ttlSeconds }: GrantRequest,
  { maxTtlSeconds }: Role,
): number => Math.min(ttlSeconds, maxTtlSeconds, caller.kind === "ai-agent" ? agentCeiling : Infinity);
