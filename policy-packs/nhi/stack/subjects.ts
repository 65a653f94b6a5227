import { element, readDocument, type Statement, texts } from "../aws/document";
import { isMarked, marks } from "../marks";
import type { StackResource } from "../rule";
import { isObject, unknown, type Value } from "../value";

/** Somebody whom a resource lets in. */
export interface Trusted {
  /** The same text for the same machine, whatever platform trusts it. Not for messages. */
  subject: string;
  /** Where the resource says so. */
  property: string;
}

type Read = (resource: StackResource, issuers: readonly StackResource[]) => Trusted[];

const readers: Record<string, Read> = {
  "aws:iam/role:Role": ofTrustPolicy("assumeRolePolicy"),
  "aws-native:iam:Role": ofTrustPolicy("assumeRolePolicyDocument"),
  "gcp:projects/iAMBinding:IAMBinding": ofMembers("members"),
  "gcp:projects/iAMMember:IAMMember": ofMembers("member"),
  "gcp:serviceaccount/iAMBinding:IAMBinding": ofMembers("members"),
  "gcp:serviceaccount/iAMMember:IAMMember": ofMembers("member"),
  "vault:aws/authBackendRole:AuthBackendRole": ofList("boundIamPrincipalArns", (arn) => arn),
  "vault:gcp/authBackendRole:AuthBackendRole": ofList(
    "boundServiceAccounts",
    (email) => `serviceAccount:${email}`,
  ),
  "vault:index/certAuthBackendRole:CertAuthBackendRole": ofList("allowedUriSans", (uri) => uri),
  "vault:jwt/authBackendRole:AuthBackendRole": ofClaims,
  "vault:kubernetes/authBackendRole:AuthBackendRole": ofServiceAccounts,
};

/** Types that let machines in. */
export const trustingTypes = Object.keys(readers);

/** Types that say whose tokens a mount or a pool takes. */
export const issuerTypes = [
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
  "vault:jwt/authBackend:AuthBackend",
];

/**
 * Each machine by name that a resource trusts, given the stack's resources of `issuerTypes`. Patterns, accounts and
 * everybody are for other rules.
 */
export const trustedBy = (resource: StackResource, issuers: readonly StackResource[]): Trusted[] =>
  readers[resource.type]?.(resource, issuers).filter(({ subject }) => isOne(subject)) ?? [];

const isOne = (subject: string) => subject !== "" && !/[*?]|\$\{/.test(subject);

/** A SPIFFE id names its own trust domain: it is the same machine whoever has signed for it. */
const ofIssuer = (issuer: string, subject: string) =>
  subject.startsWith("spiffe://") ? subject : `${issuer} ${subject}`;

function ofTrustPolicy(property: string): Read {
  return (role) => {
    const reading = readDocument(role.read(property));
    // The broker of just-in-time access acts for all environments, and decides for each.
    if ("unreadable" in reading || isMarked(role, marks.jit)) return [];
    return reading.statements
      .filter(({ effect }) => effect === "allow")
      .flatMap((statement) =>
        [...principals(statement), ...comparedSubjects(statement)].map((subject) => ({
          subject,
          property: `${property}.Statement[${statement.index}]`,
        })),
      );
  };
}

/** Roles and users. An account lets in whomever it says itself. */
const principals = ({ principal }: Statement): string[] =>
  known(texts(element(principal, "aws"))).filter((arn) =>
    /^arn:[^:]*:(iam|sts)::\d{12}:(role|user|assumed-role)\//.test(arn),
  );

/** `host/path:sub` of a token, and the name in a certificate. */
function comparedSubjects({ comparisons }: Statement): string[] {
  return comparisons
    .filter(({ operator }) => /^(string(equals|like|equalsignorecase)|arn(equals|like))$/.test(operator))
    .flatMap(({ key, values }) => {
      if (key.endsWith(":sub"))
        return known(values).map((value) => ofIssuer(key.slice(0, -":sub".length), value));
      return key === "aws:principaltag/x509san/uri" ? known(values) : [];
    });
}

function ofMembers(property: string): Read {
  return (binding, issuers) =>
    known(texts(binding.read(property)))
      .filter((member) => /^(principal:|serviceAccount:)/.test(member))
      .map((member) => ({ subject: poolSubject(member, issuers), property }));
}

/** `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/POOL/subject/SUBJECT` */
function poolSubject(member: string, issuers: readonly StackResource[]): string {
  const [, pool = "", subject] = /\/workloadIdentityPools\/([^/]+)\/subject\/(.+)$/.exec(member) ?? [];
  if (subject === undefined) return member;
  const providers = issuers.filter(
    (resource) => resource.type === issuerTypes[0] && resource.read("workloadIdentityPoolId") === pool,
  );
  const [provider] = providers;
  const mapping = provider?.read("attributeMapping");
  const isAsSigned = isObject(mapping) && mapping["google.subject"] === "assertion.sub";
  const oidc = provider?.read("oidc");
  const issuer = isObject(oidc) ? hostOf(oidc.issuerUri) : undefined;
  return providers.length === 1 && isAsSigned && issuer !== undefined
    ? ofIssuer(issuer, subject)
    : ofIssuer(`pool ${pool}`, subject);
}

function ofClaims(role: StackResource, issuers: readonly StackResource[]): Trusted[] {
  const claims = role.read("boundClaims");
  const subjects = [
    ...split(role.read("boundSubject"), false).map((subject) => ({ subject, property: "boundSubject" })),
    ...split(isObject(claims) ? claims.sub : undefined, role.read("disableBoundClaimsParsing") !== true).map(
      (subject) => ({ subject, property: "boundClaims.sub" }),
    ),
  ];
  const issuer = issuerOfMount(role, issuers);
  return subjects.map(({ subject, property }) => ({ subject: ofIssuer(issuer, subject), property }));
}

/** Vault splits a claim's text at commas unless told not to. */
const split = (value: Value | undefined, isList: boolean): string[] =>
  known(texts(value)).flatMap((text) => (isList ? text.split(",").map((part) => part.trim()) : [text]));

function issuerOfMount(role: StackResource, issuers: readonly StackResource[]): string {
  const path = mountOf(role);
  const mount = issuers.find(
    (issuer) =>
      issuer.type === issuerTypes[1] &&
      (role.sourcesOf("backend").includes(issuer.urn) || (path !== "" && issuer.read("path") === path)),
  );
  return hostOf(mount?.read("oidcDiscoveryUrl")) ?? hostOf(mount?.read("boundIssuer")) ?? `mount ${path}`;
}

const mountOf = (role: StackResource) => {
  const path = role.read("backend");
  return typeof path === "string" ? path : "";
};

/** `https://host/path/` as a condition key of AWS has it: `host/path`. */
const hostOf = (url: Value | undefined): string | undefined =>
  typeof url === "string" && url.startsWith("https://")
    ? url.slice("https://".length).toLowerCase().replace(/\/$/, "")
    : undefined;

function ofServiceAccounts(role: StackResource): Trusted[] {
  const mount = mountOf(role);
  const spaces = known(texts(role.read("boundServiceAccountNamespaces")));
  return known(texts(role.read("boundServiceAccountNames"))).flatMap((name) =>
    spaces
      .filter((space) => isOne(space) && isOne(name) && mount !== "")
      .map((space) => ({
        subject: `mount ${mount} system:serviceaccount:${space}:${name}`,
        property: "boundServiceAccountNames",
      })),
  );
}

function ofList(property: string, subjectOf: (text: string) => string): Read {
  return (resource) =>
    known(texts(resource.read(property))).map((text) => ({
      subject: text === "" ? "" : subjectOf(text),
      property,
    }));
}

const known = (values: (string | typeof unknown)[]) => values.filter((value) => value !== unknown);
