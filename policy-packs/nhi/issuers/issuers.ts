import { githubClaims, runClaim } from "./github";
import { any, type Claim, type Confinement, exact, naming, one, type Start } from "./reach";
import {
  azureDevOps,
  buildkite,
  circleci,
  gitlab,
  type Grammar,
  kubernetes,
  pulumi,
  readSubject,
  spiffe,
  terraform,
  vercel,
} from "./subject";

/**
 * What is known of an issuer whose tokens AWS accepts. Only claims that AWS maps stand here: a key for another one is not
 * there today and may be tomorrow (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html).
 */
export interface Issuer {
  name: string;
  /** What a value of a claim names. */
  claims: Record<string, Claim>;
  /** Names can change hands here, and a claim holds the number that can't. */
  hasNumbers?: true;
  /** The audience names the tenant, so that it has to be compared too. */
  tenantInAudience?: true;
  /** Signs tokens for everybody who asks, and not for one organisation. */
  isShared?: true;
  /** Claims that hold the audience. Default: `aud`. */
  audience?: readonly string[];
}

/** A subject of these shapes. */
const subject = (...grammars: Grammar[]) => ({ sub: subjectClaim((value) => readSubject(value, grammars)) });
const subjectClaim = (read: Claim["read"]): Claim => ({ best: exact, read });
const anyRun = any("every branch, tag and pipeline of the project");
const numbered: Confinement = { owner: one, workload: one, run: anyRun, lasting: true, numbered: true };

/** GitLab's word for a branch or tag that only some may push to. */
export const protectedRef: Claim = {
  best: { run: one },
  read: ({ text, whole }) => (whole && text === "true" ? { run: one } : {}),
};

const github: Issuer = { name: "GitHub Actions", claims: githubClaims };

const known: [host: RegExp, issuer: Issuer][] = [
  [/^token\.actions\.githubusercontent\.com$/, { ...github, hasNumbers: true, isShared: true }],
  // An enterprise's own issuers: its names don't go to strangers.
  [/^token\.actions\.(githubusercontent\.com\/[^/]+|[a-z0-9-]+\.ghe\.com)$/, github],
  [/\/_services\/token$/, { name: "GitHub Enterprise Server", claims: { sub: githubClaims.sub } }],
  [
    /^gitlab\.com$/,
    {
      name: "GitLab.com",
      claims: {
        ...subject(...gitlab),
        project_id: naming(numbered),
        namespace_id: naming({ owner: one, lasting: true }),
        ref_protected: protectedRef,
      },
      hasNumbers: true,
      isShared: true,
    },
  ],
  [
    /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/,
    { name: "Bitbucket", claims: { sub: subjectClaim(bitbucketSubject) } },
  ],
  [
    /^oidc\.circleci\.com\/org\/[^/]+$/,
    {
      name: "CircleCI",
      claims: { ...subject(...circleci), "oidc.circleci.com/project-id": naming(exact) },
    },
  ],
  [
    /^agent\.buildkite\.com$/,
    {
      name: "Buildkite",
      claims: {
        ...subject(...buildkite),
        organization_id: naming({ owner: one, lasting: true }),
        organization_slug: naming({ owner: one }),
        pipeline_id: naming(numbered),
        pipeline_slug: naming({ workloadOfOwner: one }),
        build_branch: runClaim("branch"),
      },
      hasNumbers: true,
      isShared: true,
    },
  ],
  [/^app\.terraform\.io$/, { name: "HCP Terraform", claims: subject(...terraform), isShared: true }],
  [
    /^api\.pulumi\.com\/oidc(\/v2)?$/,
    { name: "Pulumi Cloud", claims: subject(...pulumi), tenantInAudience: true, isShared: true },
  ],
  [/^vstoken\.dev\.azure\.com\//, { name: "Azure DevOps", claims: subject(...azureDevOps) }],
  [
    /^oidc\.vercel\.com(\/|$)/,
    { name: "Vercel", claims: subject(...vercel), tenantInAudience: true, isShared: true },
  ],
  [
    /^sandboxes\.cloud$/,
    { name: "sandboxes.cloud", claims: subject(), tenantInAudience: true, isShared: true },
  ],
  [
    /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/id\//,
    { name: "an EKS cluster", claims: subject(...kubernetes) },
  ],
  [
    /^accounts\.google\.com$/,
    {
      name: "Google",
      // `aud` is who asked for the token, where it says so; `oaud` is what the token is for.
      claims: {
        sub: subjectClaim(({ text, whole }) =>
          whole && /^\d+$/.test(text)
            ? exact
            : { workload: any("subjects that are not the number of one account") },
        ),
      },
      audience: ["oaud", "aud"],
      isShared: true,
    },
  ],
  [
    /^cognito-identity\.amazonaws\.com$/,
    {
      name: "Cognito",
      claims: {
        sub: naming(exact),
        amr: {
          best: exact,
          read: ({ text, whole }) =>
            whole && text !== "unauthenticated" ? exact : { workload: any("guests of the identity pool") },
        },
      },
      tenantInAudience: true,
    },
  ],
];

/** {repository}[:{environment}]:{step}, of which the step is another one in every run. */
function bitbucketSubject({ text, whole }: Start): Confinement {
  if (whole) return exact;
  const [repository = "", environment, ...rest] = text.split(":");
  const isWhole = (id = "") => id.startsWith("{") && id.endsWith("}");
  if (!isWhole(repository) || environment === undefined)
    return { workload: any("more than one repository of the workspace") };
  const run =
    isWhole(environment) && rest.length > 0 ? one : any("every environment and branch of the repository");
  return { owner: one, workload: one, run, numbered: true };
}

const everyGrammar = [
  terraform,
  gitlab,
  kubernetes,
  spiffe,
  pulumi,
  buildkite,
  circleci,
  azureDevOps,
  vercel,
].flat();
/** Claims that a subject of GitHub's may start with: `repo` unless the repository has changed it. */
const githubLead =
  /^(repo|repository|repository_id|repository_owner|repository_owner_id|environment|ref|head_ref|base_ref|workflow|workflow_ref|job_workflow_ref|event_name|actor|actor_id):/;

/** What a subject names where the issuer is not known: a product that others host has the product's subjects. */
export const subjectOfAnybody = subjectClaim((value) =>
  githubLead.test(value.text) ? githubClaims.sub.read(value) : readSubject(value, everyGrammar),
);

/** `https://host/path` in any case, with any port that is the default, without the slash at its end. */
export const hostOf = (uri: string) =>
  uri
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, "")
    .replace(/^([^/:]+):443(?=\/|$)/, "$1")
    .replace(/\/+$/, "");

const isAddress = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?(\/[\w./~-]*)?$/i;

/** The issuer of an OIDC provider, by its URL without `https://`. */
export function issuerOf(host: string): Issuer {
  return (
    known.find(([pattern]) => pattern.test(host))?.[1] ?? {
      // What is no address may be anything, a secret that was put in the wrong place too.
      name: isAddress.test(host) ? `the issuer ${host}` : "its issuer",
      claims: { sub: subjectOfAnybody },
    }
  );
}
