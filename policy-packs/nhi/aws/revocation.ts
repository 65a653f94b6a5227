import type { Resource } from "../rule";
import { unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { element } from "./document";

/** Whether certificates that AWS gives or takes can be called back. */
export const awsRevocations: Record<string, (resource: Resource) => Finding[]> = {
  "aws:acmpca/certificateAuthority:CertificateAuthority": authority,
  "aws-native:acmpca:CertificateAuthority": authority,
  "aws-native:rolesanywhere:Crl": revocationList,
};

const property = "revocationConfiguration";

function authority(resource: Resource): Finding[] {
  // Its certificates live for seven days at most, and AWS takes no revocation for them.
  if (resource.read("usageMode") === "SHORT_LIVED_CERTIFICATE") return [];
  // It signs authorities, and few of them.
  if (resource.read("type") === "ROOT") return [];
  const configuration = resource.read(property);
  const ways = ["crlconfiguration", "ocspconfiguration"].map((way) =>
    element(element(configuration, way), "enabled"),
  );
  if (ways.includes(true)) return [];
  return ways.includes(unknown)
    ? [undetermined(property, "is not known yet")]
    : [
        fail(
          property,
          "switches neither a revocation list nor OCSP on, so that no certificate can be called back",
          "Switch one of them on, or set usageMode to SHORT_LIVED_CERTIFICATE.",
        ),
      ];
}

/** Roles Anywhere asks the lists that it was given, and no server. */
function revocationList(resource: Resource): Finding[] {
  const enabled = resource.read("enabled");
  if (enabled === unknown) return [undetermined("enabled", "is not known yet")];
  return enabled === false
    ? [fail("enabled", "is false, so that the certificates on the list still open roles", "Set it to true.")]
    : [];
}
