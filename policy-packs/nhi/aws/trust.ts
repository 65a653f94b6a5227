import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { assumeRoleFindings, isConfinedToCallers, isEverybody } from "./callers";
import { isWhole, narrowed } from "./conditions";
import { type Comparison, element, isAbout, narrows, readDocument, type Statement, texts } from "./document";
import { type Issuer, issuerOf } from "../issuers/issuers";
import {
  both,
  type Claim,
  type Confinement,
  either,
  excessOf,
  naming,
  one,
  saysOf,
  type Start,
  unsure,
} from "../issuers/reach";

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
  const { effect, hasTwice } = statement;
  if (effect === "deny" && !hasTwice) return [];
  const findings = [
    ...(isAbout(statement, "sts:assumerolewithwebidentity") ? webIdentityFindings(where, statement) : []),
    ...(isAbout(statement, "sts:assumerole") ? assumeRoleFindings(where, statement) : []),
  ];
  if (hasTwice) return twiceFindings(where, findings, effect === "allow");
  if (isAbout(statement, "sts:assumerolewithsaml")) findings.push(...samlFindings(where, statement));
  if (effect === undefined) return [undetermined(where, "has no Effect that can be read")];
  return effect === unknown ? findings.map((finding) => ({ ...finding, verdict: "undetermined" })) : findings;
}

/** AWS does not say which of two spellings counts. Where neither could help, the statement is loose all the same. */
function twiceFindings(where: string, findings: Finding[], isAllow: boolean): Finding[] {
  const twice = "has one name twice, in upper and lower case, and AWS does not say which of them counts";
  const failed = findings.find(({ verdict }) => verdict === "fail");
  return [
    failed && isAllow ? fail(where, `${twice}: without them it ${failed.says}`) : undetermined(where, twice),
  ];
}

function webIdentityFindings(where: string, statement: Statement): Finding[] {
  const { principal } = statement;
  const federated = texts(element(principal, "federated"));
  if (isEverybody(statement) || federated.includes("*")) {
    // A token has no AWS account or organisation, so that these keys keep every token out.
    return isConfinedToCallers(statement) ? [] : [fail(where, "trusts the tokens of every issuer")];
  }
  const isOpen = principal === unknown || federated.some((name) => name === unknown || !isName(name));
  const hosts = [...federated.flatMap(hostOf), ...(isOpen ? hostsInKeys(statement) : [])];
  if (hosts.length === 0)
    return isOpen ? [undetermined(where, "trusts an issuer that is not known yet")] : [];
  return [...new Set(hosts)].flatMap((host) => issuerFindings(where, statement, host));
}

/** Whom the provider signs in, it decides: for which service, the assertion says. */
function samlFindings(where: string, statement: Statement): Finding[] {
  const federated = texts(element(statement.principal, "federated"));
  const isSaml = federated.some(
    (name) => name !== unknown && /^arn:[^:]*:iam::[^:]*:saml-provider\//i.test(name),
  );
  const compared = narrowed(statement, (key) => key === "saml:aud", isWhole);
  return isSaml && compared === "loose" && !statement.conditionsUnknown
    ? [advise(where, "takes what the identity provider says of people to any other service", samlFix)]
    : [];
}

const samlFix =
  "Compare SAML:aud with the address to which the provider posts: https://signin.aws.amazon.com/saml.";

/** An ARN, or the host of one of AWS's own issuers. Anything else is what stands for an ARN before it is known. */
const isName = (principal: string) => /^(arn:|[a-z0-9.-]+\.[a-z]+$)/i.test(principal);

/** `arn:aws:iam::123456789012:oidc-provider/host/path` in any partition, or one of AWS's own issuers by its host. */
function hostOf(principal: string | typeof unknown): string[] {
  if (principal === unknown || !isName(principal)) return [];
  const arn = /^arn:[^:]*:iam::[^:]*:(oidc|saml)-provider\/(.+)$/i.exec(principal);
  if (!arn) return /^arn:/i.test(principal) ? [] : [principal.toLowerCase()];
  return arn[1]?.toLowerCase() === "oidc" ? [(arn[2] ?? "").toLowerCase()] : [];
}

const hostOfKey = (key: string) => key.slice(0, Math.max(0, key.indexOf(":")));

/** Where the principal is not known yet, the keys that are compared say whose tokens are meant: `host/path:claim`. */
function hostsInKeys({ comparisons }: Statement): string[] {
  return comparisons.map(({ key }) => hostOfKey(key)).filter((host) => host.includes("."));
}

function issuerFindings(where: string, statement: Statement, host: string): Finding[] {
  if (isKeptOut(statement, host)) return [];
  const issuer = issuerOf(host);
  const confinement = both(
    Object.entries(issuer.claims).flatMap(([name, claim]) =>
      confinements(statement, `${host}:${name}`, claim),
    ),
  );
  const excess = excessOf(confinement);
  if (excess) {
    const says = saysOf(excess, `every workload that ${issuer.name} signs for`);
    if (!excess.certain) return [undetermined(where, says)];
    return statement.conditionsUnknown
      ? [undetermined(where, `${says}, unless a condition that is not known yet keeps them out`)]
      : [fail(where, says)];
  }
  return audienceFindings(where, statement, host, issuer, confinement);
}

function audienceFindings(
  where: string,
  statement: Statement,
  host: string,
  issuer: Issuer,
  { lasting = false }: Confinement,
): Finding[] {
  const named = (issuer.audience ?? ["aud"]).flatMap((claim) =>
    confinements(statement, `${host}:${claim}`, naming({ workload: one })),
  );
  const { workload } = both(named);
  if (workload?.level === "unknown" || (workload?.level !== "one" && statement.conditionsUnknown))
    return [
      undetermined(where, `compares the audience of a token of ${issuer.name} with what is not known yet`),
    ];
  if (workload?.level !== "one")
    return [
      issuer.tenantInAudience
        ? fail(
            where,
            `does not compare the audience of a token of ${issuer.name}, which is what names the tenant`,
          )
        : undetermined(
            where,
            `does not compare the audience of a token of ${issuer.name}: only the provider's own list bounds it`,
          ),
    ];
  return issuer.hasNumbers && !lasting
    ? [
        undetermined(
          where,
          `names the workload of a token of ${issuer.name} without its number: a later owner of the name can't be told apart`,
        ),
      ]
    : [];
}

/** A comparison with a claim of another issuer is false for this issuer's tokens, which don't have it. */
function isKeptOut(statement: Statement, host: string): boolean {
  const site = (name: string) => name.split("/")[0];
  return statement.comparisons.some(
    (comparison) =>
      isCredited(comparison) &&
      !comparison.key.startsWith(`${host}:`) &&
      hostOfKey(comparison.key).includes(".") &&
      site(hostOfKey(comparison.key)) !== site(host),
  );
}

/** Operators that can only narrow an Allow to the values they list. Everything else is true for values not listed. */
const credited = new Set(["stringequals", "stringlike", "stringequalsignorecase"]);

const isCredited = (comparison: Comparison) => narrows(comparison, credited);

/** What each comparison with this key holds a token to. */
function confinements(statement: Statement, key: string, claim: Claim): Confinement[] {
  return statement.comparisons
    .filter((comparison) => comparison.key === key && isCredited(comparison))
    .map(({ operator, values }) =>
      either(
        values.map((value) => (value === unknown ? unsure(claim) : claim.read(startOf(operator, value)))),
      ),
    );
}

/** Only StringLike knows wildcards. What the request fills in, `${…}`, can be anything as well. */
function startOf(operator: string, value: string): Start {
  const end = value.search(operator === "stringlike" ? /[*?]|\$\{/ : /\$\{/);
  const text = end < 0 ? value : value.slice(0, end);
  return { text: operator === "stringequalsignorecase" ? text.toLowerCase() : text, whole: end < 0 };
}
