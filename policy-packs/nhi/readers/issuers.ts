/**
 * What is known of an issuer whose tokens AWS accepts: which claim values name one tenant's one workload. Claims that AWS
 * maps: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html.
 */
export interface Issuer {
  name: string;
  /** Signs tokens for everybody, so that a stranger's token is as well signed as ours. */
  shared: boolean;
  /** Why a subject, or a pattern of one, lets in more than one workload of one tenant. Nothing when it does not. */
  looseSubject: (subject: string) => string | undefined;
  /** Claims that name one workload by themselves when they are compared exactly. */
  identifying: string[];
  /** A name that can change hands stands in the subject, and this claim has the number that can't. */
  lasting?: { nameOnly: (subject: string) => boolean; claims: string[] };
  /** A claim that names the one program that runs, whichever of an owner's repositories calls it. */
  pinned?: { claim: string; isPinned: (value: string) => boolean; isOwners: (subject: string) => boolean };
  /** The audience names the tenant, so that it has to be compared too. */
  tenantInAudience?: boolean;
  /** The audience is the workload, together with this claim, and the subject need not be compared. */
  audienceAnd?: string;
}

const wildcard = /[*?]/;
const literalStart = (pattern: string) => pattern.slice(0, firstWildcard(pattern));

function firstWildcard(pattern: string): number {
  const at = pattern.search(wildcard);
  return at < 0 ? pattern.length : at;
}

/**
 * A subject is tight when it begins with the whole anchor (tenant, workload and the delimiter after it), and has no `*`
 * after that but where the issuer writes what changes with every run. One `?` is one character, not a stranger.
 */
function anchored(anchor: RegExp, changesWithRun: RegExp | undefined, what: string) {
  return (subject: string): string | undefined => {
    const start = anchor.exec(literalStart(subject))?.[0];
    if (start === undefined) return `lets in more than one ${what}`;
    const rest = subject.slice(start.length);
    const fixed = changesWithRun ? rest.replace(changesWithRun, "") : rest;
    return fixed.includes("*") ? `lets in whatever the rest of the subject is` : undefined;
  };
}

const github: Issuer = {
  name: "GitHub Actions",
  shared: true,
  looseSubject(subject) {
    // A customised subject may lead with something else, as long as the repository is in it, whole.
    const repository = /(^|:)(repo(sitory)?:[^/:]+\/[^/:]+|repository_id:\d+):/;
    if (!repository.test(wildcard.test(subject) ? literalStart(subject) : `${subject}:`))
      return wildcard.test(subject) ? "lets in more than one repository" : "names no repository";
    if (subject.includes("*")) return "lets in any branch, tag, environment or pull request that fits";
    return /:pull_request(:|$)/.test(subject) ? "lets in whoever can open a pull request" : undefined;
  },
  identifying: ["repository_id", "repository"],
  lasting: { nameOnly: (subject) => !/^repo:[^/]+@\d+\//.test(subject), claims: ["repository_id"] },
  pinned: {
    claim: "job_workflow_ref",
    // A commit can't be changed. A branch or a tag of the workflow's repository can.
    isPinned: (value) => /^[^/*?]+\/[^/*?]+\/\.github\/workflows\/[^@*?]+@[0-9a-f]{40}$/.test(value),
    isOwners: (subject) => /^repo:[^/*?]+\//.test(subject),
  },
};

/** Issuers by host, with the path where it is part of the name. */
const known: [host: RegExp, issuer: Issuer][] = [
  [/^token\.actions\.(githubusercontent\.com|[a-z0-9-]+\.ghe\.com)(\/[^/]+)?$/, github],
  [/\/_services\/token$/, { ...github, name: "GitHub Enterprise Server", shared: false, identifying: [] }],
  [
    /^gitlab\.com$/,
    {
      name: "GitLab.com",
      shared: true,
      looseSubject: anchored(/^(project_path:[^:]+\/[^:]+|project_id:\d+):/, undefined, "project"),
      identifying: ["project_id"],
    },
  ],
  [
    /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/,
    {
      name: "Bitbucket",
      shared: false,
      // {repository}[:{environment}]:{step}: the step is another one in every run.
      looseSubject: anchored(/^\{[^{}]+\}:/, /^(\{[^{}*?]+\}:)?\*$/, "repository"),
      identifying: [],
    },
  ],
  [
    /^oidc\.circleci\.com\/org\/[^/]+$/,
    {
      name: "CircleCI",
      shared: false,
      looseSubject: anchored(/^org\/[^/]+\/project\/[^/]+\//, /^user\/\*$/, "project"),
      identifying: ["oidc.circleci.com/project-id"],
    },
  ],
  [
    /^agent\.buildkite\.com$/,
    {
      name: "Buildkite",
      shared: true,
      looseSubject: anchored(
        /^organization:[^:]+:pipeline:[^:]+:/,
        /:commit:\*(:step:(\*|[^*]+))?$/,
        "pipeline",
      ),
      identifying: ["pipeline_id"],
    },
  ],
  [
    /^app\.terraform\.io$/,
    {
      name: "HCP Terraform",
      shared: true,
      looseSubject: anchored(/^organization:[^:]+:project:[^:]+:workspace:[^:]+:/, undefined, "workspace"),
      identifying: [],
    },
  ],
  [
    /^api\.pulumi\.com\/oidc(\/v2)?$/,
    {
      name: "Pulumi Cloud",
      shared: true,
      looseSubject: anchored(
        /^pulumi:(environments:.*(:env:|currentEnvironment\.name:)|deploy:org:[^:]+:project:[^:]+:stack:[^:]+:)/,
        undefined,
        "environment or stack",
      ),
      identifying: [],
      tenantInAudience: true,
    },
  ],
  [
    /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/id\/[a-z0-9]+$/i,
    {
      name: "an EKS cluster",
      shared: false,
      // Controllers make up the end of a service account's name.
      looseSubject: anchored(/^system:serviceaccount:[^:]+:[^:]+/, /^\*$/, "service account"),
      identifying: [],
    },
  ],
  [
    /^accounts\.google\.com$/,
    {
      name: "Google",
      shared: true,
      looseSubject: (subject) =>
        /^\d+$/.test(subject) ? undefined : "is not the number of one service account",
      identifying: [],
    },
  ],
  [
    /^cognito-identity\.amazonaws\.com$/,
    {
      name: "Cognito",
      shared: true,
      looseSubject: (subject) => (wildcard.test(subject) ? "lets in more than one identity" : undefined),
      identifying: [],
      tenantInAudience: true,
      audienceAnd: "amr",
    },
  ],
];

/** Any other issuer. Two whole parts before the wildcard: in `spiffe://domain/team/*` the domain alone is everybody. */
const other: Issuer = {
  name: "the issuer",
  shared: false,
  looseSubject(subject) {
    if (!wildcard.test(subject)) return undefined;
    const parts = literalStart(subject)
      .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
      .split(/[:/]/)
      .slice(0, -1);
    return parts.filter((part) => part !== "").length >= 2 ? undefined : "lets in more than one workload";
  },
  identifying: [],
};

/** The issuer of an OIDC provider, by its URL without `https://`. */
export function issuerOf(host: string): Issuer {
  return known.find(([pattern]) => pattern.test(host))?.[1] ?? other;
}
