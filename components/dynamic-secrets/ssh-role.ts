import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { firstProblem, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import { isHostName } from "./pki-role";

/** The kinds of keys that SSH certificates are made for. */
export const SshKeyType = {
  Ed25519: "ed25519",
  EcP256: "ec-p256",
  Rsa3072: "rsa-3072",
  Rsa4096: "rsa-4096",
} as const;
export type SshKeyType = (typeof SshKeyType)[keyof typeof SshKeyType];

/** What a user's certificate lets its holder do beside running a command. */
export const SshExtension = {
  /** A terminal, for people. A program needs none. */
  Pty: "permit-pty",
  /** Ways through the host to others. */
  PortForwarding: "permit-port-forwarding",
  /** The holder's other keys can be used on the host, by whoever is root there. */
  AgentForwarding: "permit-agent-forwarding",
  X11Forwarding: "permit-X11-forwarding",
  /** Runs `~/.ssh/rc`. */
  UserRc: "permit-user-rc",
} as const;
export type SshExtension = (typeof SshExtension)[keyof typeof SshExtension];

/** A kind of certificate that lets a workload sign in to hosts. */
export interface SshUserRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/sign/<name>`. */
  name: string;
  /** The users, or the names in a host's `AuthorizedPrincipalsFile`, that it may sign in as, each exactly. At least one. */
  principals: string[];
  /** The one command that its certificates run, whatever the client asks for. Default: any. */
  forcedCommand?: string | undefined;
  /** The networks that it may come from, as CIDR. Default: any. */
  sourceAddresses?: string[] | undefined;
  /** What else its certificates allow. Default: nothing, a command and its output only. */
  extensions?: SshExtension[] | undefined;
  /** The kinds of the workload's keys. Default: `ed25519`. */
  keyTypes?: SshKeyType[] | undefined;
  /**
   * How long one can sign in with a certificate, in seconds. Default: 300. At most 1800: nothing but its end takes a
   * certificate back. A session that is open goes on.
   */
  maxTtlSeconds?: number | undefined;
}

/** A kind of certificate by which a host shows who it is. */
export interface SshHostRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/sign/<name>`. */
  name: string;
  /** The host's names, each exactly: no name below them. At least one. */
  hosts: string[];
  /** The kinds of the host's keys. Default: `ed25519`. */
  keyTypes?: SshKeyType[] | undefined;
  /**
   * How long the host's certificate is good, in seconds. Default: 86400, which is also the most: a timer on the host
   * asks for the next one, and who has copied its key is believed for a day.
   */
  maxTtlSeconds?: number | undefined;
}

export const longestUserCertificate = 1800;
export const defaultUserCertificate = 300;
export const longestHostCertificate = 86_400;

const keys: Record<SshKeyType, { type: string; lengths: number[] }> = {
  ed25519: { type: "ed25519", lengths: [0] },
  "ec-p256": { type: "ec", lengths: [256] },
  "rsa-3072": { type: "rsa", lengths: [3072] },
  "rsa-4096": { type: "rsa", lengths: [4096] },
};

/** Says which workload, through which role, with which key: it stands in the host's log of each sign-in. */
const keyIdFormat = "{{token_display_name}}-{{role_name}}-{{public_key_hash}}";

function shared(
  mountPath: string,
  role: SshUserRole | SshHostRole,
  ttl: number,
): vault.ssh.SecretBackendRoleArgs {
  const lengths = new Map<string, number[]>();
  for (const name of new Set(role.keyTypes ?? [SshKeyType.Ed25519]))
    lengths.set(keys[name].type, [...(lengths.get(keys[name].type) ?? []), ...keys[name].lengths]);
  return {
    backend: mountPath,
    name: role.name,
    keyType: "ca",
    allowedUserKeyConfigs: [...lengths].map(([type, all]) => ({ type, lengths: all })),
    allowEmptyPrincipals: false,
    allowUserKeyIds: false,
    keyIdFormat,
    ttl: String(ttl),
    maxTtl: String(ttl),
  };
}

export function sshUserRole(
  name: string,
  mountPath: string,
  role: SshUserRole,
  opts: pulumi.CustomResourceOptions,
): vault.ssh.SecretBackendRole {
  const { forcedCommand, sourceAddresses = [], extensions = [] } = role;
  const critical = {
    ...(forcedCommand !== undefined && { "force-command": forcedCommand }),
    ...(sourceAddresses.length > 0 && { "source-address": sourceAddresses.join(",") }),
  };
  return new vault.ssh.SecretBackendRole(
    `${name}-${role.name}`,
    {
      ...shared(mountPath, role, role.maxTtlSeconds ?? defaultUserCertificate),
      allowUserCertificates: true,
      allowHostCertificates: false,
      allowedUsers: role.principals.join(","),
      // Who asks for no user in particular gets this one, and not a certificate for none.
      ...(role.principals[0] !== undefined && { defaultUser: role.principals[0] }),
      defaultExtensions: Object.fromEntries(extensions.map((extension) => [extension, ""])),
      ...(Object.keys(critical).length > 0 && { defaultCriticalOptions: critical }),
    },
    opts,
  );
}

export function sshHostRole(
  name: string,
  mountPath: string,
  role: SshHostRole,
  opts: pulumi.CustomResourceOptions,
): vault.ssh.SecretBackendRole {
  return new vault.ssh.SecretBackendRole(
    `${name}-${role.name}`,
    {
      ...shared(mountPath, role, role.maxTtlSeconds ?? longestHostCertificate),
      allowUserCertificates: false,
      allowHostCertificates: true,
      allowedDomains: role.hosts.join(","),
      allowBareDomains: true,
      allowSubdomains: false,
    },
    opts,
  );
}

/**
 * Only what the caller has to say. With `critical_options` it would replace the forced command and the networks of the
 * role by its own: Vault lets it, so the policy doesn't.
 */
export const sshAccess = (mountPath: string, role: string): CredentialAccess => ({
  role,
  path: `${mountPath}/sign/${role}`,
  capability: "update",
  leased: false,
  parameters: ["public_key", "valid_principals", "cert_type", "ttl"],
});

export function userRoleProblem(role: SshUserRole, where: string): Problem {
  const { principals, forcedCommand, sourceAddresses = [], extensions = [], maxTtlSeconds } = role;
  const known: string[] = Object.values(SshExtension);
  if (principals.length === 0)
    return `${where}.principals must name at least one user. Without one the certificate would be for all.`;
  if (forcedCommand?.trim() === "")
    return `${where}.forcedCommand must be a command, got none. Leave it out to allow any.`;
  return (
    firstProblem(principals, (principal, at) => principalProblem(`${where}.principals[${at}]`, principal)) ??
    firstProblem(sourceAddresses, (network, at) =>
      /^[0-9a-f.:]+\/\d{1,3}$/i.test(network) && !network.endsWith("/0")
        ? undefined
        : `${where}.sourceAddresses[${at}] must be a network as CIDR, smaller than all, got ${shown(network)}.`,
    ) ??
    firstProblem(extensions, (extension, at) =>
      known.includes(extension)
        ? undefined
        : `${where}.extensions[${at}] must be one of ${known.join(", ")}, got ${shown(extension)}.`,
    ) ??
    keyTypesProblem(where, role.keyTypes) ??
    secondsProblem(
      `${where}.maxTtlSeconds`,
      maxTtlSeconds ?? defaultUserCertificate,
      30,
      longestUserCertificate,
      "Only its end takes a certificate back: let the workload ask again.",
    )
  );
}

function principalProblem(argument: string, principal: string): Problem {
  if (!/^[a-z_][a-z0-9_.-]*$/.test(principal))
    return `${argument} must be one name in lower-case letters, digits, _, . or -, got ${shown(principal)}.`;
  return principal === "root"
    ? `${argument} must not be root, who may do everything on a host. Name another principal, and map it in the host's AuthorizedPrincipalsFile if it has to be.`
    : undefined;
}

export function hostRoleProblem(role: SshHostRole, where: string): Problem {
  if (role.hosts.length === 0) return `${where}.hosts must name at least one host, got none.`;
  return (
    firstProblem(role.hosts, (host, at) =>
      isHostName(host)
        ? undefined
        : `${where}.hosts[${at}] must be one host name in lower case, without wildcard, got ${shown(host)}.`,
    ) ??
    keyTypesProblem(where, role.keyTypes) ??
    secondsProblem(
      `${where}.maxTtlSeconds`,
      role.maxTtlSeconds ?? longestHostCertificate,
      300,
      longestHostCertificate,
      "Let a timer on the host ask for the next one.",
    )
  );
}

function keyTypesProblem(where: string, keyTypes: readonly SshKeyType[] | undefined): Problem {
  if (keyTypes?.length === 0)
    return `${where}.keyTypes must have at least one kind. Leave it out for ed25519.`;
  return firstProblem(keyTypes ?? [], (keyType, at) => keyTypeProblem(`${where}.keyTypes[${at}]`, keyType));
}

const keyTypeProblem = (argument: string, keyType: SshKeyType): Problem =>
  Object.hasOwn(keys, keyType)
    ? undefined
    : `${argument} must be one of ${Object.keys(keys).join(", ")}, got ${shown(keyType)}.`;
