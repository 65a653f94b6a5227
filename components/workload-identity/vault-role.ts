import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { checked, firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import type { Proof } from "./proof";
import { aliasNames, methods, VaultAuthMethod } from "./vault-methods";
import { proofsOf, workloadsProblem, type Workloads } from "./workloads";

export interface VaultFederatedRoleArgs {
  /** Who answers for the role and why it exists. Stands in the role's session policy. */
  metadata: NhiMetadata;
  /**
   * Path of the auth mount, without `auth/`: `jwt`, or an `AuthBackend`'s `path`. With the method `jwt` it trusts one
   * issuer. Required; `undefined` is in the type because the provider has it in the type of `path`.
   */
  mount: pulumi.Input<string | undefined>;
  /**
   * Paths of the mounts for workloads of further issuers, by their key in `workloads`: `{ gitlab: "gitlab" }`. Default: all
   * sign in at `mount`.
   */
  mounts?: Record<string, string> | undefined;
  /** How the workloads prove who they are. Default: `jwt`. There is no method with a secret that a workload would keep. */
  method?: VaultAuthMethod;
  /**
   * The audience that the workload asks its issuer for, usually the address of the Vault server. Default: the one that the
   * issuer fixes, where it does. Not for the methods `aws`, `gcp` and `cert`.
   */
  audience?: string | undefined;
  /** The authorities that issue the workloads' certificates, as PEM without any key. For the method `cert`, and required there. */
  certificateAuthorities?: string | undefined;
  /** The workloads that may sign in. Those that Vault could mix up get roles of their own: see `roleNames`. */
  workloads: Workloads;
  /**
   * Names of the policies that say what the job may do, for example those of `DatabaseSecrets`. At least one. Default:
   * none, for workloads that an engine lets in by their entity: its `consumers` with a `VaultWorkload`.
   */
  policies?: pulumi.Input<string>[] | undefined;
  /** How long a token lives before it must be renewed, in seconds. Default: 900. At most `tokenMaxTtlSeconds`. */
  tokenTtlSeconds?: number | undefined;
  /** How long a token lives however often it is renewed, in seconds. Default: 1800. At most 3600. */
  tokenMaxTtlSeconds?: number | undefined;
  /** The role's name in Vault, in lower case. Default: the component's name. */
  roleName?: string | undefined;
}

/** An hour, as for a session of an AWS role. */
const longestToken = 3600;

/**
 * A Vault role that workloads sign in to with what they are: the token of their own run, their cloud identity, their
 * certificate. They hold no Vault token and no AppRole secret. Works with OpenBao as well, but for the methods `aws` and
 * `gcp`, which OpenBao does not have.
 *
 * Workloads that Vault could mix up, for example of two repositories, get a role each with the same policies: the first
 * one has `roleName`, the others their source and place in its list after it, as in `deploy-gitlab-0`.
 *
 * A token of this role can look up, renew and revoke itself, and what `policies` allow. It has no `default` policy:
 * that one is the server's, and can be changed to allow anything.
 *
 * @example
 * ```typescript
 * const migration = new VaultFederatedRole("orders-migration", {
 *   metadata,
 *   mount: "github",
 *   audience: "https://vault.example.com",
 *   workloads: {
 *     github: [
 *       { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", environment: "production" },
 *     ],
 *   },
 *   policies: [orders.policyNames.apply((names) => names["migrate"] ?? "")],
 * });
 * ```
 */
export class VaultFederatedRole extends pulumi.ComponentResource {
  /** The first role's name, for `role` in the login request. Known at preview. */
  readonly roleName: pulumi.Output<string>;
  /** The name of the role that each workload signs in to, by its place: `workloads.github[0]`. Known at preview. */
  readonly roleNames: pulumi.Output<Record<string, string>>;
  /** The exact subjects that are let in. Compare them with the token's `sub` when Vault says "claim does not match". */
  readonly subjects: pulumi.Output<string[]>;
  /**
   * What Vault calls each workload, by its place (`workloads.github[0]`), for `aliasName` of `VaultWorkload`. With the method
   * `jwt`, and for workloads with one such name: what the other methods use is a setting of their mount. Known at preview.
   */
  readonly aliasNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: VaultFederatedRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("VaultFederatedRole", name, vaultFederatedRoleProblem(name, args));
    super("nhi:index:VaultFederatedRole", name, { ...args }, opts);

    const method = methods[methodOf(args)];
    const tokenMaxTtl = args.tokenMaxTtlSeconds ?? defaultMaxTtl;
    const policies = (args.policies ?? []).map((policy, index) =>
      checked("VaultFederatedRole", name, policy, (known) => policyProblem(known, index)),
    );
    const logins = loginsOf(name, args);
    const roles = logins.map(({ mount, roleName, proofs }) => {
      const childName = roleName === mainRoleName(name, args) ? name : roleName;
      const given = pulumi.output(mount).apply((path) => path ?? "");
      const backend = checked("VaultFederatedRole", name, given, (path) => mountProblem(path));
      const session = new vault.Policy(
        `${childName}-session`,
        {
          // Policies are the server's, roles are a mount's: the mount keeps two roles of one name apart.
          name: backend.apply((path) => `nhi.session.${path.replaceAll("/", ".").toLowerCase()}.${roleName}`),
          policy: sessionPolicy(args.metadata),
        },
        { parent: this },
      );
      return method.role(
        childName,
        { backend, roleName, proofs },
        args,
        {
          tokenPolicies: [...policies, session.name],
          tokenNoDefaultPolicy: true,
          tokenTtl: args.tokenTtlSeconds ?? defaultTtl,
          tokenMaxTtl,
          tokenExplicitMaxTtl: tokenMaxTtl,
          // Leases end with the service token that they were made with. A batch token can't be revoked.
          tokenType: "service",
        },
        this,
      );
    });

    const made = pulumi.all(roles.map(({ urn }) => urn));
    this.roleName = made.apply(() => mainRoleName(name, args));
    this.roleNames = made.apply(() =>
      Object.fromEntries(
        logins.flatMap(({ roleName, proofs }) => proofs.map(({ where }) => [where, roleName])),
      ),
    );
    this.subjects = pulumi.output(proofsOf(args.workloads).flatMap(({ token }) => token?.subjects ?? []));
    this.aliasNames = pulumi.output(aliasNames(methodOf(args), proofsOf(args.workloads)));
    this.registerOutputs({
      roleName: this.roleName,
      roleNames: this.roleNames,
      subjects: this.subjects,
      aliasNames: this.aliasNames,
    });
  }
}

const methodOf = (args: VaultFederatedRoleArgs) => args.method ?? VaultAuthMethod.Jwt;
const mainRoleName = (name: string, args: VaultFederatedRoleArgs) => args.roleName ?? name;

/** `gitlab` and `0` of `workloads.gitlab[0]`. */
function placeOf({ where }: Proof): { key: string; index: string } {
  const [, key = "", index = ""] = /^workloads\.(\w+)\[(\d+)\]$/.exec(where) ?? [];
  return { key, index };
}

const mountOf = (args: VaultFederatedRoleArgs, proof: Proof): pulumi.Input<string | undefined> =>
  args.mounts?.[placeOf(proof).key] ?? args.mount;

/** The roles to make: workloads that Vault can't mix up share one. */
function loginsOf(name: string, args: VaultFederatedRoleArgs) {
  const groups = new Map<string, Proof[]>();
  for (const proof of proofsOf(args.workloads)) {
    const { key } = placeOf(proof);
    const shared = JSON.stringify([args.mounts?.[key], methods[methodOf(args)].sharedBy(proof, args)]);
    groups.set(shared, [...(groups.get(shared) ?? []), proof]);
  }
  return [...groups.values()].map((proofs, group) => {
    const [first] = proofs as [Proof, ...Proof[]];
    const { key, index } = placeOf(first);
    const main = mainRoleName(name, args);
    return {
      mount: mountOf(args, first),
      roleName: group === 0 ? main : `${main}-${key.toLowerCase()}-${index}`,
      proofs,
    };
  });
}

const defaultTtl = 900;
const defaultMaxTtl = 1800;

function vaultFederatedRoleProblem(name: string, args: VaultFederatedRoleArgs): Problem {
  const { tokenTtlSeconds = defaultTtl, tokenMaxTtlSeconds = defaultMaxTtl } = args;
  return (
    metadataProblem(args.metadata) ??
    plainProblem(args.mount ?? "", (path) => mountProblem(path)) ??
    methodProblem(args) ??
    workloadsProblem(args.workloads, args.metadata.environment, "vault") ??
    mountsProblem(args) ??
    firstProblem(proofsOf(args.workloads), (proof) => methods[methodOf(args)].problem(proof, args)) ??
    oneIssuerProblem(args) ??
    policiesProblem(args.policies) ??
    secondsProblem(
      "tokenMaxTtlSeconds",
      tokenMaxTtlSeconds,
      1,
      longestToken,
      "Let a longer job sign in again.",
    ) ??
    secondsProblem(
      "tokenTtlSeconds",
      tokenTtlSeconds,
      1,
      tokenMaxTtlSeconds,
      "It ends with tokenMaxTtlSeconds.",
    ) ??
    roleNameProblem(args.roleName ?? name)
  );
}

function methodProblem({
  method = VaultAuthMethod.Jwt,
  certificateAuthorities,
}: VaultFederatedRoleArgs): Problem {
  const known: string[] = Object.values(VaultAuthMethod);
  if (!known.includes(method)) return `method must be one of ${known.join(", ")}, got ${shown(method)}.`;
  return certificateAuthorities === undefined || method === VaultAuthMethod.Cert
    ? undefined
    : `certificateAuthorities must not be given with the method ${method}, which reads no certificate.`;
}

function mountsProblem({ mounts = {}, workloads }: VaultFederatedRoleArgs): Problem {
  return firstProblem(Object.entries(mounts), ([key, path]) =>
    (workloads[key as keyof Workloads] ?? []).length === 0
      ? `mounts.${key} must be for a list in workloads that has workloads.`
      : mountProblem(path, `mounts.${key}`),
  );
}

/** A mount trusts one issuer, so workloads of two can't sign in at the same one. */
function oneIssuerProblem(args: VaultFederatedRoleArgs): Problem {
  if (methodOf(args) !== VaultAuthMethod.Jwt) return undefined;
  const proofs = proofsOf(args.workloads);
  return firstProblem(proofs, (proof) => {
    const path = args.mounts?.[placeOf(proof).key];
    const first = proofs.find((other) => args.mounts?.[placeOf(other).key] === path);
    return first?.token?.issuer === proof.token?.issuer
      ? undefined
      : `${proof.where} must sign in at a mount of its own: ${path === undefined ? "mount" : `mounts.${placeOf(proof).key}`} ` +
          `trusts ${first?.token?.issuer ?? ""}, and this one's issuer is ${proof.token?.issuer ?? ""}. ` +
          `Name its mount in mounts, or make a second role.`;
  });
}

function policiesProblem(policies: readonly pulumi.Input<string>[] | undefined): Problem {
  if (policies === undefined) return undefined;
  if (policies.length === 0)
    return "policies must name at least one policy. Without one a token opens nothing. Leave it out where an engine's consumers give the rights.";
  return firstProblem(policies, (policy, index) =>
    plainProblem(policy, (name) => policyProblem(name, index)),
  );
}

function policyProblem(policy: string, index: number): Problem {
  if (policy.trim() === "") return `policies[${index}] must be the name of a policy, got ${shown(policy)}.`;
  // Vault trims a policy's name and turns it to lower case before it looks.
  return policy.trim().toLowerCase() === "root"
    ? `policies[${index}] must not be root, which allows everything. Name a policy with what the job needs.`
    : undefined;
}

function mountProblem(mount: string, argument = "mount"): Problem {
  if (mount.startsWith("auth/")) return `${argument} must be the path without "auth/", got ${shown(mount)}.`;
  return /^[\w.-]+(\/[\w.-]+)*$/.test(mount)
    ? undefined
    : `${argument} must be the path of an auth mount, for example "jwt", got ${shown(mount)}.`;
}

/** Vault turns a role's name to lower case, so that "Deploy" would overwrite "deploy". */
function roleNameProblem(roleName: string): Problem {
  return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(roleName)
    ? undefined
    : `roleName must be lower-case letters, digits, _ . or -, got ${shown(roleName)}. Vault has no upper-case role names.`;
}

/** What a job needs to end its own session, and no more. */
function sessionPolicy(metadata: NhiMetadata): string {
  return `# ${metadataLine(metadata)}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
`;
}
