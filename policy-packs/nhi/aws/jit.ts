import { isMarked, marks } from "../marks";
import type { Resource } from "../rule";
import { unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { isDemanded } from "./conditions";
import { isAbout, list, readDocument, type Statement } from "./document";
import { isAdminPolicy, permissionFindings } from "./permissions";

/** Where rights are given for one task at a time, or to people for longer than any. */
export const awsJitAccess: Record<string, (resource: Resource) => Finding[]> = {
  "aws:iam/role:Role": jitRole("assumeRolePolicy"),
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": peoplesPolicies("managedPolicyArn"),
  "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive":
    peoplesPolicies("managedPolicyArns"),
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": peoplesRights("inlinePolicy"),
  "aws-native:iam:Role": jitRole("assumeRolePolicyDocument"),
  "aws-native:sso:PermissionSet": (resource) => [
    ...peoplesPolicies("managedPolicies")(resource),
    ...peoplesRights("inlinePolicy")(resource),
  ],
  "nhi:index:AwsJitRole": brokersRole,
};

/** What a session has to carry, so that it can be told from others and ended without them. */
const demands: readonly { key: string; without: string }[] = [
  { key: "sts:sourceidentity", without: "without a SourceIdentity, which says who asked" },
  { key: "aws:requesttag/nhi:grant-id", without: "without the tag nhi:grant-id, by which it can be ended" },
  { key: "aws:requesttag/nhi:purpose", without: "without the tag nhi:purpose" },
  { key: "aws:requesttag/nhi:expires-at", without: "without the tag nhi:expires-at" },
];

function jitRole(property: string) {
  return (resource: Resource): Finding[] => {
    if (!isMarked(resource, marks.jit)) return [];
    const reading = readDocument(resource.read(property));
    if ("unreadable" in reading) return [undetermined(property, reading.unreadable)];
    return reading.statements
      .filter((statement) => statement.effect !== "deny" && isAbout(statement, "sts:assumerole"))
      .flatMap((statement) => demandFindings(`${property}.Statement[${statement.index}]`, statement));
  };
}

/** AWS asks for AssumeRole each time, and for TagSession only where there are tags: so the demands stand on AssumeRole. */
function demandFindings(where: string, statement: Statement): Finding[] {
  return demands
    .filter(({ key }) => !isDemanded(statement, key))
    .map(({ without }) =>
      statement.conditionsUnknown || statement.effect === unknown
        ? undetermined(where, `may let in a session ${without}: a part of it is not known yet`)
        : fail(where, `lets in a session ${without}`),
    );
}

function brokersRole(resource: Resource): Finding[] {
  const broker = resource.read("brokerRoleArn");
  if (broker === unknown) return [undetermined("brokerRoleArn", "is not known yet")];
  return typeof broker === "string" && /^arn:[^:*?]+:iam::\d{12}:role\/[^*?]+$/.test(broker)
    ? []
    : [fail("brokerRoleArn", "is not one role: only the broker may assume this one")];
}

const instead = "Let people ask for such rights for an hour, and have somebody approve it.";
const standing = "for as long as they are assigned";

function peoplesPolicies(property: string) {
  return (resource: Resource): Finding[] =>
    list(resource.read(property)).some(isAdminPolicy)
      ? [advise(property, `gives people every right, or what leads to it, ${standing}`, instead)]
      : [];
}

function peoplesRights(property: string) {
  return (resource: Resource): Finding[] =>
    permissionFindings(property, resource.read(property)).map((finding) =>
      finding.verdict === "fail"
        ? advise(finding.property, `${finding.says}, for people and ${standing}`, instead)
        : finding,
    );
}
