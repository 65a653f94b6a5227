import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { firstProblem, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import { namedRolesProblem } from "./roles";

/** What a certificate is good for. Nothing else stands in it. */
export const PkiUsage = {
  /** The holder shows it to those who connect to it. */
  Server: "server",
  /** The holder shows it to those that it connects to. */
  Client: "client",
} as const;
export type PkiUsage = (typeof PkiUsage)[keyof typeof PkiUsage];

/** The kinds of keys that certificates are made for, each of 128 bits of security or more (NIST SP 800-57). */
export const PkiKeyType = {
  EcP256: "ec-p256",
  EcP384: "ec-p384",
  Ed25519: "ed25519",
  Rsa3072: "rsa-3072",
  Rsa4096: "rsa-4096",
} as const;
export type PkiKeyType = (typeof PkiKeyType)[keyof typeof PkiKeyType];

/** A kind of certificate that the issuer signs. */
export interface PkiRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/sign/<name>`. */
  name: string;
  /** The host names that it may be for, each exactly: no name below them. Default: none. */
  domains?: string[] | undefined;
  /** Domains of which every name below, at any depth, is allowed, but not the domain itself. Not beside `domains`. */
  subdomainsOf?: string[] | undefined;
  /** Allows `*.<domain>` for those of `subdomainsOf`. Default: false. */
  wildcards?: boolean | undefined;
  /** The URIs that it may be for, each exactly, for example `spiffe://shop.example.com/cart`. Default: none. */
  uris?: string[] | undefined;
  /** What it is good for. At least one. */
  usages: PkiUsage[];
  /** The kind of key that it is for. Default: `ec-p256`. */
  keyType?: PkiKeyType;
  /**
   * How long a certificate lives, in seconds. A workload may ask for less. Default: 3600, as SPIRE has it
   * (`default_x509_svid_ttl`). At most 86400, as step-ca has it (`maxTLSCertDuration`).
   */
  maxTtlSeconds?: number | undefined;
  /**
   * Lets Vault make the private key and hand it out with the certificate, at `<mountPath>/issue/<name>`. Default: false:
   * the workload makes its key, which never leaves it, and sends a request.
   */
  keyFromServer?: boolean | undefined;
  /** Revokes the certificate when the token ends that asked for it. Default: false, it lives for its own time. */
  endsWithToken?: boolean | undefined;
}

export const longestCertificate = 86_400;
export const defaultCertificate = 3600;

const keys: Record<PkiKeyType, { keyType: string; keyBits: number }> = {
  "ec-p256": { keyType: "ec", keyBits: 256 },
  "ec-p384": { keyType: "ec", keyBits: 384 },
  ed25519: { keyType: "ed25519", keyBits: 0 },
  "rsa-3072": { keyType: "rsa", keyBits: 3072 },
  "rsa-4096": { keyType: "rsa", keyBits: 4096 },
};
export const keyOf = (type: PkiKeyType | undefined) => keys[type ?? PkiKeyType.EcP256];

export function pkiRole(
  name: string,
  mountPath: string,
  role: PkiRole,
  opts: pulumi.CustomResourceOptions,
): vault.pkisecret.SecretBackendRole {
  const ttl = String(role.maxTtlSeconds ?? defaultCertificate);
  const { domains = [], subdomainsOf = [] } = role;
  const isBelow = subdomainsOf.length > 0;
  return new vault.pkisecret.SecretBackendRole(
    `${name}-${role.name}`,
    {
      backend: mountPath,
      name: role.name,
      issuerRef: "default",
      allowedDomains: isBelow ? subdomainsOf : domains,
      allowBareDomains: !isBelow,
      allowSubdomains: isBelow,
      allowWildcardCertificates: role.wildcards ?? false,
      allowedUriSans: role.uris ?? [],
      // What Vault allows unless it is told otherwise: localhost, any address, and e-mail addresses as names.
      allowLocalhost: false,
      allowIpSans: false,
      cnValidations: ["hostname"],
      allowGlobDomains: false,
      allowAnyName: false,
      enforceHostnames: true,
      // A workload that is named by a URI has no host name.
      requireCn: false,
      serverFlag: role.usages.includes(PkiUsage.Server),
      clientFlag: role.usages.includes(PkiUsage.Client),
      codeSigningFlag: false,
      emailProtectionFlag: false,
      // All that TLS 1.3 needs of a key, and TLS 1.2 with forward secrecy (RFC 8446 4.4.2.2).
      keyUsages: ["DigitalSignature"],
      ...keyOf(role.keyType),
      ttl,
      maxTtl: ttl,
      // What is not stored can't be revoked.
      noStore: false,
      generateLease: role.endsWithToken ?? false,
    },
    opts,
  );
}

/** With `not_after` a caller would go beyond `maxTtl`: Vault lets it, so the policy doesn't. */
const parameters = {
  sign: ["csr", "ttl", "format", "remove_roots_from_chain"],
  issue: ["common_name", "alt_names", "uri_sans", "ttl", "format", "private_key_format"],
};

/** The role's own path, and the way to revoke what one holds the key of. */
export function pkiAccess(mountPath: string, role: PkiRole): [CredentialAccess, CredentialAccess] {
  const call = role.keyFromServer === true ? "issue" : "sign";
  return [
    {
      role: role.name,
      path: `${mountPath}/${call}/${role.name}`,
      capability: "update",
      leased: role.endsWithToken ?? false,
      parameters: parameters[call],
    },
    { role: role.name, path: `${mountPath}/revoke-with-key`, capability: "update", leased: false },
  ];
}

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const isHostName = (text: string) => hostName.test(text);

const isIn = (host: string, domains: readonly string[]) =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

export function pkiRolesProblem(roles: readonly PkiRole[], permitted: readonly string[]): Problem {
  return namedRolesProblem(
    "roles",
    roles,
    (role, where) => {
      return (
        namesProblem(where, role, permitted) ??
        kindProblem(where, role) ??
        secondsProblem(
          `${where}.maxTtlSeconds`,
          role.maxTtlSeconds ?? defaultCertificate,
          60,
          longestCertificate,
          "Let the workload ask again before it ends.",
        )
      );
    },
    "certificate",
  );
}

function namesProblem(where: string, role: PkiRole, permitted: readonly string[]): Problem {
  const { domains = [], subdomainsOf = [], uris = [] } = role;
  if (domains.length + subdomainsOf.length + uris.length === 0)
    return `${where} must name at least one of domains, subdomainsOf and uris. Without a name nobody can tell whose certificate it is.`;
  if (domains.length > 0 && subdomainsOf.length > 0)
    return `${where} must have domains or subdomainsOf, not both: Vault would allow names below the domains as well. Make two roles.`;
  if (role.wildcards === true && subdomainsOf.length === 0)
    return `${where}.wildcards must come with subdomainsOf, which says below which domains.`;
  return (
    firstProblem(domains, (domain, at) => domainProblem(`${where}.domains[${at}]`, domain, permitted)) ??
    firstProblem(subdomainsOf, (domain, at) =>
      domainProblem(`${where}.subdomainsOf[${at}]`, domain, permitted),
    ) ??
    firstProblem(uris, (uri, at) => uriProblem(`${where}.uris[${at}]`, uri, permitted))
  );
}

function domainProblem(argument: string, domain: string, permitted: readonly string[]): Problem {
  if (!isHostName(domain))
    return `${argument} must be one host name in lower case, without wildcard, got ${shown(domain)}.`;
  return isIn(domain, permitted) ? undefined : outside(argument, domain, permitted);
}

function uriProblem(argument: string, uri: string, permitted: readonly string[]): Problem {
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/?#*\s,]+)(\/[^?#*\s,]*)?$/.exec(uri)?.[1];
  if (host === undefined || !isHostName(host))
    return `${argument} must be one URI with a host name, without wildcard, query or fragment, got ${shown(uri)}.`;
  return isIn(host, permitted) ? undefined : outside(argument, uri, permitted);
}

const outside = (argument: string, name: string, permitted: readonly string[]) =>
  `${argument} must be in permittedDomains (${permitted.join(", ")}), got ${shown(name)}. The issuer's own certificate holds it to them.`;

function kindProblem(where: string, { usages, keyType }: PkiRole): Problem {
  const knownUsages: string[] = Object.values(PkiUsage);
  if (usages.length === 0)
    return `${where}.usages must have at least one of ${knownUsages.join(", ")}, got none.`;
  const other = usages.find((usage) => !knownUsages.includes(usage));
  if (other !== undefined)
    return `${where}.usages must be of ${knownUsages.join(", ")}, got ${shown(other)}.`;
  return keyTypeProblem(`${where}.keyType`, keyType);
}

export function keyTypeProblem(argument: string, keyType: PkiKeyType | undefined): Problem {
  return keyType === undefined || Object.hasOwn(keys, keyType)
    ? undefined
    : `${argument} must be one of ${Object.keys(keys).join(", ")}, got ${shown(keyType)}.`;
}
