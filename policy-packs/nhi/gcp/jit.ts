import type { Judge } from "../rule";
import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { isEmergencyEntitlement } from "./break-glass";
import { isCrowd, isMachine } from "./principals";

/** Entitlements of Privileged Access Manager: who may ask for rights, who decides, and what a request says. */
export const gcpJitAccess: Record<string, Judge> = {
  "gcp:privilegedaccessmanager/entitlement:entitlement": (resource) => [
    ...(isToldOfAnEmergency(resource) ? [] : approvalFindings(resource)),
    ...justificationFindings(resource.read("requesterJustificationConfig")),
    ...eligibleFindings(resource.read("eligibleUsers")),
  ],
};

/** In an emergency nobody may be there who decides. Then somebody has to hear of it. */
function isToldOfAnEmergency(resource: Resource): boolean {
  const targets = resource.read("additionalNotificationTargets");
  const told = isObject(targets) ? targets.adminEmailRecipients : undefined;
  return isEmergencyEntitlement(resource) && Array.isArray(told) && told.length > 0;
}

const approve = "Set approvalWorkflow.manualApprovals.steps with approvers who are not those that ask.";

function approvalFindings(resource: Resource): Finding[] {
  const workflow = resource.read("approvalWorkflow");
  const manual = isObject(workflow) ? workflow.manualApprovals : workflow;
  if (manual === unknown) return [undetermined("approvalWorkflow", "is not known yet")];
  if (!isObject(manual))
    return [fail("approvalWorkflow", "is not set, so that every request is granted at once", approve)];
  const { steps, requireApproverJustification } = manual;
  const at = "approvalWorkflow.manualApprovals";
  if (steps === unknown) return [undetermined(`${at}.steps`, "is not known yet")];
  if (!Array.isArray(steps) || steps.length === 0)
    return [fail(`${at}.steps`, "has no step, so that nobody decides", approve)];
  const eligible = principalsOf(resource.read("eligibleUsers"));
  return [
    ...steps.flatMap((step, index) => stepFindings(`${at}.steps[${index}]`, step, eligible)),
    ...(requireApproverJustification === true || requireApproverJustification === unknown
      ? []
      : [
          advise(`${at}.requireApproverJustification`, "is not true: nothing says why a request was granted"),
        ]),
  ];
}

function stepFindings(where: string, step: Value, eligible: Principals): Finding[] {
  if (step === unknown) return [undetermined(where, "is not known yet")];
  if (!isObject(step)) return [];
  const { approvalsNeeded } = step;
  const approvers = principalsOf(step.approvers);
  const property = `${where}.approvers.principals`;
  const crowd = approvers.find((name) => name !== unknown && isCrowd(name));
  return [
    ...(typeof approvalsNeeded === "number" && approvalsNeeded < 1
      ? [fail(`${where}.approvalsNeeded`, "is less than 1, so that nobody decides", approve)]
      : []),
    ...(approvers.length === 0 ? [fail(property, "names nobody who decides", approve)] : []),
    ...(crowd === undefined ? [] : [fail(property, "lets everybody decide", approve)]),
    ...(approvers.some((name) => name !== unknown && isMachine(name))
      ? [advise(property, "lets a machine decide, and with it whoever holds the machine", approve)]
      : []),
    ...(approvers.length > 0 && approvers.every((name) => name !== unknown && eligible.includes(name))
      ? [advise(property, "are those who may ask: they decide for each other", approve)]
      : []),
  ];
}

function justificationFindings(config: Value | undefined): Finding[] {
  const property = "requesterJustificationConfig";
  if (config === unknown) return [undetermined(property, "is not known yet")];
  return isObject(config) && config.unstructured !== undefined && config.unstructured !== null
    ? []
    : [
        fail(
          property,
          "takes a request that says nothing of why",
          "Set requesterJustificationConfig.unstructured to {}.",
        ),
      ];
}

function eligibleFindings(users: Value | undefined): Finding[] {
  const property = "eligibleUsers";
  const names = principalsOf(users);
  if (names.some((name) => name !== unknown && isCrowd(name)))
    return [fail(property, "lets everybody ask", "Name the group of those who are on duty.")];
  return names.includes(unknown) ? [undetermined(property, "is not known yet")] : [];
}

type Principals = (string | typeof unknown)[];

/** The principals of one object, or of a list of them. */
function principalsOf(value: Value | undefined): Principals {
  if (value === unknown) return [unknown];
  if (Array.isArray(value)) return value.flatMap(principalsOf);
  const names = isObject(value) ? value.principals : undefined;
  if (names === unknown) return [unknown];
  return Array.isArray(names)
    ? names.filter((name): name is string | typeof unknown => name === unknown || typeof name === "string")
    : [];
}
