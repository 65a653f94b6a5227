import { firstProblem, shown, type Problem } from "../../refusal";
import { exactProblem, issuerProblem, withoutScheme } from "./exact";
import { each, type Source, type Target } from "./source";

/** A workload of an issuer that has no list of its own here. Copy its values from a token. */
export interface OidcWorkload {
  /** The issuer's URL, as its tokens have it in `iss`. */
  issuer: string;
  /** The whole subject, as its tokens have it in `sub`. */
  subject: string;
  /** Further claims that must be equal, text only. Default: none. AWS compares `email` and no other one. */
  claims?: Record<string, string> | undefined;
  /** The audience, where the issuer does not let the workload choose it. Default: the target's. */
  audience?: string | undefined;
  /** The claim that stays the same for as long as the workload exists. Default: `sub`. */
  identityClaim?: string | undefined;
}

/** Any other OIDC issuer. */
export const oidc: Source<OidcWorkload> = {
  title: "Any other OIDC issuer",
  problem: each("oidc", oidcProblem),
  proof: ({ issuer, subject, claims = {}, audience, identityClaim = "sub" }) => ({
    token: {
      issuer: withoutScheme(issuer),
      subjects: [subject],
      claims,
      awsClaims: Object.keys(claims).filter((claim) => awsClaims.includes(claim)),
      audience: audience === undefined ? {} : { aws: audience, gcp: audience, vault: audience },
      choosesAudience: audience === undefined,
      identity: identityClaim,
      trail: [],
    },
  }),
  examples: [
    {
      issuer: "https://oidc.example.com/tenants/octo",
      subject: "project:octo/app:environment:production",
      claims: { project_id: "7f3c" },
    },
    {
      issuer: "https://oidc.vercel.com/octo",
      subject: "owner:octo:project:shop:environment:production",
      audience: "https://vercel.com/octo",
    },
  ],
};

/** What AWS maps for every issuer beside `aud` and `sub` (Service Authorization Reference, STS). `amr` is a list. */
const awsClaims = ["email"];

/** Issuers whose tokens need more than an exact subject, or less of it, and the lists that know what. */
const known: [pattern: RegExp, list: string][] = [
  [/^token\.actions\.(githubusercontent\.com|[^/]+\.ghe\.com)(\/|$)/, "github"],
  [/\/_services\/token$/, "github"],
  [/^gitlab\.com$/, "gitlab"],
  [/^api\.bitbucket\.org\//, "bitbucket"],
  [/^oidc\.circleci\.com\//, "circleci"],
  [/^agent\.buildkite\.com$/, "buildkite"],
  [/^app\.terraform\.io$/, "hcpTerraform"],
  [/^api\.pulumi\.com\/oidc$/, "pulumiEsc or workloads.pulumiDeployments"],
  [/^vstoken\.dev\.azure\.com\//, "azureDevops"],
  [/^accounts\.google\.com$/, "gcp"],
  [/^container\.googleapis\.com\//, "gke"],
  [/^oidc\.eks\./, "kubernetes"],
  [/\.tokens\.sts\.global\.api\.aws$/, "awsOutbound"],
];

/** Claims that the component compares itself, or that change with each token. */
const ownClaims = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"];

function oidcProblem(workload: OidcWorkload, where: string, target: Target): Problem {
  const { issuer, subject, claims = {}, audience, identityClaim } = workload;
  return (
    issuerProblem(`${where}.issuer`, issuer, target) ??
    knownIssuerProblem(`${where}.issuer`, issuer) ??
    exactProblem(`${where}.subject`, subject) ??
    firstProblem(Object.entries(claims), ([claim, value]) =>
      claimProblem(`${where}.claims`, claim, value, target),
    ) ??
    (audience === undefined ? undefined : exactProblem(`${where}.audience`, audience)) ??
    (identityClaim === undefined || identityClaim === "sub" || identityClaim in claims
      ? undefined
      : `${where}.identityClaim must be sub or one of the claims, got ${shown(identityClaim)}.`)
  );
}

function knownIssuerProblem(argument: string, issuer: string): Problem {
  const list = known.find(([pattern]) => pattern.test(withoutScheme(issuer)))?.[1];
  return list === undefined
    ? undefined
    : `${argument} must be an issuer without a list of its own, got ${shown(issuer)}. Use workloads.${list}.`;
}

function claimProblem(argument: string, claim: string, value: string, target: Target): Problem {
  if (ownClaims.includes(claim))
    return `${argument} must not have ${shown(claim)}, which is compared already or changes with each token.`;
  if (!/^[\w./:-]+$/.test(claim)) return `${argument} must have names of claims, got ${shown(claim)}.`;
  if (target === "aws" && !awsClaims.includes(claim))
    return `${argument} must not have ${shown(claim)}: AWS has no condition key for it. Name the workload by a subject that nobody else can have.`;
  return exactProblem(`${argument}.${claim}`, value);
}
