import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine, vaultMetadata, type NhiMetadata } from "../identity";
import { firstProblem, shown, type Problem } from "../refusal";
import { namedProblem } from "./roles";

/** A workload that may get credentials of an engine. */
export interface SecretConsumer {
  /** What it is called in the engine's policies and groups, in lower case. Once per engine. */
  name: string;
  /** The engine's roles that it may use, by name. At least one. */
  roles: string[];
  /** The ids of its entities in Vault, for example `entityId` of a `VaultWorkload`. At least one. */
  entityIds: pulumi.Input<string>[];
  /**
   * Whether it can ask for a new credential when one ends. Default: true. One that can't is refused: what it needs is a
   * `StaticCredentialException`.
   */
  canRefresh?: boolean | undefined;
}

/** How a token gets the credential of one role. */
export interface CredentialAccess {
  role: string;
  /** The path that it calls: `<mountPath>/creds/<role>`. */
  path: string;
  /** `read` for a GET, `update` for a POST. */
  capability: "read" | "update";
  /** Whether what comes has a lease, which can be renewed and revoked. Without one it ends by itself only. */
  leased: boolean;
  /** What the call may say. Default: anything. For engines that let a caller go beyond the role. */
  parameters?: readonly string[];
}

/** Neither a mount path nor a role's name has a dot, so no other mount and name make this one. */
export const inServer = (mountPath: string, name: string) => `nhi.${mountPath.replaceAll("/", ".")}.${name}`;

/** One policy for each role, on exactly its paths. */
export function credentialPolicies(
  name: string,
  mountPath: string,
  accesses: readonly CredentialAccess[],
  metadata: NhiMetadata,
  parent: pulumi.Resource,
): Map<string, vault.Policy> {
  const roles = [...new Set(accesses.map(({ role }) => role))];
  return new Map(
    roles.map((role) => [
      role,
      new vault.Policy(
        `${name}-${role}`,
        {
          name: inServer(mountPath, role),
          policy: policyText(
            accesses.filter((access) => access.role === role),
            metadata,
          ),
        },
        { parent },
      ),
    ]),
  );
}

function policyText(accesses: readonly CredentialAccess[], metadata: NhiMetadata): string {
  return [`# ${metadataLine(metadata)}\n`, ...accesses.map(accessText)].join("");
}

/** Renewing and revoking are held to leases below the path: an id of another lease is refused. */
const accessText = ({ path, capability, leased, parameters }: CredentialAccess) =>
  `path "${path}" {
  capabilities = ["${capability}"]
${parameters ? parametersText(parameters) : ""}}
${leased ? leaseText(path) : ""}`;

const parametersText = (parameters: readonly string[]) =>
  `  allowed_parameters = {
${parameters.map((parameter) => `    "${parameter}" = []\n`).join("")}  }
`;

const leaseText = (path: string) => `path "sys/leases/renew" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["${path}/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["${path}/*"]
    "sync" = []
  }
}
`;

/**
 * A group for each consumer: its entities get the policies of its roles with any token that they sign in for, and lose
 * them with the group.
 */
export function consumerGroups(
  name: string,
  mountPath: string,
  consumers: readonly SecretConsumer[],
  policies: ReadonlyMap<string, vault.Policy>,
  metadata: NhiMetadata,
  parent: pulumi.Resource,
): vault.identity.Group[] {
  return consumers.map(
    (consumer) =>
      new vault.identity.Group(
        `${name}-${consumer.name}`,
        {
          name: inServer(mountPath, consumer.name),
          type: "internal",
          policies: consumer.roles.flatMap((role) => policies.get(role)?.name ?? []),
          memberEntityIds: consumer.entityIds,
          metadata: vaultMetadata(metadata),
        },
        { parent },
      ),
  );
}

export function consumersProblem(
  consumers: readonly SecretConsumer[] | undefined,
  roles: readonly string[],
): Problem {
  return namedProblem("consumers", consumers ?? [], (consumer, where) => {
    if (consumer.canRefresh === false)
      return `${where}.canRefresh must be true: a credential of this engine ends and is asked for again. For ${shown(consumer.name)}, which can't, make a StaticCredentialException, which has an owner and an end.`;
    if (consumer.entityIds.length === 0)
      return `${where}.entityIds must have at least one entity. Give the entityId of a VaultWorkload.`;
    if (consumer.roles.length === 0)
      return `${where}.roles must name at least one of the engine's roles: ${roles.join(", ")}.`;
    return firstProblem(consumer.roles, (role) =>
      roles.includes(role)
        ? undefined
        : `${where}.roles must be roles of this engine (${roles.join(", ")}), got ${shown(role)}.`,
    );
  });
}
