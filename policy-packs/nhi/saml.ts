import { X509Certificate } from "node:crypto";
import { unknown, type Value } from "./value";
import { advise, fail, type Finding, undetermined } from "./verdict";

/** Characters. AWS takes up to ten million; one provider's metadata has a few thousand. */
const longest = 500_000;
/** A provider that renews its keys publishes two. */
const mostCertificates = 20;

/** What an identity provider says of itself in SAML 2.0: who it is, where people sign in, and by which keys it is known. */
export function metadataFindings(property: string, value: Value | undefined, now: number): Finding[] {
  if (value === unknown) return [undetermined(property, "is not known yet, and says who may sign")];
  if (typeof value !== "string" || value === "") return [];
  if (value.length > longest) return [undetermined(property, "is longer than one provider's metadata")];
  const xml = withoutComments(value);
  if (/<!(DOCTYPE|ENTITY|\[CDATA)/i.test(xml))
    return [undetermined(property, "has parts that stand for others, and can't be read")];
  const entities = xml.match(/<(?:\w{1,40}:)?EntityDescriptor[\s>]/g) ?? [];
  if (entities.length === 0) return [undetermined(property, "can't be read as the metadata of a provider")];
  return [
    ...(entities.length > 1
      ? [
          fail(
            property,
            "is of more than one provider, and each of them says who anybody is",
            "Name the one whose people are meant.",
          ),
        ]
      : []),
    ...unsafePlaces(property, xml),
    ...past(property, xml, now),
    ...keys(property, xml, now),
  ];
}

/** Up to its end, or everything where it has none. */
function withoutComments(xml: string): string {
  const [first = "", ...rest] = xml.split("<!--");
  return first + rest.map((part) => part.slice(endOf(part))).join(" ");
}
const endOf = (part: string) => {
  const at = part.indexOf("-->");
  return at < 0 ? part.length : at + 3;
};

/** Where a browser takes what the person types. */
function unsafePlaces(property: string, xml: string): Finding[] {
  const services = xml.match(/<(?:\w{1,40}:)?SingleSignOnService\s[^<>]{0,2000}>/g) ?? [];
  return services.some((service) => /\sLocation\s{0,9}=\s{0,9}["']\s{0,9}http:/i.test(service))
    ? [fail(property, "sends people to sign in by http, where anybody on the way reads along", "Use https.")]
    : [];
}

function past(property: string, xml: string, now: number): Finding[] {
  const until =
    /<(?:\w{1,40}:)?EntityDescriptor\s[^<>]{0,2000}?\svalidUntil\s{0,9}=\s{0,9}["']([^"']{1,60})["']/.exec(
      xml,
    );
  return until?.[1] !== undefined && Date.parse(until[1]) < now
    ? [advise(property, "is good no more: its validUntil is over", "Fetch it anew from the provider.")]
    : [];
}

/** Keys that only decrypt what is sent to the provider let nobody in. */
function keys(property: string, xml: string, now: number): Finding[] {
  const signing = xml
    .split(/<(?:\w{1,40}:)?KeyDescriptor\b/)
    .slice(1)
    .filter((part) => !/^[^<>]{0,500}\suse\s{0,9}=\s{0,9}["']encryption["']/.test(part))
    .flatMap((part) => [...part.matchAll(/<(?:\w{1,40}:)?X509Certificate[^<>]{0,500}>([^<]{1,20000})</g)])
    .map(([, text = ""]) => text.replace(/\s/g, ""))
    .slice(0, mostCertificates);
  if (signing.length === 0) return [undetermined(property, "has no certificate that can be read")];
  const said = signing.flatMap((text) => keyFindings(property, text, now));
  // Two keys with one weakness are one thing to mend.
  return said.filter(({ says }, index) => said.findIndex((other) => other.says === says) === index);
}

function keyFindings(property: string, text: string, now: number): Finding[] {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(text, "base64"));
  } catch {
    return [undetermined(property, "has no certificate that can be read")];
  }
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = certificate.publicKey;
  const isWeak = kind === "rsa" && (details?.modulusLength ?? 0) < 2048;
  const isOver = Date.parse(certificate.validTo) < now;
  return [
    ...(isWeak
      ? [
          fail(
            property,
            "names a key of less than 2048 bits (NIST SP 800-131A): who breaks it signs as anybody",
          ),
        ]
      : []),
    ...(isOver
      ? [
          advise(
            property,
            "names a key whose certificate is over, which somebody may still have",
            "Take the metadata with the provider's present key.",
          ),
        ]
      : []),
  ];
}
