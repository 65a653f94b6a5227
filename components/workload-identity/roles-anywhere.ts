import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { grantProblem, iamRole, iamRoleProblem, partitionOf, type IamRoleArgs } from "../iam-role";
import { awsTags, awsTagsProblem, metadataProblem, type NhiMetadata } from "../identity";
import { checked, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import { authoritiesProblem } from "./certificate-authorities";

export interface RolesAnywhereTrustAnchorArgs {
  /** Who answers for the anchor and why it exists. Becomes its tags `nhi:*`. */
  metadata: NhiMetadata;
  /** ARN of the authority in AWS Private CA that issues the workloads' certificates. This or `certificateBundle`. */
  privateCaArn?: pulumi.Input<string> | undefined;
  /** Certificates of the authority as PEM, without any key. This or `privateCaArn`. */
  certificateBundle?: string | undefined;
}

/**
 * The authority whose certificates let machines outside AWS into an account, through IAM Roles Anywhere. One for each
 * authority and account. AWS gives it an id that nobody can know before: make it first, then name its ARN in
 * `RolesAnywhereAccess`, so that every trust policy is known at preview.
 */
export class RolesAnywhereTrustAnchor extends pulumi.ComponentResource {
  /** The anchor's ARN, for `trustAnchorArn` of `RolesAnywhereAccess`. Known once it exists. */
  readonly trustAnchorArn: pulumi.Output<string>;

  constructor(name: string, args: RolesAnywhereTrustAnchorArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("RolesAnywhereTrustAnchor", name, trustAnchorProblem(args));
    super("nhi:index:RolesAnywhereTrustAnchor", name, { ...args }, opts);

    const anchor = new aws.rolesanywhere.TrustAnchor(
      name,
      {
        name,
        enabled: true,
        source:
          args.privateCaArn === undefined
            ? {
                sourceType: "CERTIFICATE_BUNDLE",
                sourceData: { x509CertificateData: args.certificateBundle ?? "" },
              }
            : {
                sourceType: "AWS_ACM_PCA",
                sourceData: {
                  acmPcaArn: checked("RolesAnywhereTrustAnchor", name, args.privateCaArn, privateCaProblem),
                },
              },
        // Somebody must hear of it before the authority, and with it every sign-in, ends.
        notificationSettings: [
          { event: "CA_CERTIFICATE_EXPIRY", channel: "ALL", enabled: true, threshold: noticeDays },
          { event: "END_ENTITY_CERTIFICATE_EXPIRY", channel: "ALL", enabled: true, threshold: 7 },
        ],
        tags: awsTags(args.metadata),
      },
      { parent: this },
    );

    this.trustAnchorArn = anchor.arn;
    this.registerOutputs({ trustAnchorArn: this.trustAnchorArn });
  }
}

/** Days before the authority's certificate ends. AWS's default for both events is 45. */
const noticeDays = 90;

function trustAnchorProblem({
  metadata,
  privateCaArn,
  certificateBundle,
}: RolesAnywhereTrustAnchorArgs): Problem {
  const problem = metadataProblem(metadata) ?? awsTagsProblem(metadata);
  if (problem !== undefined) return problem;
  if ((privateCaArn === undefined) === (certificateBundle === undefined))
    return `privateCaArn or certificateBundle must be given, one of them, got ${privateCaArn === undefined ? "none" : "both"}.`;
  return certificateBundle === undefined
    ? plainProblem(privateCaArn, privateCaProblem)
    : authoritiesProblem("certificateBundle", certificateBundle);
}

const privateCaProblem = (arn: string): Problem =>
  /^arn:aws(-[a-z]+)*:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority\/[0-9a-f-]+$/.test(arn)
    ? undefined
    : `privateCaArn must be the ARN of an authority in AWS Private CA, got ${shown(arn)}.`;

/** Who a certificate is for. At least one is required, and all that are given must be equal. */
export interface CertificateHolder {
  /** The whole subject alternative name of type URI, for example a SPIFFE id. */
  uri?: string | undefined;
  /** The whole subject alternative name of type DNS. */
  dnsName?: string | undefined;
  /** The subject's common name. Only together with `issuerCommonName`: an authority may let others choose theirs. */
  commonName?: string | undefined;
  /** The common name of the authority that issued it. */
  issuerCommonName?: string | undefined;
}

export interface RolesAnywhereAccessArgs extends IamRoleArgs {
  /**
   * ARN of the account's trust anchor for the authority, as `RolesAnywhereTrustAnchor` gives it. Plain, so that the trust
   * policy is known at preview.
   */
  trustAnchorArn: string;
  /** The one certificate holder that is let in. */
  holder: CertificateHolder;
  /**
   * The most that any session may do, as a policy document: what the role allows beyond it is not given to the machine.
   * Every action on every resource is refused.
   */
  sessionPolicy: string;
  /** How long a session lasts, in seconds. Default: 900, the least that AWS takes. At most 3600. */
  sessionSeconds?: number | undefined;
}

/**
 * An AWS role for one machine outside AWS that has a certificate and no cloud identity, through IAM Roles Anywhere: the
 * role, whose trust names the anchor and the holder, and the profile, which bounds the session.
 *
 * The private key stays on the machine (in a TPM or a SPIFFE workload API where there is one), and the certificate should
 * live for hours: AWS checks revocation only against lists that are imported into the account.
 */
export class RolesAnywhereAccess extends pulumi.ComponentResource {
  /** The role's ARN, for `--role-arn` of the credential helper. Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  /** The role's name in AWS. Known at preview. */
  readonly roleName: pulumi.Output<string>;
  /** The profile's ARN, for `--profile-arn` of the credential helper. Known once it exists. */
  readonly profileArn: pulumi.Output<string>;

  constructor(name: string, args: RolesAnywhereAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("RolesAnywhereAccess", name, rolesAnywhereProblem(name, args));
    super("nhi:index:RolesAnywhereAccess", name, { ...args }, opts);

    const { roleArn, roleName } = iamRole(
      "RolesAnywhereAccess",
      name,
      args,
      { assumeRolePolicy: certificateTrustPolicy(args) },
      this,
    );
    const profile = new aws.rolesanywhere.Profile(
      name,
      {
        name: args.roleName ?? name,
        roleArns: [roleArn],
        enabled: true,
        durationSeconds: args.sessionSeconds ?? shortestSession,
        sessionPolicy: args.sessionPolicy,
        // The session's name is the certificate's serial number: who asks can't write another one into the trail.
        acceptRoleSessionName: false,
        tags: awsTags(args.metadata),
      },
      { parent: this },
    );

    this.roleArn = roleArn;
    this.roleName = roleName;
    this.profileArn = profile.arn;
    this.registerOutputs({ roleArn, roleName, profileArn: this.profileArn });
  }
}

/** IAM Roles Anywhere API reference, CreateProfile: 900 to 43200. Ours ends at an hour. */
const shortestSession = 900;
const longestSession = 3600;

function rolesAnywhereProblem(name: string, args: RolesAnywhereAccessArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    anchorProblem(args) ??
    holderProblem(args.holder) ??
    grantProblem("sessionPolicy", args.sessionPolicy) ??
    secondsProblem(
      "sessionSeconds",
      args.sessionSeconds ?? shortestSession,
      shortestSession,
      longestSession,
      "The machine asks again as long as it has its certificate.",
    )
  );
}

function anchorProblem(args: RolesAnywhereAccessArgs): Problem {
  const pattern = new RegExp(
    `^arn:${partitionOf(args)}:rolesanywhere:[a-z0-9-]+:${args.accountId}:trust-anchor/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
  );
  return pattern.test(args.trustAnchorArn)
    ? undefined
    : `trustAnchorArn must be the ARN of one trust anchor of the account ${args.accountId} ` +
        `(arn:${partitionOf(args)}:rolesanywhere:REGION:${args.accountId}:trust-anchor/ID), got ${shown(args.trustAnchorArn)}.`;
}

function holderProblem({ uri, dnsName, commonName, issuerCommonName }: CertificateHolder): Problem {
  const given = Object.entries({ uri, dnsName, commonName, issuerCommonName }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (uri === undefined && dnsName === undefined && commonName === undefined)
    return "holder must have a uri, a dnsName or a commonName: without one every certificate of the authority is let in.";
  for (const [key, value] of given)
    if (value === "" || value !== value.trim() || /[*?\p{C}\p{Zl}\p{Zp}]|\$\{/u.test(value))
      return `holder.${key} must be one whole value without wildcards, got ${shown(value)}.`;
  return commonName !== undefined &&
    issuerCommonName === undefined &&
    uri === undefined &&
    dnsName === undefined
    ? "holder.issuerCommonName must be given with commonName alone: a second authority of the anchor may give out the same name."
    : undefined;
}

/** docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html: what AWS reads from the certificate. */
function certificateTrustPolicy({ trustAnchorArn, holder }: RolesAnywhereAccessArgs): string {
  const compared = {
    "x509SAN/URI": holder.uri,
    "x509SAN/DNS": holder.dnsName,
    "x509Subject/CN": holder.commonName,
    "x509Issuer/CN": holder.issuerCommonName,
  };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "rolesanywhere.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        Condition: {
          StringEquals: Object.fromEntries(
            Object.entries(compared).flatMap(([key, value]) =>
              value === undefined ? [] : [[`aws:PrincipalTag/${key}`, value]],
            ),
          ),
          ArnEquals: { "aws:SourceArn": trustAnchorArn },
        },
      },
    ],
  });
}
