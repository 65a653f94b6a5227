import { shown, type Problem } from "../../refusal";
import type { TokenClaims } from "../proof";
import { formProblem, hostName, type Form } from "./exact";
import { each, type Source } from "./source";

/** What a run of Terraform does. */
export const TerraformPhase = {
  /** Reads, on every change that somebody proposes. */
  Plan: "plan",
  /** Writes, after the plan was accepted. */
  Apply: "apply",
} as const;
export type TerraformPhase = (typeof TerraformPhase)[keyof typeof TerraformPhase];

/**
 * Runs of one workspace of HCP Terraform or of a Terraform Enterprise server, in one phase: what only plans needs no
 * right to write. AWS sees names only, GCP and Vault compare the ids as well.
 */
export interface HcpTerraformWorkload {
  /** The server's host. Default: `app.terraform.io`. */
  host?: string | undefined;
  /** The organisation's name. */
  organization: string;
  /** The organisation's id, `org-…`: `GET /organizations/NAME`, `external-id`. */
  organizationId: string;
  /** The project's name, for example `Default Project`. */
  project: string;
  /** The workspace's name. */
  workspace: string;
  /** The workspace's id, `ws-…`: on its overview page. */
  workspaceId: string;
  /** The phase. A second one is a workload of its own, and better a role of its own. */
  phase: TerraformPhase;
}

/** HCP Terraform and Terraform Enterprise. */
export const hcpTerraform: Source<HcpTerraformWorkload> = {
  title: "HCP Terraform",
  problem: each("hcpTerraform", hcpTerraformProblem),
  proof: (workload) => ({ token: hcpTerraformToken(workload) }),
  examples: [
    {
      organization: "octo",
      organizationId: "org-GRNbCjYNpBB6NEH9",
      project: "Default Project",
      workspace: "network-production",
      workspaceId: "ws-mbsd5E3Ktt5Rg2Xm",
      phase: TerraformPhase.Apply,
    },
    {
      host: "terraform.example.com",
      organization: "octo",
      organizationId: "org-GRNbCjYNpBB6NEH9",
      project: "Network",
      workspace: "network-production",
      workspaceId: "ws-mbsd5E3Ktt5Rg2Xm",
      phase: TerraformPhase.Plan,
    },
  ],
};

const hcpHost = "app.terraform.io";

/** developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens */
function hcpTerraformToken(workload: HcpTerraformWorkload): TokenClaims {
  const { host = hcpHost, organization, organizationId, project, workspace, workspaceId, phase } = workload;
  return {
    issuer: host,
    subjects: [`organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${phase}`],
    claims: {
      terraform_organization_id: organizationId,
      terraform_workspace_id: workspaceId,
      terraform_run_phase: phase,
    },
    awsClaims: [],
    audience: { aws: "aws.workload.identity", vault: "vault.workload.identity" },
    choosesAudience: true,
    identity: "terraform_workspace_id",
    trail: ["terraform_workspace_name", "terraform_run_id", "terraform_run_phase"],
  };
}

const name: Form = { pattern: /^[\w-]{1,90}$/, says: "its name (letters, digits, - and _)" };
const projectName: Form = {
  pattern: /^(?! )[\w -]{1,40}(?<! )$/,
  says: "the project's name (letters, digits, spaces, - and _)",
};
const organizationId: Form = { pattern: /^org-[A-Za-z0-9]{1,40}$/, says: "the organisation's id, org-…" };
const workspaceId: Form = { pattern: /^ws-[A-Za-z0-9]{1,40}$/, says: "the workspace's id, ws-…" };
const phases: string[] = Object.values(TerraformPhase);

function hcpTerraformProblem(workload: HcpTerraformWorkload, where: string): Problem {
  return (
    formProblem(`${where}.host`, workload.host ?? hcpHost, hostName) ??
    formProblem(`${where}.organization`, workload.organization, name) ??
    formProblem(`${where}.organizationId`, workload.organizationId, organizationId) ??
    formProblem(`${where}.project`, workload.project, projectName) ??
    formProblem(`${where}.workspace`, workload.workspace, name) ??
    formProblem(`${where}.workspaceId`, workload.workspaceId, workspaceId) ??
    (phases.includes(workload.phase)
      ? undefined
      : `${where}.phase must be one of ${phases.join(" and ")}, got ${shown(workload.phase)}. ` +
        "List each as a workload of its own.")
  );
}
