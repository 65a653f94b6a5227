/**
 * Decides as AWS does whether a trust policy lets a request in, for the few words that our trust policies use. Any
 * other word is an error, so that nothing passes because it was not understood. It shares no code with the policy
 * pack's evaluator: two readings that agree say more than one.
 */

interface Statement {
  Effect: string;
  Principal: Record<string, string | string[]>;
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
  externalId?: string;
  /** How many seconds ago the caller showed a second factor. Default: never. */
  mfaAge?: number;
  /** The region whose endpoint is called. Default: the one of STS that was there first. */
  region?: string;
  /** Default: `someday`. */
  now?: string;
}

/** A time when nothing of the tests has ended. */
const someday = "2026-12-01T12:00:00Z";

/** What STS knows while it decides about each of the three permissions. */
export const keyModels = {
  /** Every key of the request, whatever the permission. */
  all: () => true,
  /** The keys that the Service Authorization Reference lists for the permission. */
  documented: (action: string, key: string) =>
    action === "sts:AssumeRole" ||
    (action === "sts:TagSession" && key.startsWith("aws:RequestTag/")) ||
    (action === "sts:SetSourceIdentity" && key === "sts:SourceIdentity") ||
    key.startsWith("aws:Current"),
};

/** STS asks for TagSession only when there are tags, and for SetSourceIdentity only when there is a source identity. */
export function assumesRole(
  trustPolicy: string,
  { caller, tags = {}, sourceIdentity, externalId, mfaAge, region = "us-east-1", now = someday }: AssumeRole,
  knows: (action: string, key: string) => boolean,
): boolean {
  const context: Context = {
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(sourceIdentity !== undefined && { "sts:SourceIdentity": sourceIdentity }),
    ...(externalId !== undefined && { "sts:ExternalId": externalId }),
    ...(mfaAge !== undefined && {
      "aws:MultiFactorAuthPresent": "true",
      "aws:MultiFactorAuthAge": `${mfaAge}`,
    }),
    "aws:RequestedRegion": region,
    "aws:CurrentTime": now,
  };
  const asked = ["sts:AssumeRole"];
  if (Object.keys(tags).length > 0) asked.push("sts:TagSession");
  if (sourceIdentity !== undefined) asked.push("sts:SetSourceIdentity");
  return asked.every((action) => {
    const known = Object.fromEntries(Object.entries(context).filter(([key]) => knows(action, key)));
    return allows(trustPolicy, action, { AWS: caller }, known);
  });
}

/** What STS makes condition keys of, beside those of every issuer (Service Authorization Reference, AWS STS). */
const mapped: [issuer: RegExp, claims: string[]][] = [
  [
    /^token\.actions\.(githubusercontent\.com(\/[^/]+)?|[^./]+\.ghe\.com(\/[^/]+)?)$/,
    [
      "actor",
      "actor_id",
      "enterprise_id",
      "environment",
      "job_workflow_ref",
      "ref",
      "repository",
      "repository_id",
      "repository_owner_id",
      "workflow",
    ],
  ],
  [
    /^gitlab\.com$/,
    [
      "namespace_id",
      "project_id",
      "pipeline_source",
      "ref_protected",
      "runner_environment",
      "user_access_level",
      "user_email",
      "user_id",
      "user_login",
    ],
  ],
  [/^oidc\.circleci\.com\/org\/[^/]+$/, ["oidc.circleci.com/project-id"]],
  [
    /^agent\.buildkite\.com$/,
    [
      "organization_id",
      "organization_slug",
      "pipeline_id",
      "pipeline_slug",
      "build_branch",
      "cluster_id",
      "cluster_name",
    ],
  ],
];
const mappedOfAll = ["amr", "aud", "email", "oaud", "sub"];

/**
 * Whether STS lets a token in: its claims, from the issuer of `provider`, an ARN or Google's name. What STS does not map
 * is not there.
 */
export function assumesRoleWithToken(
  trustPolicy: string,
  provider: string,
  claims: Record<string, string>,
  now = someday,
): boolean {
  const issuer = provider.slice(provider.indexOf("/") + 1);
  const known = [...mappedOfAll, ...mapped.flatMap(([of, names]) => (of.test(issuer) ? names : []))];
  const context = Object.fromEntries(
    Object.entries(issuer === "accounts.google.com" ? googleKeys(claims) : claims)
      .filter(([claim]) => known.includes(claim))
      .map(([claim, value]) => [`${issuer}:${claim}`, value]),
  );
  return allows(
    trustPolicy,
    "sts:AssumeRoleWithWebIdentity",
    { Federated: provider },
    { ...context, "aws:CurrentTime": now },
  );
}

/** Of Google's tokens `oaud` is the audience, and `aud` the authorised party where there is one. */
function googleKeys({ aud = "", azp = aud, ...rest }: Record<string, string>): Record<string, string> {
  return { ...rest, oaud: aud, aud: azp };
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
      isNamed(Principal, principal) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) =>
          holds(operator, [values].flat(), valueOf(context, key)),
        ),
      )
    );
  });
}

/** One kind of principal, and this one among those that are listed. */
function isNamed(named: Record<string, string | string[]>, principal: Record<string, string>): boolean {
  const [[kind, one] = []] = Object.entries(principal);
  const [[key, values] = ["", []], ...others] = Object.entries(named);
  if (others.length > 0) throw new Error("two kinds of principals");
  return key === kind && one !== undefined && [values].flat().includes(one);
}

/** Condition keys, tag keys included, are compared without regard to case. */
const valueOf = (context: Context, key: string) =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];

function holds(operator: string, wanted: string[], actual: string | undefined): boolean {
  if (wanted.some((value) => value.includes("${"))) throw new Error("a variable in a value");
  // Without the key, none of these operators holds.
  if (actual === undefined) return false;
  if (operator === "StringEquals") return wanted.includes(actual);
  if (operator === "Bool") return wanted.includes(actual);
  if (operator === "NumericLessThan") return wanted.some((value) => Number(actual) < Number(value));
  if (operator === "DateLessThan") return wanted.some((value) => Date.parse(actual) < Date.parse(value));
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
