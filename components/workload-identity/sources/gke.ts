import { formProblem, kubernetesNamespace, kubernetesServiceAccount, type Form } from "./exact";
import { each, type Source } from "./source";

/**
 * Pods that run as one service account of one GKE cluster. GCP takes all clusters of a project for one: there, the same
 * namespace and service account in another cluster of the project are the same identity.
 */
export interface GkeWorkload {
  /** The cluster's project, for example `octo-shop`. */
  projectId: string;
  /** The project's number: `gcloud projects describe octo-shop --format 'value(projectNumber)'`. */
  projectNumber: string;
  /** The cluster's region or zone, for example `europe-west1`. */
  location: string;
  /** The cluster's name. */
  cluster: string;
  /** The service account's namespace. */
  namespace: string;
  /** The service account's name in Kubernetes. */
  serviceAccount: string;
}

/** GKE. GCP vouches for its clusters itself, other targets ask the cluster's own issuer. */
export const gke: Source<GkeWorkload> = {
  title: "GKE",
  problem: each(
    "gke",
    (workload, where) =>
      formProblem(`${where}.projectId`, workload.projectId, projectId) ??
      formProblem(`${where}.projectNumber`, workload.projectNumber, projectNumber) ??
      formProblem(`${where}.location`, workload.location, location) ??
      formProblem(`${where}.cluster`, workload.cluster, clusterName) ??
      formProblem(`${where}.namespace`, workload.namespace, kubernetesNamespace) ??
      formProblem(`${where}.serviceAccount`, workload.serviceAccount, kubernetesServiceAccount),
  ),
  proof: ({ projectId, projectNumber, location, cluster, namespace, serviceAccount }) => ({
    gkeServiceAccount: { projectId, projectNumber, namespace, serviceAccount },
    token: {
      issuer: `container.googleapis.com/v1/projects/${projectId}/locations/${location}/clusters/${cluster}`,
      subjects: [`system:serviceaccount:${namespace}:${serviceAccount}`],
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [
    {
      projectId: "octo-shop",
      projectNumber: "123456789012",
      location: "europe-west1",
      cluster: "shop",
      namespace: "shop",
      serviceAccount: "orders",
    },
  ],
};

const projectId: Form = {
  pattern: /^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  says: "the id of a GCP project (6 to 30 lower-case letters, digits and -)",
};
const projectNumber: Form = { pattern: /^[1-9]\d{5,18}$/, says: "the project's number, as digits" };
const location: Form = {
  pattern: /^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$/,
  says: "a region or a zone, for example europe-west1",
};
const clusterName: Form = {
  pattern: /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  says: "the cluster's name (lower-case letters, digits and -)",
};
