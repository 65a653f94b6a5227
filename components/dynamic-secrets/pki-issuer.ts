import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import {
  engineProblem,
  credentialPathsOf,
  letConsumersIn,
  mountEngine,
  type SecretsEngineArgs,
} from "./engine";
import {
  defaultCertificate,
  isHostName,
  keyOf,
  keyTypeProblem,
  longestCertificate,
  pkiAccess,
  pkiRole,
  pkiRolesProblem,
  type PkiKeyType,
  type PkiRole,
} from "./pki-role";

export interface PkiIssuerArgs extends SecretsEngineArgs {
  /** What the issuer is called in its certificate. */
  commonName: string;
  /**
   * The domains that every name has to be in. They stand in the issuer's own certificate (name constraints, RFC 5280
   * 4.2.1.10), so that no role that somebody adds by hand gets beyond them. At least one.
   */
  permittedDomains: string[];
  /**
   * Where those who check a certificate reach Vault: `http://` or `https://`, without a path. Stands in every certificate,
   * with the places of issuer, CRL and OCSP. With HTTPS, Vault's own certificate must not come from this issuer.
   */
  serverUrl: string;
  /** The mount in the same Vault whose default issuer signs this one. Not beside `signedCertificate`. */
  rootMountPath?: pulumi.Input<string> | undefined;
  /**
   * The issuer's certificate, as PEM, where its request (`csr`) was signed elsewhere; those above it may follow. Without
   * this and `rootMountPath` the issuer signs nothing yet.
   */
  signedCertificate?: pulumi.Input<string> | undefined;
  /**
   * How long the issuer's certificate lives, in seconds, where `rootMountPath` signs it: at most as long as that mount's
   * limit. Default: 31536000, a year, and at most three (NIST SP 800-57 part 1, 5.3.6: a key that signs).
   */
  issuerTtlSeconds?: number | undefined;
  /** Raise it for a new key and certificate. What the one before has signed stays good and revocable. Default: 1. */
  issuerVersion?: number | undefined;
  /** The issuer's kind of key. Default: `ec-p256`. */
  keyType?: PkiKeyType;
  /** What certificates it signs. At least one. */
  roles: PkiRole[];
}

const year = 31_536_000;

/**
 * An issuer of certificates for workloads. Its key is made in Vault and never leaves it, its certificate is signed by a
 * root that is mounted elsewhere, and what it signs lives for an hour. OpenBao has the engine too; it was not tried there.
 *
 * What ends a certificate: its time, or its revocation, which stands in the OCSP answer at once and in the CRL five
 * minutes later. Those who check neither learn nothing of a revocation.
 *
 * @example
 * ```typescript
 * new PkiIssuer("shop-pki", {
 *   metadata,
 *   commonName: "Shop workloads",
 *   permittedDomains: ["shop.example.com"],
 *   serverUrl: "http://vault.example.com:8200",
 *   rootMountPath: "pki-root",
 *   roles: [{ name: "cart", domains: ["cart.shop.example.com"], usages: [PkiUsage.Server, PkiUsage.Client] }],
 * });
 * ```
 */
export class PkiIssuer extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** The issuer's request for a certificate, as PEM. */
  readonly csr: pulumi.Output<string>;
  /** The issuer's certificate, as PEM. Empty until it is signed. */
  readonly certificate: pulumi.Output<string>;
  /** For each role the path that a workload sends its request to. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token get certificates, and revoke those whose key it holds. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PkiIssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("PkiIssuer", name, pkiIssuerProblem(name, args));
    super("nhi:index:PkiIssuer", name, { ...args }, opts);

    const { mountPath, mount, inMount } = mountEngine(
      name,
      args,
      {
        type: "pki",
        // The mount's limits also hold for roles that somebody adds by hand.
        defaultLeaseTtlSeconds: defaultCertificate,
        maxLeaseTtlSeconds: longestCertificate,
        // A certificate is no secret. With these the trail says who got which, and who revoked it.
        auditNonHmacRequestKeys: ["csr", "common_name", "alt_names", "uri_sans", "serial_number"],
        auditNonHmacResponseKeys: ["serial_number", "certificate"],
      },
      this,
    );
    const after = (...resources: pulumi.Resource[]) => ({ ...inMount, dependsOn: resources });
    const settings = revocationSettings(name, mountPath, args, after(mount));
    const request = new vault.pkisecret.SecretBackendIntermediateCertRequest(
      name,
      {
        backend: mountPath,
        type: "internal",
        commonName: args.commonName,
        // Its name is no host's.
        excludeCnFromSans: true,
        keyName: `v${args.issuerVersion ?? 1}`,
        ...keyOf(args.keyType),
      },
      after(mount),
    );
    const signed = signedCertificate(name, args, request, this);
    const issuer = signed && importedIssuer(name, mountPath, signed, after(mount));
    // Nobody gets a certificate that does not say where its revocation stands.
    const ready = after(...settings, ...(issuer ? [issuer] : []));
    const roles = args.roles.map((role) => pkiRole(name, mountPath, role, ready));

    const accesses = args.roles.map((role) => pkiAccess(mountPath, role));
    this.mountPath = mount.urn.apply(() => mountPath);
    this.csr = request.csr;
    this.certificate = pulumi.output(signed ?? "");
    this.credentialPaths = credentialPathsOf(
      roles,
      accesses.map(([first]) => first),
    );
    this.policyNames = letConsumersIn(name, mountPath, args, accesses.flat(), this);
    this.registerOutputs({
      mountPath: this.mountPath,
      csr: this.csr,
      certificate: this.certificate,
      credentialPaths: this.credentialPaths,
      policyNames: this.policyNames,
    });
  }
}

/** Where a revocation can be learnt of, how fresh that is, and when what has ended is forgotten. */
function revocationSettings(
  name: string,
  mountPath: string,
  { serverUrl }: PkiIssuerArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const at = `${serverUrl}/v1/${mountPath}`;
  return [
    new vault.pkisecret.SecretBackendConfigUrls(
      name,
      {
        backend: mountPath,
        // The issuer that signed stays findable when another one has taken its place.
        enableTemplating: true,
        issuingCertificates: [`${at}/issuer/{{issuer_id}}/der`],
        crlDistributionPoints: [`${at}/issuer/{{issuer_id}}/crl/der`],
        ocspServers: [`${at}/ocsp`],
      },
      opts,
    ),
    new vault.pkisecret.SecretBackendCrlConfig(
      name,
      {
        backend: mountPath,
        disable: false,
        ocspDisable: false,
        // Made anew every five minutes and good for an hour: a revocation is seen soon, and Vault may be away for a while.
        autoRebuild: true,
        expiry: "1h",
        autoRebuildGracePeriod: "55m",
        ocspExpiry: "5m",
      },
      opts,
    ),
    new vault.pkisecret.BackendConfigAutoTidy(
      name,
      {
        backend: mountPath,
        enabled: true,
        intervalDuration: "1h",
        safetyBuffer: "1h",
        tidyCertStore: true,
        tidyRevokedCerts: true,
        tidyRevokedCertIssuerAssociations: true,
        tidyExpiredIssuers: true,
      },
      opts,
    ),
  ];
}

/** What makes the request an issuer: the root's signature, or a certificate that came from elsewhere. */
function signedCertificate(
  name: string,
  args: PkiIssuerArgs,
  request: vault.pkisecret.SecretBackendIntermediateCertRequest,
  parent: pulumi.Resource,
): pulumi.Input<string> | undefined {
  const { rootMountPath, commonName, permittedDomains } = args;
  if (rootMountPath === undefined) return args.signedCertificate;
  return new vault.pkisecret.SecretBackendRootSignIntermediate(
    name,
    {
      backend: rootMountPath,
      csr: request.csr,
      commonName,
      excludeCnFromSans: true,
      ttl: String(args.issuerTtlSeconds ?? year),
      // It signs for workloads, and no further issuer.
      maxPathLength: 0,
      permittedDnsDomains: permittedDomains,
      permittedUriDomains: permittedDomains,
      excludedIpRanges: ["0.0.0.0/0", "::/0"],
      // A role for a host name also takes every e-mail address at that host.
      excludedEmailAddresses: permittedDomains.flatMap((domain) => [domain, `.${domain}`]),
    },
    { parent },
  ).certificateBundle;
}

function importedIssuer(
  name: string,
  mountPath: string,
  certificate: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const imported = new vault.pkisecret.SecretBackendIntermediateSetSigned(
    name,
    { backend: mountPath, certificate },
    opts,
  );
  return new vault.pkisecret.SecretBackendConfigIssuers(
    name,
    {
      backend: mountPath,
      // Its own comes first, those above it after.
      default: imported.importedIssuers.apply((issuers?: string[]) => issuers?.[0] ?? ""),
      defaultFollowsLatestIssuer: false,
    },
    opts,
  );
}

function pkiIssuerProblem(name: string, args: PkiIssuerArgs): Problem {
  const { commonName, permittedDomains, issuerVersion = 1 } = args;
  const roles = args.roles.map((role) => role.name);
  if (commonName.trim() === "") return "commonName must name the issuer, got none.";
  if (permittedDomains.length === 0)
    return "permittedDomains must have at least one domain. Without one a role that somebody adds signs for any name.";
  if (!Number.isInteger(issuerVersion) || issuerVersion < 1)
    return `issuerVersion must be a whole number from 1 up, got ${issuerVersion}.`;
  if (args.rootMountPath !== undefined && args.signedCertificate !== undefined)
    return "signedCertificate must be left out with rootMountPath, whose issuer signs. Give one of the two.";
  return (
    engineProblem(name, args, roles) ??
    firstProblem(permittedDomains, (domain, at) =>
      isHostName(domain)
        ? undefined
        : `permittedDomains[${at}] must be one host name in lower case, without wildcard, got ${shown(domain)}.`,
    ) ??
    serverUrlProblem(args.serverUrl) ??
    plainProblem(args.signedCertificate, certificateProblem) ??
    secondsProblem(
      "issuerTtlSeconds",
      args.issuerTtlSeconds ?? year,
      longestCertificate,
      3 * year,
      "Raise issuerVersion for a new one before it ends.",
    ) ??
    keyTypeProblem("keyType", args.keyType) ??
    pkiRolesProblem(args.roles, permittedDomains)
  );
}

function serverUrlProblem(url: string): Problem {
  return /^https?:\/\/[a-z0-9.[\]:-]+$/.test(url)
    ? undefined
    : `serverUrl must be http:// or https:// and a host in lower case, without a path, got ${shown(url)}.`;
}

function certificateProblem(pem: string): Problem {
  return /^\s*-----BEGIN CERTIFICATE-----/.test(pem) && !pem.includes("PRIVATE KEY")
    ? undefined
    : "signedCertificate must be the certificate that was made of csr, as PEM, and nothing else. The key is in Vault already.";
}
