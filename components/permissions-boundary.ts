import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdProblem, regionProblem, roleArnProblem } from "./aws-names";
import { awsTags, awsTagsProblem, metadataProblem, type NhiMetadata } from "./identity";
import { firstProblem, refuse, shown, type Problem } from "./refusal";

export interface AwsPermissionsBoundaryArgs {
  /** Who answers for the boundary and which roles it is for. Becomes its tags `nhi:*`. */
  metadata: NhiMetadata;
  /** The account that the AWS provider works in: 12 digits. Plain, so that the ARN is known at preview. */
  accountId: string;
  /** The partition of the account. Default: `aws`. */
  partition?: string | undefined;
  /**
   * The services that roles with this boundary can use at all, as IAM calls them in actions: `s3`, `dynamodb`. Those that
   * give out rights and credentials (`iam`, `sts`, `organizations` and their like) are refused.
   */
  services: string[];
  /** The regions that they can use them in. Default: all. A service without regions answers in `us-east-1`. */
  regions?: string[] | undefined;
  /** ARNs of roles that may be handed to a service, for example a function's own. Default: none. */
  passRoleArns?: string[] | undefined;
  /** The policy's name in AWS. Default: the component's name. */
  policyName?: string | undefined;
}

/** Services by which a role could give itself or others more than the boundary allows. */
const rightsServices = [
  "account",
  "iam",
  "identitystore",
  "organizations",
  "rolesanywhere",
  "sso",
  "sso-directory",
  "sts",
];

/**
 * The most that a group of roles can ever do, whatever is attached to them later: a policy for `permissionsBoundaryArn`.
 * It gives nothing by itself. What makes identities and rights is denied outright, so that no other policy opens it.
 *
 * @example
 * ```typescript
 * const boundary = new AwsPermissionsBoundary("pipelines", {
 *   metadata,
 *   accountId: "123456789012",
 *   services: ["s3", "lambda", "cloudfront"],
 *   regions: ["eu-central-1", "us-east-1"],
 * });
 * new AwsFederatedRole("deploy", { ...args, permissionsBoundaryArn: boundary.policyArn });
 * ```
 */
export class AwsPermissionsBoundary extends pulumi.ComponentResource {
  /** The policy's ARN, for `permissionsBoundaryArn`. Known at preview. */
  readonly policyArn: pulumi.Output<string>;

  constructor(name: string, args: AwsPermissionsBoundaryArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsPermissionsBoundary", name, boundaryProblem(name, args));
    super("nhi:index:AwsPermissionsBoundary", name, { ...args }, opts);

    const policyName = args.policyName ?? name;
    const policy = new aws.iam.Policy(
      name,
      {
        name: policyName,
        description: `Permissions boundary: ${args.metadata.purpose}`,
        policy: boundaryPolicy(args),
        tags: awsTags(args.metadata),
      },
      { parent: this },
    );
    const arn = `arn:${args.partition ?? "aws"}:iam::${args.accountId}:policy/${policyName}`;
    this.policyArn = policy.urn.apply(() => arn);
    this.registerOutputs({ policyArn: this.policyArn });
  }
}

function boundaryProblem(name: string, args: AwsPermissionsBoundaryArgs): Problem {
  const policyName = args.policyName ?? name;
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    accountIdProblem(args.accountId) ??
    (args.services.length > 0
      ? undefined
      : "services must list at least one service. An empty boundary allows nothing.") ??
    firstProblem(args.services, serviceProblem) ??
    firstProblem(args.regions ?? [], (region, index) => regionProblem(region, `regions[${index}]`)) ??
    firstProblem(args.passRoleArns ?? [], (arn, index) =>
      roleArnProblem(`passRoleArns[${index}]`, arn, "A service acts with all that a role may do."),
    ) ??
    (/^[\w+=,.@-]{1,128}$/.test(policyName)
      ? undefined
      : `policyName must be 1 to 128 letters, digits or _ + = , . @ - (AWS limits policy names to these), got ${shown(policyName)}.`)
  );
}

function serviceProblem(service: string, index: number): Problem {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(service))
    return `services[${index}] must be a service as IAM writes it in actions, for example "s3", got ${shown(service)}.`;
  return rightsServices.includes(service)
    ? `services[${index}] must not be ${shown(service)}, which gives out rights and credentials. Make those in a stack of their own.`
    : undefined;
}

function boundaryPolicy({ services, regions, passRoleArns = [] }: AwsPermissionsBoundaryArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Services",
        Effect: "Allow",
        Action: services.map((service) => `${service}:*`),
        Resource: "*",
        ...(regions !== undefined && { Condition: { StringEquals: { "aws:RequestedRegion": regions } } }),
      },
      ...(passRoleArns.length > 0
        ? [{ Sid: "PassRoles", Effect: "Allow", Action: "iam:PassRole", Resource: passRoleArns }]
        : []),
      {
        Sid: "NoRights",
        Effect: "Deny",
        // Not only left out: a resource's own policy that names the session would pass an implicit deny.
        NotAction: [
          ...services.map((service) => `${service}:*`),
          ...(passRoleArns.length > 0 ? ["iam:PassRole"] : []),
          "sts:GetCallerIdentity",
        ],
        Resource: "*",
      },
    ],
  });
}
