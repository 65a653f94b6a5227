import { claimsOfAnybody } from "../issuers/claims";
import { hostOf, issuerOf } from "../issuers/issuers";
import { both, type Confinement, excessOf, saysOf, type Start } from "../issuers/reach";
import type { Judge, Resource } from "../rule";
import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";

/** Whose tokens Entra ID takes for an application (learn.microsoft.com/entra/workload-id/workload-identity-federation). */
export const trustsElsewhere: Readonly<Record<string, Judge>> = {
  "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": (
    resource,
  ) => [...subjectFindings(resource), ...audienceFindings(resource, "audiences")],
  "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential":
    (resource) => [...expressionFindings(resource), ...audienceFindings(resource, "audience")],
};

/** Longer than any issuer, subject or expression that Entra ID takes: 600 characters. */
const longest = 5000;

const claimOf = (issuer: Value | undefined, name: string) => {
  const known = typeof issuer === "string" && issuer.length <= longest ? issuerOf(hostOf(issuer)).claims : {};
  return Object.hasOwn(known, name) ? known[name] : claimsOfAnybody.get(name);
};

/** Entra ID compares it as a whole, capitals included. */
function subjectFindings(resource: Resource): Finding[] {
  const subject = resource.read("subject");
  if (subject === unknown) return [undetermined("subject", "is not known yet, and says who gets in")];
  if (typeof subject !== "string" || subject === "") return [];
  if (subject.length > longest) return [undetermined("subject", "is longer than any subject")];
  if (/[*?]/.test(subject))
    return [
      advise(
        "subject",
        "has a wildcard, which is no wildcard here: nobody gets in by it",
        "Write the whole subject.",
      ),
    ];
  const reach = claimOf(resource.read("issuer"), "sub")?.read({ text: subject, whole: true }) ?? {};
  return reachFindings("subject", reach);
}

function reachFindings(property: string, confinement: Confinement): Finding[] {
  const excess = excessOf(confinement);
  if (!excess) return [];
  const says = saysOf(excess, "every workload that the issuer signs for");
  return [excess.certain ? fail(property, says) : undetermined(property, says)];
}

/** `claims['sub'] matches 'repo:octo/app:ref:refs/heads/*' and claims['ref'] eq '…'`: all of them have to hold. */
function expressionFindings(resource: Resource): Finding[] {
  const property = "claimsMatchingExpression";
  const expression = resource.read(property);
  if (expression === unknown) return [undetermined(property, "is not known yet, and says who gets in")];
  if (typeof expression !== "string" || expression.length > longest)
    return [undetermined(property, "can't be read as an expression")];
  const comparisons = [
    ...expression.matchAll(
      /claims\s{0,9}\[\s{0,9}'([^']{1,100})'\s{0,9}\]\s{1,9}(eq|matches)\s{1,9}'([^']{0,1000})'/gi,
    ),
  ];
  const rest = comparisons.reduce((left, [whole]) => left.replace(whole, ""), expression);
  // Words other than `and`, a parenthesis, or a text in another form: what it means can't be seen.
  if (comparisons.length === 0 || !/^(\s|\band\b)*$/i.test(rest))
    return [undetermined(property, "can't be read as an expression")];
  const issuer = resource.read("issuer");
  return reachFindings(
    property,
    both(
      comparisons.map(
        ([, name = "", operator = "", value = ""]) =>
          claimOf(issuer, name)?.read(startOf(value, operator.toLowerCase() === "matches")) ?? {},
      ),
    ),
  );
}

/** In `matches`, `*` is any text and `?` one character. */
function startOf(value: string, isPattern: boolean): Start {
  const at = isPattern ? value.search(/[*?]/) : -1;
  return at < 0 ? { text: value, whole: true } : { text: value.slice(0, at), whole: false };
}

/** What workloads are to ask for, in each of Microsoft's clouds. */
const meant = /^api:\/\/AzureADTokenExchange(USGov|China)?$/i;

function audienceFindings(resource: Resource, property: string): Finding[] {
  const value = resource.read(property);
  const audiences = Array.isArray(value) ? value : [value];
  return audiences.some(
    (audience) => typeof audience === "string" && audience !== "" && !meant.test(audience),
  )
    ? [
        advise(
          property,
          "takes tokens that were made for another service: whoever is shown one there can use it here",
          "Ask for tokens for api://AzureADTokenExchange.",
        ),
      ]
    : [];
}
