import {
  kubernetes,
  type KubernetesWorkload,
} from "../../../../components/workload-identity/sources/kubernetes";
import type { Target } from "../../../../components/workload-identity/sources/source";

const workload: KubernetesWorkload = {
  issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
  namespace: "shop",
  serviceAccount: "orders",
};
const problem = (change: Partial<KubernetesWorkload>, target: Target) =>
  kubernetes.problem([{ ...workload, ...change }], "production", target);

it("shows the service account of its cluster", () => {
  expect(kubernetes.proof(workload)).toEqual({
    token: {
      issuer: "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
      subjects: ["system:serviceaccount:shop:orders"],
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  });
});

it.each<[string, Partial<KubernetesWorkload>, Target?]>([
  ["EKS", {}],
  ["any cluster", { issuer: "https://oidc.k8s.example.com" }],
  ["a cluster on a port, where the target takes one", { issuer: "https://k8s.example.com:6443" }, "vault"],
  ["a service account with a dot", { serviceAccount: "orders.v2" }],
])("takes %s", (_, change, target = "aws") => {
  expect(problem(change, target)).toBeUndefined();
});

const at = (argument: string) => `workloads.kubernetes[0].${argument}`;

it.each<[string, Partial<KubernetesWorkload>, string, Target?]>([
  [
    "every service account",
    { serviceAccount: "*" },
    `${at("serviceAccount")} must be exact, got "*". List each one as a workload of its own.`,
  ],
  [
    "service accounts of a pattern",
    { serviceAccount: "job-?" },
    `${at("serviceAccount")} must be exact, got "job-?". List each one as a workload of its own.`,
  ],
  ["no namespace", { namespace: "" }, `${at("namespace")} must not be empty.`],
  [
    "a namespace with the service account",
    { namespace: "shop:orders" },
    `${at("namespace")} must be the name of a Kubernetes namespace (lower-case letters, digits and -), got "shop:orders".`,
  ],
  [
    "a service account in capitals",
    { serviceAccount: "Orders" },
    `${at("serviceAccount")} must be the name of a Kubernetes service account (lower-case letters, digits, - and .), ` +
      'got "Orders".',
  ],
  [
    "an issuer without a scheme",
    { issuer: "oidc.k8s.example.com" },
    `${at("issuer")} must begin with "https://", got "oidc.k8s.example.com".`,
  ],
  [
    "a port at AWS",
    { issuer: "https://k8s.example.com:6443" },
    `${at("issuer")} must have no port (AWS takes none), got "https://k8s.example.com:6443".`,
  ],
])("refuses %s", (_, change, says, target = "aws") => {
  expect(problem(change, target)).toBe(says);
});
