import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { roleNameProblem } from "../gcp-names";
import { firstProblem, shown, type Problem } from "../refusal";

/** A role that a grant gives. */
export interface GcpEntitledRole {
  /** The role, for example `roles/cloudsql.client`, or a custom role's whole name. */
  role: string;
  /** What must hold besides, as a condition in CEL. Default: nothing. */
  condition?: string | undefined;
}

/** What every entitlement has, and what it may have. */
export interface Entitled {
  id: string;
  /** `projects/shop`, `folders/123` or `organizations/123`. */
  parent: string;
  seconds: number;
  eligibleUsers: string[];
  roles: GcpEntitledRole[];
  adminEmails: string[];
  approvalWorkflow?: gcp.types.input.privilegedaccessmanager.EntitlementApprovalWorkflow;
}

/** The types of what an entitlement can be of, by the first part of its name. */
const resourceTypes: Readonly<Record<string, string>> = {
  projects: "Project",
  folders: "Folder",
  organizations: "Organization",
};

export function entitlement(
  name: string,
  { id, parent, seconds, eligibleUsers, roles, adminEmails, approvalWorkflow }: Entitled,
  component: pulumi.ComponentResource,
): gcp.privilegedaccessmanager.Entitlement {
  const manager = "cloudresourcemanager.googleapis.com";
  return new gcp.privilegedaccessmanager.Entitlement(
    name,
    {
      entitlementId: id,
      location: "global",
      parent,
      maxRequestDuration: `${seconds}s`,
      eligibleUsers: [{ principals: eligibleUsers }],
      requesterJustificationConfig: { unstructured: {} },
      privilegedAccess: {
        gcpIamAccess: {
          resource: `//${manager}/${parent}`,
          resourceType: `${manager}/${resourceTypes[parent.split("/")[0] ?? ""] ?? ""}`,
          roleBindings: roles.map(({ role, condition }) => ({
            role,
            ...(condition !== undefined && { conditionExpression: condition }),
          })),
        },
      },
      additionalNotificationTargets: { adminEmailRecipients: adminEmails },
      ...(approvalWorkflow && { approvalWorkflow }),
    },
    { parent: component },
  );
}

export const entitlementIdProblem = (id: string): Problem =>
  /^[a-z][a-z0-9-]{3,62}$/.test(id)
    ? undefined
    : `entitlementId must be 4 to 63 lower-case letters, digits or -, with a letter first (GCP limits it to these), got ${shown(id)}.`;

const person =
  /^((user|group):[^@\s*]+@[^@\s*]+|principal(Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/[^/\s*]+\/(subject|group)\/[^\s*]+)$/;
const machine =
  /^(serviceAccount:[^@\s*]+@[^@\s*]+|principal:\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/\s*]+\/subject\/[^\s*]+)$/;

/** Whether a list names somebody, each once, and nobody by a pattern. */
export function principalsProblem(
  argument: string,
  principals: readonly string[],
  mayBeMachines: boolean,
): Problem {
  if (principals.length === 0) return `${argument} must name at least one principal.`;
  return firstProblem(principals, (principal, index) => {
    const at = `${argument}[${index}]`;
    if (principals.indexOf(principal) !== index)
      return `${at} must be named once, got ${shown(principal)} again.`;
    if (person.test(principal) || (mayBeMachines && machine.test(principal))) return undefined;
    return mayBeMachines
      ? `${at} must be one user:, group:, serviceAccount:, or principal:// of a pool, got ${shown(principal)}.`
      : `${at} must be people, as user:, group: or a principal of a workforce pool, got ${shown(principal)}.`;
  });
}

export function entitledRolesProblem(
  roles: readonly GcpEntitledRole[],
  roleProblem: (argument: string, role: string) => Problem = roleNameProblem,
): Problem {
  if (roles.length === 0) return "roles must name at least one role.";
  return firstProblem(
    roles,
    ({ role, condition }, index) =>
      roleProblem(`roles[${index}].role`, role) ??
      (condition?.trim() === ""
        ? `roles[${index}].condition must be an expression in CEL, got ${shown(condition)}. Leave it out where nothing else must hold.`
        : undefined),
  );
}

export function emailsProblem(argument: string, emails: readonly string[], why: string): Problem {
  if (emails.length === 0) return `${argument} must name at least one address. ${why}`;
  return firstProblem(emails, (email, index) =>
    /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)
      ? undefined
      : `${argument}[${index}] must be an e-mail address, got ${shown(email)}.`,
  );
}
