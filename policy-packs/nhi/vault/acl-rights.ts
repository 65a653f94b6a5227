import { type Value, unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { covers, type Grant, grantsIn, isOpenAt, meets } from "./acl";

/** What a policy must not give to a machine. */
interface Reach {
  says: string;
  /** Any of these capabilities is enough. */
  by: readonly string[];
  is: (grant: Grant) => boolean;
  level?: "advisory";
}

const write = ["create", "update", "patch"];
const change = [...write, "delete"];
const use = [...change, "read", "list", "sudo"];

const at =
  (...paths: string[]) =>
  ({ path }: Grant) =>
    paths.some((ours) => meets(path, ours));

/** The same right on a path that is left open. An exact one is somebody's choice. */
const openAt = (part: number, ...paths: string[]) => {
  const isThere = at(...paths);
  return (grant: Grant) => isThere(grant) && isOpenAt(grant.path, part);
};

/**
 * Paths by which a token becomes root, or as good as root
 * (developer.hashicorp.com/vault/docs/concepts/policies#root-protected-api-endpoints).
 */
const reaches: readonly Reach[] = [
  {
    says: "reaches into every mount of Vault",
    by: use,
    is: ({ path }) => path === "*" || path === "+" || path.startsWith("+/"),
  },
  {
    says: "opens all of sys/, which is how Vault itself is run",
    by: use,
    is: ({ path }) => covers(path, "sys/"),
  },
  {
    says: "may write policies, and so give itself every right",
    by: write,
    is: at("sys/policies/acl/+", "sys/policies/rgp/+", "sys/policies/egp/+", "sys/policy/+"),
  },
  {
    says: "may make a way to sign in that gives any policy",
    by: write,
    is: at("sys/auth/+", "sys/auth/+/tune"),
  },
  { says: "may mount and take away secret engines", by: change, is: at("sys/mounts/+", "sys/remount") },
  {
    says: "may take away the audit devices",
    by: [...change, "sudo"],
    is: at("sys/audit/+", "sys/config/auditing/**"),
  },
  {
    says: "may change what a login gives",
    by: write,
    is: at(
      "auth/+/role/+",
      "auth/+/role/+/policies",
      "auth/+/role/+/token-policies",
      "auth/+/roles/+",
      "auth/+/users/+",
      "auth/+/users/+/policies",
      "auth/+/groups/+",
      "auth/+/certs/+",
      "auth/+/map/+/+",
      "auth/+/config",
      "auth/+/config/**",
    ),
  },
  {
    says: "may sign in as every AppRole",
    by: write,
    is: openAt(3, "auth/+/role/+/secret-id", "auth/+/role/+/custom-secret-id"),
  },
  {
    says: "may make tokens without a parent, which stay when it is revoked",
    by: write,
    is: at("auth/token/create-orphan"),
  },
  {
    says: "may make tokens of every token role",
    by: write,
    is: openAt(3, "auth/token/create/+"),
  },
  {
    says: "may give policies to any identity",
    by: write,
    is: at(
      "identity/entity/**",
      "identity/entity-alias/**",
      "identity/group/**",
      "identity/group-alias/**",
      "identity/persona/**",
    ),
  },
  { says: "reads and writes what Vault has stored, past every policy", by: use, is: at("sys/raw/**") },
  { says: "may put code into Vault", by: write, is: at("sys/plugins/catalog/**", "sys/plugins/pins/**") },
  { says: "may copy all that Vault has stored", by: ["read"], is: at("sys/storage/raft/snapshot") },
  { says: "may make namespaces of its own", by: write, is: at("sys/namespaces/+") },
  {
    says: "may change the keys that open Vault",
    by: change,
    is: at("sys/rekey/**", "sys/rekey-recovery-key/**", "sys/rotate/**", "sys/seal", "sys/step-down"),
  },
  {
    says: "may make tokens of its own policies, which may live longer than it does",
    by: write,
    is: (grant) => meets(grant.path, "auth/token/create") && !boundsPolicies(grant),
    level: "advisory",
  },
  {
    says: "has sudo, which opens what Vault keeps for root",
    by: ["sudo"],
    is: () => true,
    level: "advisory",
  },
];

/** Whether it says which policies a token may have. */
const boundsPolicies = ({ allowed }: Grant) =>
  allowed !== undefined &&
  !allowed.has("*") &&
  (allowed.get("policies") ?? ["x"]).length > 0 &&
  !(allowed.get("policies") ?? []).some((value) => value.includes("*"));

/** What a policy's document gives that a machine should not have. Each kind is told once, at the first path. */
export function aclFindings(property: string, policy: Value | undefined): Finding[] {
  if (policy === unknown) return [undetermined(property, "is not known yet")];
  if (policy === undefined || policy === null || policy === "") return [];
  const grants = typeof policy === "string" ? grantsIn(policy) : undefined;
  if (!grants) return [undetermined(property, "can't be read as a policy of Vault")];
  const open = new Set(reaches);
  return grants.flatMap((grant, index) => {
    const found = [...open].filter(
      ({ by, is }) => by.some((capability) => grant.capabilities.has(capability)) && is(grant),
    );
    // What opens everything says it all, and sudo is a part of what is worse.
    const told = found[0]?.level === undefined ? found.filter(({ level }) => level === undefined) : found;
    const [first] = told;
    const worst = first && (first === reaches[0] || first === reaches[1]) ? [first] : told;
    for (const reach of found) open.delete(reach);
    return worst.map(({ says, level }) => (level ? advise : fail)(`${property}.path[${index}]`, says));
  });
}
