import { accountIdPattern } from "../../aws-names";
import { shown, type Problem } from "../../refusal";
import type { Target } from "./source";

/** What a name must look like: `must be ${says}`. */
export interface Form {
  pattern: RegExp;
  says: string;
}

/** The check of a name whose issuer says what it can look like. */
export function formProblem(argument: string, value: string, { pattern, says }: Form): Problem {
  return (
    wildcardProblem(argument, value) ??
    (pattern.test(value) ? undefined : `${argument} must be ${says}, got ${shown(value)}.`)
  );
}

/** The check of a text that can be almost anything, but must be compared as one exact value. */
export function exactProblem(argument: string, value: string): Problem {
  const problem = wildcardProblem(argument, value);
  if (problem !== undefined) return problem;
  if (/[\s\p{C}\p{Z}]/u.test(value))
    return `${argument} must have no spaces or control characters, got ${shown(value)}.`;
  if (value.includes("${"))
    return `${argument} must not contain "\${", got ${shown(value)}. AWS reads a policy variable there.`;
  return undefined;
}

function wildcardProblem(argument: string, value: string): Problem {
  // Also when it is missing, as a program in another language may leave it.
  if (!value) return `${argument} must not be empty.`;
  return /[*?]/.test(value)
    ? `${argument} must be exact, got ${shown(value)}. List each one as a workload of its own.`
    : undefined;
}

/** The check of an environment that the issuer puts into its tokens. `expected` is that of the metadata. */
export function environmentProblem(argument: string, environment: string, expected: string): Problem {
  return (
    exactProblem(argument, environment) ??
    (environment === expected
      ? undefined
      : `${argument} must equal metadata.environment ${shown(expected)}, upper and lower case included, ` +
        `got ${shown(environment)}. Give each environment an identity of its own.`)
  );
}

/** The check of the name of a branch or a tag, without `refs/heads/` or `refs/tags/` (git check-ref-format). */
export function refProblem(argument: string, name: string): Problem {
  const prefix = /^refs\/(heads|tags)\//.exec(name)?.[0];
  if (prefix !== undefined) return `${argument} must be the bare name, got ${shown(name)}. Drop "${prefix}".`;
  const problem = exactProblem(argument, name);
  if (problem !== undefined) return problem;
  // `refs/pull/…` and `refs/merge-requests/…` are those where anybody who opens a request decides what runs.
  const impossible = /^[/-]|\/$|\/\/|\.\.|\/\.|^\.|\.$|\.lock(\/|$)|[~^\\:[]|@\{|^refs\//;
  return impossible.test(name)
    ? `${argument} must be a name that git can give, got ${shown(name)}.`
    : undefined;
}

/** Exactly one of a branch and a tag. */
export function branchOrTagProblem(
  where: string,
  { branch, tag }: { branch?: string | undefined; tag?: string | undefined },
): Problem {
  if ((branch === undefined) === (tag === undefined))
    return (
      `${where} must have exactly one of branch and tag, got ${branch === undefined ? "none" : "both"}. ` +
      "List a further one as a workload of its own."
    );
  return branch === undefined ? refProblem(`${where}.tag`, tag ?? "") : refProblem(`${where}.branch`, branch);
}

/**
 * The check of an issuer's URL. It is compared letter by letter with the token's `iss`, so it must be written as the
 * issuer writes itself: OpenID Connect Core section 2 takes a scheme, a host, a port and a path.
 */
export function issuerProblem(argument: string, url: string, target: Target): Problem {
  const problem = exactProblem(argument, url);
  if (problem !== undefined) return problem;
  const { host, rest } = /^https:\/\/(?<host>[^/?#]*)(?<rest>.*)$/u.exec(url)?.groups ?? {};
  if (host === undefined) return `${argument} must begin with "https://", got ${shown(url)}.`;
  if (host !== host.toLowerCase())
    return `${argument} must have its host in lower case, got ${shown(url)}. Copy "issuer" from its openid-configuration.`;
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9](:\d+)?$/.test(host))
    return `${argument} must name a host, got ${shown(url)}.`;
  if (host.includes(":") && (target === "aws" || host.endsWith(":443")))
    return `${argument} must have no port${target === "aws" ? " (AWS takes none)" : ", which is 443 anyway"}, got ${shown(url)}.`;
  if (rest?.endsWith("/"))
    return `${argument} must not end with a slash, got ${shown(url)}. Tokens are compared with it letter by letter.`;
  if (rest?.includes("/.well-known"))
    return `${argument} must be the issuer itself, got ${shown(url)}. Drop what begins with "/.well-known".`;
  return /^(\/[\w.~%@:+-]+)*$/.test(rest ?? "")
    ? undefined
    : `${argument} must be a host and a path, without a query or a fragment, got ${shown(url)}.`;
}

/** An issuer's URL as AWS names it in ARNs and condition keys. */
export const withoutScheme = (issuer: string) => issuer.slice("https://".length);

/** The host of a server that one runs oneself. */
export const hostName: Form = {
  pattern: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  says: "the name of a host in lower case, without https:// and without a slash",
};

export const uuid: Form = {
  pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  says: "a UUID in lower case, without braces",
};

export const awsAccountId: Form = { pattern: accountIdPattern, says: "an AWS account, 12 digits" };

/** Paths are part of it. No slash at its beginning. */
export const awsRoleName: Form = {
  pattern: /^(?=.{1,512}$)([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  says: "the name of an AWS role, without arn:aws:iam:: before it",
};

/** The label of Kubernetes' namespaces (RFC 1123). */
export const kubernetesNamespace: Form = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  says: "the name of a Kubernetes namespace (lower-case letters, digits and -)",
};

/** A DNS subdomain (RFC 1123), as Kubernetes takes it for service accounts. */
export const kubernetesServiceAccount: Form = {
  pattern: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  says: "the name of a Kubernetes service account (lower-case letters, digits, - and .)",
};
