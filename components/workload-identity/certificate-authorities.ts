import { X509Certificate } from "node:crypto";
import type { Problem } from "../refusal";

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a bundle, each as PEM. */
export const certificatesOf = (bundle: string): string[] => bundle.match(certificateBlock) ?? [];

/** Whether a bundle holds authorities and nothing else. What is in it is never shown: a key may have got there by mistake. */
export function authoritiesProblem(argument: string, bundle: string): Problem {
  if (bundle.includes("PRIVATE KEY"))
    return `${argument} must hold certificates only, and a private key is in it. Remove it and consider it known.`;
  const blocks = certificatesOf(bundle);
  if (blocks.length === 0) return `${argument} must hold at least one certificate as PEM.`;
  for (const [index, block] of blocks.entries()) {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(block);
    } catch {
      return `${argument} must hold certificates as PEM, and number ${index + 1} can't be read.`;
    }
    if (!certificate.ca)
      return (
        `${argument} must hold authorities only, and number ${index + 1} is not one: anybody with its key would ` +
        "be let in as what they like. Give the certificate that signed it."
      );
  }
  return undefined;
}
