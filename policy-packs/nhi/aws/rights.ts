import { markOf } from "../marks";
import type { Judge } from "../rule";
import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { element, list } from "./document";
import { isAdminPolicy, permissionFindings } from "./permissions";

/** What gives rights to whoever has it. */
export const awsRights: Record<string, Judge> = {
  "aws:iam/groupPolicy:GroupPolicy": document("policy"),
  "aws:iam/policy:Policy": document("policy"),
  "aws:iam/role:Role": holder({ inline: ["inlinePolicies", "policy"] }),
  "aws:iam/rolePolicy:RolePolicy": document("policy"),
  "aws:iam/userPolicy:UserPolicy": document("policy"),
  ...forTypes(attached("policyArn"), [
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  ]),
  ...forTypes(attached("policyArns"), [
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
  ]),
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (resource) =>
    clusterAdmin("policyArn", resource.read("policyArn"), resource.read("accessScope")),
  ...forTypes(holder({ inline: ["policies", "policyDocument"] }), [
    "aws-native:iam:Group",
    "aws-native:iam:Role",
    "aws-native:iam:User",
  ]),
  ...forTypes(document("policyDocument"), [
    "aws-native:iam:GroupPolicy",
    "aws-native:iam:ManagedPolicy",
    "aws-native:iam:RolePolicy",
    "aws-native:iam:UserPolicy",
  ]),
  "aws-native:eks:AccessEntry": (resource) =>
    list(resource.read("accessPolicies")).flatMap((policy, index) =>
      clusterAdmin(`accessPolicies[${index}]`, element(policy, "policyarn"), element(policy, "accessscope")),
    ),
};

function forTypes(judge: Judge, types: string[]) {
  return Object.fromEntries(types.map((type) => [type, judge]));
}

function document(property: string): Judge {
  return (resource) => permissionFindings(property, resource.read(property));
}

/** One ARN or many. */
function attached(property: string): Judge {
  return (resource) => adminFindings(property, resource.read(property));
}

function adminFindings(property: string, value: Value | undefined): Finding[] {
  const isList = Array.isArray(value);
  return list(value).flatMap((policyArn, index) =>
    isAdminPolicy(policyArn)
      ? [
          fail(
            isList ? `${property}[${index}]` : property,
            "is a policy of AWS's that gives every right, or leads to it",
          ),
        ]
      : [],
  );
}

/** A role, user or group, with policies of its own and a boundary around all of them. */
function holder({ inline: [property, documentName] }: { inline: [string, string] }): Judge {
  return (resource) => {
    // Its rights are the point of it, and its way in is another rule's.
    if (markOf(resource, "kind") === "break-glass") return [];
    const findings = [
      ...adminFindings("managedPolicyArns", resource.read("managedPolicyArns")),
      ...list(resource.read(property)).flatMap((policy, index) =>
        permissionFindings(
          `${property}[${index}].${documentName}`,
          policy === unknown ? unknown : element(policy, documentName.toLowerCase()),
        ),
      ),
    ];
    const boundary = resource.read("permissionsBoundary");
    const isBounded =
      boundary === unknown || (typeof boundary === "string" && boundary !== "" && !isAdminPolicy(boundary));
    return isBounded ? findings.map(withinBoundary) : findings;
  };
}

/** What the boundary leaves of it stands in the boundary's own document. */
const withinBoundary = (finding: Finding): Finding =>
  finding.verdict === "fail"
    ? advise(finding.property, `${finding.says}, and only permissionsBoundary holds it`)
    : finding;

/** Policies of EKS that give every right in a cluster: they are narrow only where they are given for namespaces. */
const clusterAdmins = /^arn:[^:]*:eks::aws:cluster-access-policy\/Amazon(EKSClusterAdmin|EKSAdmin)Policy$/;

function clusterAdmin(property: string, policyArn: Value | undefined, scope: Value | undefined): Finding[] {
  if (typeof policyArn !== "string" || !clusterAdmins.test(policyArn)) return [];
  const reach = element(scope, "type");
  if (reach === unknown)
    return [undetermined(property, "gives every right where accessScope says, which is not known yet")];
  return reach !== "namespace"
    ? [
        fail(
          property,
          "gives every right in the whole cluster",
          "Give AmazonEKSEditPolicy for the namespaces that it needs.",
        ),
      ]
    : [];
}
