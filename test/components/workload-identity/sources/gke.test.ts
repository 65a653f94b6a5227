import { gke, type GkeWorkload } from "../../../../components/workload-identity/sources/gke";

const workload: GkeWorkload = {
  projectId: "octo-shop",
  projectNumber: "123456789012",
  location: "europe-west1",
  cluster: "shop",
  namespace: "shop",
  serviceAccount: "orders",
};
const problem = (change: Partial<GkeWorkload>) =>
  gke.problem([{ ...workload, ...change }], "production", "gcp");

it("shows GCP its service account, and others a token of its cluster", () => {
  expect(gke.proof(workload)).toEqual({
    gkeServiceAccount: {
      projectId: "octo-shop",
      projectNumber: "123456789012",
      namespace: "shop",
      serviceAccount: "orders",
    },
    token: {
      issuer: "container.googleapis.com/v1/projects/octo-shop/locations/europe-west1/clusters/shop",
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

it.each<[string, Partial<GkeWorkload>]>([
  ["a region", {}],
  ["a zone", { location: "europe-west1-b" }],
  ["a project of a domain", { projectId: "example.com:octo-shop" }],
])("takes %s", (_, change) => {
  expect(problem(change)).toBeUndefined();
});

const at = (argument: string) => `workloads.gke[0].${argument}`;

it.each<[string, Partial<GkeWorkload>, string]>([
  [
    "every service account",
    { serviceAccount: "*" },
    `${at("serviceAccount")} must be exact, got "*". List each one as a workload of its own.`,
  ],
  [
    "the number as the project",
    { projectId: "123456789012" },
    `${at("projectId")} must be the id of a GCP project (6 to 30 lower-case letters, digits and -), got "123456789012".`,
  ],
  [
    "the project as its number",
    { projectNumber: "octo-shop" },
    `${at("projectNumber")} must be the project's number, as digits, got "octo-shop".`,
  ],
  [
    "a country",
    { location: "Belgium" },
    `${at("location")} must be a region or a zone, for example europe-west1, got "Belgium".`,
  ],
  [
    "a cluster with a slash",
    { cluster: "shop/other" },
    `${at("cluster")} must be the cluster's name (lower-case letters, digits and -), got "shop/other".`,
  ],
  [
    "a namespace in capitals",
    { namespace: "Shop" },
    `${at("namespace")} must be the name of a Kubernetes namespace (lower-case letters, digits and -), got "Shop".`,
  ],
])("refuses %s", (_, change, says) => {
  expect(problem(change)).toBe(says);
});
