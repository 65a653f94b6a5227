import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { type Finding, undetermined } from "../verdict";

/** One member of a policy, and where it stands. */
export interface Member {
  property: string;
  member: string | typeof unknown;
  role: string | typeof unknown | undefined;
  /** When the member has the role: where that stands, and the condition with its `expression`. */
  condition: { property: string; value: Value | undefined };
}

/** What all members of a role have in common. */
type Shared = Pick<Member, "role" | "condition">;

/** Members of an IAM resource in each of its forms: one member, the members of a role, a policy whole or as JSON. */
export function membersOf(resource: Resource): Member[] | Finding {
  const shared: Shared = {
    role: textOf(resource.read("role")),
    condition: { property: "condition", value: resource.read("condition") },
  };
  const member = resource.read("member");
  if (member !== undefined) return [{ property: "member", member: textOf(member) ?? "", ...shared }];
  const members = resource.read("members");
  if (members !== undefined) return listed("members", members, shared);
  const bindings = resource.read("bindings");
  if (bindings !== undefined) return bound("bindings", bindings);
  const policy = resource.read("policyData");
  if (policy === undefined) return [];
  return typeof policy === "string" ? policyMembers(policy) : undetermined("policyData", "is not known yet");
}

function listed(property: string, members: Value | undefined, shared: Shared): Member[] {
  if (members === unknown) return [{ property, member: unknown, ...shared }];
  if (!Array.isArray(members)) return [];
  return members.map((member, index) => ({
    property: `${property}[${index}]`,
    member: textOf(member) ?? "",
    ...shared,
  }));
}

export const textOf = (value: Value | undefined): string | typeof unknown | undefined =>
  value === unknown || typeof value === "string" ? value : undefined;

function bound(property: string, bindings: Value): Member[] | Finding {
  if (bindings === unknown) return undetermined(property, "is not known yet");
  if (!Array.isArray(bindings)) return undetermined(property, "can't be read as a list of bindings");
  return bindings.flatMap((binding, index) => {
    const at = `${property}[${index}]`;
    const of: Record<string, Value> = isObject(binding) ? binding : {};
    return listed(`${at}.members`, binding === unknown ? unknown : of.members, {
      role: binding === unknown ? unknown : textOf(of.role),
      condition: { property: `${at}.condition`, value: binding === unknown ? unknown : of.condition },
    });
  });
}

/** Cloud IAM takes no larger policy by far. */
const longestPolicy = 1_000_000;

function policyMembers(policy: string): Member[] | Finding {
  let parsed: Value | undefined;
  try {
    parsed = policy.length > longestPolicy ? undefined : (JSON.parse(policy) as Value);
  } catch {
    parsed = undefined;
  }
  return isObject(parsed) && Array.isArray(parsed.bindings)
    ? bound("policyData.bindings", parsed.bindings)
    : undetermined("policyData", "can't be read as a policy");
}
