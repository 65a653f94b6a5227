import {
  formProblem,
  issuerProblem,
  kubernetesNamespace,
  kubernetesServiceAccount,
  withoutScheme,
} from "./exact";
import { each, type Source } from "./source";

/** Pods that run as one service account of one cluster. */
export interface KubernetesWorkload {
  /**
   * The URL of the cluster's issuer: `kubectl get --raw /.well-known/openid-configuration | jq -r .issuer`. On EKS
   * `https://oidc.eks.<region>.amazonaws.com/id/<ID>`, as IAM roles for service accounts (IRSA) use it.
   */
  issuer: string;
  /** The service account's namespace. */
  namespace: string;
  /** The service account's name. */
  serviceAccount: string;
}

/** Any Kubernetes cluster whose issuer the target can reach. */
export const kubernetes: Source<KubernetesWorkload> = {
  title: "Kubernetes service account (EKS IRSA and any cluster)",
  problem: each(
    "kubernetes",
    (workload, where, target) =>
      issuerProblem(`${where}.issuer`, workload.issuer, target) ??
      formProblem(`${where}.namespace`, workload.namespace, kubernetesNamespace) ??
      formProblem(`${where}.serviceAccount`, workload.serviceAccount, kubernetesServiceAccount),
  ),
  proof: ({ issuer, namespace, serviceAccount }) => ({
    token: {
      issuer: withoutScheme(issuer),
      subjects: [`system:serviceaccount:${namespace}:${serviceAccount}`],
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      // Which pod it was stands in an object, `kubernetes.io`, that not every target can read.
      trail: [],
    },
  }),
  examples: [
    {
      issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
      namespace: "shop",
      serviceAccount: "orders",
    },
    { issuer: "https://oidc.k8s.example.com", namespace: "shop", serviceAccount: "orders" },
  ],
};
