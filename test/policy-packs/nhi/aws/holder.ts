/**
 * Whether AWS would let the holder of a policy do one thing, decided statement by statement for one action on one
 * resource with one request. It shares no code with the pack: what this allows, the pack must not pass.
 */
export interface RightsStatement {
  Effect: "Allow" | "Deny";
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Request {
  action: string;
  resource: string;
  /** Condition keys in lower case. */
  keys: Record<string, string>;
}

export function mayDo(statements: readonly RightsStatement[], request: Request): boolean {
  const fits = statements.filter((statement) => isAbout(statement, request));
  return fits.some(({ Effect }) => Effect === "Allow") && !fits.some(({ Effect }) => Effect === "Deny");
}

function isAbout(statement: RightsStatement, { action, resource, keys }: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const names = (patterns: string | string[] | undefined, text: string) =>
    [patterns ?? []].flat().some((pattern) => glob(pattern).test(text));
  const lower = (patterns: string | string[] | undefined) =>
    [patterns ?? []].flat().map((pattern) => pattern.toLowerCase());
  return (
    (NotAction === undefined
      ? names(lower(Action), action.toLowerCase())
      : !names(lower(NotAction), action.toLowerCase())) &&
    (NotResource === undefined ? names(Resource, resource) : !names(NotResource, resource)) &&
    Object.entries(Condition).every(([operator, comparisons]) =>
      Object.entries(comparisons).every(([key, values]) =>
        holds(operator, [values].flat(), keys[key.toLowerCase()]),
      ),
    )
  );
}

function holds(operator: string, values: string[], given: string | undefined): boolean {
  if (operator === "Null") return values.includes(String(given === undefined));
  const bare = operator.replace(/^For(All|Any)Values?:/, "").replace(/IfExists$/, "");
  if (given === undefined)
    return operator.startsWith("ForAll") || operator.endsWith("IfExists") || bare === "StringNotEquals";
  switch (bare) {
    case "StringEquals":
    case "Bool":
      return values.includes(given);
    case "StringNotEquals":
      return !values.includes(given);
    case "StringLike":
    case "ArnLike":
      return values.some((value) => glob(value).test(given));
    default:
      throw new Error(`no meaning for the operator ${operator}`);
  }
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
