import {
  hcpTerraform,
  TerraformPhase,
  type HcpTerraformWorkload,
} from "../../../../components/workload-identity/sources/hcp-terraform";

const workload: HcpTerraformWorkload = {
  organization: "octo",
  organizationId: "org-GRNbCjYNpBB6NEH9",
  project: "Default Project",
  workspace: "network",
  workspaceId: "ws-mbsd5E3Ktt5Rg2Xm",
  phase: TerraformPhase.Apply,
};
const problem = (change: Partial<HcpTerraformWorkload>) =>
  hcpTerraform.problem([{ ...workload, ...change }], "production", "aws");

it("shows the workspace by its names and ids, in one phase", () => {
  expect(hcpTerraform.proof(workload)).toEqual({
    token: {
      issuer: "app.terraform.io",
      subjects: ["organization:octo:project:Default Project:workspace:network:run_phase:apply"],
      claims: {
        terraform_organization_id: "org-GRNbCjYNpBB6NEH9",
        terraform_workspace_id: "ws-mbsd5E3Ktt5Rg2Xm",
        terraform_run_phase: "apply",
      },
      awsClaims: [],
      audience: { aws: "aws.workload.identity", vault: "vault.workload.identity" },
      choosesAudience: true,
      identity: "terraform_workspace_id",
      trail: ["terraform_workspace_name", "terraform_run_id", "terraform_run_phase"],
    },
  });
});

it("has a server's own issuer", () => {
  expect(hcpTerraform.proof({ ...workload, host: "tfe.example.com" }).token?.issuer).toBe("tfe.example.com");
  expect(problem({ host: "tfe.example.com" })).toBeUndefined();
});

const at = (argument: string) => `workloads.hcpTerraform[0].${argument}`;
const name = (argument: string, got: string) =>
  `${at(argument)} must be its name (letters, digits, - and _), got "${got}".`;
const exact = (argument: string, got: string) =>
  `${at(argument)} must be exact, got "${got}". List each one as a workload of its own.`;
const project = (got: string) =>
  `${at("project")} must be the project's name (letters, digits, spaces, - and _), got "${got}".`;

it.each<[string, Partial<HcpTerraformWorkload>, string]>([
  ["every workspace", { workspace: "*" }, exact("workspace", "*")],
  ["workspaces of a pattern", { workspace: "network-*" }, exact("workspace", "network-*")],
  ["every project", { project: "*" }, exact("project", "*")],
  [
    "a workspace that would add a part",
    { workspace: "a:run_phase:plan" },
    name("workspace", "a:run_phase:plan"),
  ],
  ["an organisation with a space", { organization: "octo corp" }, name("organization", "octo corp")],
  ["a project that begins with a space", { project: " x" }, project(" x")],
  ["a project with a colon", { project: "a:b" }, project("a:b")],
  [
    "every phase",
    { phase: "*" as TerraformPhase },
    `${at("phase")} must be one of plan and apply, got "*". List each as a workload of its own.`,
  ],
  [
    "the name as the workspace's id",
    { workspaceId: "network" },
    `${at("workspaceId")} must be the workspace's id, ws-…, got "network".`,
  ],
  [
    "the name as the organisation's id",
    { organizationId: "octo" },
    `${at("organizationId")} must be the organisation's id, org-…, got "octo".`,
  ],
  [
    "a URL as the host",
    { host: "https://app.terraform.io" },
    `${at("host")} must be the name of a host in lower case, without https:// and without a slash, ` +
      'got "https://app.terraform.io".',
  ],
])("refuses %s", (_, change, says) => {
  expect(problem(change)).toBe(says);
});
