import { seconds } from "../duration";
import type { Vault } from "../http";
import { toBody, trimSlashes, type Properties, type Property } from "../property";
import type { ResourceType } from "../resource-type";
import type { Plain, PlainValues } from "../values";
import { document } from "./document";
import { namespace } from "./namespace";

const backend: Property = { kind: "path", identity: true, required: true };

const text = (value: Plain | undefined) => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

/** A time as the program writes it ("1h", "3600"), which the server tells in seconds, or in words of its own. */
const duration: Property = {
  kind: "string",
  toApi: (value) => seconds(value) ?? value,
  fromApi: (raw) => text(seconds(raw) ?? raw),
};
const chosenDuration: Property = { ...duration, computed: true };

/** Off is what the server has, and what the program gets without saying anything. */
const off: Property = { kind: "boolean", default: false };
const on: Property = { kind: "boolean", default: true, unset: true };

const role = document({
  idFormat: "<backend>/roles/<name>",
  properties: {
    ...namespace,
    backend,
    name: { kind: "string", autonamed: true, identity: true },
    issuerRef: { kind: "string", computed: true },
    ttl: chosenDuration,
    maxTtl: chosenDuration,
    allowedDomains: { kind: "list" },
    allowBareDomains: off,
    allowSubdomains: off,
    allowGlobDomains: off,
    allowWildcardCertificates: on,
    allowAnyName: off,
    allowLocalhost: on,
    allowIpSans: on,
    allowedDomainsTemplate: off,
    allowedUriSans: { kind: "list" },
    allowedUriSansTemplate: { kind: "boolean", computed: true },
    allowedOtherSans: { kind: "list" },
    allowedUserIds: { kind: "list" },
    cnValidations: { kind: "set", computed: true },
    enforceHostnames: on,
    requireCn: on,
    serverFlag: on,
    clientFlag: on,
    codeSigningFlag: off,
    emailProtectionFlag: off,
    keyType: { kind: "string", default: "rsa" },
    keyBits: { kind: "integer", default: 2048 },
    keyUsages: { kind: "list", api: "key_usage", computed: true },
    extKeyUsages: { kind: "list", api: "ext_key_usage" },
    useCsrCommonName: on,
    useCsrSans: on,
    noStore: off,
    generateLease: off,
    notBeforeDuration: chosenDuration,
    notAfter: { kind: "string" },
  },
});

const urls = document({
  idFormat: "<backend>/config/urls",
  properties: {
    ...namespace,
    backend,
    issuingCertificates: { kind: "list" },
    crlDistributionPoints: { kind: "list" },
    ocspServers: { kind: "list" },
    enableTemplating: { kind: "boolean" },
  },
});

const crl = document({
  idFormat: "<backend>/config/crl",
  properties: {
    ...namespace,
    backend,
    disable: off,
    ocspDisable: off,
    autoRebuild: off,
    enableDelta: off,
    expiry: chosenDuration,
    ocspExpiry: chosenDuration,
    autoRebuildGracePeriod: chosenDuration,
    deltaRebuildInterval: chosenDuration,
    maxCrlEntries: { kind: "integer", computed: true },
  },
});

const tidy = document({
  idFormat: "<backend>/config/auto-tidy",
  properties: {
    ...namespace,
    backend,
    enabled: { kind: "boolean", required: true },
    intervalDuration: chosenDuration,
    safetyBuffer: chosenDuration,
    issuerSafetyBuffer: chosenDuration,
    tidyCertStore: { kind: "boolean" },
    tidyRevokedCerts: { kind: "boolean" },
    tidyRevokedCertIssuerAssociations: { kind: "boolean" },
    tidyExpiredIssuers: { kind: "boolean" },
  },
});

const issuers = document({
  idFormat: "<backend>/config/issuers",
  properties: {
    ...namespace,
    backend,
    default: { kind: "string", required: true },
    defaultFollowsLatestIssuer: off,
  },
});

/** A setting of the mount: there as long as the mount is, so there is nothing to delete. */
const setting = (type: ResourceType): ResourceType => ({ ...type, delete: () => Promise.resolve() });

const given: Property = { kind: "string", replaces: true, unread: true };
const givenList: Property = { kind: "list", replaces: true, unread: true };
const givenNumber: Property = { kind: "integer", replaces: true, unread: true };
const givenFlag: Property = { kind: "boolean", replaces: true, unread: true, default: false };
const answered: Property = { kind: "string", output: true, unread: true };
const answeredList: Property = { kind: "list", output: true, unread: true };

/** Something that the server does once and does not tell again: it is read from the state, and stays when it is deleted. */
function once(
  properties: Properties,
  idFormat: string,
  path: (inputs: PlainValues) => string,
  outputs: (answer: PlainValues) => PlainValues,
): ResourceType {
  const id = (inputs: PlainValues) =>
    idFormat.replaceAll(/<(\w+)>/g, (_, name: string) => trimSlashes(inputs[name]));
  return {
    properties,
    idFormat,
    id,
    fromId: () => undefined,
    async create(vault: Vault, inputs) {
      return outputs((await vault.write(path(inputs), toBody(properties, inputs))) ?? {});
    },
    read: () => Promise.resolve({}),
    update: () => Promise.reject(new Error("it can't be changed, only replaced.")),
    delete: () => Promise.resolve(),
  };
}

const request = once(
  {
    ...namespace,
    backend,
    type: { kind: "string", identity: true, required: true },
    commonName: { ...given, required: true },
    excludeCnFromSans: givenFlag,
    addBasicConstraints: givenFlag,
    keyName: given,
    keyType: { ...given, default: "rsa" },
    keyBits: { ...givenNumber, default: 2048 },
    csr: answered,
    keyId: answered,
    privateKey: { ...answered, secret: true },
    privateKeyType: answered,
  },
  "<backend>/issuers/generate/intermediate/<type>",
  ({ backend: at, type }) => `${trimSlashes(at)}/issuers/generate/intermediate/${text(type)}`,
  ({ csr = "", key_id: keyId = "", private_key: key, private_key_type: kind }) => ({
    csr,
    keyId,
    ...(key !== undefined && { privateKey: key }),
    ...(kind !== undefined && { privateKeyType: kind }),
  }),
);

const signIntermediate = once(
  {
    ...namespace,
    backend,
    csr: { ...given, required: true },
    commonName: { ...given, required: true },
    excludeCnFromSans: givenFlag,
    useCsrValues: givenFlag,
    ttl: given,
    maxPathLength: givenNumber,
    permittedDnsDomains: givenList,
    permittedUriDomains: givenList,
    excludedIpRanges: givenList,
    excludedEmailAddresses: givenList,
    certificate: answered,
    certificateBundle: answered,
    issuingCa: answered,
    serialNumber: answered,
    caChains: answeredList,
  },
  "<backend>/<commonName>",
  ({ backend: at }) => `${trimSlashes(at)}/root/sign-intermediate`,
  (answer) => {
    const { certificate = "", issuing_ca: issuingCa = "", serial_number: serialNumber = "" } = answer;
    const caChains = Array.isArray(answer.ca_chain) ? answer.ca_chain : [];
    const certificateBundle = [certificate, ...caChains].map((pem) => text(pem).trim()).join("\n");
    return { certificate, certificateBundle, issuingCa, serialNumber, caChains };
  },
);

const setSigned = once(
  {
    ...namespace,
    backend,
    certificate: { ...given, required: true },
    importedIssuers: answeredList,
    importedKeys: answeredList,
  },
  "<backend>/intermediate/set-signed",
  ({ backend: at }) => `${trimSlashes(at)}/intermediate/set-signed`,
  ({ imported_issuers: imported, imported_keys: keys }) => ({
    importedIssuers: imported ?? [],
    importedKeys: keys ?? [],
  }),
);

/** An authority for certificates, and what it signs. */
export const pki: Readonly<Record<string, ResourceType>> = {
  "vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy": setting(tidy),
  "vault:pkiSecret/secretBackendConfigIssuers:SecretBackendConfigIssuers": setting(issuers),
  "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls": setting(urls),
  "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig": setting(crl),
  "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": request,
  "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned": setSigned,
  "vault:pkiSecret/secretBackendRole:SecretBackendRole": role,
  "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate": signIntermediate,
};
