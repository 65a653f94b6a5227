import { unknownText } from "../../support/analyze";
import type { RuleCases } from "../../support/rule-tester";
import { leaf, publicAuthority, authority } from "./aws/certificates";

/** Made for these tests, of P-256, until 2126. Its key was thrown away, as those of the next two. */
const certificate = [
  "MIIBczCCARmgAwIBAgIUPMbHp1UeboYOZpW9lNfwvvxAxQgwCgYIKoZIzj0EAwIwDjEMMAoGA1UEAwwDaWRwMCAXDTI2MTEyMzIz",
  "MTkwMloYDzIxMjYxMDMwMjMxOTAyWjAOMQwwCgYDVQQDDANpZHAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARwmZ1AEE3a8jQe",
  "DsfZmpk12tb3Ivv0vlNAOfSfIewAgKuX15Zi1tYX9LNUf9p5cE1CVLEq11lgqoJx8K6vYL49o1MwUTAdBgNVHQ4EFgQU4N8DjMQp",
  "wvjXha1aDeLrn8ZcaNUwHwYDVR0jBBgwFoAU4N8DjMQpwvjXha1aDeLrn8ZcaNUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD",
  "AgNIADBFAiAEeWQulBHP5BaUHpbd/tbMkk+U17Xa3toE9bbH/GXieAIhANi5Q0JfT8ucu/U7+NbsEVyEwqmrH9PESr9mReai/BHB",
].join("");
/** Of 1024 bits. */
const weak = [
  "MIIB+jCCAWOgAwIBAgIUeoG0HMBigb/beMQhjCMJiGnyUXUwDQYJKoZIhvcNAQELBQAwDjEMMAoGA1UEAwwDaWRwMCAXDTI2MTEy",
  "MzIzMTkwMloYDzIxMjYxMDMwMjMxOTAyWjAOMQwwCgYDVQQDDANpZHAwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAKCFeEqu",
  "sycX6ahcrD7FVREUDBjgN6GRAL19UHcAZIM/6TGt8UhWlvE6Fk33grW+Rg/qT1kdHphGpLFKgVKECdUxJxcEEaNJcg42ANc8mi7V",
  "71E42JSPS1kCRgLI0WyCzu8O08D1ovvXE7FUfYVPf9VhwI7HmaKHJNPq7cBqXd3TAgMBAAGjUzBRMB0GA1UdDgQWBBS1McGdURC0",
  "KlIkFiZG7RghaNRwAzAfBgNVHSMEGDAWgBS1McGdURC0KlIkFiZG7RghaNRwAzAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEB",
  "CwUAA4GBACkR4lQmTB0LJFA0hRxkZrNpu5JBxWQcLnd3FIkOSmd3O3N2uiEd+Sx8G7tAjfF6+vU8izOX2R10gA4M+veUKkpb7Tn8",
  "TCNCpgWjKYqRIkixOJgciFj+azgzcAcBgtl+RHISFRDsmyxiLlBRZdCCD2JDd0rEelQevux2v65MqbXw",
].join("");
/** Good for the 24th of November 2026. */
const over = [
  "MIIBcjCCARegAwIBAgIUU4L48dp/At7NVW1knmAC7U3kTFswCgYIKoZIzj0EAwIwDjEMMAoGA1UEAwwDaWRwMB4XDTI2MTEyMzIz",
  "MTk1NVoXDTI2MTEyNDIzMTk1NVowDjEMMAoGA1UEAwwDaWRwMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJoKce09phth8vb48",
  "1nO2kaMBdYFM8bQdoZM5BmB9Tilvsy4BJ3RjYueqPyamYp54GB4VB7GB2nC40UpEuRt8waNTMFEwHQYDVR0OBBYEFJyOS1lMNJMQ",
  "8q7ML+mbbHyYhmJVMB8GA1UdIwQYMBaAFJyOS1lMNJMQ8q7ML+mbbHyYhmJVMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID",
  "SQAwRgIhAKpDhfgzbYEe2/SPa+/d/77xZVV3hwieh0elQQaVI6S1AiEAqVeNVIg8X+xx1FM450HnFgBldsxKhsoOfXYRYNaZ3bU=",
].join("");

const key = (text: string, use = ' use="signing"') =>
  `<md:KeyDescriptor${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n${text}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
const provider = (keys: string, location = "https://idp.example.com/sso", more = "") =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"${more}>` +
  `<md:IDPSSODescriptor>${keys}<md:SingleSignOnService Binding="x" Location="${location}"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
const good = provider(key(certificate));

const aws = "aws:iam/samlProvider:SamlProvider";
const native = "aws-native:iam:SamlProvider";
const pool = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
const workforce = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";
const document = (samlMetadataDocument: string) => ({ name: "idp", samlMetadataDocument });
const saml = (idpMetadataXml: string) => ({ saml: { idpMetadataXml } });

const few = "names a key of less than 2048 bits (NIST SP 800-131A): who breaks it signs as anybody";
const plain = "sends people to sign in by http, where anybody on the way reads along";
const holder = (pemCertificate: string) => ({
  attributeMapping: { "google.subject": "assertion.sha256_fingerprint" },
  attributeCondition: "assertion.subject.dn.cn == 'orders'",
  x509: { trustStore: { trustAnchors: [{ pemCertificate }] } },
});

/** Identity providers by SAML, and authorities of X.509, for `federated-trust-is-bounded`. */
export const providerCases: Required<RuleCases> = {
  allows: [
    { name: "one provider with a good key", type: aws, props: document(good) },
    {
      name: "a weak key that only decrypts, and remarks",
      type: aws,
      props: document(
        provider(
          `<!-- ${key(weak)} -->${key(weak, ' use="encryption"')}${key(certificate, "")}<!-- <EntityDescriptor >`,
        ),
      ),
    },
    {
      name: "metadata without prefixes",
      type: native,
      props: document(good.replaceAll(/(md|ds):/g, "").replace("xmlns:", "xmlns:md")),
    },
    { name: "people of one provider", type: workforce, props: saml(good) },
    {
      name: "some people of one provider as workloads",
      type: pool,
      props: { ...saml(good), attributeCondition: "'deployers' in assertion.attributes['groups']" },
    },
  ],
  blocks: [
    {
      name: "a weak key",
      type: aws,
      props: document(provider(key(certificate) + key(weak))),
      says: [`samlMetadataDocument ${few}`],
    },
    {
      name: "two weak keys, told once",
      type: native,
      props: document(provider(key(weak) + key(weak))),
      says: [`samlMetadataDocument ${few}`],
    },
    {
      name: "a place without TLS",
      type: aws,
      props: document(provider(key(certificate), "HTTP://idp.example.com/sso")),
      says: [`samlMetadataDocument ${plain}`],
    },
    {
      name: "a federation of providers",
      type: aws,
      props: document(`<md:EntitiesDescriptor>${good}${good}</md:EntitiesDescriptor>`),
      says: ["samlMetadataDocument is of more than one provider, and each of them says who anybody is"],
    },
    {
      name: "a key that is over, and metadata that is",
      type: aws,
      props: document(provider(key(over), "https://idp.example.com", ' validUntil="2026-12-01T00:00:00Z"')),
      says: [
        "samlMetadataDocument is good no more: its validUntil is over",
        "samlMetadataDocument names a key whose certificate is over, which somebody may still have",
      ],
      level: "advisory",
    },
    {
      name: "people by a weak key",
      type: workforce,
      props: saml(provider(key(weak))),
      says: [`saml.idpMetadataXml ${few}`],
    },
    {
      name: "everybody of a provider as workloads",
      type: pool,
      props: saml(good),
      says: [
        "attributeCondition is not set, and lets in every workload that the SAML provider signs for: each binding has to name the workload by an attribute of its own",
      ],
      level: "advisory",
    },
    {
      name: "everybody of a provider, by a condition that always holds",
      type: pool,
      props: { ...saml(good), attributeCondition: "true" },
      says: [
        "attributeCondition lets in every workload that the SAML provider signs for: each binding has to name the workload by an attribute of its own",
      ],
      level: "advisory",
    },
    {
      name: "an authority that everybody gets a certificate of",
      type: pool,
      props: holder(publicAuthority),
      says: [
        "x509.trustStore.trustAnchors[0].pemCertificate is a public authority, from which everybody can get a certificate",
      ],
    },
    {
      name: "a certificate that is no authority",
      type: pool,
      props: holder(leaf),
      says: ["x509.trustStore.trustAnchors[0].pemCertificate is no authority: whoever has its key is let in"],
    },
  ],
  undecided: [
    {
      name: "metadata that is not known yet",
      type: aws,
      props: document(unknownText),
      says: ["samlMetadataDocument is not known yet, and says who may sign"],
    },
    {
      name: "metadata of ten megabytes",
      type: aws,
      props: document("<EntityDescriptor ".repeat(600_000)),
      says: ["samlMetadataDocument is longer than one provider's metadata"],
    },
    {
      name: "metadata with parts that stand for others",
      type: aws,
      props: document(`<!DOCTYPE x [<!ENTITY k "${weak}">]>${provider(key("&k;"))}`),
      says: ["samlMetadataDocument has parts that stand for others, and can't be read"],
    },
    {
      name: "metadata of something else",
      type: native,
      props: document("<html></html>"),
      says: ["samlMetadataDocument can't be read as the metadata of a provider"],
    },
    {
      name: "a key that is none",
      type: aws,
      props: document(provider(key("AAAA"))),
      says: ["samlMetadataDocument has no certificate that can be read"],
    },
    {
      name: "a provider without a key",
      type: aws,
      props: document(provider("")),
      says: ["samlMetadataDocument has no certificate that can be read"],
    },
    {
      name: "an authority that is not known yet",
      type: pool,
      props: holder(unknownText),
      says: [
        "x509.trustStore.trustAnchors[0].pemCertificate is not known yet, and says whose certificates are let in",
      ],
    },
    {
      name: "anchors that are not known yet",
      type: pool,
      props: { ...holder(authority), x509: { trustStore: unknownText } },
      says: ["x509.trustStore.trustAnchors is not known yet"],
    },
  ],
};
