import type { Props } from "../../../support/analyze";
import { secret, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const type = "gcp:privilegedaccessmanager/entitlement:entitlement";
const step = (change: Props = {}): Props => ({
  approvalsNeeded: 1,
  approvers: { principals: ["group:leads@acme.example"] },
  ...change,
});
const approvals = (steps: Props[], change: Props = {}): Props => ({
  approvalWorkflow: { manualApprovals: { requireApproverJustification: true, steps, ...change } },
});
const entitlement = (change: Props = {}): Props => ({
  entitlementId: "sql",
  location: "global",
  parent: "projects/shop",
  maxRequestDuration: "3600s",
  eligibleUsers: [{ principals: ["group:oncall@acme.example"] }],
  privilegedAccess: { gcpIamAccess: { roleBindings: [{ role: "roles/cloudsql.admin" }] } },
  requesterJustificationConfig: { unstructured: {} },
  ...approvals([step()]),
  ...change,
});
const blocked = (name: string, change: Props, ...says: string[]) => ({
  name,
  type,
  props: entitlement(change),
  says,
});
const steps = "approvalWorkflow.manualApprovals.steps";

/** Who decides about entitlements of GCP. */
export const entitlementCases: Required<RuleCases> = {
  allows: [
    { name: "an entitlement that somebody approves", type, props: entitlement() },
    {
      name: "an entitlement with two steps",
      type,
      props: entitlement(approvals([step(), step({ approvalsNeeded: 2 })])),
    },
    {
      name: "an entitlement whose approvers are not all among those who ask",
      type,
      props: entitlement(
        approvals([
          step({ approvers: { principals: ["group:oncall@acme.example", "group:leads@acme.example"] } }),
        ]),
      ),
    },
    {
      name: "an emergency that nobody approves and somebody hears of",
      type,
      props: entitlement({
        entitlementId: "break-glass-sql",
        approvalWorkflow: null,
        additionalNotificationTargets: { adminEmailRecipients: ["security@acme.example"] },
      }),
    },
    {
      name: "an entitlement for machines",
      type,
      props: entitlement({
        eligibleUsers: [{ principals: ["serviceAccount:migrate@shop.iam.gserviceaccount.com"] }],
      }),
    },
  ],
  blocks: [
    blocked(
      "no approval",
      { approvalWorkflow: null },
      "approvalWorkflow is not set, so that every request is granted at once",
    ),
    blocked(
      "an emergency that nobody approves and nobody hears of",
      {
        entitlementId: "break-glass-sql",
        approvalWorkflow: null,
        additionalNotificationTargets: { adminEmailRecipients: [] },
      },
      "approvalWorkflow is not set, so that every request is granted at once",
    ),
    blocked(
      "an ordinary day that nobody approves and somebody hears of",
      {
        approvalWorkflow: null,
        additionalNotificationTargets: { adminEmailRecipients: ["security@acme.example"] },
      },
      "approvalWorkflow is not set, so that every request is granted at once",
    ),
    blocked(
      "an approval that is empty",
      { approvalWorkflow: {} },
      "approvalWorkflow is not set, so that every request is granted at once",
    ),
    blocked("an approval without a step", approvals([]), `${steps} has no step, so that nobody decides`),
    blocked(
      "a step that needs nobody",
      approvals([step(), step({ approvalsNeeded: 0 })]),
      `${steps}[1].approvalsNeeded is less than 1, so that nobody decides`,
    ),
    blocked(
      "a step without approvers",
      approvals([step({ approvers: { principals: [] } })]),
      `${steps}[0].approvers.principals names nobody who decides`,
    ),
    blocked(
      "a domain that decides",
      approvals([step({ approvers: { principals: ["domain:acme.example"] } })]),
      `${steps}[0].approvers.principals lets everybody decide`,
    ),
    {
      ...blocked(
        "a machine that decides",
        approvals([step({ approvers: { principals: ["serviceAccount:bot@shop.iam.gserviceaccount.com"] } })]),
        `${steps}[0].approvers.principals lets a machine decide, and with it whoever holds the machine`,
      ),
      level: "advisory" as const,
    },
    {
      ...blocked(
        "those who ask and decide for each other, without a word",
        approvals([step({ approvers: { principals: ["group:oncall@acme.example"] } })], {
          requireApproverJustification: false,
        }),
        `${steps}[0].approvers.principals are those who may ask: they decide for each other`,
        "approvalWorkflow.manualApprovals.requireApproverJustification is not true: nothing says why a request was granted",
      ),
      level: "advisory" as const,
    },
    blocked(
      "a request that need not say why",
      { requesterJustificationConfig: { notMandatory: {} } },
      "requesterJustificationConfig takes a request that says nothing of why",
    ),
    blocked(
      "everybody with a Google account who may ask, whatever else is not known",
      { eligibleUsers: [{ principals: [unknownText, "allAuthenticatedUsers"] }] },
      "eligibleUsers lets everybody ask",
    ),
    blocked(
      "a whole pool that may ask",
      {
        eligibleUsers: [
          { principals: ["group:a@acme.example"] },
          {
            principals: [
              "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/*",
            ],
          },
        ],
      },
      "eligibleUsers lets everybody ask",
    ),
  ],
  undecided: [
    {
      ...blocked("an approval that is not known yet", { approvalWorkflow: unknownText }),
      says: ["approvalWorkflow is not known yet"],
    },
    {
      ...blocked("steps that are not known yet", approvals([], { steps: unknownText })),
      says: [`${steps} is not known yet`],
    },
    {
      ...blocked("who may ask, not known yet", { eligibleUsers: [{ principals: secret(unknownText) }] }),
      says: ["eligibleUsers is not known yet"],
    },
    {
      ...blocked("a justification that is not known yet", { requesterJustificationConfig: unknownText }),
      says: ["requesterJustificationConfig is not known yet"],
    },
  ],
};
