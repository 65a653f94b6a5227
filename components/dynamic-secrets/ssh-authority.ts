import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { refuse, type Problem } from "../refusal";
import {
  engineProblem,
  credentialPathsOf,
  letConsumersIn,
  mountEngine,
  type SecretsEngineArgs,
} from "./engine";
import {
  defaultUserCertificate,
  hostRoleProblem,
  longestHostCertificate,
  longestUserCertificate,
  sshAccess,
  sshHostRole,
  sshUserRole,
  userRoleProblem,
  type SshHostRole,
  type SshUserRole,
} from "./ssh-role";
import { namedProblem } from "./roles";

export interface SshCertificateAuthorityArgs extends SecretsEngineArgs {
  /** Which certificates it signs for those who sign in to hosts. Not beside `hosts`. */
  users?: SshUserRole[] | undefined;
  /** Which certificates it signs for hosts. Not beside `users`: whoever trusts one key for both can be tricked with it. */
  hosts?: SshHostRole[] | undefined;
}

/**
 * An authority for SSH: instead of a key in `authorized_keys` for ever, a workload gets a certificate for its own key,
 * for named users and five minutes; or a host gets one, so that nobody has to trust a key on first sight. Its key is
 * Ed25519, made in Vault, and never leaves it. OpenBao has the engine too; it was not tried there.
 *
 * Expiry-only: nothing takes a certificate back before its end, except a host that is told to refuse it (`RevokedKeys`).
 *
 * @example
 * ```typescript
 * const ssh = new SshCertificateAuthority("ssh-users", {
 *   metadata,
 *   users: [{ name: "deploy", principals: ["deploy"], forcedCommand: "/usr/local/bin/deploy" }],
 * });
 * // Each host's sshd_config says TrustedUserCAKeys, a file with this one line.
 * const trustedUserCaKey = ssh.publicKey;
 * ```
 */
export class SshCertificateAuthority extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /**
   * The authority's public key: for `TrustedUserCAKeys` in the `sshd_config` of hosts, or behind
   * `@cert-authority <hosts>` in the `known_hosts` of those who sign in.
   */
  readonly publicKey: pulumi.Output<string>;
  /** For each role the path that a workload sends its public key to. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token get certificates. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SshCertificateAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("SshCertificateAuthority", name, sshAuthorityProblem(name, args));
    super("nhi:index:SshCertificateAuthority", name, { ...args }, opts);
    const { users = [], hosts = [] } = args;
    const isOfHosts = hosts.length > 0;

    const { mountPath, mount, inMount } = mountEngine(
      name,
      args,
      {
        type: "ssh",
        // The mount's limits also hold for roles that somebody adds by hand.
        defaultLeaseTtlSeconds: isOfHosts ? longestHostCertificate : defaultUserCertificate,
        maxLeaseTtlSeconds: isOfHosts ? longestHostCertificate : longestUserCertificate,
        // A certificate is no secret. With these the trail joins a sign-in on a host to who got the certificate.
        auditNonHmacRequestKeys: ["public_key", "valid_principals"],
        auditNonHmacResponseKeys: ["serial_number", "signed_key"],
      },
      this,
    );
    const authority = new vault.ssh.SecretBackendCa(
      name,
      { backend: mountPath, generateSigningKey: true, keyType: "ed25519" },
      { ...inMount, dependsOn: mount },
    );
    const ready = { ...inMount, dependsOn: authority };
    const roles = [
      ...users.map((role) => sshUserRole(name, mountPath, role, ready)),
      ...hosts.map((role) => sshHostRole(name, mountPath, role, ready)),
    ];

    const accesses = [...users, ...hosts].map((role) => sshAccess(mountPath, role.name));
    this.mountPath = mount.urn.apply(() => mountPath);
    this.publicKey = authority.publicKey;
    this.credentialPaths = credentialPathsOf(roles, accesses);
    this.policyNames = letConsumersIn(name, mountPath, args, accesses, this);
    this.registerOutputs({
      mountPath: this.mountPath,
      publicKey: this.publicKey,
      credentialPaths: this.credentialPaths,
      policyNames: this.policyNames,
    });
  }
}

function sshAuthorityProblem(name: string, args: SshCertificateAuthorityArgs): Problem {
  const { users = [], hosts = [] } = args;
  if (users.length + hosts.length === 0)
    return "users or hosts must have at least one role. Without one nobody can get a certificate.";
  if (users.length > 0 && hosts.length > 0)
    return "users and hosts must be two authorities: one key for both makes whoever controls a host's certificates a user of every host.";
  return (
    engineProblem(
      name,
      args,
      [...users, ...hosts].map((role) => role.name),
    ) ??
    namedProblem("users", users, userRoleProblem) ??
    namedProblem("hosts", hosts, hostRoleProblem)
  );
}
