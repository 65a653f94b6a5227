import { gcp, type GcpWorkload } from "../../../../components/workload-identity/sources/gcp";

const workload: GcpWorkload = {
  email: "orders@octo-shop.iam.gserviceaccount.com",
  uniqueId: "112233445566778899001",
};
const problem = (change: Partial<GcpWorkload>) =>
  gcp.problem([{ ...workload, ...change }], "production", "aws");

it("shows the service account, and a token of Google's with its number", () => {
  expect(gcp.proof(workload)).toEqual({
    gcpServiceAccount: workload,
    token: {
      issuer: "accounts.google.com",
      subjects: ["112233445566778899001"],
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  });
});

it.each(["orders@octo-shop.iam.gserviceaccount.com", "123456789012-compute@developer.gserviceaccount.com"])(
  "takes %s",
  (email) => {
    expect(problem({ email })).toBeUndefined();
  },
);

const email = (got: string) =>
  "workloads.gcp[0].email must be the address of a service account (NAME@PROJECT.iam.gserviceaccount.com), " +
  `got "${got}".`;
const number = (got: string) =>
  `workloads.gcp[0].uniqueId must be the service account's unique id, 21 digits, got "${got}".`;

it.each<[string, Partial<GcpWorkload>, string]>([
  ["a person", { email: "jo@example.com" }, email("jo@example.com")],
  ["a principal", { email: `serviceAccount:${workload.email}` }, email(`serviceAccount:${workload.email}`)],
  ["the address as the number", { uniqueId: workload.email }, number(workload.email)],
  ["the number of a project", { uniqueId: "123456789012" }, number("123456789012")],
  [
    "every account",
    { uniqueId: "*" },
    'workloads.gcp[0].uniqueId must be exact, got "*". List each one as a workload of its own.',
  ],
])("refuses %s", (_, change, says) => {
  expect(problem(change)).toBe(says);
});
