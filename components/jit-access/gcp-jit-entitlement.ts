import * as pulumi from "@pulumi/pulumi";
import { makesAccess, projectIdProblem, taskRoleProblem } from "../gcp-names";
import { metadataProblem, type NhiMetadata } from "../identity";
import { firstProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import {
  emailsProblem,
  entitledRolesProblem,
  entitlement,
  entitlementIdProblem,
  principalsProblem,
  type GcpEntitledRole,
} from "./gcp-entitlement";
import { JitTier, tierProblem, tierSeconds } from "./tier";

export interface GcpJitEntitlementArgs {
  /** Who answers for the entitlement and why it exists. An entitlement has no labels: the component's record keeps it. */
  metadata: NhiMetadata;
  /** The id of the project that the roles are on. One of this, `folderId` and `organizationId` is required. */
  projectId?: string | undefined;
  /** The number of the folder that the roles are on. */
  folderId?: string | undefined;
  /** The number of the organisation that the roles are on. */
  organizationId?: string | undefined;
  /**
   * Who may ask: `group:`, `user:`, `serviceAccount:` or one `principal://` of a pool. Never a domain, a whole pool or
   * everybody.
   */
  eligibleUsers: string[];
  /** Who decides, as `group:`, `user:` or a principal of a workforce pool. None of them may be among `eligibleUsers`. */
  approvers: string[];
  /** Who is told that somebody waits for a decision, besides the approvers. Default: nobody. */
  approverEmails?: string[] | undefined;
  /** Who is told of each grant. At least one address. */
  notifiedEmails: string[];
  /** What a grant gives. No basic role, and none that makes keys or rights: those would stay when the grant ends. */
  roles: GcpEntitledRole[];
  /** How long a grant may last: 900 seconds where it is `sensitive`, 3600 where it is `standard`. Default: `standard`. */
  tier?: JitTier;
  /** The longest grant that can be asked for, in seconds, at most the tier's. Default: the tier's. */
  maxRequestSeconds?: number | undefined;
  /** The entitlement's id. Default: the component's name. */
  entitlementId?: string | undefined;
}

/**
 * Rights in GCP that somebody, or a service account, asks for with a reason, that somebody else approves, and that Privileged
 * Access Manager takes away again. It gives nothing by itself. One approval is what Privileged Access Manager takes in a step.
 *
 * @example
 * ```typescript
 * new GcpJitEntitlement("orders-sql", {
 *   metadata,
 *   projectId: "octo-orders",
 *   eligibleUsers: ["serviceAccount:migrate@octo-orders.iam.gserviceaccount.com"],
 *   approvers: ["group:orders-leads@octo.example"],
 *   notifiedEmails: ["security@octo.example"],
 *   roles: [{ role: "roles/cloudsql.client" }],
 * });
 * ```
 */
export class GcpJitEntitlement extends pulumi.ComponentResource {
  /** The whole name that a request names: `projects/P/locations/global/entitlements/E`. Known at preview. */
  readonly entitlementName: pulumi.Output<string>;

  constructor(name: string, args: GcpJitEntitlementArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("GcpJitEntitlement", name, gcpJitEntitlementProblem(name, args));
    super("nhi:index:GcpJitEntitlement", name, { ...args }, opts);

    const id = args.entitlementId ?? name;
    const parent = parentsOf(args)[0] ?? "";
    const made = entitlement(
      name,
      {
        id,
        parent,
        seconds: secondsOf(args),
        eligibleUsers: args.eligibleUsers,
        roles: args.roles,
        adminEmails: args.notifiedEmails,
        approvalWorkflow: {
          manualApprovals: {
            requireApproverJustification: true,
            steps: [
              {
                approvalsNeeded: 1,
                approvers: { principals: args.approvers },
                ...(args.approverEmails !== undefined && { approverEmailRecipients: args.approverEmails }),
              },
            ],
          },
        },
      },
      this,
    );
    this.entitlementName = made.urn.apply(() => `${parent}/locations/global/entitlements/${id}`);
    this.registerOutputs({ entitlementName: this.entitlementName });
  }
}

const ceilingOf = ({ tier = JitTier.Standard }: GcpJitEntitlementArgs) => tierSeconds[tier];
const secondsOf = (args: GcpJitEntitlementArgs) => args.maxRequestSeconds ?? ceilingOf(args);

const parentsOf = ({ projectId, folderId, organizationId }: GcpJitEntitlementArgs) =>
  Object.entries({ projects: projectId, folders: folderId, organizations: organizationId }).flatMap(
    ([kind, id]) => (id === undefined ? [] : [`${kind}/${id}`]),
  );

function gcpJitEntitlementProblem(name: string, args: GcpJitEntitlementArgs): Problem {
  return (
    metadataProblem(args.metadata) ??
    parentProblem(args) ??
    entitlementIdProblem(args.entitlementId ?? name) ??
    tierProblem(args.tier) ??
    secondsProblem(
      "maxRequestSeconds",
      secondsOf(args),
      1,
      ceilingOf(args),
      "Let a longer task ask again, or split it.",
    ) ??
    principalsProblem("eligibleUsers", args.eligibleUsers, true) ??
    principalsProblem("approvers", args.approvers, false) ??
    firstProblem(args.approvers, (approver, index) =>
      args.eligibleUsers.includes(approver)
        ? `approvers[${index}] must not be among eligibleUsers, got ${shown(approver)}. Who asks does not decide.`
        : undefined,
    ) ??
    emailsProblem("notifiedEmails", args.notifiedEmails, "Somebody must hear of each grant.") ??
    (args.approverEmails === undefined
      ? undefined
      : emailsProblem(
          "approverEmails",
          args.approverEmails,
          "Leave it out where the approvers are told enough.",
        )) ??
    entitledRolesProblem(args.roles, roleProblem)
  );
}

function parentProblem(args: GcpJitEntitlementArgs): Problem {
  const { projectId, folderId, organizationId } = args;
  if (parentsOf(args).length !== 1)
    return `exactly one of projectId, folderId and organizationId must be given, got ${parentsOf(args).length}.`;
  if (projectId !== undefined) return projectIdProblem("projectId", projectId);
  const [argument, number = ""] =
    folderId === undefined ? ["organizationId", organizationId] : ["folderId", folderId];
  return /^\d{1,20}$/.test(number) ? undefined : `${argument} must be a number, got ${shown(number)}.`;
}

function roleProblem(argument: string, role: string): Problem {
  return (
    taskRoleProblem(argument, role) ??
    (makesAccess(role)
      ? `${argument} must not make keys, tokens or rights of others, which ${role} can: they stay when the grant ends.`
      : undefined)
  );
}
