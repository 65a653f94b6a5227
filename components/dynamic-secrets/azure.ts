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
import { federationProblem, federationOf, type EngineFederation } from "./federation";
import { namedRolesProblem } from "./roles";

/** A role of Azure on one scope. */
export interface AzureGrant {
  /** The role's name: `Storage Blob Data Reader`. Those that give rights to others are refused. */
  roleName: string;
  /** What it is for: a resource group or a resource, below a subscription. */
  scope: string;
}

/** A kind of service principal that Vault makes for each lease. */
export interface AzureSecretRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/creds/<name>`. */
  name: string;
  /** What the service principal may do. At least one. */
  grants: AzureGrant[];
  /** How long a lease lives unless it is renewed, in seconds. Default: 900. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a lease lives however often it is renewed, in seconds. Default: 3600. At most 14400. */
  maxTtlSeconds?: number | undefined;
}

export interface AzureSecretsArgs extends SecretsEngineArgs {
  /** The subscription: a GUID. */
  subscriptionId: string;
  /** The tenant of Entra ID: a GUID. */
  tenantId: string;
  /**
   * How Vault proves to Entra ID who it is: by a token that it signs, as the application with the client id `identity`. Vault
   * Enterprise only. Default: by the managed identity of its server. There is no argument for a client secret.
   */
  federation?: EngineFederation | undefined;
  /** What service principals Vault can make. At least one. */
  roles: AzureSecretRole[];
}

const defaultTtl = 900;
const defaultMaxTtl = 3600;
const longestTtl = 14_400;

/**
 * Vault's engine for Azure: each job gets a service principal of its own, with exact roles, that is deleted for good when
 * the lease ends or is revoked. Vault itself holds no client secret.
 *
 * @example
 * ```typescript
 * new AzureSecrets("azure", {
 *   metadata,
 *   subscriptionId: "11111111-2222-4333-8444-555555555555",
 *   tenantId: "66666666-7777-4888-9999-000000000000",
 *   roles: [
 *     {
 *       name: "reports",
 *       grants: [
 *         {
 *           roleName: "Storage Blob Data Reader",
 *           scope: "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/reports",
 *         },
 *       ],
 *     },
 *   ],
 * });
 * ```
 */
export class AzureSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each role the path that a job reads a credential from. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token read credentials, and renew and revoke the leases. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;
  /** For each role what ends a credential early: `lease`. Known at preview. */
  readonly credentialEnds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: AzureSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AzureSecrets", name, azureSecretsProblem(name, args));
    super("nhi:index:AzureSecrets", name, { ...args }, opts);

    const mountPath = mountPathOf(name, args);
    const mount = new vault.azure.Backend(
      name,
      {
        path: mountPath,
        description: metadataLine(args.metadata),
        defaultLeaseTtlSeconds: defaultTtl,
        maxLeaseTtlSeconds: longestTtl,
        subscriptionId: args.subscriptionId,
        tenantId: args.tenantId,
        ...federationOf(args.federation, "clientId"),
        auditNonHmacResponseKeys: ["client_id"],
      },
      { parent: this },
    );
    const inMount = limitEngine(name, args, mount, this);
    const roles = args.roles.map(
      (role) =>
        new vault.azure.BackendRole(
          `${name}-${role.name}`,
          {
            backend: mountPath,
            role: role.name,
            azureRoles: role.grants,
            ttl: String(role.defaultTtlSeconds ?? defaultTtl),
            maxTtl: String(role.maxTtlSeconds ?? defaultMaxTtl),
            // Entra ID keeps a deleted application for 30 days, from where it could be brought back.
            permanentlyDelete: true,
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

const accessOf = (mountPath: string, args: AzureSecretsArgs): CredentialAccess[] =>
  args.roles.map(({ name }) => ({
    role: name,
    path: `${mountPath}/creds/${name}`,
    capability: "read",
    leased: true,
  }));

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const guidProblem = (argument: string, given: string): Problem =>
  guid.test(given) ? undefined : `${argument} must be a GUID, got ${shown(given)}.`;

/** Roles by which a principal could give itself or others more (Azure built-in roles). */
const givingRights = [
  "contributor",
  "owner",
  "role based access control administrator",
  "user access administrator",
  "access review operator service role",
];

function azureSecretsProblem(name: string, args: AzureSecretsArgs): Problem {
  return (
    engineProblem(
      name,
      args,
      args.roles.map((role) => role.name),
    ) ??
    guidProblem("subscriptionId", args.subscriptionId) ??
    guidProblem("tenantId", args.tenantId) ??
    federationProblem(args.federation, (identity) => guidProblem("federation.identity", identity)) ??
    namedRolesProblem("roles", args.roles, roleProblem)
  );
}

function roleProblem(role: AzureSecretRole, where: string): Problem {
  const { grants, defaultTtlSeconds = defaultTtl, maxTtlSeconds = defaultMaxTtl } = role;
  return (
    (grants.length === 0
      ? `${where}.grants must have at least one role of Azure. Without one the credential is good for nothing.`
      : firstProblem(grants, (grant, index) => grantProblem(`${where}.grants[${index}]`, grant))) ??
    secondsProblem(`${where}.maxTtlSeconds`, maxTtlSeconds, 1, longestTtl, "Let a longer job ask again.") ??
    secondsProblem(
      `${where}.defaultTtlSeconds`,
      defaultTtlSeconds,
      1,
      maxTtlSeconds,
      "A lease ends with maxTtlSeconds.",
    )
  );
}

function grantProblem(where: string, { roleName, scope }: AzureGrant): Problem {
  if (roleName.trim() === "") return `${where}.roleName must name a role of Azure, got none.`;
  if (givingRights.includes(roleName.trim().toLowerCase()))
    return `${where}.roleName must be a role for one task, got ${shown(roleName)}, which manages everything or gives rights to others.`;
  return /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/\s]+(\/providers\/\S+)?$/i.test(scope)
    ? undefined
    : `${where}.scope must be a resource group or a resource, /subscriptions/<id>/resourceGroups/<name>…, got ${shown(scope)}.`;
}
