import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { shown, type Problem } from "../refusal";
import { CredentialEnd } from "./roles";
import {
  consumerGroups,
  consumersProblem,
  credentialPolicies,
  inServer,
  type CredentialAccess,
  type SecretConsumer,
} from "./consumers";

/** What every secrets engine takes. */
export interface SecretsEngineArgs {
  /** Who answers for the credentials and why they exist. Stands on the mount and in each policy. */
  metadata: NhiMetadata;
  /** Where the engine is mounted, in lower case. Default: the component's name. Elsewhere is an engine made anew. */
  mountPath?: string | undefined;
  /** Which workloads may get credentials of which roles. Default: none, until a role of theirs is given the policies. */
  consumers?: SecretConsumer[] | undefined;
  /**
   * How many requests a second one client address may send to the mount. Default: 100, far above what a job needs and
   * far below what a loop sends. Vault refuses the rest with 429.
   */
  maxRequestsPerSecond?: number | undefined;
  /** How many leases of the mount may be alive at once. Default: no limit. Vault Enterprise only: others refuse it. */
  maxLeases?: number | undefined;
}

/** The engine of a component, mounted. */
export interface SecretsEngine {
  mountPath: string;
  mount: vault.Mount;
  /**
   * For what lies in the mount. It goes with the mount: taken away before, the mount could not revoke the leases that
   * still run, and their users would stay behind.
   */
  inMount: { parent: pulumi.Resource; deletedWith: pulumi.Resource };
}

const defaultRequestsPerSecond = 100;

/** Mounts an engine and limits what it is asked. For engines whose connection is a resource of its own. */
export function mountEngine(
  name: string,
  args: SecretsEngineArgs,
  mountArgs: Omit<vault.MountArgs, "path" | "description">,
  parent: pulumi.Resource,
): SecretsEngine {
  const mountPath = mountPathOf(name, args);
  const mount = new vault.Mount(
    name,
    { path: mountPath, description: metadataLine(args.metadata), ...mountArgs },
    { parent },
  );
  return { mountPath, mount, inMount: limitEngine(name, args, mount, parent) };
}

/** Limits what an engine is asked. Gives the options of what lies in its mount, whatever resource that is. */
export function limitEngine(
  name: string,
  args: SecretsEngineArgs,
  mount: pulumi.Resource,
  parent: pulumi.Resource,
): SecretsEngine["inMount"] {
  const mountPath = mountPathOf(name, args);
  new vault.QuotaRateLimit(
    name,
    {
      name: inServer(mountPath, "requests"),
      path: mountPath,
      rate: args.maxRequestsPerSecond ?? defaultRequestsPerSecond,
    },
    { parent, dependsOn: mount },
  );
  if (args.maxLeases !== undefined)
    new vault.QuotaLeaseCount(
      name,
      { name: inServer(mountPath, "leases"), path: mountPath, maxLeases: args.maxLeases },
      { parent, dependsOn: mount },
    );
  return { parent, deletedWith: mount };
}

/** For each role where a job gets its credential, once what gives it is made. */
export const credentialPathsOf = (
  made: readonly pulumi.Resource[],
  accesses: readonly CredentialAccess[],
): pulumi.Output<Record<string, string>> => byRole(made, accesses, ({ path }) => path);

/** For each role what ends a credential early, once what gives it is made. */
export const credentialEndsOf = (
  made: readonly pulumi.Resource[],
  accesses: readonly CredentialAccess[],
): pulumi.Output<Record<string, string>> =>
  byRole(made, accesses, ({ leased }) => (leased ? CredentialEnd.Lease : CredentialEnd.ExpiryOnly));

const byRole = (
  made: readonly pulumi.Resource[],
  accesses: readonly CredentialAccess[],
  value: (access: CredentialAccess) => string,
) =>
  pulumi
    .all(made.map(({ urn }) => urn))
    .apply(() => Object.fromEntries(accesses.map((access) => [access.role, value(access)])));

/**
 * Lets the consumers, and nobody else, at the credentials. Gives the name of each role's policy, for workloads whose
 * own role is given it instead.
 */
export function letConsumersIn(
  name: string,
  mountPath: string,
  args: SecretsEngineArgs,
  accesses: readonly CredentialAccess[],
  parent: pulumi.Resource,
): pulumi.Output<Record<string, string>> {
  const policies = credentialPolicies(name, mountPath, accesses, args.metadata, parent);
  consumerGroups(name, mountPath, args.consumers ?? [], policies, args.metadata, parent);
  const roles = [...policies.keys()];
  return pulumi
    .all([...policies.values()].map(({ urn }) => urn))
    .apply(() => Object.fromEntries(roles.map((role) => [role, inServer(mountPath, role)])));
}

export const mountPathOf = (name: string, { mountPath }: SecretsEngineArgs) => mountPath ?? name;

/** Checks what every engine takes, against the names of its roles. */
export function engineProblem(name: string, args: SecretsEngineArgs, roles: readonly string[]): Problem {
  return (
    metadataProblem(args.metadata) ??
    mountPathProblem(mountPathOf(name, args)) ??
    countProblem("maxRequestsPerSecond", args.maxRequestsPerSecond) ??
    countProblem("maxLeases", args.maxLeases) ??
    consumersProblem(args.consumers, roles)
  );
}

/** Where Vault itself is: nothing else can be mounted there or below. */
const vaultsOwn = ["auth", "cubbyhole", "identity", "sys"];

function mountPathProblem(mountPath: string): Problem {
  const [first = ""] = mountPath.split("/");
  if (vaultsOwn.includes(first))
    return `mountPath must not begin with ${vaultsOwn.join(", ")}, which are Vault's own, got ${shown(mountPath)}.`;
  return /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*$/.test(mountPath)
    ? undefined
    : `mountPath must be lower-case letters, digits, _ or -, with / between parts, got ${shown(mountPath)}.`;
}

function countProblem(argument: string, count: number | undefined): Problem {
  return count === undefined || (Number.isInteger(count) && count >= 1)
    ? undefined
    : `${argument} must be a whole number from 1 up, got ${count}.`;
}
