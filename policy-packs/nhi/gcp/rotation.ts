import { seconds } from "../duration";
import { forTypes } from "../judge";
import { renewed } from "../rotation";
import type { Judge, Resource } from "../rule";
import { isObject, unknown } from "../value";
import { advise, type Finding, undetermined } from "../verdict";

/** What lies beneath credentials that are made anew each time: the secret and the key. */
export const gcpRotations: Readonly<Record<string, Judge>> = {
  ...forTypes(["gcp:kms/cryptoKey:CryptoKey", "google-native:cloudkms/v1:CryptoKey"], key),
  ...forTypes(
    [
      "gcp:secretmanager/secret:Secret",
      "gcp:secretmanager/regionalSecret:RegionalSecret",
      "google-native:secretmanager/v1:Secret",
    ],
    secret,
  ),
};

/** KMS renews keys that encrypt and decrypt; others have to be replaced by hand (cloud.google.com/kms/docs/key-rotation). */
function key(resource: Resource): Finding[] {
  const purpose = resource.read("purpose");
  if (purpose !== undefined && purpose !== null && purpose !== unknown && purpose !== "ENCRYPT_DECRYPT")
    return [];
  // What is imported, or lies in a store outside Google's, is renewed there.
  const template = resource.read("versionTemplate");
  const level = isObject(template) ? template.protectionLevel : undefined;
  const isFromOutside =
    ["importOnly", "skipInitialVersionCreation"].some((property) => resource.read(property) === true) ||
    (typeof level === "string" && level.startsWith("EXTERNAL"));
  if (isFromOutside) return [];
  return renewed(
    resource,
    "rotationPeriod",
    seconds(resource.read("rotationPeriod")),
    "maxKeyRotationSeconds",
  );
}

function secret(resource: Resource): Finding[] {
  const rotation = resource.read("rotation");
  if (rotation === unknown) return [undetermined("rotation", "is not known yet, and may be seldom")];
  if (isObject(rotation))
    return renewed(resource, "rotation.rotationPeriod", seconds(rotation.rotationPeriod));
  const id = resource.read("secretId");
  // A secret that ends by itself has to be made anew.
  const ends = ["ttl", "expireTime"].some((property) => resource.read(property) !== undefined);
  return !ends && typeof id === "string" && /key|password|token|credential/i.test(id.slice(0, 255))
    ? [advise("rotation", "is not set for what its name says is a key: nothing asks for a new one")]
    : [];
}
