import { BlockList } from "node:net";

/**
 * Decides as AWS does whether a request is let through by one policy, a resource's or an identity's own, for the few words
 * that our policies use. Any other word is an error, so that nothing passes because it was not understood.
 */
interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Who asks for what. */
export interface Request {
  /** A role's or a user's ARN, or a service. */
  principal: string;
  action: string;
  /** Default: the resource that the policy is of. */
  resource?: string;
  context?: Record<string, string>;
}

const list = (value: string | string[]) => (Array.isArray(value) ? value : [value]);

/** `*` and `?` of IAM. */
const matches = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  ).test(text);

const isFor = ({ Principal }: Statement, principal: string) =>
  Principal === undefined ||
  Principal === "*" ||
  Object.values(Principal)
    .flat()
    .some((named) => named === "*" || named === principal);

function isIn(network: string, address: string): boolean {
  const [start = "", bits = ""] = network.split("/");
  const list = new BlockList();
  list.addSubnet(start, Number(bits));
  return list.check(address);
}

type Operator = (wanted: string[], actual: string | undefined) => boolean;

const operators: Record<string, Operator> = {
  StringEquals: (wanted, actual) => actual !== undefined && wanted.includes(actual),
  StringLike: (wanted, actual) => actual !== undefined && wanted.some((pattern) => matches(pattern, actual)),
  ArnEquals: (wanted, actual) => actual !== undefined && wanted.some((pattern) => matches(pattern, actual)),
  // A negated operator holds when the key is not there.
  ArnNotEquals: (wanted, actual) =>
    actual === undefined || !wanted.some((pattern) => matches(pattern, actual)),
  StringNotEquals: (wanted, actual) => actual === undefined || !wanted.includes(actual),
  NotIpAddress: (wanted, actual) => actual === undefined || !wanted.some((network) => isIn(network, actual)),
  DateLessThan: (wanted, actual) =>
    actual !== undefined && wanted.some((day) => Date.parse(actual) < Date.parse(day)),
  DateGreaterThanEquals: (wanted, actual) =>
    actual !== undefined && wanted.some((day) => Date.parse(actual) >= Date.parse(day)),
  Bool: (wanted, actual) => actual !== undefined && wanted.includes(actual),
  // The keys of a request's tags come as one text, with commas between them.
  "ForAllValues:StringEquals": (wanted, actual) =>
    actual === undefined || actual.split(",").every((value) => wanted.includes(value)),
  Null: (wanted, actual) => wanted.includes(String(actual === undefined)),
};

function holds({ Condition = {} }: Statement, context: Record<string, string>): boolean {
  return Object.entries(Condition).every(([name, keys]) => {
    const operator = operators[name];
    if (operator === undefined) throw new Error(`the evaluator doesn't know ${name}`);
    return Object.entries(keys).every(([key, wanted]) => operator(list(wanted), context[key]));
  });
}

/** `nothing`: neither allowed nor denied. What an identity's own policy says decides then. */
export function verdictOf(
  policy: string,
  { principal, action, resource = "", context = {} }: Request,
): "allow" | "deny" | "nothing" {
  const { Statement: statements } = JSON.parse(policy) as { Statement: Statement[] };
  const known = { "aws:PrincipalArn": principal, "aws:SecureTransport": "true", ...context };
  const applying = statements.filter(
    (statement) =>
      isFor(statement, principal) &&
      list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      list(statement.Resource ?? "*").some((pattern) => matches(pattern, resource)) &&
      holds(statement, known),
  );
  if (applying.some(({ Effect }) => Effect === "Deny")) return "deny";
  return applying.length > 0 ? "allow" : "nothing";
}
