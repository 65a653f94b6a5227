import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { projectIdProblem } from "../gcp-names";
import { gcpLabels, metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { checked, firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import { breakGlassKindProblem, emergencySeconds } from "./break-glass";
import {
  emailsProblem,
  entitledRolesProblem,
  entitlement,
  entitlementIdProblem,
  principalsProblem,
  type GcpEntitledRole,
} from "./gcp-entitlement";

export interface GcpBreakGlassEntitlementArgs {
  /** Who answers for the way in and why it exists. Its `kind` is `break-glass`. */
  metadata: NhiMetadata;
  /** The id of the project that the roles are on, which has the alarm as well. */
  projectId: string;
  /** The people who may open it, as `group:`, `user:` or a principal of a workforce pool. */
  eligibleUsers: string[];
  /** Who may ask for the entitlements of every day, as far as it is known here. None of them may be here. Default: nobody. */
  routineUsers?: string[] | undefined;
  /** What it gives. Broad roles are taken: everybody hears of it. */
  roles: GcpEntitledRole[];
  /** Who gets a mail of each grant. At least one address. */
  notifiedEmails: string[];
  /** Names of notification channels that are paged at once: `projects/P/notificationChannels/ID`. At least one. */
  notificationChannels: pulumi.Input<string>[];
  /** The longest that it stays open, in seconds, at most 3600. Default: 3600. */
  maxRequestSeconds?: number | undefined;
  /** The entitlement's id, with `break-glass` in it, by which the policy pack knows it. Default: `break-glass-` and the name. */
  entitlementId?: string | undefined;
}

/**
 * The way into a project of GCP when every other one is closed: people take it with a reason and without an approval, for an
 * hour at most. Each opening pages at once, and its incident stays open for a week, to be closed by who has reviewed it.
 *
 * Whether people have a second factor is the identity provider's to demand: an entitlement can't.
 *
 * @example
 * ```typescript
 * new GcpBreakGlassEntitlement("orders", {
 *   metadata: { ...metadata, kind: NhiKind.BreakGlass },
 *   projectId: "octo-orders",
 *   eligibleUsers: ["group:on-call@octo.example"],
 *   roles: [{ role: "roles/cloudsql.admin" }],
 *   notifiedEmails: ["security@octo.example"],
 *   notificationChannels: ["projects/octo-orders/notificationChannels/1234567890"],
 * });
 * ```
 */
export class GcpBreakGlassEntitlement extends pulumi.ComponentResource {
  /** The whole name that a request names: `projects/P/locations/global/entitlements/E`. Known at preview. */
  readonly entitlementName: pulumi.Output<string>;

  constructor(name: string, args: GcpBreakGlassEntitlementArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("GcpBreakGlassEntitlement", name, gcpBreakGlassProblem(name, args));
    super("nhi:index:GcpBreakGlassEntitlement", name, { ...args }, opts);

    const id = idOf(name, args);
    const parent = `projects/${args.projectId}`;
    const alarm = new gcp.monitoring.AlertPolicy(
      name,
      {
        project: args.projectId,
        displayName: `Break-glass opened: ${id}`,
        combiner: "OR",
        severity: "CRITICAL",
        conditions: [
          {
            displayName: "somebody asked for it",
            conditionMatchedLog: {
              filter:
                'protoPayload.serviceName="privilegedaccessmanager.googleapis.com" AND ' +
                `protoPayload.methodName=~"CreateGrant$" AND protoPayload.resourceName=~"/entitlements/${id}(/|$)"`,
            },
          },
        ],
        // Monitoring demands the first for an alarm on logs. The second is the longest that an incident stays open.
        alertStrategy: { notificationRateLimit: { period: "300s" }, autoClose: "604800s" },
        documentation: {
          subject: `Break-glass opened: ${id}`,
          content:
            `${metadataLine(args.metadata)}\n\nFind out who opened it and why, end the grant if it is not needed ` +
            `(\`gcloud pam grants revoke\`), read what was done, and close this incident once that is reviewed.`,
        },
        notificationChannels: args.notificationChannels.map((channel, index) =>
          checked("GcpBreakGlassEntitlement", name, channel, (known) => channelProblem(known, index)),
        ),
        userLabels: gcpLabels(args.metadata),
      },
      { parent: this },
    );
    const made = entitlement(
      name,
      {
        id,
        parent,
        seconds: args.maxRequestSeconds ?? emergencySeconds,
        eligibleUsers: args.eligibleUsers,
        roles: args.roles,
        adminEmails: args.notifiedEmails,
      },
      this,
    );
    this.entitlementName = pulumi
      .all([made.urn, alarm.urn])
      .apply(() => `${parent}/locations/global/entitlements/${id}`);
    this.registerOutputs({ entitlementName: this.entitlementName });
  }
}

const idOf = (name: string, { entitlementId }: GcpBreakGlassEntitlementArgs) =>
  entitlementId ?? `break-glass-${name}`;

function gcpBreakGlassProblem(name: string, args: GcpBreakGlassEntitlementArgs): Problem {
  const { routineUsers = [], maxRequestSeconds = emergencySeconds } = args;
  const id = idOf(name, args);
  return (
    metadataProblem(args.metadata) ??
    breakGlassKindProblem(args.metadata) ??
    projectIdProblem("projectId", args.projectId) ??
    entitlementIdProblem(id) ??
    (id.includes("break-glass")
      ? undefined
      : `entitlementId must have break-glass in it, got ${shown(id)}. An entitlement has no labels that could say so.`) ??
    secondsProblem(
      "maxRequestSeconds",
      maxRequestSeconds,
      1,
      emergencySeconds,
      "An emergency that lasts longer opens it again.",
    ) ??
    principalsProblem("eligibleUsers", args.eligibleUsers, false) ??
    firstProblem(args.eligibleUsers, (user, index) =>
      routineUsers.includes(user)
        ? `eligibleUsers[${index}] must not be among routineUsers, got ${shown(user)}. What is used every day is no way in for emergencies.`
        : undefined,
    ) ??
    entitledRolesProblem(args.roles) ??
    emailsProblem("notifiedEmails", args.notifiedEmails, "Somebody must hear of each opening.") ??
    (args.notificationChannels.length === 0
      ? "notificationChannels must name at least one channel. Somebody must be paged at once."
      : undefined) ??
    firstProblem(args.notificationChannels, (channel, index) =>
      plainProblem(channel, (known) => channelProblem(known, index)),
    )
  );
}

const channelProblem = (channel: string, index: number): Problem =>
  /^projects\/[^/]+\/notificationChannels\/\d+$/.test(channel)
    ? undefined
    : `notificationChannels[${index}] must be a channel's whole name (projects/P/notificationChannels/ID), got ${shown(channel)}.`;
