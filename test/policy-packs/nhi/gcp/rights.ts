import { gcpRights } from "../../../../policy-packs/nhi/gcp/rights";
import { type Props, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const project = "gcp:projects/iAMMember:IAMMember";
const binding = "gcp:projects/iAMBinding:IAMBinding";
const policy = "gcp:organizations/iAMPolicy:IAMPolicy";
const custom = "gcp:projects/iAMCustomRole:IAMCustomRole";
const machine = "serviceAccount:ci@shop.iam.gserviceaccount.com";
const pools = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools";
const defaultAccount = "serviceAccount:123456789012-compute@developer.gserviceaccount.com";

const everything = "is a machine with a role that gives nearly every right in everything below";
const makesRights = "is a machine with a role that lets its holder give every right to itself";
const actsAsAll = "is a machine with a role that lets its holder act as every service account below";

const at = (role: string, member = machine, change: Props = {}): Props => ({
  project: "shop",
  role,
  member,
  ...change,
});
const until = (expression: string): Props =>
  at("roles/resourcemanager.projectIamAdmin", machine, { condition: { title: "expires", expression } });
const allowed = (name: string, props: Props, type = project) => ({ name, type, props });
const blocked = (name: string, props: Props, says: string, type = project) => ({
  name,
  type,
  props,
  says: [says],
});

/** Every type, with the owner's role in the form that it has. */
const forms = Object.keys(gcpRights).map((type) => {
  const name = `the most of it at ${type}`;
  const says = (property: string) => `${property} ${everything}`;
  if (type.endsWith("Member")) return blocked(name, at("roles/owner"), says("member"), type);
  if (type.endsWith("Binding"))
    return blocked(name, { role: "roles/owner", members: [machine] }, says("members[0]"), type);
  if (type.endsWith("Policy")) {
    const bindings = [{ role: "roles/owner", members: ["user:a@acme.example", machine] }];
    return type.startsWith("google-native:")
      ? blocked(name, { bindings }, says("bindings[0].members[1]"), type)
      : blocked(
          name,
          { policyData: JSON.stringify({ bindings }) },
          says("policyData.bindings[0].members[1]"),
          type,
        );
  }
  const property = type.startsWith("google-native:") ? "includedPermissions" : "permissions";
  return blocked(
    name,
    { [property]: ["storage.objects.get", "resourcemanager.projects.setIamPolicy"] },
    `${property}[1] lets its holder give every right to itself: it has resourcemanager.projects.setIamPolicy`,
    type,
  );
});

export const gcpRightsCases: Required<RuleCases> = {
  allows: [
    allowed("a role of GCP for one task", at("roles/run.developer")),
    allowed("people who own a project", at("roles/owner", "group:platform@acme.example")),
    allowed(
      "Google's own account that edits",
      at("roles/editor", "serviceAccount:123456789012@cloudservices.gserviceaccount.com"),
    ),
    allowed(
      "Google's own agent of a service",
      at(
        "roles/iam.serviceAccountTokenCreator",
        "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      ),
    ),
    allowed(
      "a machine that acts as one service account",
      { role: "roles/iam.serviceAccountTokenCreator", members: ["group:a@acme.example"] },
      binding,
    ),
    allowed(
      "rights for four hours, some day",
      until(
        "request.time < timestamp('2099-12-01T12:00:00Z') && request.time > timestamp('2099-12-01T08:00:00Z')",
      ),
    ),
    allowed("rights that end within a week", until("request.time < timestamp('2027-01-20T12:00:00Z')")),
    allowed("the same the other way round", until('timestamp("2027-01-20T12:00:00Z") >= request.time')),
    allowed("rights that are over", until("request.time < timestamp('2020-01-01T00:00:00Z')")),
    allowed(
      "a role of a team's own that reads",
      { permissions: ["storage.objects.get", "run.services.setIamPolicy"] },
      custom,
    ),
    allowed("a policy that can't be read, which another rule reports", { policyData: unknownText }, policy),
  ],
  blocks: [
    ...forms,
    blocked(
      "a workload of a pool that edits",
      at("roles/editor", `principalSet://${pools}/ci/attribute.repository_id/456789`),
      `member ${everything}`,
    ),
    blocked(
      "a machine that is called as if it were Google's",
      at("roles/owner", "serviceAccount:service-123456789012@shop.iam.gserviceaccount.com"),
      `member ${everything}`,
    ),
    blocked("a machine that gives rights", at("roles/iam.securityAdmin"), `member ${makesRights}`),
    blocked(
      "a machine that is every other",
      at("roles/iam.serviceAccountTokenCreator"),
      `member ${actsAsAll}`,
    ),
    blocked(
      "what only begins some day, whatever its title says",
      until("request.time > timestamp('2026-01-01T00:00:00Z')"),
      `condition.expression has no end: member ${makesRights}`,
    ),
    blocked(
      "an end that is far away",
      until("request.time < timestamp('2099-01-01T00:00:00Z')"),
      `condition.expression ends after more than 604800 seconds: member ${makesRights}`,
    ),
    blocked(
      "an end that is a second too far",
      until("request.time < timestamp('2027-01-22T12:00:01Z')"),
      `condition.expression ends after more than 604800 seconds: member ${makesRights}`,
    ),
    blocked(
      "a near end or none",
      until("request.time < timestamp('2027-01-16T00:00:00Z') || true"),
      `condition.expression has no end: member ${makesRights}`,
    ),
    blocked(
      "a condition that says nothing",
      until("true"),
      `condition.expression has no end: member ${makesRights}`,
    ),
    blocked(
      "a second binding of a whole policy",
      {
        policyData: JSON.stringify({
          bindings: [
            { role: "roles/viewer", members: [machine] },
            { role: "roles/orgpolicy.policyAdmin", members: [machine], condition: { expression: "true" } },
          ],
        }),
      },
      "policyData.bindings[1].condition.expression has no end: policyData.bindings[1].members[0] is a machine with a role that lets its holder switch off what the organisation forbids",
      policy,
    ),
    {
      ...blocked(
        "a role for every instance that names no account",
        at("roles/logging.logWriter", defaultAccount),
        "member is a default service account: every instance and function that names no other has the role",
      ),
      level: "advisory" as const,
    },
    {
      ...blocked(
        "a role of a team's own that acts as accounts",
        { permissions: ["iam.serviceAccounts.getAccessToken"] },
        "permissions[0] lets its holder act as a service account, as it has iam.serviceAccounts.getAccessToken: as every one where the role is given for a project",
        custom,
      ),
      level: "advisory" as const,
    },
    blocked(
      "a role that makes keys, whatever else is not known",
      { permissions: [unknownText, "iam.serviceAccountKeys.create"] },
      "permissions[1] lets its holder make static keys: it has iam.serviceAccountKeys.create",
      custom,
    ),
  ],
  undecided: [
    blocked(
      "a machine whose role is not known yet",
      at(unknownText),
      "member is a machine, and its role is not known yet",
    ),
    blocked(
      "a role that leads to every right, for whom is not known yet",
      at("roles/owner", unknownText),
      "member is not known yet, and its role gives nearly every right in everything below",
    ),
    blocked(
      "an end that is not known yet",
      until(unknownText),
      `condition is not known yet: member ${makesRights}`,
    ),
    blocked(
      "a condition on what is given",
      until("api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer'])"),
      `condition.expression compares more than the time, and its reach can't be seen here: member ${makesRights}`,
    ),
    blocked(
      "a condition that is none",
      until("request.time <"),
      "condition.expression can't be read as an expression",
    ),
    blocked(
      "permissions that are not known yet",
      { permissions: unknownText },
      "permissions is not known yet",
      custom,
    ),
    blocked(
      "a permission that is not known yet",
      { permissions: [unknownText, "storage.objects.get"] },
      "permissions has a permission that is not known yet",
      custom,
    ),
  ],
};
