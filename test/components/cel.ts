import { celEnv, celMethod, CelScalar, isCelError, parse, plan, type CelInput } from "@bufbuild/cel";

/**
 * Decides as GCP does whether somebody gets what a principal was granted, from what the component registered: a
 * provider's issuer, audience, condition and mapping, and the members of the bindings. Conditions are read by another
 * parser than the policy pack's, and no code is shared with it. Any word that our providers do not use is an error, so
 * that nothing passes because it was not understood.
 */

/** A provider of a workload identity pool, as registered. */
export interface ProviderInputs {
  workloadIdentityPoolId: string;
  workloadIdentityPoolProviderId: string;
  attributeMapping: Record<string, string>;
  attributeCondition: string;
  oidc?: { issuerUri: string; allowedAudiences?: string[] };
  aws?: { accountId: string };
  x509?: { trustStore: { trustAnchors: { pemCertificate: string }[] } };
  [other: string]: unknown;
}

/** What somebody shows to a provider. */
export interface Shown {
  /** The issuer that signed it, with `https://`; for AWS `aws:ACCOUNT`, for a certificate `x509`. */
  issuer: string;
  /** The token's claims; for AWS `account`, `arn` and `userid`; for a certificate its fields. */
  assertion: Record<string, unknown>;
}

export interface Pool {
  projectNumber: string;
  providers: ProviderInputs[];
}

/** Whether somebody has at least one of the principals, through any provider of the pool. */
export function isOneOf(members: readonly string[], pool: Pool, shown: Shown): boolean {
  return pool.providers.some((provider) => {
    const attributes = exchanged(pool.projectNumber, provider, shown);
    return attributes !== undefined && members.some((member) => names(member, pool, provider, attributes));
  });
}

/** The attributes that GCP's token would have, or nothing when GCP gives none. */
function exchanged(
  projectNumber: string,
  provider: ProviderInputs,
  { issuer, assertion }: Shown,
): Record<string, string> | undefined {
  if (issuerOf(provider) !== issuer || !takesAudience(projectNumber, provider, assertion.aud))
    return undefined;
  const mapped = Object.entries(provider.attributeMapping).map(
    ([name, expression]) => [name, evaluate(expression, { assertion })] as const,
  );
  // A mapping that fails, or that gives more than GCP takes, ends the exchange.
  if (!mapped.every((pair): pair is readonly [string, string] => typeof pair[1] === "string"))
    return undefined;
  const attributes = Object.fromEntries(mapped);
  const subject = attributes["google.subject"];
  if (subject === undefined || subject === "" || Buffer.byteLength(subject) > 127) return undefined;

  const custom = mapped.flatMap(([name, value]) =>
    name.startsWith("attribute.") ? [[name.slice("attribute.".length), value] as const] : [],
  );
  const known = { assertion, google: { subject }, attribute: Object.fromEntries(custom) };
  if (provider.attributeCondition.length > 4096) throw new Error("GCP takes no condition as long as this");
  return evaluate(provider.attributeCondition, known) === true ? attributes : undefined;
}

function issuerOf({ oidc, aws, x509 }: ProviderInputs): string {
  const kinds = [oidc?.issuerUri, aws && `aws:${aws.accountId}`, x509 && "x509"].filter(
    (kind) => kind !== undefined,
  );
  if (kinds.length !== 1) throw new Error("a provider has one kind of credential");
  return kinds[0] ?? "";
}

/** Without a list, the token must be for the provider itself (Cloud IAM, Oidc.allowedAudiences). */
function takesAudience(projectNumber: string, provider: ProviderInputs, audience: unknown): boolean {
  if (provider.oidc === undefined) return true;
  const { workloadIdentityPoolId, workloadIdentityPoolProviderId } = provider;
  const own = `//iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${workloadIdentityPoolId}/providers/${workloadIdentityPoolProviderId}`;
  const allowed = provider.oidc.allowedAudiences ?? [];
  return [audience]
    .flat()
    .some((each) => (allowed.length > 0 ? allowed : [own, `https:${own}`]).includes(each as string));
}

const member =
  /^(?<kind>principal|principalSet):\/\/iam\.googleapis\.com\/projects\/(?<number>\d+)\/locations\/global\/workloadIdentityPools\/(?<pool>[^/]+)\/(?<rest>.+)$/s;

function names(
  text: string,
  pool: Pool,
  provider: ProviderInputs,
  attributes: Record<string, string>,
): boolean {
  const found = member.exec(text)?.groups;
  if (found === undefined) return false;
  if (found.number !== pool.projectNumber || found.pool !== provider.workloadIdentityPoolId) return false;
  const rest = found.rest ?? "";
  const [what, value] = [rest.slice(0, rest.indexOf("/")), rest.slice(rest.indexOf("/") + 1)];
  if (found.kind === "principal" && what === "subject") return attributes["google.subject"] === value;
  if (found.kind === "principalSet" && rest === "*") return true;
  if (found.kind === "principalSet" && what.startsWith("attribute.")) return attributes[what] === value;
  throw new Error(`a principal that is not understood: ${text}`);
}

/**
 * `'assumed-role/{role}/'`: what stands in the place of the braces, for the first place where the text around them
 * fits; an empty string when there is none (Cloud IAM, "Attribute conditions", `extract`).
 */
const extract = celMethod(
  "extract",
  CelScalar.STRING,
  [CelScalar.STRING],
  CelScalar.STRING,
  function (template) {
    const parts = /^([^{}]*)\{\w+\}([^{}]*)$/.exec(template);
    if (parts === null) throw new Error(`a template that is not understood: ${template}`);
    const [, before = "", after = ""] = parts;
    const start = this.indexOf(before);
    if (start < 0) return "";
    const text = this.slice(start + before.length);
    if (after === "") return text;
    const end = text.indexOf(after);
    return end < 0 ? "" : text.slice(0, end);
  },
);

const environment = celEnv({ funcs: [extract] });
/** Parsed once: a property test asks the same few expressions ten thousand times. */
const planned = new Map<string, ReturnType<typeof planOf>>();
const planOf = (expression: string) => plan(environment, parse(expression));

/** An expression's value, or nothing when it has none: an error counts as no for GCP. */
function evaluate(expression: string, known: Record<string, object>): unknown {
  const evaluation = planned.get(expression) ?? planOf(expression);
  planned.set(expression, evaluation);
  const result = evaluation(known as Record<string, CelInput>);
  if (!isCelError(result)) return result;
  // What is no function or no variable here is a mistake of the expression, not of the credential.
  if (!/^(field not found|found no matching overload)/.test(result.message))
    throw new Error(`${expression}: ${result.message}`);
  return undefined;
}
