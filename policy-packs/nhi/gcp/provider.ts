import { authorityFindings, certificatesIn } from "../certificates";
import { claimsOfAnybody } from "../issuers/claims";
import { hostOf, type Issuer, issuerOf } from "../issuers/issuers";
import {
  any,
  both,
  type Claim,
  type Confinement,
  exact,
  excessOf,
  naming,
  notKnown,
  one,
  saysOf,
} from "../issuers/reach";
import type { Resource } from "../rule";
import { metadataFindings } from "../saml";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { claimsIn, parse } from "./cel";
import { confinementOf, type Claims, type Mapping } from "./condition";

/** Whom a provider of a workload identity pool lets into the pool. What a principal may do there, bindings say. */
export function poolProviderFindings(resource: Resource): Finding[] {
  const { source, findings } = sourceOf(resource);
  if (source === undefined) return findings;
  const condition = resource.read("attributeCondition");
  if (condition === unknown) return [undetermined("attributeCondition", "is not known yet"), ...findings];
  const mapping = mappingOf(resource.read("attributeMapping"), source);
  if (mapping === undefined) return [undetermined("attributeMapping", "is not known yet"), ...findings];
  return [
    ...conditionFindings(source, typeof condition === "string" ? condition : "", mapping),
    ...mappingFindings(source, mapping),
    ...findings,
  ];
}

/** Whom a provider of a workforce pool lets in: with an issuer that everybody has an account at, everybody. */
export function workforceProviderFindings(resource: Resource): Finding[] {
  const { source, findings } = sourceOf(resource);
  return source?.isShared === false ? findings : poolProviderFindings(resource);
}

/** What signs for those who come in through a provider. */
interface Source {
  name: string;
  claims: Claims;
  /** What it holds everybody to who comes in through it. */
  always: Confinement;
  /** Signs for everybody, so that without a condition everybody comes in. */
  isShared: boolean;
  hasNumbers: boolean;
  /** What GCP maps where nothing is set. */
  mapping?: Mapping;
}

/** Where what signs can't be seen there is no source, and a finding says so. */
interface Reading {
  source?: Source;
  findings: Finding[];
}

function sourceOf(resource: Resource): Reading {
  const oidc = resource.read("oidc");
  if (oidc === unknown) return { findings: [undetermined("oidc", "is not known yet")] };
  if (isObject(oidc)) return oidcSource(oidc);
  const aws = resource.read("aws");
  if (aws === unknown || isObject(aws)) return { source: awsAccount, findings: [] };
  const x509 = resource.read("x509");
  if (x509 === unknown) return { source: trustStore, findings: [] };
  if (isObject(x509)) return { source: trustStore, findings: anchors(x509.trustStore) };
  const saml = resource.read("saml");
  if (saml === unknown)
    return { source: identityProvider, findings: [undetermined("saml", "is not known yet")] };
  if (!isObject(saml)) return { findings: [] };
  return {
    source: identityProvider,
    findings: metadataFindings("saml.idpMetadataXml", saml.idpMetadataXml, resource.now),
  };
}

function oidcSource(oidc: Record<string, Value>): Reading {
  const { issuerUri, jwksJson, allowedAudiences } = oidc;
  if (typeof issuerUri !== "string")
    return { findings: [undetermined("oidc.issuerUri", "is not known yet")] };
  const issuer: Issuer = issuerOf(hostOf(issuerUri));
  const isShared = issuer.isShared === true;
  const hasKeys = jwksJson !== undefined && jwksJson !== null && jwksJson !== "";
  const audiences = Array.isArray(allowedAudiences) ? allowedAudiences : [];
  return {
    source: {
      name: issuer.name,
      claims: (name) =>
        Object.hasOwn(issuer.claims, name)
          ? issuer.claims[name]
          : (claimsOfAnybody.get(name) ?? (isShared ? undefined : ownClaim)),
      always: issuer.tenantInAudience && audiences.length > 0 ? { owner: one } : {},
      isShared,
      hasNumbers: issuer.hasNumbers ?? false,
    },
    findings: [
      ...(isShared && hasKeys
        ? [
            fail(
              "oidc.jwksJson",
              `fixes the keys of ${issuer.name}, which publishes and changes its own: whoever has one of these signs as anybody`,
              "Leave jwksJson out, so that GCP reads the issuer's own keys.",
            ),
          ]
        : []),
      ...audiences.flatMap((audience, index) =>
        typeof audience === "string" && madeForOthers.test(audience)
          ? [
              advise(
                `oidc.allowedAudiences[${index}]`,
                "takes tokens that were made for another service: whoever is shown one there can use it here",
                "Leave allowedAudiences out, so that a token has to be made for this provider.",
              ),
            ]
          : [],
      ),
    ],
  };
}

/** What an issuer of one's own puts into its tokens, and whom that names, only its owner knows. */
const ownClaim: Claim = { best: {}, read: () => ({ owner: notKnown, workload: notKnown, run: notKnown }) };

/** What tokens of the usual issuers have in `aud` when they are for AWS, Azure, Vault, or for nobody in particular. */
const madeForOthers =
  /^(sts\.amazonaws\.com|sts\.windows\.net|api:\/\/azureadtokenexchange|https:\/\/github\.com\/.*|(aws|vault|azure)\.workload\.identity|sigstore)$/i;

const byRole: Claim = naming({ workloadOfOwner: one, run: one });
const awsClaims: Record<string, Claim> = {
  account: naming({ owner: one }),
  arn: {
    best: exact,
    // The name of the session is the caller's choice, so it may be left open and nothing else.
    read: ({ text, whole }) =>
      whole || /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+\//.test(text)
        ? exact
        : { workload: any("every role whose ARN starts with what is compared") },
  },
  // `AROA…:session`: the number of a role, which no other role ever gets.
  userid: {
    best: { ...exact, lasting: true },
    read: ({ text, whole }) => (whole || /^A[A-Z0-9]{15,}:/.test(text) ? { ...exact, lasting: true } : {}),
  },
  "arn assumed-role/{}/": byRole,
  "arn {}assumed-role/": naming({ owner: one }),
};
/** What GCP makes of a request of AWS where no mapping is set (cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds). */
const awsMapping: Mapping = {
  "google.subject": "assertion.arn",
  "attribute.aws_role":
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
};
const awsAccount: Source = {
  name: "the AWS account",
  claims: (name) => (Object.hasOwn(awsClaims, name) ? awsClaims[name] : undefined),
  // The provider is for one account.
  always: { owner: one },
  isShared: true,
  hasNumbers: false,
  mapping: awsMapping,
};

const holder: Claim = {
  best: exact,
  read: ({ text, whole }) => (whole || /^spiffe:\/\/[^/]+\/.*\/$/.test(text) ? exact : {}),
};
const trustStore: Source = {
  name: "the trust store's authorities",
  claims: (name) =>
    /^(\/subject\/dn\/cn|\/san\/(uri|dns)|sha256_fingerprint)$/.test(name) ? holder : undefined,
  always: {},
  isShared: true,
  hasNumbers: false,
};

/** Whose certificates get in. What signs in the middle has been signed by one of these. */
function anchors(store: Value | undefined): Finding[] {
  const given = isObject(store) ? store.trustAnchors : store;
  if (given === unknown) return [undetermined("x509.trustStore.trustAnchors", "is not known yet")];
  return (Array.isArray(given) ? given : []).flatMap((anchor, index) => {
    const where = `x509.trustStore.trustAnchors[${index}].pemCertificate`;
    const pem = isObject(anchor) ? anchor.pemCertificate : anchor;
    if (pem === unknown)
      return [undetermined(where, "is not known yet, and says whose certificates are let in")];
    return typeof pem === "string" && pem.length <= longestPem
      ? certificatesIn(pem).flatMap((block) => authorityFindings(where, block))
      : [];
  });
}

/** Characters of a certificate in PEM. What is longer by far is none. */
const longestPem = 100_000;

/** What a SAML provider of a company's own asserts is its own affair. */
const identityProvider: Source = {
  name: "the SAML provider",
  claims: () => ownClaim,
  always: {},
  isShared: false,
  hasNumbers: false,
};

function mappingOf(value: Value | undefined, source: Source): Mapping | undefined {
  if (value === unknown) return undefined;
  if (!isObject(value)) return source.mapping ?? {};
  const entries = Object.entries(value);
  if (entries.some(([, expression]) => expression === unknown)) return undefined;
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function conditionFindings(source: Source, condition: string, mapping: Mapping): Finding[] {
  const { name, claims, always, isShared, hasNumbers } = source;
  const property = "attributeCondition";
  const isSet = condition.trim() !== "";
  const confinement = isSet ? confinementOf(condition, claims, mapping) : {};
  if (confinement === undefined) return [undetermined(property, "can't be read as an expression")];
  const whole = both([always, confinement]);
  const excess = excessOf(whole);
  if (excess === undefined) {
    return hasNumbers && !whole.lasting
      ? [
          advise(
            property,
            `names the workload of a token of ${name} without its number: a later owner of the name can't be told apart`,
          ),
        ]
      : [];
  }
  // By what groups are compared only the company knows.
  if (excess.reach.level === "unknown" && source === identityProvider) return [];
  if (excess.reach.level === "unknown")
    return [
      undetermined(property, "compares in a way that can't be followed here, and may let in everybody"),
    ];
  const says = isSet
    ? saysOf(excess, `every workload that ${name} signs for`)
    : `is not set, and lets in every workload that ${name} signs for`;
  if (!excess.certain) return [undetermined(property, says)];
  const isBound = "each binding has to name the workload by an attribute of its own";
  // One tenant, by the number that is never given twice where there is one: a binding then names the workload.
  const isOneTenant =
    whole.owner?.level === "one" && (whole.lasting === true || !hasNumbers) && source !== awsAccount;
  return !isShared || (isOneTenant && excess.reach.level === "any")
    ? [advise(property, `${says}: ${isBound}`)]
    : [fail(property, says)];
}

/** What a principal's name says has to be what its attribute is made of: bindings are judged by the name. */
function mappingFindings({ claims, isShared }: Source, mapping: Mapping): Finding[] {
  if (!isShared) return [];
  return Object.entries(mapping).flatMap(([attribute, expression]): Finding[] => {
    const name = attribute.replace(/^attribute\./, "");
    const meant = claims(name);
    const tree = parse(expression);
    if (name === attribute || meant === undefined || tree === undefined) return [];
    const made = claimsIn(tree);
    // What is made of other attributes, or of no claim at all, is not followed.
    if (made.length === 0 || made.includes(name)) return [];
    const names = both(made.map((claim) => claims(claim)?.best ?? {}));
    const isLess = (["owner", "workload", "workloadOfOwner"] as const).some(
      (part) => meant.best[part]?.level === "one" && names[part]?.level !== "one",
    );
    return isLess
      ? [
          fail(
            `attributeMapping.${attribute}`,
            `has the name of the claim ${name} and is made of ${made.map((claim) => `assertion.${claim}`).join(", ")}: a binding by it lets in whoever can have that`,
            `Make it of assertion.${name}, or give it another name.`,
          ),
        ]
      : [];
  });
}
