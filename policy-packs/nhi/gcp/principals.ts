import { claimsOfAnybody } from "../issuers/claims";
import { subjectOfAnybody } from "../issuers/issuers";
import { excessOf, saysOf } from "../issuers/reach";
import { unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { attributeConfinement } from "./condition";
import { isNeverPublic, isServiceAccount } from "./iam-types";
import type { Member } from "./members";

const pool =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/[^/]+\/locations\/global\/workloadIdentityPools\/([^/]+)\/(.+)$/;

/** A subject of a pool has at most 127 bytes, and what stands before it a few hundred. */
const longestMember = 2000;

/** Members that are many at once, and who they are. */
const crowds: readonly { pattern: RegExp; says: string; isInternet?: true }[] = [
  { pattern: /^(principalSet:\/\/goog\/public:)?allUsers$/i, says: "lets in the internet", isInternet: true },
  {
    pattern: /^(principalSet:\/\/goog\/public:)?allAuthenticatedUsers$/i,
    says: "lets in everybody with a Google account",
    isInternet: true,
  },
  { pattern: /^domain:/i, says: "lets in every account of a domain" },
  {
    pattern: /^principalSet:\/\/cloudresourcemanager\.googleapis\.com\/(projects|folders|organizations)\//,
    says: "lets in every workload and service account below a project, folder or organisation",
  },
  {
    pattern: /^principalSet:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/[^/]+\/\*$/,
    says: "lets in everybody who gets into a workforce pool",
  },
];

/** Whether a member is everybody of a domain, a pool, an organisation or the internet. */
export const isCrowd = (name: string): boolean =>
  name.length <= longestMember &&
  (crowds.some(({ pattern }) => pattern.test(name)) || pool.exec(name)?.[2] === "*");

/** Whether a member is a program: a service account, or a workload of a pool. */
export const isMachine = (name: string): boolean =>
  /^(serviceAccount:|principal(Set)?:\/\/iam\.googleapis\.com\/projects\/)/.test(name.trim());

/**
 * Accounts of Google's own that a project needs: `service-123@gcp-sa-….iam.gserviceaccount.com` and what is older than
 * that name (cloud.google.com/iam/docs/service-agents). Anybody may call an account `service-123` in a project of theirs.
 */
export const isGooglesOwn = (name: string): boolean =>
  /^serviceAccount:(\d+@cloudservices|service-\d+@(gcp-sa-[a-z0-9-]+|bigquery-encryption|cloud-filer|cloud-redis|cloud-tpu|cloudcomposer-accounts|compute-system|container-analysis|container-engine-robot|containerregistry|dataflow-service-producer-prod|dataproc-accounts|dlp-api|endpoints-portal|firebase-rules|gae-api-prod\.google\.com|gcf-admin-robot|gs-project-accounts|serverless-robot-prod|sourcerepo-service-accounts)\.iam)\.gserviceaccount\.com$/.test(
    name,
  );

/**
 * Roles that let their holder hand in logs and figures, and see nothing. GCP makes up the identities of its log sinks when
 * they are made, so at preview nobody can know whom they are given to.
 */
const writesOnly = new Set<Member["role"]>([
  "roles/logging.bucketWriter",
  "roles/logging.logWriter",
  "roles/monitoring.metricWriter",
  "roles/cloudtrace.agent",
]);

/** Which workloads a member lets in that it does not name. */
export function memberFindings({ property, member, role }: Member, type: string): Finding[] {
  if (member === unknown)
    return writesOnly.has(role ?? "") ? [] : [undetermined(property, "is not known yet")];
  if (member.length > longestMember) return [undetermined(property, "is longer than any member")];
  const name = member.trim();
  const crowd = crowds.find(({ pattern }) => pattern.test(name));
  if (crowd) {
    // A company's own people may all look at a project. None of them is a service account.
    const isBad = crowd.isInternet ? isNeverPublic(type) : isServiceAccount(type);
    return isBad ? [fail(property, crowd.says)] : [];
  }
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
