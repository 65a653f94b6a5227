import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine } from "../identity";
import { firstProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import {
  credentialEndsOf,
  credentialPathsOf,
  engineProblem,
  letConsumersIn,
  limitEngine,
  mountPathOf,
  type SecretsEngineArgs,
} from "./engine";
import { endpointProblem } from "./federation";
import { namedRolesProblem } from "./roles";

/** Where a role of Kubernetes holds. */
export const KubernetesRoleKind = {
  /** In one namespace. */
  Role: "Role",
  /** A role of the cluster, bound in one namespace. */
  ClusterRole: "ClusterRole",
} as const;
export type KubernetesRoleKind = (typeof KubernetesRoleKind)[keyof typeof KubernetesRoleKind];

/** A kind of token that Vault asks the cluster for. */
export interface KubernetesSecretRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/creds/<name>`. */
  name: string;
  /** The namespaces that it may be asked for, by name. At least one. */
  namespaces: string[];
  /** Who takes the token: its audiences. At least one. */
  audiences: string[];
  /** A role of Kubernetes: Vault makes a service account with it for each lease, and deletes it with the lease. */
  roleName?: string | undefined;
  /** Which kind of role `roleName` is. Default: `Role`. */
  roleKind?: KubernetesRoleKind;
  /** A service account that exists: its tokens are *expiry-only*. One of `roleName` and `serviceAccountName` is required. */
  serviceAccountName?: string | undefined;
  /** How long a token lives, in seconds. Default: 600, the cluster's shortest. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a token lives at most, in seconds. Default: 600. At most 3600. */
  maxTtlSeconds?: number | undefined;
}

/** The cluster, for a Vault that runs outside of it. */
export interface KubernetesCluster {
  /** The API server: `https://cluster.example.com:6443`. */
  host: string;
  /** The authority that signed the API server's certificate, as PEM. Default: those that Vault's machine trusts. */
  caCertificate?: pulumi.Input<string> | undefined;
  /** A token of the service account that Vault makes tokens with, as a secret. Written, never read and never in the state. */
  token: pulumi.Input<string>;
  /** Raise it with a new `token`: it is sent then and at no other time. Default: 1. */
  tokenVersion?: number | undefined;
}

export interface KubernetesSecretsArgs extends SecretsEngineArgs {
  /** The cluster. Default: the one that Vault runs in, with the token of its own pod, which the cluster renews. */
  cluster?: KubernetesCluster | undefined;
  /** What tokens Vault can ask for. At least one. */
  roles: KubernetesSecretRole[];
}

/** The cluster takes no less (Kubernetes API, `TokenRequestSpec.expirationSeconds`). */
const shortestTtl = 600;
const longestTtl = 3600;

/**
 * Vault's engine for Kubernetes: each job gets a token for the namespaces and audiences that are named. With `roleName`, it
 * is of a service account that exists for the lease only.
 *
 * @example
 * ```typescript
 * new KubernetesSecrets("cluster", {
 *   metadata,
 *   roles: [{ name: "deploy", namespaces: ["shop"], roleName: "deployer", audiences: ["https://kubernetes.default.svc"] }],
 * });
 * ```
 */
export class KubernetesSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each role the path that a job asks for a token, with `kubernetes_namespace`. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token of Vault's ask. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;
  /** For each role what ends a token early: `lease` with `roleName`, `expiry-only` with `serviceAccountName`. Known at preview. */
  readonly credentialEnds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: KubernetesSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("KubernetesSecrets", name, kubernetesSecretsProblem(name, args));
    const { cluster, ...rest } = args;
    const { token, ...shownCluster } = cluster ?? { token: "" };
    super("nhi:index:KubernetesSecrets", name, { ...rest, ...(cluster && { cluster: shownCluster }) }, opts);

    const mountPath = mountPathOf(name, args);
    const mount = new vault.kubernetes.SecretBackend(
      name,
      {
        path: mountPath,
        description: metadataLine(args.metadata),
        defaultLeaseTtlSeconds: shortestTtl,
        maxLeaseTtlSeconds: longestTtl,
        ...(cluster && {
          kubernetesHost: cluster.host,
          serviceAccountJwtWo: pulumi.secret(token),
          serviceAccountJwtWoVersion: cluster.tokenVersion ?? 1,
          ...(cluster.caCertificate !== undefined && { kubernetesCaCert: cluster.caCertificate }),
        }),
        disableLocalCaJwt: cluster !== undefined,
        auditNonHmacResponseKeys: ["service_account_name", "service_account_namespace"],
      },
      { parent: this },
    );
    const inMount = limitEngine(name, args, mount, this);
    const roles = args.roles.map(
      (role) =>
        new vault.kubernetes.SecretBackendRole(
          `${name}-${role.name}`,
          {
            backend: mountPath,
            name: role.name,
            allowedKubernetesNamespaces: role.namespaces,
            tokenDefaultTtl: role.defaultTtlSeconds ?? shortestTtl,
            tokenMaxTtl: role.maxTtlSeconds ?? shortestTtl,
            tokenDefaultAudiences: role.audiences,
            ...(role.roleName !== undefined && {
              kubernetesRoleName: role.roleName,
              kubernetesRoleType: role.roleKind ?? KubernetesRoleKind.Role,
            }),
            ...(role.serviceAccountName !== undefined && { serviceAccountName: role.serviceAccountName }),
          },
          { ...inMount, dependsOn: mount },
        ),
    );

    const accesses = accessOf(mountPath, args);
    this.mountPath = mount.urn.apply(() => mountPath);
    this.credentialPaths = credentialPathsOf(roles, accesses);
    this.credentialEnds = credentialEndsOf(roles, accesses);
    this.policyNames = letConsumersIn(name, mountPath, args, accesses, this);
    this.registerOutputs({
      mountPath: this.mountPath,
      credentialPaths: this.credentialPaths,
      credentialEnds: this.credentialEnds,
      policyNames: this.policyNames,
    });
  }
}

const accessOf = (mountPath: string, args: KubernetesSecretsArgs): CredentialAccess[] =>
  args.roles.map(({ name, roleName }) => ({
    role: name,
    path: `${mountPath}/creds/${name}`,
    // A request says which namespace it is for.
    capability: "update",
    leased: roleName !== undefined,
    // Audiences of the request go before the role's, and `cluster_role_binding` makes the role hold in all namespaces.
    parameters: ["kubernetes_namespace", "ttl"],
  }));

/** Names of objects in Kubernetes (RFC 1123 labels); roles may have dots and colons as well. */
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function kubernetesSecretsProblem(name: string, args: KubernetesSecretsArgs): Problem {
  return (
    engineProblem(
      name,
      args,
      args.roles.map((role) => role.name),
    ) ??
    clusterProblem(args.cluster) ??
    namedRolesProblem("roles", args.roles, roleProblem)
  );
}

function clusterProblem(cluster: KubernetesCluster | undefined): Problem {
  if (cluster === undefined) return undefined;
  const { host, token, tokenVersion = 1 } = cluster;
  if (typeof token === "string")
    return "cluster.token must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty.";
  if (!Number.isInteger(tokenVersion) || tokenVersion < 1)
    return `cluster.tokenVersion must be a whole number from 1 up, got ${tokenVersion}.`;
  return endpointProblem("cluster.host", host);
}

function roleProblem(role: KubernetesSecretRole, where: string): Problem {
  const { defaultTtlSeconds = shortestTtl, maxTtlSeconds = shortestTtl, roleName, serviceAccountName } = role;
  if (role.namespaces.length === 0) return `${where}.namespaces must have at least one namespace, by name.`;
  if ((roleName === undefined) === (serviceAccountName === undefined))
    return `${where} must have one of roleName and serviceAccountName, got ${roleName === undefined ? "none" : "both"}.`;
  if (role.audiences.length === 0)
    return `${where}.audiences must have at least one audience. A token without one is good everywhere.`;
  return (
    firstProblem(role.namespaces, (namespace) =>
      label.test(namespace)
        ? undefined
        : `${where}.namespaces must be names of namespaces, got ${shown(namespace)}. A pattern lets the job choose.`,
    ) ??
    firstProblem(role.audiences, (audience) =>
      /^\S+$/.test(audience) && !audience.includes("*")
        ? undefined
        : `${where}.audiences must be exact audiences, got ${shown(audience)}.`,
    ) ??
    (roleName === undefined ||
    (/^[a-z0-9][a-z0-9.:-]{0,252}$/i.test(roleName) && roleName !== "cluster-admin")
      ? undefined
      : `${where}.roleName must be a role for one task, got ${shown(roleName)}.`) ??
    (serviceAccountName === undefined || (label.test(serviceAccountName) && serviceAccountName !== "default")
      ? undefined
      : `${where}.serviceAccountName must be a service account of the job's own, got ${shown(serviceAccountName)}.`) ??
    secondsProblem(
      `${where}.maxTtlSeconds`,
      maxTtlSeconds,
      shortestTtl,
      longestTtl,
      "The cluster gives no shorter token; let a longer job ask again.",
    ) ??
    secondsProblem(
      `${where}.defaultTtlSeconds`,
      defaultTtlSeconds,
      shortestTtl,
      maxTtlSeconds,
      "A token ends with maxTtlSeconds.",
    )
  );
}
