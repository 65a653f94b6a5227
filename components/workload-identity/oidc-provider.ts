import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdProblem } from "../aws-names";
import { awsTags, awsTagsProblem, metadataProblem, type NhiMetadata } from "../identity";
import { firstProblem, refuse, shown, type Problem } from "../refusal";

export interface GithubOidcProviderArgs {
  /** Who answers for the trust in the issuer and why it exists. Becomes the provider's tags `nhi:*`. */
  metadata: NhiMetadata;
  /** The account that the AWS provider works in: 12 digits. Plain, so that the ARN is known at preview. */
  accountId: string;
  /** The partition of the account. Default: `aws`. */
  partition?: string | undefined;
  /**
   * The audiences that roles of the account may ask for. Default: `sts.amazonaws.com`. Each further one widens every role
   * whose trust policy compares none.
   */
  audiences?: string[] | undefined;
}

export interface AwsOidcProviderArgs extends GithubOidcProviderArgs {
  /** The issuer's URL as its tokens have it in `iss`, for example `https://gitlab.com`. */
  issuer: string;
}

/** What AWS said when it was asked for the account's provider. */
interface Found {
  audiences: string[];
  /** The stack that made it, as its tag says. */
  stack: string | undefined;
}

const stackTag = "nhi:stack";
const defaultAudiences = ["sts.amazonaws.com"];
/** AWS takes up to 100 (IAM quotas). */
const mostAudiences = 100;

/**
 * An account's trust in an OIDC issuer, which every role for the issuer's workloads needs. AWS has one for each issuer
 * and account, so this makes it when the account has none, and looks it up when another stack has made it. A stack that
 * looks it up changes nothing in it, and ends with one line when it lacks an audience.
 *
 * The deployment needs `iam:GetOpenIDConnectProvider` for that. Thumbprints are not set: AWS checks the issuers' TLS
 * certificates against its own list of authorities and takes the thumbprint of any other issuer itself when the provider
 * is made.
 */
export class AwsOidcProvider extends pulumi.ComponentResource {
  /** The provider's ARN. Known at preview. */
  readonly providerArn: pulumi.Output<string>;

  constructor(name: string, args: AwsOidcProviderArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsOidcProvider", name, awsOidcProviderProblem(args));
    super("nhi:index:AwsOidcProvider", name, { ...args }, opts);
    this.providerArn = oidcProvider("AwsOidcProvider", name, args, this);
    this.registerOutputs({ providerArn: this.providerArn });
  }
}

/** An account's trust in the issuer of GitHub Actions on github.com. As `AwsOidcProvider` with GitHub's issuer. */
export class GithubOidcProvider extends pulumi.ComponentResource {
  /** The provider's ARN. Known at preview. */
  readonly providerArn: pulumi.Output<string>;

  constructor(name: string, args: GithubOidcProviderArgs, opts?: pulumi.ComponentResourceOptions) {
    const all = { ...args, issuer: "https://token.actions.githubusercontent.com" };
    refuse("GithubOidcProvider", name, awsOidcProviderProblem(all));
    super("nhi:index:GithubOidcProvider", name, { ...args }, opts);
    this.providerArn = oidcProvider("GithubOidcProvider", name, all, this);
    this.registerOutputs({ providerArn: this.providerArn });
  }
}

function awsOidcProviderProblem(args: AwsOidcProviderArgs): Problem {
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    accountIdProblem(args.accountId) ??
    issuerProblem(args.issuer) ??
    audiencesProblem(args.audiences ?? defaultAudiences)
  );
}

/** AWS compares the URL with `iss` as it is written (IAM API reference, CreateOpenIDConnectProvider). */
function issuerProblem(issuer: string): Problem {
  if (!/^https:\/\/[a-z0-9.-]+(:\d+)?(\/[\w.~/-]*[\w.~-])?$/.test(issuer))
    return (
      "issuer must be the issuer's URL as its tokens have it: https, the host in lower case, no slash at the end, " +
      `got ${shown(issuer)}.`
    );
  return /:\d+(\/|$)/.test(issuer.slice("https://".length))
    ? `issuer must have no port, which AWS takes for no issuer, got ${shown(issuer)}.`
    : undefined;
}

function audiencesProblem(audiences: readonly string[]): Problem {
  if (audiences.length === 0 || audiences.length > mostAudiences)
    return `audiences must list 1 to ${mostAudiences} audiences, got ${audiences.length}.`;
  return firstProblem(audiences, (audience, index) => {
    if (audiences.indexOf(audience) !== index)
      return `audiences[${index}] must be there once, got ${shown(audience)} again.`;
    return /^[^\s*?\p{C}]{1,255}$/u.test(audience)
      ? undefined
      : `audiences[${index}] must be one exact value of at most 255 characters, got ${shown(audience)}.`;
  });
}

/** What each program has made so far: one that asks twice gets the first one, as the account takes no second. */
const madeBy = new WeakMap<pulumi.Resource, Map<string, pulumi.Output<string>>>();

function oidcProvider(
  component: string,
  name: string,
  args: AwsOidcProviderArgs,
  parent: pulumi.ComponentResource,
): pulumi.Output<string> {
  const host = args.issuer.slice("https://".length);
  const arn = `arn:${args.partition ?? "aws"}:iam::${args.accountId}:oidc-provider/${host}`;
  const program = pulumi.runtime.getStackResource();
  const made = (program && madeBy.get(program)) ?? new Map<string, pulumi.Output<string>>();
  const provider = made.get(arn) ?? madeOrFound(component, name, args, arn, parent);
  if (program) madeBy.set(program, made.set(arn, provider));
  return provider;
}

function madeOrFound(
  component: string,
  name: string,
  args: AwsOidcProviderArgs,
  arn: string,
  parent: pulumi.ComponentResource,
): pulumi.Output<string> {
  const audiences = args.audiences ?? defaultAudiences;
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}/${name}`;

  const provider = pulumi.output(lookUp(arn, parent)).apply((found) => {
    if (found === undefined || found.stack === stack)
      return new aws.iam.OpenIdConnectProvider(
        name,
        {
          url: args.issuer,
          clientIdLists: audiences,
          // By this tag the next run knows that the provider is this stack's own, and goes on keeping it.
          tags: { ...awsTags(args.metadata), [stackTag]: stack },
        },
        { parent },
      ).urn;
    const missing = audiences.find((audience) => !found.audiences.includes(audience));
    refuse(
      component,
      name,
      missing === undefined
        ? undefined
        : `audiences must be among those of the account's provider ${arn}, which ${found.stack ?? "something else"} made, ` +
            `and ${shown(missing)} is not. Add it there.`,
    );
    return aws.iam.OpenIdConnectProvider.get(name, arn, {}, { parent }).urn;
  });
  return provider.apply(() => arn);
}

/** The account's provider, or nothing when it has none for the issuer. */
async function lookUp(arn: string, parent: pulumi.ComponentResource): Promise<Found | undefined> {
  try {
    const { clientIdLists, tags } = await aws.iam.getOpenIdConnectProvider({ arn }, { parent });
    return { audiences: clientIdLists, stack: tags[stackTag] };
  } catch (error) {
    // What the AWS provider says of a 404 of IAM.
    if (error instanceof Error && /NoSuchEntity|not found|couldn't find/i.test(error.message))
      return undefined;
    throw error;
  }
}
