import type { Judge, Resource } from "../rule";
import { storedKey } from "../secrets/stored";
import { keyWhen, staticKey } from "../static-key";
import { isObject, unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";

const federation = "a workload identity pool, and bind the machine's principal to the resource";

export const gcpKeys: Readonly<Record<string, Judge>> = {
  "gcp:serviceaccount/key:Key": staticKey(federation),
  "gcp:storage/hmacKey:HmacKey": keyWhen(federation, hmacKey),
  "gcp:projects/apiKey:ApiKey": keyWhen(federation, apiKey),
  "gcp:iam/workforcePoolProviderScimToken:WorkforcePoolProviderScimToken": scimToken,
  "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion": storedKey("secretData"),
  "gcp:secretmanager/secretVersion:SecretVersion": storedKey("secretData", "secretDataWo"),
  "google-native:iam/v1:Key": staticKey(federation),
  "google-native:storage/v1:HmacKey": staticKey(federation),
  "google-native:apikeys/v2:Key": keyWhen(federation, apiKey),
};

/**
 * A static key, and SCIM knows no other way (RFC 7644, section 2). It gets nobody in: with it an identity provider says
 * which groups people have. So it is told, and stops nothing.
 */
function scimToken(): Finding[] {
  return [
    advise(
      "it",
      "is a key without an end, by which an identity provider says who is in which group",
      "Replace it at least once a quarter, or have the groups in the token at sign-in, by attributeMapping.",
    ),
  ];
}

/** An inactive key can't sign; it is there until what used it is gone. */
function hmacKey(resource: Resource): Finding[] {
  const state = resource.read("state");
  if (state === unknown)
    return [undetermined("state", "is not known yet, and an active key is a static key")];
  return state === "INACTIVE" || state === "DELETED" ? [] : [fail("it", "is an active static key")];
}

/** A key that names a program to a public API is no machine identity, as long as it opens nothing else. */
function apiKey(resource: Resource): Finding[] {
  if (resource.read("serviceAccountEmail") !== undefined)
    return [fail("serviceAccountEmail", "makes the key act as a service account")];
  const restrictions = resource.read("restrictions");
  if (restrictions === unknown)
    return [undetermined("restrictions", "is not known yet, and an unrestricted key is a static key")];
  const targets = isObject(restrictions) && restrictions.apiTargets;
  return Array.isArray(targets) && targets.length > 0
    ? []
    : [fail("restrictions", "has no apiTargets, so the key opens every API of the project")];
}
