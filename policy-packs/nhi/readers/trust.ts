import { isObject, unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { element, globMatches, list, readDocument, texts, type Comparison, type Statement } from "./document";
import { issuerOf, type Issuer } from "./issuers";

/**
 * Who outside a named workload does a role's trust policy let in? Statements are alternatives, and so are the values of a
 * comparison; comparisons of one statement all have to hold. A Deny takes away and never makes an Allow tight.
 */
export function trustFindings(property: string, value: Value | undefined): Finding[] {
  if (value === undefined) return [];
  const reading = readDocument(value);
  if ("unreadable" in reading) return [undetermined(property, reading.unreadable)];
  return reading.statements.flatMap((statement) =>
    statementFindings(`${property}.Statement[${statement.index}]`, statement),
  );
}

function statementFindings(where: string, statement: Statement): Finding[] {
  const { effect } = statement;
  if (typeof effect === "string" && effect.toLowerCase() !== "allow") return [];
  const findings = [
    ...(allows(statement, "sts:assumerolewithwebidentity") ? webIdentityFindings(where, statement) : []),
    ...(allows(statement, "sts:assumerole") ? assumeRoleFindings(where, statement) : []),
  ];
  return effect === unknown ? findings.map((finding) => ({ ...finding, verdict: "undetermined" })) : findings;
}

/** What is not known yet may be the action: then the statement counts. */
function allows({ actions, notActions }: Statement, action: string): boolean {
  const matches = (pattern: string | typeof unknown) =>
    pattern === unknown || globMatches(pattern.toLowerCase(), action);
  if (notActions) return !notActions.some((pattern) => pattern !== unknown && matches(pattern));
  return actions.some(matches);
}

function webIdentityFindings(where: string, statement: Statement): Finding[] {
  const { principal } = statement;
  if (isEverybody(statement) || texts(element(principal, "federated")).includes("*"))
    return [fail(where, "trusts the tokens of every issuer")];
  const federated = texts(element(principal, "federated"));
  const isOpen = principal === unknown || federated.includes(unknown);
  const hosts = [...federated.flatMap(hostOf), ...(isOpen ? hostsInKeys(statement) : [])];
  if (hosts.length === 0)
    return isOpen ? [undetermined(where, "trusts an issuer that is not known yet")] : [];
  return [...new Set(hosts)].flatMap((host) => issuerFindings(where, statement, host));
}

/** `arn:aws:iam::123456789012:oidc-provider/host/path` in any partition, or one of AWS's own issuers by its host. */
function hostOf(principal: string | typeof unknown): string[] {
  if (principal === unknown) return [];
  const arn = /^arn:[^:]*:iam::[^:]*:(oidc|saml)-provider\/(.+)$/i.exec(principal);
  if (!arn) return principal.startsWith("arn:") ? [] : [principal.toLowerCase()];
  return arn[1]?.toLowerCase() === "oidc" ? [(arn[2] ?? "").toLowerCase()] : [];
}

/** Where the principal is not known yet, the keys that are compared say whose tokens are meant: `host/path:claim`. */
function hostsInKeys({ comparisons }: Statement): string[] {
  return comparisons
    .map(({ key }) => key.slice(0, key.lastIndexOf(":")))
    .filter((host) => host.includes(".") && !host.startsWith("aws:"));
}

/** What a set of comparisons says of a claim. */
type Tightness = "tight" | "unknown" | { loose: string | undefined };

function issuerFindings(where: string, statement: Statement, host: string): Finding[] {
  const issuer = issuerOf(host);
  const claim = (name: string, loose: (value: string) => string | undefined = exactly) =>
    tightness(statement, `${host}:${name}`, loose);
  const subject = claim("sub", issuer.looseSubject);
  const audience = claim("aud");
  const bounds = [
    subject,
    ...issuer.identifying.map((name) => claim(name)),
    ...(issuer.pinned
      ? [
          both(
            claim(issuer.pinned.claim, unless(issuer.pinned.isPinned)),
            claim("sub", unless(issuer.pinned.isOwners)),
          ),
        ]
      : []),
    ...(issuer.audienceAnd === undefined ? [] : [both(audience, claim(issuer.audienceAnd))]),
  ];
  const from = `a token of ${issuer.name}${issuer.name === "the issuer" ? ` ${host}` : ""}`;
  if (!bounds.includes("tight")) {
    if (bounds.includes("unknown") || statement.conditionsUnknown)
      return [undetermined(where, `compares the subject of ${from} with a value that is not known yet`)];
    const why = typeof subject === "object" ? subject.loose : undefined;
    return [
      fail(
        where,
        why
          ? `${why}: it compares the subject of ${from} too loosely`
          : `lets in every subject: it does not bound the subject of ${from}`,
      ),
    ];
  }
  if (issuer.tenantInAudience && typeof audience === "object")
    return [fail(where, `does not compare the audience of ${from}, which is what names the organisation`)];
  if (audience !== "tight")
    return [
      undetermined(where, `does not compare the audience of ${from}: only the provider's own list bounds it`),
    ];
  return isNameOnly(issuer, statement, host)
    ? [
        undetermined(
          where,
          `names the workload of ${from} without its number: a later owner of the name can't be told apart`,
        ),
      ]
    : [];
}

const exactly = (value: string): string | undefined => (/[*?]/.test(value) ? "is a pattern" : undefined);
const unless = (holds: (value: string) => boolean) => (value: string) =>
  holds(value) ? undefined : "is not fixed";

const both = (one: Tightness, other: Tightness): Tightness =>
  [one, other].find((tight) => typeof tight === "object") ?? (one === "unknown" ? one : other);

/** Operators that can only narrow an Allow to the values they list. Everything else is true for values not listed. */
const credited = new Set(["stringequals", "stringlike", "stringequalsignorecase", "numericequals"]);

/** One comparison that is tight in all of its values is enough, since all comparisons have to hold. */
function tightness(
  statement: Statement,
  key: string,
  loose: (value: string) => string | undefined,
): Tightness {
  const results = comparisonsOf(statement, key).map((comparison): Tightness => {
    const reasons = comparison.values.map((value) =>
      value === unknown ? unknown : reasonFor(comparison, value, loose),
    );
    const reason = reasons.find((found) => typeof found === "string");
    if (reason !== undefined) return { loose: reason };
    return reasons.includes(unknown) ? "unknown" : "tight";
  });
  if (results.includes("tight")) return "tight";
  if (results.includes("unknown")) return "unknown";
  return results[0] ?? { loose: undefined };
}

function comparisonsOf({ comparisons }: Statement, key: string): Comparison[] {
  return comparisons.filter(
    (comparison) =>
      comparison.key === key &&
      credited.has(comparison.operator) &&
      !comparison.trueWithoutKey &&
      comparison.values.length > 0,
  );
}

function reasonFor(
  { operator }: Comparison,
  value: string,
  loose: (value: string) => string | undefined,
): string | undefined {
  if (value.includes("${")) return "has a policy variable, which the request fills in";
  // Only StringLike knows wildcards. Elsewhere they are characters that no token has: nobody gets in by them.
  if (operator !== "stringlike" && /[*?]/.test(value)) return undefined;
  return loose(value);
}

function isNameOnly(issuer: Issuer, statement: Statement, host: string): boolean {
  const { lasting } = issuer;
  if (!lasting || lasting.claims.some((name) => tightness(statement, `${host}:${name}`, exactly) === "tight"))
    return false;
  return comparisonsOf(statement, `${host}:sub`).some(({ values }) =>
    values.some((value) => value !== unknown && lasting.nameOnly(value)),
  );
}

/** Keys that say which account or organisation asks. What they don't say of a caller, AWS does not check. */
const whoAsks = [
  "aws:principalorgid",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourceaccount",
  "aws:sourcearn",
];

function assumeRoleFindings(where: string, statement: Statement): Finding[] {
  const { principal } = statement;
  if (texts(element(principal, "service")).some((service) => service === "rolesanywhere.amazonaws.com"))
    return rolesAnywhereFindings(where, statement);
  if (!isEverybody(statement)) return [];
  const confined = whoAsks.map((key) => narrowed(statement, (name) => name === key));
  if (confined.includes("tight")) return [];
  if (confined.includes("unknown") || statement.conditionsUnknown)
    return [undetermined(where, "trusts every principal, confined by a value that is not known yet")];
  return [fail(where, "lets in every AWS account")];
}

/** A certificate of the account's own anchor, and of one named holder (docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html). */
function rolesAnywhereFindings(where: string, statement: Statement): Finding[] {
  const anchor = narrowed(statement, (key) => key === "aws:sourcearn");
  const holder = narrowed(statement, (key) => /^aws:principaltag\/x509(subject|san)\//.test(key));
  const bound = both(anchor, holder);
  if (bound === "tight") return [];
  if (bound === "unknown")
    return [undetermined(where, "compares the certificate with a value that is not known yet")];
  const what =
    typeof anchor === "object" ? "certificates of any trust anchor" : "any certificate of the trust anchor";
  return [fail(where, `lets in ${what}: it compares no fixed holder and anchor`)];
}

/** Whether a comparison with one of these keys lists fixed values. An ARN counts as fixed with every part written out. */
function narrowed(statement: Statement, isKey: (key: string) => boolean): Tightness {
  const arns = new Set([...credited, "arnequals", "arnlike"]);
  const results = statement.comparisons
    .filter(
      ({ key, operator, trueWithoutKey, values }) =>
        isKey(key) && arns.has(operator) && !trueWithoutKey && values.length > 0,
    )
    .map(({ values }): Tightness => {
      const isLoose = values.some(
        (value) => value !== unknown && (/[*?]/.test(value) || value.includes("${")),
      );
      return isLoose ? { loose: "is a pattern" } : values.includes(unknown) ? "unknown" : "tight";
    });
  return (
    results.find((result) => result === "tight") ??
    results.find((result) => result === "unknown") ?? { loose: undefined }
  );
}

/** `"*"`, `{ "AWS": "*" }`, and everybody but somebody. */
function isEverybody({ principal, notPrincipal }: Statement): boolean {
  if (notPrincipal !== undefined || principal === "*") return true;
  return isObject(principal) && list(element(principal, "aws")).includes("*");
}
