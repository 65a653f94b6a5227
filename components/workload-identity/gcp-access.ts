import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { projectIdProblem } from "../gcp-names";
import { expiryProblem, metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { firstProblem, refuse, shown, type Problem } from "../refusal";
import { authoritiesProblem, certificatesOf } from "./certificate-authorities";
import { bindGrants, bindImpersonation } from "./gcp-bindings";
import { gcpGrantsProblem, serviceAccountProblem, type GcpGrants } from "./gcp-grants";
import {
  digest,
  longestPrefix,
  needsProvider,
  poolProviders,
  poolProvidersProblem,
  type PoolProvider,
} from "./gcp-providers";
import type { Proof } from "./proof";
import {
  audienceProblem,
  expectedToken,
  proofsOf,
  workloadsProblem,
  type ExpectedToken,
  type Workloads,
} from "./workloads";

export interface GcpFederatedAccessArgs {
  /** Who answers for the access and why it exists. Becomes the descriptions of the pool and its providers. */
  metadata: NhiMetadata;
  /** The id of the project that the pool is in. */
  projectId: string;
  /** The project's number: `gcloud projects describe PROJECT --format 'value(projectNumber)'`. Principals begin with it. */
  projectNumber: string;
  /** The programs that get in, each by its exact subject and numbers. */
  workloads: Workloads;
  /** What they may do, resource by resource. Default: nothing; `principals` can be granted more elsewhere. */
  grants?: GcpGrants | undefined;
  /**
   * E-mail address of a service account that the workloads may act as, for what takes no federated principal. Default:
   * none, and the workloads' own principals are granted what they need.
   */
  impersonate?: string | undefined;
  /** The id of the pool, 4 to 32 lower-case letters, digits and `-`. Default: the component's name. */
  poolId?: string | undefined;
  /**
   * Whether the pool is made here. `false` takes one that exists, or that another component of the program makes: name
   * that one in `dependsOn`. One pool for each environment. Default: true.
   */
  createPool?: boolean | undefined;
  /**
   * What the ids of the providers begin with, unique in the pool. At most 25 characters; a few that come from the issuer
   * follow. GCP keeps the id of a provider that was deleted for 30 days. Default: the component's name.
   */
  providerPrefix?: string | undefined;
  /**
   * The audience that the workloads ask their issuer for, where they can ask. Default: the name of the provider, which
   * nobody else takes, or what the issuer writes into every token.
   */
  audience?: string | undefined;
  /**
   * The day from which on nothing is granted any more, as YYYY-MM-DD in UTC, by a condition of each grant. A bucket takes
   * one only with uniform bucket-level access. Required where `metadata.kind` is `third-party`, and not before
   * `metadata.reviewBy`. Default: no such day.
   */
  expires?: string | undefined;
  /** Certificates of the authorities that issue those of `workloads.certificate`, as PEM, without any key. */
  trustAnchors?: string[] | undefined;
}

/** Where the tokens of one issuer go. */
export interface GcpProvider {
  /** The issuer's URL, or `aws:ACCOUNT` for signed requests of AWS roles, or `x509` for certificates. */
  issuer: string;
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER` */
  name: string;
  /** What the token must have in `aud`. */
  audience: string;
}

/**
 * Access to GCP for named programs that run elsewhere, so that no key of a service account exists anywhere. A workload
 * identity pool takes the token of the program's own run, and roles are granted to its exact principal.
 *
 * GCP lets in who fulfils a provider's condition, and grants what a principal is bound to: both name the workload here,
 * by its subject and by the numbers that are never given again. Principals begin with the id of their provider, so that
 * programs of another issuer never share one.
 *
 * What stands in `dependsOn` is there before any of its resources: service accounts, for example, that it names.
 *
 * Programs on GKE and those that run as a service account of GCP need no pool. They are granted the same things.
 *
 * @example
 * ```typescript
 * const deploy = new GcpFederatedAccess("deploy", {
 *   metadata: {
 *     owner: "team-web",
 *     purpose: "publish the website",
 *     environment: "production",
 *     kind: NhiKind.Pipeline,
 *     reviewBy: "2027-06-30",
 *   },
 *   projectId: "octo-web",
 *   projectNumber: "123456789012",
 *   poolId: "production",
 *   workloads: {
 *     github: [
 *       { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", environment: "production" },
 *     ],
 *   },
 *   grants: { buckets: [{ bucket: "octo-website", role: "roles/storage.objectUser" }] },
 * });
 * ```
 */
export class GcpFederatedAccess extends pulumi.ComponentResource {
  /** Where each issuer's tokens go, in the order of the workloads: `name` is the workflow's `workload_identity_provider`. */
  readonly providers: pulumi.Output<GcpProvider[]>;
  /** What GCP's policies and audit logs call the workloads. Known at preview. */
  readonly principals: pulumi.Output<string[]>;
  /** What each workload's token must say. Compare it with the token when GCP says "rejected by the attribute condition". */
  readonly expectedTokens: pulumi.Output<ExpectedToken[]>;

  constructor(name: string, args: GcpFederatedAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("GcpFederatedAccess", name, gcpFederatedAccessProblem(name, args));
    super("nhi:index:GcpFederatedAccess", name, { ...args }, opts);

    const children = {
      parent: this,
      ...(opts?.dependsOn !== undefined && { dependsOn: opts.dependsOn }),
    };
    const providers = providersOf(name, args);
    const pool =
      args.createPool !== false && providers.length > 0 ? makePool(name, args, children) : undefined;
    // Known before anything exists; what uses it waits for the pool all the same, which GCP looks for.
    const inPool = (text: string) => pool?.urn.apply(() => text) ?? pulumi.output(text);
    const made = providers.map((provider) =>
      makeProvider(name, args, provider, inPool(poolIdOf(name, args)), children),
    );
    const members = [
      ...federatedMembers(name, args).map((member) => ({ key: digest(member, 6), member: inPool(member) })),
      ...ownMembers(args).map((member) => ({ key: digest(member, 6), member })),
    ];
    const owner = { component: "GcpFederatedAccess", name, expires: args.expires, children };
    bindGrants(members, args.grants ?? {}, owner);
    if (args.impersonate !== undefined) bindImpersonation(members, args.impersonate, owner);

    this.providers = pulumi.all(made);
    this.principals = pulumi.all(members.map(({ member }) => member));
    this.expectedTokens = pulumi.output(expectedTokens(name, args));
    this.registerOutputs({
      providers: this.providers,
      principals: this.principals,
      expectedTokens: this.expectedTokens,
    });
  }
}

function makePool(
  name: string,
  args: GcpFederatedAccessArgs,
  children: pulumi.CustomResourceOptions,
): gcp.iam.WorkloadIdentityPool {
  return new gcp.iam.WorkloadIdentityPool(
    name,
    {
      project: args.projectId,
      workloadIdentityPoolId: poolIdOf(name, args),
      displayName: poolIdOf(name, args),
      description: metadataLine(args.metadata),
    },
    children,
  );
}

function makeProvider(
  name: string,
  args: GcpFederatedAccessArgs,
  { id, issuerUri, audience, awsAccountId, certificates, subject, condition }: PoolProvider,
  workloadIdentityPoolId: pulumi.Output<string>,
  children: pulumi.CustomResourceOptions,
): pulumi.Output<GcpProvider> {
  const pemCertificates = (args.trustAnchors ?? []).flatMap(certificatesOf);
  const made = new gcp.iam.WorkloadIdentityPoolProvider(
    args.providerPrefix === undefined ? id : `${name}-${id}`,
    {
      project: args.projectId,
      workloadIdentityPoolId,
      workloadIdentityPoolProviderId: id,
      displayName: id,
      description: metadataLine(args.metadata),
      attributeMapping: { "google.subject": subject },
      attributeCondition: condition,
      ...(issuerUri !== undefined && {
        oidc: { issuerUri, ...(audience !== undefined && { allowedAudiences: [audience] }) },
      }),
      ...(awsAccountId !== undefined && { aws: { accountId: awsAccountId } }),
      ...(certificates && {
        x509: {
          trustStore: { trustAnchors: pemCertificates.map((pemCertificate) => ({ pemCertificate })) },
        },
      }),
    },
    children,
  );
  return made.urn.apply(() => ({
    issuer: issuerUri ?? (awsAccountId === undefined ? "x509" : `aws:${awsAccountId}`),
    name: providerName(name, args, id),
    audience: audience ?? ownAudience(name, args, id),
  }));
}

const poolIdOf = (name: string, { poolId = name }: GcpFederatedAccessArgs) => poolId;
const poolName = (name: string, args: GcpFederatedAccessArgs) =>
  `projects/${args.projectNumber}/locations/global/workloadIdentityPools/${poolIdOf(name, args)}`;
const providerName = (name: string, args: GcpFederatedAccessArgs, id: string) =>
  `${poolName(name, args)}/providers/${id}`;

/** What GCP expects in `aud` where a provider lists nothing else. */
const ownAudience = (name: string, args: GcpFederatedAccessArgs, id: string) =>
  `https://iam.googleapis.com/${providerName(name, args, id)}`;

const providersOf = (name: string, args: GcpFederatedAccessArgs) =>
  poolProviders(proofsOf(args.workloads), args.providerPrefix ?? name, args.audience);

/** What GCP calls those that the pool lets in. */
const federatedMembers = (name: string, args: GcpFederatedAccessArgs) =>
  providersOf(name, args).flatMap(({ subjects }) =>
    subjects.map((subject) => `principal://iam.googleapis.com/${poolName(name, args)}/subject/${subject}`),
  );

/** What GCP calls those that it vouches for itself. Two clusters of a project are one to it. */
const ownMembers = ({ workloads }: GcpFederatedAccessArgs) => [
  ...new Set(proofsOf(workloads).flatMap((proof) => ownMember(proof) ?? [])),
];

function ownMember({ gcpServiceAccount, gkeServiceAccount }: Proof): string | undefined {
  if (gcpServiceAccount !== undefined) return `serviceAccount:${gcpServiceAccount.email}`;
  if (gkeServiceAccount === undefined) return undefined;
  const { projectId, projectNumber, namespace, serviceAccount } = gkeServiceAccount;
  return (
    `principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/` +
    `${projectId}.svc.id.goog/subject/ns/${namespace}/sa/${serviceAccount}`
  );
}

function expectedTokens(name: string, args: GcpFederatedAccessArgs): ExpectedToken[] {
  return providersOf(name, args).flatMap(({ id, audience = ownAudience(name, args, id), proofs }) =>
    proofs.flatMap(({ where, token }) => (token === undefined ? [] : expectedToken(where, token, audience))),
  );
}

function gcpFederatedAccessProblem(name: string, args: GcpFederatedAccessArgs): Problem {
  return (
    metadataProblem(args.metadata) ??
    descriptionProblem(args.metadata) ??
    projectIdProblem("projectId", args.projectId) ??
    projectNumberProblem(args.projectNumber) ??
    (args.audience === undefined ? undefined : audienceProblem(args.audience, "gcp")) ??
    workloadsProblem(args.workloads, args.metadata.environment, "gcp") ??
    expiryProblem(args.metadata, args.expires) ??
    (proofsOf(args.workloads).some(needsProvider) ? poolProblem(name, args) : undefined) ??
    gcpGrantsProblem(args.grants ?? {}) ??
    (args.impersonate === undefined ? undefined : serviceAccountProblem("impersonate", args.impersonate))
  );
}

/** Cloud IAM: the description of a pool and of a provider. */
const longestDescription = 256;

function descriptionProblem(metadata: NhiMetadata): Problem {
  const { length } = metadataLine(metadata);
  return length <= longestDescription
    ? undefined
    : `metadata must fit into a description of ${longestDescription} characters (GCP's limit), got ${length}. Shorten purpose.`;
}

const projectNumberProblem = (number: string): Problem =>
  /^[1-9]\d{5,18}$/.test(number)
    ? undefined
    : `projectNumber must be the project's number as digits, not its id, got ${shown(number)}.`;

function poolProblem(name: string, args: GcpFederatedAccessArgs): Problem {
  const poolId = poolIdOf(name, args);
  const prefix = args.providerPrefix ?? name;
  if (!/^(?!gcp-)[a-z0-9-]{4,32}$/.test(poolId))
    return `poolId must be 4 to 32 lower-case letters, digits or - and not begin with gcp- (GCP's limits), got ${shown(poolId)}.`;
  if (!/^(?!gcp-)[a-z0-9-]+$/.test(prefix) || prefix.length > longestPrefix)
    return (
      `providerPrefix must be 1 to ${longestPrefix} lower-case letters, digits or - and not begin with gcp- ` +
      `(GCP limits ids to 32 characters, and the issuer's follow), got ${shown(prefix)}.`
    );
  return poolProvidersProblem(providersOf(name, args)) ?? trustAnchorsProblem(args);
}

function trustAnchorsProblem({ workloads, trustAnchors = [] }: GcpFederatedAccessArgs): Problem {
  const certificates = (workloads.certificate ?? []).length > 0;
  if (certificates !== trustAnchors.length > 0)
    return certificates
      ? "trustAnchors must list the authorities that issue the certificates of workloads.certificate."
      : "trustAnchors must be empty without workloads.certificate: nobody would be let in by them.";
  return firstProblem(trustAnchors, (anchor, index) => authoritiesProblem(`trustAnchors[${index}]`, anchor));
}
