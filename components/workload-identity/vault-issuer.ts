import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { refuse, shown, type Problem } from "../refusal";
import { authoritiesProblem } from "./certificate-authorities";

export interface VaultTrustedIssuerArgs {
  /** Who answers for the trust in the issuer and why it exists. Stands in the mount's description. */
  metadata: NhiMetadata;
  /** The issuer's URL as its tokens have it in `iss`, for example `https://gitlab.com`. */
  issuer: string;
  /** Where the mount is, without `auth/`. Default: the component's name. */
  path?: string | undefined;
  /**
   * Where the issuer's keys are, for one that Vault can't discover at `issuer`: a cluster whose issuer is not public, GitHub
   * Enterprise Server behind a proxy. Default: discovered at `issuer` (OpenID Connect Discovery 1.0, section 4).
   */
  jwksUrl?: string | undefined;
  /** Authorities of the TLS certificate of the issuer or of `jwksUrl`, as PEM. Default: those of the server's system. */
  certificateAuthorities?: string | undefined;
}

/**
 * A Vault server's trust in an OIDC issuer: the JWT auth mount at which `VaultFederatedRole` lets its workloads sign in.
 * One for each issuer. By itself it lets nobody in. Works with OpenBao as well.
 *
 * A token of the mount lives an hour at most, whatever a role of somebody else's says, and the mount is not listed to who
 * has not signed in.
 *
 * @example
 * ```typescript
 * const gitlab = new VaultTrustedIssuer("gitlab", { metadata, issuer: "https://gitlab.com" });
 * new VaultFederatedRole("deploy", { ...args, mount: gitlab.mountPath });
 * ```
 */
export class VaultTrustedIssuer extends pulumi.ComponentResource {
  /** The mount's path without `auth/`, for `mount` of `VaultFederatedRole`. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** What Vault calls the mount in its own books, for `mountAccessor` of `VaultWorkload`. Known after the first `up`. */
  readonly accessor: pulumi.Output<string>;

  constructor(name: string, args: VaultTrustedIssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("VaultTrustedIssuer", name, trustedIssuerProblem(name, args));
    super("nhi:index:VaultTrustedIssuer", name, { ...args }, opts);

    const { issuer, jwksUrl, certificateAuthorities } = args;
    const path = args.path ?? name;
    const backend = new vault.jwt.AuthBackend(
      name,
      {
        path,
        type: "jwt",
        description: metadataLine(args.metadata),
        boundIssuer: issuer,
        ...(jwksUrl === undefined
          ? {
              oidcDiscoveryUrl: issuer,
              ...(certificateAuthorities !== undefined && { oidcDiscoveryCaPem: certificateAuthorities }),
            }
          : { jwksUrl, ...(certificateAuthorities !== undefined && { jwksCaPem: certificateAuthorities }) }),
        tune: {
          defaultLeaseTtl: "15m",
          maxLeaseTtl: "1h",
          listingVisibility: "hidden",
          tokenType: "default-service",
        },
      },
      { parent: this },
    );

    this.mountPath = backend.urn.apply(() => path);
    this.accessor = backend.accessor;
    this.registerOutputs({ mountPath: this.mountPath, accessor: this.accessor });
  }
}

function trustedIssuerProblem(name: string, args: VaultTrustedIssuerArgs): Problem {
  const path = args.path ?? name;
  return (
    metadataProblem(args.metadata) ??
    urlProblem("issuer", args.issuer) ??
    (args.jwksUrl === undefined ? undefined : urlProblem("jwksUrl", args.jwksUrl)) ??
    (args.certificateAuthorities === undefined
      ? undefined
      : authoritiesProblem("certificateAuthorities", args.certificateAuthorities)) ??
    (path.startsWith("auth/")
      ? `path must be without "auth/", got ${shown(path)}.`
      : /^[\w.-]+(\/[\w.-]+)*$/.test(path)
        ? undefined
        : `path must be letters, digits, _ . or - with slashes between them, got ${shown(path)}.`)
  );
}

/**
 * Vault compares `iss` with the text as it is written (RFC 7519, section 4.1.1: case-sensitive). On loopback nobody else
 * can answer, so that http is as good there.
 */
function urlProblem(argument: string, url: string): Problem {
  return /^(https:\/\/[a-z0-9.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d+)?(\/[\w.~%/-]*[\w.~%-])?$/.test(url)
    ? undefined
    : `${argument} must be a URL as its owner writes it: https, the host in lower case, no slash at the end, got ${shown(url)}.`;
}
