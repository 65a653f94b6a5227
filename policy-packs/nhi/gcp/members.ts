import { claimsOfAnybody } from "../issuers/claims";
import { subjectOfAnybody } from "../issuers/issuers";
import { excessOf, saysOf } from "../issuers/reach";
import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { attributeConfinement } from "./condition";

/** One member of a policy, and where it stands. */
export interface Member {
  property: string;
  member: string | typeof unknown;
  role: string | typeof unknown | undefined;
}

/** Members of an IAM resource in each of its three forms: one member, the members of a role, a whole policy as JSON. */
export function membersOf(resource: Resource): Member[] | Finding {
  const role = textOf(resource.read("role"));
  const member = resource.read("member");
  if (member !== undefined) return [{ property: "member", member: textOf(member) ?? "", role }];
  const members = resource.read("members");
  if (members !== undefined) return listed("members", members, role);
  const policy = resource.read("policyData");
  if (policy === undefined) return [];
  if (typeof policy !== "string") return undetermined("policyData", "is not known yet");
  return policyMembers(policy);
}

function listed(property: string, members: Value, role: Member["role"]): Member[] {
  if (members === unknown) return [{ property, member: unknown, role }];
  if (!Array.isArray(members)) return [];
  return members.map((member, index) => ({
    property: `${property}[${index}]`,
    member: textOf(member) ?? "",
    role,
  }));
}

const textOf = (value: Value | undefined): string | typeof unknown | undefined =>
  value === unknown || typeof value === "string" ? value : undefined;

/** Cloud IAM takes no larger policy by far. */
const longestPolicy = 1_000_000;

function policyMembers(policy: string): Member[] | Finding {
  let parsed: unknown;
  try {
    parsed = policy.length > longestPolicy ? undefined : JSON.parse(policy);
  } catch {
    parsed = undefined;
  }
  const bindings =
    typeof parsed === "object" && parsed !== null ? (parsed as { bindings?: unknown }).bindings : undefined;
  if (!Array.isArray(bindings)) return undetermined("policyData", "can't be read as a policy");
  return bindings.flatMap((binding: unknown, index) =>
    isObject(binding as Value)
      ? listed(
          `policyData.bindings[${index}].members`,
          (binding as Record<string, Value>).members ?? [],
          textOf((binding as Record<string, Value>).role),
        )
      : [],
  );
}

const pool =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/[^/]+\/locations\/global\/workloadIdentityPools\/([^/]+)\/(.+)$/;

/** Which workloads a member lets in that it does not name. */
export function memberFindings({ property, member }: Member, isPublicBad: boolean): Finding[] {
  if (member === unknown) return [undetermined(property, "is not known yet")];
  const name = member.trim();
  if (isPublicBad && /^all(Authenticated)?Users$/i.test(name))
    return [
      fail(
        property,
        name.toLowerCase() === "allusers"
          ? "lets in the internet"
          : "lets in everybody with a Google account",
      ),
    ];
  const [, id = "", rest = ""] = pool.exec(name) ?? [];
  if (id !== "") return poolFindings(property, id, rest);
  const [, namespace, account] =
    /^serviceAccount:[^[\s]+\.svc\.id\.goog\[([^/\]]*)\/([^\]]*)\]$/.exec(name) ?? [];
  return namespace === undefined ? [] : gkeFindings(property, namespace, account ?? "");
}

/** A pod that names no service account has `default`, in every cluster of the project. */
function gkeFindings(property: string, namespace: string, account: string): Finding[] {
  if (/[*?]/.test(namespace + account) || namespace === "" || account === "")
    return [fail(property, "names no one service account of Kubernetes")];
  return account === "default"
    ? [fail(property, `lets in every pod of the namespace "${namespace}" that names no service account`)]
    : [];
}

function poolFindings(property: string, id: string, rest: string): Finding[] {
  if (rest === "*") return [fail(property, `lets in everybody who gets into the pool "${id}"`)];
  const [, namespace, account] = /^subject\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(rest) ?? [];
  if (namespace !== undefined) return gkeFindings(property, namespace, account ?? "");
  if (/^(namespace|kubernetes\.serviceaccount\.uid|kubernetes\.cluster)\//.test(rest))
    return rest.startsWith("kubernetes.serviceaccount.uid/")
      ? []
      : [fail(property, `lets in every pod of a ${rest.startsWith("namespace") ? "namespace" : "cluster"}`)];
  const subject = /^subject\/(.+)$/.exec(rest)?.[1];
  if (subject !== undefined) return subjectFindings(property, decoded(subject));
  const [, attribute, value] = /^(attribute\.[^/]+)\/(.+)$/.exec(rest) ?? [];
  if (attribute === undefined || value === undefined)
    return [undetermined(property, "names a group of the pool, and who is in it can't be seen here")];
  return attributeFindings(property, attribute, decoded(value));
}

/** What stands in a principal's name is a part of a URL. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function subjectFindings(property: string, subject: string): Finding[] {
  // A mapping may put its own text before the token's subject.
  const own =
    /^[a-z0-9-]+:((repo|project_path|organization|system|pulumi|spiffe|sc):.*)$/.exec(subject)?.[1] ??
    subject;
  const excess = excessOf(subjectOfAnybody.read({ text: own, whole: true }));
  if (excess === undefined || excess.reach.level === "unknown") return [];
  const says = saysOf(excess, "more than one workload");
  return excess.certain ? [fail(property, says)] : [undetermined(property, says)];
}

function attributeFindings(property: string, attribute: string, value: string): Finding[] {
  // GCP's own mapping gives the role's ARN, and many write one that gives its name.
  if (attribute === "attribute.aws_role")
    return /^(arn:aws[a-z-]*:sts::\d{12}:assumed-role\/)?[^/:*?]+$/.test(value)
      ? []
      : [fail(property, "names no one role of AWS")];
  const confinement = attributeConfinement(attribute, value, (name) => claimsOfAnybody.get(name));
  const excess = excessOf(confinement);
  if (excess === undefined) return [];
  if (excess.reach.level === "unknown")
    return [undetermined(property, `names ${attribute}, and what that is made of can't be seen here`)];
  if (!excess.certain) return [];
  const says = saysOf(excess, `every workload with this ${attribute}`);
  return confinement.owner?.level === "one"
    ? [advise(property, `${says}: name the workload where you can`)]
    : [fail(property, says)];
}
