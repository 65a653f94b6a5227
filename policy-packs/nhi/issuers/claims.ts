import { githubClaims, runClaim } from "./github";
import { protectedRef, subjectOfAnybody } from "./issuers";
import { any, type Claim, exact, naming, one } from "./reach";

const workload = naming({
  owner: one,
  workload: one,
  run: any("every run of the workload that the claim names"),
  numbered: true,
});
const workloadAlone = naming(exact);
const workloadOfOwner = naming({ workloadOfOwner: one });
const owner = naming({ owner: one });
/** A workflow's or a pipeline's file with its branch: `octo/app/.github/workflows/release.yml@refs/heads/main`. */
const file: Claim = {
  best: exact,
  read: ({ text, whole }) => (whole && text.includes("@") ? exact : {}),
};

/**
 * What claims of the usual issuers name. Others are what anybody can have who gets a token of the issuer. Vault takes a
 * claim that starts with `/` for a path into the token (developer.hashicorp.com/vault/api-docs/auth/jwt#bound_claims).
 */
export const claimsOfAnybody: ReadonlyMap<string, Claim> = new Map<string, Claim>([
  ...Object.entries(githubClaims),
  ["sub", subjectOfAnybody],
  ["repository_owner", owner],
  ["workflow_ref", file],
  // GitLab
  ["project_id", workload],
  ["project_path", workload],
  ["namespace_id", owner],
  ["namespace_path", owner],
  ["ref_protected", protectedRef],
  ["ci_config_ref_uri", file],
  // Buildkite
  ["organization_id", owner],
  ["organization_slug", owner],
  ["pipeline_id", workload],
  ["pipeline_slug", workloadOfOwner],
  ["build_branch", runClaim("branch")],
  // HCP Terraform
  ["terraform_organization_id", owner],
  ["terraform_organization_name", owner],
  ["terraform_project_id", owner],
  ["terraform_workspace_id", workload],
  ["terraform_full_workspace", workload],
  ["terraform_workspace_name", workloadOfOwner],
  ["terraform_run_phase", runClaim("phase of a run")],
  // CircleCI, Bitbucket
  ["oidc.circleci.com/project-id", workloadAlone],
  ["workspaceUuid", owner],
  ["branchName", runClaim("branch")],
  ["repositoryUuid", workload],
  ["deploymentEnvironmentUuid", runClaim("environment")],
  // Kubernetes
  ["/kubernetes.io/namespace", owner],
  ["/kubernetes.io/serviceaccount/name", naming({ workloadOfOwner: one, run: one })],
  ["/kubernetes.io/serviceaccount/uid", workloadAlone],
  // Google and Microsoft
  ["hd", owner],
  ["email", workloadAlone],
  ["azp", workloadAlone],
  ["appid", workloadAlone],
  ["oid", workloadAlone],
  ["client_id", workloadAlone],
]);
