import { forTypes } from "../judge";
import { markOf } from "../marks";
import type { Judge, Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { fail, type Finding } from "../verdict";
import { isMachine } from "./principals";

/** Ways in for emergencies. */
export const gcpBreakGlass: Readonly<Record<string, Judge>> = {
  ...forTypes(
    [
      "gcp:serviceaccount/account:Account",
      "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
      "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    ],
    machine,
  ),
  "gcp:privilegedaccessmanager/entitlement:entitlement": entitlement,
};

const instead = "Let people ask for an entitlement of Privileged Access Manager.";

function machine(resource: Resource): Finding[] {
  return markOf(resource, "kind") === "break-glass"
    ? [
        fail(
          "description",
          "names a machine as the way in for emergencies: that is for people alone",
          instead,
        ),
      ]
    : [];
}

/** An entitlement has no labels: its id says what it is for. */
export function isEmergencyEntitlement(resource: Resource): boolean {
  const id = resource.read("entitlementId");
  return typeof id === "string" && /break-?glass|emergency/i.test(id.slice(0, 100));
}

function entitlement(resource: Resource): Finding[] {
  if (!isEmergencyEntitlement(resource)) return [];
  return namesIn(resource.read("eligibleUsers")).some(isMachine)
    ? [fail("eligibleUsers", "lets a machine in, and this way is for people alone", "Name people.")]
    : [];
}

const namesIn = (users: Value | undefined): string[] =>
  (Array.isArray(users) ? users : [])
    .flatMap((user) => (user !== unknown && isObject(user) ? (user.principals ?? []) : []))
    .filter((name): name is string => typeof name === "string");
