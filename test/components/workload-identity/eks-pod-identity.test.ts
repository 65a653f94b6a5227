import { EksPodIdentityAccess, NhiKind, type EksPodIdentityAccessArgs } from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy } from "../../support/mocks";

const metadata = {
  owner: "team-orders",
  purpose: "read its settings",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const tags = {
  "nhi:owner": "team-orders",
  "nhi:purpose": "read its settings",
  "nhi:environment": "production",
  "nhi:kind": "workload",
  "nhi:review-by": "2027-06-30",
};
const args: EksPodIdentityAccessArgs = {
  metadata,
  accountId: "123456789012",
  region: "eu-central-1",
  clusterName: "main",
  namespace: "orders",
  serviceAccount: "api",
};
const cluster = "arn:aws:eks:eu-central-1:123456789012:cluster/main";
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": "123456789012",
          "aws:RequestTag/eks-cluster-arn": cluster,
          "aws:RequestTag/kubernetes-namespace": "orders",
          "aws:RequestTag/kubernetes-service-account": "api",
        },
        ArnEquals: { "aws:SourceArn": cluster },
      },
    },
  ],
});

it("makes a role for the one service account and tells the cluster", async () => {
  expect(await registeredBy(() => new EksPodIdentityAccess("orders-api", args))).toEqual([
    {
      type: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
      name: "orders-api",
      parent: "EksPodIdentityAccess orders-api",
      after: ["Role orders-api"],
      inputs: {
        region: "eu-central-1",
        clusterName: "main",
        namespace: "orders",
        serviceAccount: "api",
        roleArn: "arn:aws:iam::123456789012:role/orders-api",
        tags,
      },
    },
    {
      type: "aws:iam/role:Role",
      name: "orders-api",
      parent: "EksPodIdentityAccess orders-api",
      inputs: {
        name: "orders-api",
        assumeRolePolicy: trust,
        maxSessionDuration: 3600,
        tags,
        forceDetachPolicies: true,
      },
    },
    {
      type: "nhi:index:EksPodIdentityAccess",
      name: "orders-api",
      inputs: args,
      outputs: { roleArn: "arn:aws:iam::123456789012:role/orders-api", roleName: "orders-api" },
    },
  ]);
});

it("has its trust known at preview, whatever else is not", async () => {
  const registered = await registeredBy(
    () => new EksPodIdentityAccess("orders-api", { ...args, permissionsBoundaryArn: notYetKnown() }),
    { preview: true },
  );
  const role = registered.find(({ type }) => type === "aws:iam/role:Role");
  expect(role?.inputs).toMatchObject({ assumeRolePolicy: trust });
});

it.each<[string, Partial<EksPodIdentityAccessArgs>, string]>([
  ["any cluster", { clusterName: "*" }, 'clusterName must be the name of one cluster, got "*".'],
  ["any namespace", { namespace: "*" }, 'namespace must be the name of one namespace, got "*".'],
  [
    "a namespace in upper case",
    { namespace: "Orders" },
    'namespace must be the name of one namespace, got "Orders".',
  ],
  [
    "a pattern of accounts",
    { serviceAccount: "api-*" },
    'serviceAccount must be the name of one service account, got "api-*".',
  ],
  [
    "the account of every pod",
    { serviceAccount: "default" },
    'serviceAccount must not be "default", which every pod of the namespace has that names none. Make one for this task.',
  ],
  [
    "a zone",
    { region: "eu-central-1a" },
    'region must be a region, for example "eu-central-1", got "eu-central-1a".',
  ],
])("refuses %s", async (_, change, says) => {
  expect(await refusalOf(() => new EksPodIdentityAccess("orders-api", { ...args, ...change }))).toBe(
    `EksPodIdentityAccess "orders-api": ${says}`,
  );
});
