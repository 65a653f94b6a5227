/**
 * Decides as AWS does whether a trust policy lets a request in, for the few words that our trust policies use. Any
 * other word is an error, so that nothing passes because it was not understood. It shares no code with the policy
 * pack's evaluator: two readings that agree say more than one.
 */

interface Statement {
  Effect: string;
  Principal: Record<string, string>;
  Action: string;
  Condition: Record<string, Record<string, string | string[]>>;
}

type Context = Record<string, string>;

/** What an `AssumeRole` call carries. */
export interface AssumeRole {
  /** ARN of the calling role. */
  caller: string;
  tags?: Record<string, string>;
  sourceIdentity?: string;
}

/** What STS knows while it decides about each of the three permissions. */
export const keyModels = {
  /** Every key of the request, whatever the permission. */
  all: () => true,
  /** The keys that the Service Authorization Reference lists for the permission. */
  documented: (action: string, key: string) =>
    action === "sts:AssumeRole" ||
    (action === "sts:TagSession" && key.startsWith("aws:RequestTag/")) ||
    (action === "sts:SetSourceIdentity" && key === "sts:SourceIdentity"),
};

/** STS asks for TagSession only when there are tags, and for SetSourceIdentity only when there is a source identity. */
export function assumesRole(
  trustPolicy: string,
  { caller, tags = {}, sourceIdentity }: AssumeRole,
  knows: (action: string, key: string) => boolean,
): boolean {
  const context: Context = {
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(sourceIdentity !== undefined && { "sts:SourceIdentity": sourceIdentity }),
  };
  const asked = ["sts:AssumeRole"];
  if (Object.keys(tags).length > 0) asked.push("sts:TagSession");
  if (sourceIdentity !== undefined) asked.push("sts:SetSourceIdentity");
  return asked.every((action) => {
    const known = Object.fromEntries(Object.entries(context).filter(([key]) => knows(action, key)));
    return allows(trustPolicy, action, { AWS: caller }, known);
  });
}

/** A token as STS sees it: its issuer, and the claims that STS makes condition keys of. */
export function assumesRoleWithToken(
  trustPolicy: string,
  provider: string,
  claims: Record<string, string>,
): boolean {
  const issuer = provider.slice(provider.indexOf("/") + 1);
  const context = Object.fromEntries(
    Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value]),
  );
  return allows(trustPolicy, "sts:AssumeRoleWithWebIdentity", { Federated: provider }, context);
}

function allows(
  trustPolicy: string,
  action: string,
  principal: Record<string, string>,
  context: Context,
): boolean {
  const { Version, Statement } = JSON.parse(trustPolicy) as { Version: string; Statement: Statement[] };
  if (Version !== "2012-10-17") throw new Error(`unexpected version ${Version}`);
  return Statement.some((statement) => {
    const { Effect, Principal, Action, Condition, ...rest } = statement;
    if (Effect !== "Allow" || Object.keys(rest).length > 0) throw new Error("a word that is not understood");
    return (
      Action === action &&
      JSON.stringify(Principal) === JSON.stringify(principal) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) =>
          holds(operator, [values].flat(), valueOf(context, key)),
        ),
      )
    );
  });
}

/** Condition keys, tag keys included, are compared without regard to case. */
const valueOf = (context: Context, key: string) =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];

function holds(operator: string, wanted: string[], actual: string | undefined): boolean {
  if (wanted.some((value) => value.includes("${"))) throw new Error("a variable in a value");
  // Without the key, neither operator holds.
  if (actual === undefined) return false;
  if (operator === "StringEquals") return wanted.includes(actual);
  if (operator === "StringLike") return wanted.some((value) => like(value).test(actual));
  throw new Error(`an operator that is not understood: ${operator}`);
}

/** `*` is any text, `?` any one character, all else is itself. */
function like(pattern: string): RegExp {
  const parts = Array.from(pattern, (character) =>
    character === "*" ? ".*" : character === "?" ? "." : character.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^${parts.join("")}$`, "su");
}
