import {
  azureDevops,
  type AzureDevopsWorkload,
} from "../../../../components/workload-identity/sources/azure-devops";

const workload: AzureDevopsWorkload = {
  organizationId: "2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b",
  organization: "octo",
  project: "Web Shop",
  serviceConnection: "aws-production",
};
const problem = (change: Partial<AzureDevopsWorkload>) =>
  azureDevops.problem([{ ...workload, ...change }], "production", "aws");

it("shows the service connection of its organisation", () => {
  const audience = "api://AzureADTokenExchange";
  expect(azureDevops.proof(workload)).toEqual({
    token: {
      issuer: "vstoken.dev.azure.com/2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b",
      subjects: ["sc://octo/Web Shop/aws-production"],
      claims: {},
      awsClaims: [],
      audience: { aws: audience, gcp: audience, vault: audience },
      choosesAudience: false,
      identity: "sub",
      trail: [],
    },
  });
  expect(problem({})).toBeUndefined();
});

const name = (argument: string, got: string) =>
  `workloads.azureDevops[0].${argument} must be its name (letters, digits, spaces and - _ . ( ), no slash), got "${got}".`;

it.each<[string, Partial<AzureDevopsWorkload>, string]>([
  [
    "every service connection",
    { serviceConnection: "*" },
    'workloads.azureDevops[0].serviceConnection must be exact, got "*". List each one as a workload of its own.',
  ],
  ["a project that would add a part", { project: "shop/other" }, name("project", "shop/other")],
  ["a connection with a space at its end", { serviceConnection: "aws " }, name("serviceConnection", "aws ")],
  [
    "the organisation's name as its GUID",
    { organizationId: "octo" },
    'workloads.azureDevops[0].organizationId must be a UUID in lower case, without braces, got "octo".',
  ],
  [
    "an organisation's address",
    { organization: "dev.azure.com/octo" },
    "workloads.azureDevops[0].organization must be the organisation's name as it stands in the address " +
      '(letters, digits and -), got "dev.azure.com/octo".',
  ],
])("refuses %s", (_, change, says) => {
  expect(problem(change)).toBe(says);
});
