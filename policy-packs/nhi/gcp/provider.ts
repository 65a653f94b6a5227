import { claimsOfAnybody } from "../issuers/claims";
import { type Issuer, issuerOf } from "../issuers/issuers";
import {
  any,
  both,
  type Claim,
  type Confinement,
  exact,
  excessOf,
  naming,
  one,
  saysOf,
} from "../issuers/reach";
import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { confinementOf, type Claims, type Mapping } from "./condition";

/** Whom a provider of a workload identity pool lets into the pool. What a principal may do there, bindings say. */
export function poolProviderFindings(resource: Resource): Finding[] {
  const { source, closed } = sourceOf(resource);
  if (source === undefined) return closed;
  const condition = resource.read("attributeCondition");
  if (condition === unknown) return [undetermined("attributeCondition", "is not known yet"), ...closed];
  const mapping = mappingOf(resource.read("attributeMapping"));
  if (mapping === undefined) return [undetermined("attributeMapping", "is not known yet"), ...closed];
  return [...conditionFindings(source, typeof condition === "string" ? condition : "", mapping), ...closed];
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
}

function sourceOf(resource: Resource): { source?: Source; closed: Finding[] } {
  const oidc = resource.read("oidc");
  if (oidc === unknown) return { closed: [undetermined("oidc", "is not known yet")] };
  if (isObject(oidc)) return oidcSource(oidc);
  const aws = resource.read("aws");
  if (aws === unknown || isObject(aws)) return { source: awsAccount, closed: [] };
  const x509 = resource.read("x509");
  if (x509 === unknown || isObject(x509)) return { source: trustStore, closed: [] };
  // What a SAML provider of a company's own asserts is its own affair.
  return { closed: [] };
}

function oidcSource(oidc: Record<string, Value>): { source?: Source; closed: Finding[] } {
  const { issuerUri, jwksJson } = oidc;
  if (typeof issuerUri !== "string") return { closed: [undetermined("oidc.issuerUri", "is not known yet")] };
  const host = hostOf(issuerUri);
  const issuer: Issuer = issuerOf(host);
  const isPublic = issuer.isShared === true;
  return {
    source: {
      name: issuer.name,
      claims: (name) =>
        Object.hasOwn(issuer.claims, name) ? issuer.claims[name] : claimsOfAnybody.get(name),
      always: {},
      isShared: isPublic,
      hasNumbers: issuer.hasNumbers ?? false,
    },
    closed:
      isPublic && jwksJson !== undefined && jwksJson !== null && jwksJson !== ""
        ? [
            fail(
              "oidc.jwksJson",
              `fixes the keys of ${issuer.name}, which publishes and changes its own: whoever has one of these signs as anybody`,
              "Leave jwksJson out, so that GCP reads the issuer's own keys.",
            ),
          ]
        : [],
  };
}

/** `https://host/path` in any case, with any port that is the default, without the slash at its end. */
const hostOf = (uri: string) =>
  uri
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, "")
    .replace(/^([^/:]+):443(?=\/|$)/, "$1")
    .replace(/\/+$/, "");

const role: Claim = naming({ workloadOfOwner: one, run: one });
const awsClaims: Record<string, Claim> = {
  account: naming({ owner: one }),
  arn: {
    best: exact,
    // The name of the session is the caller's choice, so it may be left open and nothing else.
    read: ({ text, whole }) =>
      /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+\/./.test(text) ||
      (!whole && /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+\/$/.test(text))
        ? exact
        : { workload: any(`every role whose ARN ${whole ? "is" : "starts with"} what is compared`) },
  },
  "arn assumed-role/{role}/": role,
  aws_role: {
    best: exact,
    read: ({ text, whole }) =>
      whole && /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+$/.test(text) ? exact : {},
  },
};
const awsAccount: Source = {
  name: "the AWS account",
  claims: (name) => (Object.hasOwn(awsClaims, name) ? awsClaims[name] : undefined),
  // The provider is for one account.
  always: { owner: one },
  isShared: true,
  hasNumbers: false,
};

const holder: Claim = {
  best: exact,
  read: ({ text, whole }) => (whole || /^spiffe:\/\/[^/]+\/.*\/$/.test(text) ? exact : {}),
};
const trustStore: Source = {
  name: "the trust store's authorities",
  claims: (name) => (/^(subject\.dn\.cn|san\.(uri|dns)|sha256_fingerprint)$/.test(name) ? holder : undefined),
  always: {},
  isShared: true,
  hasNumbers: false,
};

function mappingOf(value: Value | undefined): Mapping | undefined {
  if (value === unknown) return undefined;
  if (!isObject(value)) return {};
  const entries = Object.entries(value);
  if (entries.some(([, expression]) => expression === unknown)) return undefined;
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function conditionFindings(source: Source, condition: string, mapping: Mapping): Finding[] {
  const { name, claims, always, isShared, hasNumbers } = source;
  const property = "attributeCondition";
  if (condition.trim() === "")
    return isShared
      ? [fail(property, `is not set, and lets in every workload that ${name} signs for`)]
      : [
          advise(
            property,
            `is not set, so that every workload that ${name} signs for gets into the pool: only bindings tell them apart`,
          ),
        ];
  const confinement = confinementOf(condition, claims, mapping);
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
  const says = saysOf(excess, `every workload that ${name} signs for`);
  if (!excess.certain) return [undetermined(property, says)];
  // One tenant, by the number that is never given twice: a binding then names the workload.
  if (whole.owner?.level === "one" && whole.lasting && excess.reach.level === "any")
    return [advise(property, `${says}: each binding has to name the workload by an attribute of its own`)];
  return isShared ? [fail(property, says)] : [advise(property, says)];
}
