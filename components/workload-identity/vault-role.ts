import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { checked, firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import type { TokenClaims } from "./proof";
import { audienceProblem, proofsOf, workloadsProblem, type Workloads } from "./workloads";

export interface VaultFederatedRoleArgs {
  /** Who answers for the role and why it exists. Stands in the role's session policy. */
  metadata: NhiMetadata;
  /**
   * Path of the JWT auth mount that trusts the issuer, without `auth/`: `jwt`, or an `AuthBackend`'s `path`. Required;
   * `undefined` is in the type because the provider has it in the type of `path`.
   */
  mount: pulumi.Input<string | undefined>;
  /** The audience that the job asks the issuer for, usually the address of the Vault server. */
  audience: string;
  /** The jobs that may sign in. All of one repository: another one gets a role of its own. */
  workloads: Workloads;
  /** Names of the policies that say what the job may do, for example those of `DatabaseSecrets`. At least one. */
  policies: pulumi.Input<string>[];
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
 * A Vault role that the jobs of one repository sign in to with the token of their own run, so that they hold no Vault
 * token of their own. Works with OpenBao as well.
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
  /** The role's name, for `role` in the login request. Known at preview. */
  readonly roleName: pulumi.Output<string>;
  /** The exact subjects that are let in. Compare them with the token's `sub` when Vault says "claim does not match". */
  readonly subjects: pulumi.Output<string[]>;

  constructor(name: string, args: VaultFederatedRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("VaultFederatedRole", name, vaultFederatedRoleProblem(name, args));
    super("nhi:index:VaultFederatedRole", name, { ...args }, opts);

    const roleName = args.roleName ?? name;
    const given = pulumi.output(args.mount).apply((path) => path ?? "");
    const mount = checked("VaultFederatedRole", name, given, mountProblem);
    const session = new vault.Policy(
      `${name}-session`,
      {
        // Policies are the server's, roles are a mount's: the mount keeps two roles of one name apart.
        name: mount.apply((path) => `nhi.session.${path.replaceAll("/", ".").toLowerCase()}.${roleName}`),
        policy: sessionPolicy(args.metadata),
      },
      { parent: this },
    );
    const tokenMaxTtl = args.tokenMaxTtlSeconds ?? defaultMaxTtl;
    const workloads = tokensOf(args.workloads);
    const subjects = workloads.flatMap((workload) => workload.subjects);
    // The checks have made sure that there is one, and that all are of its repository.
    const [{ claims, identity, trail }] = workloads as [TokenClaims, ...TokenClaims[]];
    const role = new vault.jwt.AuthBackendRole(
      name,
      {
        backend: mount,
        roleName,
        roleType: "jwt",
        boundAudiences: [args.audience],
        boundClaimsType: "string",
        boundClaims: { ...claims, sub: subjects.join(",") },
        // The entity in Vault, and so all that is granted to it, stays with the repository and not with its name.
        userClaim: identity,
        claimMappings: Object.fromEntries(["sub", ...trail].map((claim) => [claim, claim])),
        // Seconds that clocks may differ by: Vault's own default is 60.
        clockSkewLeeway: 30,
        // A token that does not say when it ends, or begins, is given no time of its own: the default is 150 seconds.
        expirationLeeway: -1,
        notBeforeLeeway: -1,
        tokenPolicies: [
          ...args.policies.map((policy, index) =>
            checked("VaultFederatedRole", name, policy, (known) => policyProblem(known, index)),
          ),
          session.name,
        ],
        tokenNoDefaultPolicy: true,
        tokenTtl: args.tokenTtlSeconds ?? defaultTtl,
        tokenMaxTtl,
        tokenExplicitMaxTtl: tokenMaxTtl,
        // Leases end with the service token that they were made with. A batch token can't be revoked.
        tokenType: "service",
      },
      { parent: this },
    );

    this.roleName = role.urn.apply(() => roleName);
    this.subjects = pulumi.output(subjects);
    this.registerOutputs({ roleName: this.roleName, subjects: this.subjects });
  }
}

const tokensOf = (workloads: Workloads) => proofsOf(workloads).flatMap(({ token }) => token ?? []);

const defaultTtl = 900;
const defaultMaxTtl = 1800;

function vaultFederatedRoleProblem(name: string, args: VaultFederatedRoleArgs): Problem {
  const { tokenTtlSeconds = defaultTtl, tokenMaxTtlSeconds = defaultMaxTtl } = args;
  return (
    metadataProblem(args.metadata) ??
    plainProblem(args.mount ?? "", mountProblem) ??
    audienceProblem(args.audience, "vault") ??
    workloadsProblem(args.workloads, args.metadata.environment, "vault") ??
    oneRepositoryProblem(args.workloads) ??
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

/**
 * Vault compares claims one by one and takes any of a claim's values: with two repositories, the name of the one with
 * the number of the other would pass. And it splits values at commas.
 */
function oneRepositoryProblem(workloads: Workloads): Problem {
  const claims = tokensOf(workloads);
  const first = JSON.stringify(claims[0]?.claims);
  return firstProblem(claims, (workload, index) => {
    const comma = workload.subjects.find((subject) => subject.includes(","));
    if (comma !== undefined)
      return `workloads.github[${index}] must have no comma, got ${shown(comma)}. Vault reads a list there.`;
    return JSON.stringify(workload.claims) === first
      ? undefined
      : `workloads.github[${index}] must be of the same repository as workloads.github[0]. Make a second role.`;
  });
}

function policiesProblem(policies: readonly pulumi.Input<string>[]): Problem {
  if (policies.length === 0)
    return "policies must name at least one policy. Without one a token opens nothing.";
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

function mountProblem(mount: string): Problem {
  if (mount.startsWith("auth/")) return `mount must be the path without "auth/", got ${shown(mount)}.`;
  return /^[\w.-]+(\/[\w.-]+)*$/.test(mount)
    ? undefined
    : `mount must be the path of a JWT auth mount, for example "jwt", got ${shown(mount)}.`;
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
