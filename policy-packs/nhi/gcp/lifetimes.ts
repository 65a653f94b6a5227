import { seconds } from "../duration";
import { forTypes } from "../judge";
import type { Judge } from "../rule";
import { session, tooLong } from "../lifetime";

/** How long sessions and grants of GCP live. */
export const gcpLifetimes: Record<string, Judge> = {
  ...forTypes(
    ["gcp:iam/workforcePool:WorkforcePool", "google-native:iam/v1:WorkforcePool"],
    session("sessionDuration", seconds),
  ),
  "gcp:privilegedaccessmanager/entitlement:entitlement": (resource) =>
    tooLong(resource, "maxRequestDuration", [seconds(resource.read("maxRequestDuration"))], {
      ceiling: "maxGrantSeconds",
      otherwise: "its end is not known",
    }),
};
