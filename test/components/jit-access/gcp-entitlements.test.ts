import {
  GcpBreakGlassEntitlement,
  GcpJitEntitlement,
  JitTier,
  NhiKind,
  type GcpBreakGlassEntitlementArgs,
  type GcpJitEntitlementArgs,
} from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const migrate = "serviceAccount:migrate@octo-orders.iam.gserviceaccount.com";
const leads = "group:orders-leads@octo.example";
const onCall = "group:on-call@octo.example";
const security = "security@octo.example";

const args: GcpJitEntitlementArgs = {
  metadata,
  projectId: "octo-orders",
  eligibleUsers: [migrate],
  approvers: [leads],
  notifiedEmails: [security],
  roles: [{ role: "roles/cloudsql.client" }],
};
const entitled = {
  entitlementId: "orders-sql",
  location: "global",
  parent: "projects/octo-orders",
  maxRequestDuration: "3600s",
  eligibleUsers: [{ principals: [migrate] }],
  requesterJustificationConfig: { unstructured: {} },
  privilegedAccess: {
    gcpIamAccess: {
      resource: "//cloudresourcemanager.googleapis.com/projects/octo-orders",
      resourceType: "cloudresourcemanager.googleapis.com/Project",
      roleBindings: [{ role: "roles/cloudsql.client" }],
    },
  },
  additionalNotificationTargets: { adminEmailRecipients: [security] },
  approvalWorkflow: {
    manualApprovals: {
      requireApproverJustification: true,
      steps: [{ approvalsNeeded: 1, approvers: { principals: [leads] } }],
    },
  },
};
const emergency: GcpBreakGlassEntitlementArgs = {
  metadata: { ...metadata, kind: NhiKind.BreakGlass },
  projectId: "octo-orders",
  eligibleUsers: [onCall],
  routineUsers: [migrate],
  roles: [{ role: "roles/cloudsql.admin" }],
  notifiedEmails: [security],
  notificationChannels: ["projects/octo-orders/notificationChannels/1234567890"],
};

describe("GcpJitEntitlement", () => {
  it("is an entitlement that takes a reason and an approval, and its name is known", async () => {
    for (const preview of [true, false])
      expect(await registeredBy(() => new GcpJitEntitlement("orders-sql", args), { preview })).toEqual([
        {
          type: "gcp:privilegedaccessmanager/entitlement:entitlement",
          name: "orders-sql",
          parent: "GcpJitEntitlement orders-sql",
          inputs: entitled,
        },
        {
          type: "nhi:index:GcpJitEntitlement",
          name: "orders-sql",
          inputs: args,
          outputs: { entitlementName: "projects/octo-orders/locations/global/entitlements/orders-sql" },
        },
      ]);
  });

  it("ends with its tier, is of a folder, compares a condition and tells who decides", async () => {
    const [made] = await registeredBy(
      () =>
        new GcpJitEntitlement("orders-sql", {
          ...args,
          projectId: undefined,
          folderId: "42",
          tier: JitTier.Sensitive,
          approverEmails: ["leads@octo.example"],
          roles: [{ role: "roles/cloudsql.client", condition: "resource.name.endsWith('/orders')" }],
        }),
    );
    expect(made?.inputs).toMatchObject({
      parent: "folders/42",
      maxRequestDuration: "900s",
      privilegedAccess: {
        gcpIamAccess: {
          resource: "//cloudresourcemanager.googleapis.com/folders/42",
          resourceType: "cloudresourcemanager.googleapis.com/Folder",
          roleBindings: [
            { role: "roles/cloudsql.client", conditionExpression: "resource.name.endsWith('/orders')" },
          ],
        },
      },
      approvalWorkflow: { manualApprovals: { steps: [{ approverEmailRecipients: ["leads@octo.example"] }] } },
    });
  });

  const eligible = (got: string) =>
    `eligibleUsers[0] must be one user:, group:, serviceAccount:, or principal:// of a pool, got "${got}".`;
  it.each<[Partial<GcpJitEntitlementArgs>, string]>([
    [{ projectId: undefined }, "exactly one of projectId, folderId and organizationId must be given, got 0."],
    [{ folderId: "42" }, "exactly one of projectId, folderId and organizationId must be given, got 2."],
    [{ projectId: "123" }, 'projectId must be a project\'s id, not its number or name, got "123".'],
    [{ projectId: undefined, folderId: "shop" }, 'folderId must be a number, got "shop".'],
    [{ projectId: undefined, organizationId: "x" }, 'organizationId must be a number, got "x".'],
    [
      { entitlementId: "SQL" },
      'entitlementId must be 4 to 63 lower-case letters, digits or -, with a letter first (GCP limits it to these), got "SQL".',
    ],
    [{ tier: "careful" as JitTier }, 'tier must be one of sensitive, standard, got "careful".'],
    [
      { maxRequestSeconds: 7200 },
      "maxRequestSeconds must be a whole number from 1 to 3600 seconds, got 7200. Let a longer task ask again, or split it.",
    ],
    [
      { tier: JitTier.Sensitive, maxRequestSeconds: 901 },
      "maxRequestSeconds must be a whole number from 1 to 900 seconds, got 901. Let a longer task ask again, or split it.",
    ],
    [{ eligibleUsers: [] }, "eligibleUsers must name at least one principal."],
    ...["allUsers", "domain:octo.example", "group:*@octo.example", "octo"].map(
      (user): [Partial<GcpJitEntitlementArgs>, string] => [{ eligibleUsers: [user] }, eligible(user)],
    ),
    [{ eligibleUsers: [migrate, migrate] }, `eligibleUsers[1] must be named once, got "${migrate}" again.`],
    [{ approvers: [] }, "approvers must name at least one principal."],
    [
      { approvers: [migrate] },
      `approvers[0] must be people, as user:, group: or a principal of a workforce pool, got "${migrate}".`,
    ],
    [
      { eligibleUsers: [migrate, leads] },
      `approvers[0] must not be among eligibleUsers, got "${leads}". Who asks does not decide.`,
    ],
    [
      { notifiedEmails: [] },
      "notifiedEmails must name at least one address. Somebody must hear of each grant.",
    ],
    [{ notifiedEmails: ["security"] }, 'notifiedEmails[0] must be an e-mail address, got "security".'],
    [
      { approverEmails: [] },
      "approverEmails must name at least one address. Leave it out where the approvers are told enough.",
    ],
    [{ roles: [] }, "roles must name at least one role."],
    [
      { roles: [{ role: "roles/owner" }] },
      'roles[0].role must not be a basic role, which reaches every service, got "roles/owner". Name the role of one service.',
    ],
    [
      { roles: [{ role: "roles/iam.serviceAccountKeyAdmin" }] },
      "roles[0].role must not make keys, tokens or rights of others, which roles/iam.serviceAccountKeyAdmin can: they stay " +
        "when the grant ends.",
    ],
    [
      { roles: [{ role: "roles/cloudsql.client", condition: " " }] },
      'roles[0].condition must be an expression in CEL, got " ". Leave it out where nothing else must hold.',
    ],
  ])("refuses %j", async (change, says) => {
    expect(await refusalOf(() => new GcpJitEntitlement("orders-sql", { ...args, ...change }))).toBe(
      `GcpJitEntitlement "orders-sql": ${says}`,
    );
  });
});

describe("GcpBreakGlassEntitlement", () => {
  const filter =
    'protoPayload.serviceName="privilegedaccessmanager.googleapis.com" AND protoPayload.methodName=~"CreateGrant$" AND ' +
    'protoPayload.resourceName=~"/entitlements/break-glass-orders(/|$)"';

  it("is an entitlement for people without an approval, and an alarm on each opening", async () => {
    const registered = await registeredBy(() => new GcpBreakGlassEntitlement("orders", emergency));
    expect(registered).toEqual([
      {
        type: "gcp:monitoring/alertPolicy:AlertPolicy",
        name: "orders",
        parent: "GcpBreakGlassEntitlement orders",
        inputs: {
          project: "octo-orders",
          displayName: "Break-glass opened: break-glass-orders",
          combiner: "OR",
          severity: "CRITICAL",
          conditions: [{ displayName: "somebody asked for it", conditionMatchedLog: { filter } }],
          alertStrategy: { notificationRateLimit: { period: "300s" }, autoClose: "604800s" },
          documentation: {
            subject: "Break-glass opened: break-glass-orders",
            content:
              "migrate the orders database (owner team-orders, environment production, kind break-glass, review by " +
              "2027-06-30)\n\nFind out who opened it and why, end the grant if it is not needed (`gcloud pam grants " +
              "revoke`), read what was done, and close this incident once that is reviewed.",
          },
          notificationChannels: ["projects/octo-orders/notificationChannels/1234567890"],
          userLabels: {
            "nhi-owner": "team-orders",
            "nhi-purpose": "migrate-the-orders-database",
            "nhi-environment": "production",
            "nhi-kind": "break-glass",
            "nhi-review-by": "2027-06-30",
          },
        },
      },
      {
        type: "gcp:privilegedaccessmanager/entitlement:entitlement",
        name: "orders",
        parent: "GcpBreakGlassEntitlement orders",
        inputs: {
          ...Object.fromEntries(Object.entries(entitled).filter(([key]) => key !== "approvalWorkflow")),
          entitlementId: "break-glass-orders",
          eligibleUsers: [{ principals: [onCall] }],
          privilegedAccess: {
            gcpIamAccess: {
              ...entitled.privilegedAccess.gcpIamAccess,
              roleBindings: [{ role: "roles/cloudsql.admin" }],
            },
          },
        },
      },
      {
        type: "nhi:index:GcpBreakGlassEntitlement",
        name: "orders",
        inputs: emergency,
        outputs: { entitlementName: "projects/octo-orders/locations/global/entitlements/break-glass-orders" },
      },
    ]);
  });

  it.each<[Partial<GcpBreakGlassEntitlementArgs>, string]>([
    [
      { metadata },
      'metadata.kind must be break-glass, got "pipeline". What is used on other days takes a component of its own.',
    ],
    [
      { entitlementId: "orders-sql" },
      'entitlementId must have break-glass in it, got "orders-sql". An entitlement has no labels that could say so.',
    ],
    [
      { maxRequestSeconds: 3601 },
      "maxRequestSeconds must be a whole number from 1 to 3600 seconds, got 3601. An emergency that lasts longer opens it again.",
    ],
    [
      { eligibleUsers: [migrate] },
      `eligibleUsers[0] must be people, as user:, group: or a principal of a workforce pool, got "${migrate}".`,
    ],
    [
      { routineUsers: [onCall] },
      `eligibleUsers[0] must not be among routineUsers, got "${onCall}". What is used every day is no way in for emergencies.`,
    ],
    [
      { notifiedEmails: [] },
      "notifiedEmails must name at least one address. Somebody must hear of each opening.",
    ],
    [
      { notificationChannels: [] },
      "notificationChannels must name at least one channel. Somebody must be paged at once.",
    ],
    [
      { notificationChannels: ["pager"] },
      'notificationChannels[0] must be a channel\'s whole name (projects/P/notificationChannels/ID), got "pager".',
    ],
    [
      { roles: [{ role: "cloudsql.admin" }] },
      "roles[0].role must be a role's whole name, for example roles/run.developer or projects/PROJECT/roles/ROLE, " +
        'got "cloudsql.admin".',
    ],
  ])("refuses %j", async (change, says) => {
    expect(await refusalOf(() => new GcpBreakGlassEntitlement("orders", { ...emergency, ...change }))).toBe(
      `GcpBreakGlassEntitlement "orders": ${says}`,
    );
  });
});
