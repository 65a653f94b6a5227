import { jitAccessIsDecided } from "../../../../policy-packs/nhi/rules/jit-access-is-decided";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { entitlementCases } from "../gcp/entitlements";

const role = "aws:iam/role:Role";
const nativeRole = "aws-native:iam:Role";
const component = "nhi:index:AwsJitRole";
const attachment = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment";
const inline = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy";
const permissionSet = "aws-native:sso:PermissionSet";

const broker = "arn:aws:iam::123456789012:role/nhi-broker";
const tags = { "nhi:jit": "true" };
const tagged = {
  "aws:RequestTag/nhi:grant-id": "?*",
  "aws:RequestTag/nhi:purpose": "?*",
  "aws:RequestTag/nhi:expires-at": "????-??-??T??:??:??Z",
};
const attributed = { "sts:SourceIdentity": "?*" };
const allow = (action: string | string[], condition: Props, more: Props = {}): Props => ({
  Effect: "Allow",
  Principal: { AWS: broker },
  Action: action,
  Condition: condition,
  ...more,
});
const trust = (...statements: Props[]): Props => ({
  assumeRolePolicy: { Version: "2012-10-17", Statement: statements },
  tags,
});
const at = (index: number, what: string) => `assumeRolePolicy.Statement[${index}] ${what}`;
const noIdentity = "lets in a session without a SourceIdentity, which says who asked";
const noGrant = "lets in a session without the tag nhi:grant-id, by which it can be ended";
const noPurpose = "lets in a session without the tag nhi:purpose";
const noEnd = "lets in a session without the tag nhi:expires-at";
const all = [noIdentity, noGrant, noPurpose, noEnd];
const admin = "arn:aws:iam::aws:policy/AdministratorAccess";
const everyRight = "gives people every right, or what leads to it, for as long as they are assigned";
const everything = "allows every action on every resource, for people and for as long as they are assigned";
const allowAll = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

testRule(jitAccessIsDecided, {
  allows: [
    ...entitlementCases.allows,
    {
      name: "what the component makes",
      type: role,
      props: trust(
        allow("sts:AssumeRole", { StringLike: { ...tagged, ...attributed } }),
        allow("sts:TagSession", { StringLike: tagged }),
        allow("sts:SetSourceIdentity", { StringLike: attributed }),
      ),
    },
    {
      name: "the demands in several operators, and keys in another case",
      type: role,
      props: trust(
        allow(["sts:AssumeRole", "sts:TagSession"], {
          Null: { "aws:requesttag/NHI:GRANT-ID": "false", "STS:SourceIdentity": "false" },
          StringEquals: { "aws:RequestTag/nhi:purpose": ["migrate", "backfill"] },
          "ForAnyValue:StringLike": { "aws:RequestTag/nhi:expires-at": "20*" },
        }),
      ),
    },
    { name: "a Deny", type: role, props: trust(allow("sts:AssumeRole", {}, { Effect: "Deny" })) },
    { name: "a role that is none", type: role, props: { ...trust(allow("sts:*", {})), tags: {} } },
    {
      name: "one that says so",
      type: role,
      props: { ...trust(allow("sts:*", {})), tags: { "nhi:jit": "False" } },
    },
    { name: "a broker's role", type: component, props: { brokerRoleArn: broker } },
    {
      name: "a policy for looking",
      type: attachment,
      props: { managedPolicyArn: admin.replace("Administrator", "ReadOnly") },
    },
    {
      name: "few rights for people",
      type: permissionSet,
      props: { inlinePolicy: { Statement: { Effect: "Allow", Action: "s3:Get*", Resource: "*" } } },
    },
  ],
  blocks: [
    ...entitlementCases.blocks,
    {
      name: "no demands",
      type: role,
      props: trust(allow("sts:AssumeRole", {})),
      says: all.map((what) => at(0, what)),
    },
    {
      name: "demands on TagSession alone, which nobody has to ask for",
      type: role,
      props: trust(
        allow("sts:AssumeRole", { StringLike: attributed }),
        allow("sts:TagSession", { StringLike: tagged }),
      ),
      says: [at(0, noGrant), at(0, noPurpose), at(0, noEnd)],
    },
    {
      name: "demands that hold when the key is missing",
      type: role,
      props: trust(
        allow("sts:AssumeRole", {
          StringLikeIfExists: attributed,
          "ForAllValues:StringLike": { "aws:RequestTag/nhi:grant-id": "?*" },
          StringNotEquals: { "aws:RequestTag/nhi:purpose": "" },
          Null: { "aws:RequestTag/nhi:expires-at": "true" },
        }),
      ),
      says: all.map((what) => at(0, what)),
    },
    {
      name: "tags that may be empty",
      type: role,
      props: trust(
        allow("sts:AssumeRole", {
          StringLike: { ...tagged, ...attributed, "aws:RequestTag/nhi:grant-id": ["?*", "*"] },
        }),
      ),
      says: [at(0, noGrant)],
    },
    {
      name: "a second statement, by a wildcard, in a text",
      type: role,
      props: {
        tags: { "NHI:JIT": "true" },
        assumeRolePolicy: JSON.stringify({
          Statement: [
            allow("sts:AssumeRole", { StringLike: { ...tagged, ...attributed } }),
            allow("STS:Assume*", { StringLike: tagged }),
          ],
        }),
      },
      says: [at(1, noIdentity)],
    },
    {
      name: "no demands, by the other provider",
      type: nativeRole,
      props: {
        tags: [{ key: "nhi:jit", value: "true" }],
        assumeRolePolicyDocument: { Statement: allow("sts:AssumeRole", { StringLike: tagged }) },
      },
      says: [`assumeRolePolicyDocument.Statement[0] ${noIdentity}`],
    },
    ...["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/*", "*"].map((brokerRoleArn) => ({
      name: `${brokerRoleArn} as the broker`,
      type: component,
      props: { brokerRoleArn },
      says: ["brokerRoleArn is not one role: only the broker may assume this one"],
    })),
    {
      name: "every right for people",
      type: attachment,
      props: { managedPolicyArn: admin },
      says: [`managedPolicyArn ${everyRight}`],
      level: "advisory",
    },
    {
      name: "every right for people, among others",
      type: "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive",
      props: { managedPolicyArns: [admin.replace("Administrator", "ReadOnly"), admin] },
      says: [`managedPolicyArns ${everyRight}`],
      level: "advisory",
    },
    {
      name: "every right for people, in a document",
      type: inline,
      props: { inlinePolicy: JSON.stringify(allowAll) },
      says: [`inlinePolicy.Statement[0] ${everything}`],
      level: "advisory",
    },
    {
      name: "every right for people, by the other provider",
      type: permissionSet,
      props: { managedPolicies: [unknownText, admin], inlinePolicy: allowAll },
      says: [`managedPolicies ${everyRight}`, `inlinePolicy.Statement[0] ${everything}`],
      level: "advisory",
    },
  ],
  undecided: [
    ...entitlementCases.undecided,
    {
      name: "the whole document",
      type: role,
      props: { tags, assumeRolePolicy: unknownText },
      says: ["assumeRolePolicy is not known yet"],
    },
    {
      name: "a condition",
      type: role,
      props: trust(allow("sts:AssumeRole", { StringLike: { ...tagged }, StringEquals: unknownText })),
      says: [
        at(
          0,
          "may let in a session without a SourceIdentity, which says who asked: a part of it is not known yet",
        ),
      ],
    },
    {
      name: "the broker",
      type: component,
      props: { brokerRoleArn: unknownText },
      says: ["brokerRoleArn is not known yet"],
    },
    {
      name: "what people may do",
      type: inline,
      props: { inlinePolicy: unknownText },
      says: ["inlinePolicy is not known yet"],
    },
  ],
});
