import { createHash } from "node:crypto";
import { firstProblem, shown, type Problem } from "../refusal";
import type { AwsRole, Proof, TokenClaims } from "./proof";
import { audienceOf } from "./workloads";

/** A provider of a workload identity pool, as far as plain arguments say it, and who comes in through it. */
export interface PoolProvider {
  /** Unique in its pool, which GCP sees to. */
  id: string;
  /** The workloads that sign in through it. */
  proofs: Proof[];
  /** The issuer of the tokens, with `https://`. */
  issuerUri?: string;
  /** What the tokens have in `aud`. Without one it is the provider's own name. */
  audience?: string;
  /** The AWS account whose signed requests are taken. */
  awsAccountId?: string;
  /** Whether certificates are taken. */
  certificates?: true;
  /** The expression that makes `google.subject`. */
  subject: string;
  /** What the expression gives for each form of each workload. */
  subjects: string[];
  /** The condition that lets in the workloads and nobody else. */
  condition: string;
}

/** Cloud IAM: WorkloadIdentityPoolProvider.attributeCondition. */
const longestCondition = 4096;
/** Cloud IAM: WorkloadIdentityPoolProvider.attributeMapping, `google.subject`, in bytes. */
const longestSubject = 127;
/** Cloud IAM: WorkloadIdentityPoolProvider.attributeMapping, one expression. */
const longestMapping = 2048;
/** Characters of the digest that tells the issuers of one component apart. */
const digestLength = 6;
/** Cloud IAM takes ids of 4 to 32 characters. */
export const longestPrefix = 32 - 1 - digestLength;

/** The providers that workloads need which GCP does not know itself. One for each issuer, AWS account and trust store. */
export function poolProviders(
  proofs: readonly Proof[],
  prefix: string,
  audience: string | undefined,
): PoolProvider[] {
  const outside = proofs.filter(needsProvider);
  return unique(outside.map(providerKey)).map((key) => {
    const group = outside.filter((proof) => providerKey(proof) === key);
    // Comes from the issuer and not from the place in a list, so that no other provider moves when one is added.
    const id = `${prefix}-${digest(key, digestLength)}`;
    return { id, proofs: group, ...providerOf(group, id, audience) };
  });
}

/** Whether a workload comes from outside: GCP vouches for its own. */
export const needsProvider = ({ gcpServiceAccount, gkeServiceAccount }: Proof): boolean =>
  gcpServiceAccount === undefined && gkeServiceAccount === undefined;

function providerKey({ token, awsRole }: Proof): string {
  if (token !== undefined) return `${token.issuer} ${token.audience.gcp ?? ""}`;
  return awsRole === undefined ? "certificates" : `aws ${awsRole.accountId}`;
}

type Signing = Omit<PoolProvider, "id" | "proofs">;

function providerOf(proofs: readonly Proof[], id: string, audience: string | undefined): Signing {
  const tokens = proofs.flatMap(({ token }) => token ?? []);
  const [token] = tokens;
  if (token !== undefined) {
    const asked = audienceOf(token, "gcp", audience);
    return {
      issuerUri: `https://${token.issuer}`,
      ...(asked !== undefined && { audience: asked }),
      ...tokenSubjects(tokens, id),
      condition: anyOf(tokens.map(tokenCondition)),
    };
  }
  const roles = proofs.flatMap(({ awsRole }) => awsRole ?? []);
  const [role] = roles;
  if (role !== undefined)
    return {
      awsAccountId: role.accountId,
      subject: `'${id}:' + assertion.account + ':' + assertion.arn.extract('assumed-role/{role}/')`,
      subjects: roles.map((each) => `${id}:${each.accountId}:${ownName(each)}`),
      condition: anyOf(roles.map(roleCondition)),
    };
  const uris = proofs.flatMap(({ certificate }) => certificate?.uri ?? []);
  return {
    certificates: true,
    subject: `'${id}:' + assertion.san.uri`,
    subjects: uris.map((uri) => `${id}:${uri}`),
    condition: equals("san.uri", uris),
  };
}

/**
 * Subjects begin with the provider's id, so that no workload of another provider in the pool ever has the same
 * principal: two clusters give equal subjects to different programs. Then comes the token's own subject, which is what
 * the audit log shows. Where GCP can't hold it, the claims that are compared, or of them the one that names the workload
 * for good. Where there is none, the digest of the subject, with the subject beside it in the mapping.
 */
function tokenSubjects(tokens: readonly TokenClaims[], id: string): Pick<Signing, "subject" | "subjects"> {
  const after = (expression: string, values: readonly string[]) => ({
    subject: `'${id}:' + ${expression}`,
    subjects: unique(values.map((value) => `${id}:${value}`)),
  });
  const whole = unique(tokens.flatMap(({ subjects }) => subjects));
  const changes = tokens.some(({ subjectStart }) => subjectStart !== undefined);
  if (!changes && whole.every((subject) => fits(`${id}:${subject}`))) return after("assertion.sub", whole);

  // One mapping serves all tokens of the provider, and a claim that a token lacks would keep it out.
  const [first] = tokens;
  const common = Object.keys(first?.claims ?? {}).filter((claim) =>
    tokens.every(({ claims }) => claims[claim] !== undefined),
  );
  const identity = common.filter((claim) => claim === first?.identity);
  for (const names of [common, identity]) {
    const values = tokens.map(({ claims }) => names.map((claim) => claims[claim] ?? "").join(":"));
    if (identity.length > 0 && values.every((value) => fits(`${id}:${value}`)))
      return after(names.map(claimOf).join(" + ':' + "), values);
  }

  const named = whole.map((subject) => `assertion.sub == ${literal(subject)} ? '${digest(subject, 32)}' : `);
  return after(
    `(${named.join("")}'nobody')`,
    whole.map((subject) => digest(subject, 32)),
  );
}

/** A subject stands in a principal's name, which is a URL: what has a meaning there is kept out. */
const fits = (subject: string) =>
  /^[\w.~:/@{}+=,;|!$()-]+$/.test(subject) && subject.length <= longestSubject;

/** What tells apart, in few characters, what is too long for a name. */
export const digest = (text: string, length: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

function tokenCondition({ subjects, subjectStart, claims }: TokenClaims): string {
  return [
    ...Object.entries(claims).map(([claim, value]) => `${claimOf(claim)} == ${literal(value)}`),
    ...(subjectStart === undefined ? [] : [`assertion.sub.startsWith(${literal(subjectStart)})`]),
    ...(subjects.length === 0 ? [] : [equals("sub", subjects)]),
  ].join(" && ");
}

/**
 * The beginning of the ARN up to the session's name, which the caller chooses and which holds no slash. `extract` alone
 * would also take a user of that account whose path is `/assumed-role/ROLE/`.
 */
function roleCondition(role: AwsRole): string {
  const sessions = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${ownName(role)}/`;
  return `assertion.account == ${literal(role.accountId)} && assertion.arn.startsWith(${literal(sessions)})`;
}

/** A session's ARN has the role's name without its path. */
const ownName = ({ roleName }: AwsRole) => roleName.slice(roleName.lastIndexOf("/") + 1);

const anyOf = ([first = "", ...others]: string[]) =>
  others.length === 0 ? first : [first, ...others].map((condition) => `(${condition})`).join(" || ");

const equals = (claim: string, values: readonly string[]) =>
  values.length === 1
    ? `assertion.${claim} == ${literal(values[0] ?? "")}`
    : `assertion.${claim} in [${values.map(literal).join(", ")}]`;

const unique = (values: readonly string[]) => [...new Set(values)];

/** Words that CEL keeps for itself (cel-spec, "Syntax"), so that they can't follow a dot. */
const reserved =
  /^(as|break|const|continue|else|false|for|function|if|import|in|let|loop|namespace|null|package|return|true|var|void|while)$/;

const claimOf = (claim: string) =>
  /^[a-zA-Z_]\w*$/.test(claim) && !reserved.test(claim)
    ? `assertion.${claim}`
    : `assertion[${literal(claim)}]`;

const literal = (text: string) => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;

/** Whether GCP can store what the providers say. */
export function poolProvidersProblem(providers: readonly PoolProvider[]): Problem {
  return firstProblem(providers, ({ proofs, condition, subject, subjects }) => {
    const where = proofs[0]?.where ?? "";
    const tooLong = (what: string, most: number, length: number) =>
      `workloads must fit into one ${what} of at most ${most} characters for each issuer (GCP's limit), ` +
      `got ${length} for that of ${where}. Make a second GcpFederatedAccess.`;
    if (condition.length > longestCondition)
      return tooLong("attribute condition", longestCondition, condition.length);
    if (subject.length > longestMapping) return tooLong("attribute mapping", longestMapping, subject.length);
    const odd = subjects.find((each) => !fits(each));
    return odd === undefined
      ? undefined
      : `${where} must have a subject of at most ${longestSubject} bytes without spaces (GCP's limit), got ${shown(odd)}.`;
  });
}
