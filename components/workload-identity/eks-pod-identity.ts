import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionProblem } from "../aws-names";
import { iamRole, iamRoleProblem, partitionOf, type IamRoleArgs } from "../iam-role";
import { awsTags } from "../identity";
import { refuse, shown, type Problem } from "../refusal";

export interface EksPodIdentityAccessArgs extends IamRoleArgs {
  /** The cluster's region, for example `eu-central-1`. */
  region: string;
  /** The cluster's name. It has the add-on `eks-pod-identity-agent`. */
  clusterName: string;
  /** The Kubernetes namespace of the pods. */
  namespace: string;
  /** The service account that the pods run as. Not `default`, which every pod has that names none. */
  serviceAccount: string;
}

/**
 * An AWS role for the pods of one service account in one EKS cluster, through EKS Pod Identity: the cluster's agent gives
 * them credentials that end by themselves, and no key is in the cluster.
 *
 * The trust compares cluster, namespace and service account with the tags that EKS sets on each session, so that an
 * association that somebody adds for another service account does not open the role.
 *
 * @example
 * ```typescript
 * new EksPodIdentityAccess("orders-api", {
 *   metadata,
 *   accountId: "123456789012",
 *   region: "eu-central-1",
 *   clusterName: "main",
 *   namespace: "orders",
 *   serviceAccount: "api",
 *   grants: { secrets: [{ region: "eu-central-1", name: "orders/api" }] },
 * });
 * ```
 */
export class EksPodIdentityAccess extends pulumi.ComponentResource {
  /** The role's ARN. Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  /** The role's name in AWS. Known at preview. */
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: EksPodIdentityAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("EksPodIdentityAccess", name, eksPodIdentityProblem(name, args));
    super("nhi:index:EksPodIdentityAccess", name, { ...args }, opts);

    const { roleArn, roleName } = iamRole(
      "EksPodIdentityAccess",
      name,
      args,
      { assumeRolePolicy: podTrustPolicy(args) },
      this,
    );
    new aws.eks.PodIdentityAssociation(
      name,
      {
        region: args.region,
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: args.serviceAccount,
        roleArn,
        tags: awsTags(args.metadata),
      },
      { parent: this },
    );

    this.roleArn = roleArn;
    this.roleName = roleName;
    this.registerOutputs({ roleArn, roleName });
  }
}

function eksPodIdentityProblem(name: string, args: EksPodIdentityAccessArgs): Problem {
  return (
    iamRoleProblem(name, args) ??
    regionProblem(args.region) ??
    // Amazon EKS API reference, CreateCluster.
    matchProblem("clusterName", args.clusterName, /^[0-9A-Za-z][\w-]{0,99}$/, "the name of one cluster") ??
    // Kubernetes: a namespace is a DNS label, a service account a DNS subdomain.
    matchProblem(
      "namespace",
      args.namespace,
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      "the name of one namespace",
    ) ??
    matchProblem(
      "serviceAccount",
      args.serviceAccount,
      /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
      "the name of one service account",
    ) ??
    (args.serviceAccount === "default"
      ? 'serviceAccount must not be "default", which every pod of the namespace has that names none. Make one for this task.'
      : undefined)
  );
}

const matchProblem = (argument: string, value: string, pattern: RegExp, says: string): Problem =>
  pattern.test(value) ? undefined : `${argument} must be ${says}, got ${shown(value)}.`;

/** docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html and pod-id-abac.html: the tags that EKS sets on a session. */
function podTrustPolicy(args: EksPodIdentityAccessArgs): string {
  const clusterArn = `arn:${partitionOf(args)}:eks:${args.region}:${args.accountId}:cluster/${args.clusterName}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:SourceAccount": args.accountId,
            "aws:RequestTag/eks-cluster-arn": clusterArn,
            "aws:RequestTag/kubernetes-namespace": args.namespace,
            "aws:RequestTag/kubernetes-service-account": args.serviceAccount,
          },
          ArnEquals: { "aws:SourceArn": clusterArn },
        },
      },
    ],
  });
}
