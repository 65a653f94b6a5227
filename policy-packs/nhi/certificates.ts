import { X509Certificate } from "node:crypto";
import { fail, type Finding, undetermined } from "./verdict";

/** Organisations that give a certificate to whoever has a domain, as the authority's subject names them. */
const publicAuthorities =
  /^O=(Actalis|Amazon$|Buypass|Certum|Asseco|COMODO|DigiCert|Entrust|GlobalSign|GoDaddy|Google Trust Services|IdenTrust|Internet Security Research Group|Let's Encrypt|Sectigo|SSL Corp|SwissSign|The USERTRUST|ZeroSSL)/im;

/** The blocks of a bundle in PEM. */
export const certificatesIn = (bundle: string): string[] =>
  bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/** Whether a certificate is that of an authority of one's own. */
export function authorityFindings(where: string, block: string): Finding[] {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
  } catch {
    return [undetermined(where, "can't be read as a certificate")];
  }
  if (!certificate.ca) {
    const says = "is no authority: whoever has its key is let in";
    return [fail(where, says, "Name the certificate of the authority that signed it.")];
  }
  return publicAuthorities.test(certificate.subject)
    ? [
        fail(
          where,
          "is a public authority, from which everybody can get a certificate",
          "Run one of your own.",
        ),
      ]
    : [];
}
