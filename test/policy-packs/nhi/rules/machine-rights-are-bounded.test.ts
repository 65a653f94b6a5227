import { gcpRightsCases } from "../gcp/rights";
import { vaultRightsCases } from "../vault/cases";
import { vaultCloudCases } from "../vault/cloud-rights";
import { machineRightsAreBounded } from "../../../../policy-packs/nhi/rules/machine-rights-are-bounded";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { endpointCases } from "../vault/endpoint";

const type = "aws:iam/rolePolicy:RolePolicy";
const role = "aws:iam/role:Role";
const nativeRole = "aws-native:iam:Role";
const access = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const nativeAccess = "aws-native:eks:AccessEntry";

const allow = (action: string | string[], resource: string | string[] = "*", more: Props = {}): Props => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...more,
});
const deny = (action: string | string[], more: Props = {}): Props => ({
  Effect: "Deny",
  Action: action,
  Resource: "*",
  ...more,
});
const document = (...statements: Props[]) => ({ Version: "2012-10-17", Statement: statements });
const policy = (...statements: Props[]) => ({ policy: JSON.stringify(document(...statements)) });
const at = (index: number, what: string) => `policy.Statement[${index}] ${what}`;
const everything = "allows every action on every resource";
const aws = (name: string, partition = "aws") => `arn:${partition}:iam::aws:policy/${name}`;
const own = (kind: string, name: string) => `arn:aws:iam::123456789012:${kind}/${name}`;
const adminPolicy = "is a policy of AWS's that gives every right, or leads to it";
const lets = (way: string, actions: string, on = "every resource") =>
  `lets its holder ${way}, as it allows ${actions} on ${on}`;
const passes = "hand every role to a service, and act as it there";
const becomes = "become every role that trusts the account";
const gives = "give every right to every role, user or group";
const keys = "make keys and passwords for every user";
const byWildcard = "resources that it names by a wildcard";
const openPart = "may give its holder more rights: a part of it is not known yet";
const wholeCluster = "gives every right in the whole cluster";
const clusterAdmin = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

testRule(machineRightsAreBounded, {
  allows: [
    ...endpointCases["machine-rights-are-bounded"].allows,
    ...vaultRightsCases.allows,
    ...vaultCloudCases.allows,
    ...gcpRightsCases.allows,
    ...(
      [
        ["every action of one bucket", allow("s3:*", ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"])],
        ["every action, on one bucket", allow("*", "arn:aws:s3:::shop/*")],
        ["what only looks", allow(["ec2:Describe*", "iam:Get*", "iam:List*", "sts:GetCallerIdentity"])],
        ["every action of a service that makes no rights", allow(["s3:*", "dynamodb:*"])],
        ["a role that is named, for a service", allow("iam:PassRole", own("role", "shop"))],
        ["roles whose names begin alike", allow("sts:AssumeRole", own("role", "shop-*"))],
        ["a role of that name in any account", allow("sts:AssumeRole", "arn:aws:iam::*:role/shop-deploy")],
        [
          "services by their first letter, on what has a tag",
          allow("a*", "*", { Condition: { StringEquals: { "aws:ResourceTag/team": "web" } } }),
        ],
        ["one's own keys", allow("iam:*AccessKey*", own("user", "${aws:username}"))],
        [
          "secrets by the beginning of their names",
          allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:123456789012:secret:shop/*"),
        ],
        ["parameters below a path", allow("ssm:GetParameter*", "arn:aws:ssm:*:*:parameter/shop/*")],
        ["one key", allow("kms:*", "arn:aws:kms:eu-central-1:123456789012:key/1a2b-3c4d")],
        [
          "roles with a tag",
          allow(["sts:AssumeRole", "iam:PutRolePolicy"], "*", {
            Condition: { StringEquals: { "aws:ResourceTag/nhi:jit": "true" } },
          }),
        ],
        [
          "roles with the caller's own tag",
          allow("iam:PassRole", "*", {
            Condition: { StringEquals: { "iam:ResourceTag/team": "${aws:PrincipalTag/team}" } },
          }),
        ],
        [
          "roles that keep a boundary",
          allow(["iam:AttachRolePolicy", "iam:PutRolePolicy"], "*", {
            Condition: { StringEquals: { "iam:PermissionsBoundary": own("policy", "pipelines") } },
          }),
        ],
        [
          "a list of policies to attach",
          allow("iam:AttachRolePolicy", "*", {
            Condition: { ArnLike: { "iam:PolicyARN": own("policy", "shop/*") } },
          }),
        ],
      ] as [string, Props][]
    ).map(([name, statement]) => ({ name, type, props: policy(statement) })),
    { name: "what a Deny takes away", type, props: policy(allow("iam:*"), deny("iam:*")) },
    {
      name: "every action, and a Deny for all but two services",
      type,
      props: policy(allow("*"), {
        Effect: "Deny",
        NotAction: ["s3:*", "logs:*"],
        Resource: "*",
      }),
    },
    {
      name: "a policy of one's own that is called like AWS's",
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      props: { policyArn: own("policy", "AdministratorAccess") },
    },
    {
      name: "a policy of AWS's for one task",
      type: role,
      props: { managedPolicyArns: [aws("service-role/AWSLambdaBasicExecutionRole"), unknownText] },
    },
    {
      name: "the way in for emergencies, which has every right",
      type: role,
      props: { managedPolicyArns: [aws("AdministratorAccess")], tags: { "nhi:kind": "break-glass" } },
    },
    {
      name: "a cluster's administrator in some namespaces",
      type: access,
      props: { policyArn: clusterAdmin, accessScope: { type: "namespace", namespaces: ["shop"] } },
    },
    { name: "a role without policies", type: role, props: {} },
  ],
  blocks: [
    ...endpointCases["machine-rights-are-bounded"].blocks,
    ...gcpRightsCases.blocks,
    ...vaultRightsCases.blocks,
    ...vaultCloudCases.blocks,
    ...(
      [
        ["all", allow("*"), [everything]],
        ["all in another spelling", allow("*:*", "arn:aws:*"), [everything]],
        ["all by a question mark", allow("?*", "**"), [everything]],
        ["all in a list", allow(["s3:GetObject", "*"], ["arn:aws:s3:::shop", "*"]), [everything]],
        [
          "all but something",
          { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
          ["allows every action but those that it lists on every resource"],
        ],
        [
          "all things but one",
          { Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::audit" },
          ["allows every action on every resource but those that it lists"],
        ],
        [
          "all from one network, which is still all",
          allow("*", "*", { Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }),
          [everything],
        ],
        ["all with keys in another case", { EFFECT: "allow", action: "*", RESOURCE: "*" }, [everything]],
        ["services by their first letter", allow("a*"), ["names services by a wildcard, on every resource"]],
        [
          "a whole service that makes rights",
          allow(["IAM:*", "kms:*", "organizations:*"]),
          ["allows every action of iam, organizations, kms on every resource"],
        ],
        [
          "a whole service, on every role",
          allow("iam:*", own("role", "*")),
          [`allows every action of iam on ${byWildcard}`],
        ],
        ["every role for a service", allow("iam:PassRole"), [lets(passes, "iam:PassRole")]],
        [
          "every role for one service, which runs what it is given",
          allow("iam:PassRole", "*", {
            Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
          }),
          [lets(passes, "iam:PassRole")],
        ],
        [
          "every role of the account, through wildcards",
          allow("iam:Pass*", "arn:aws-us-gov:iam::999988887777:role/*"),
          [lets(passes, "iam:PassRole", byWildcard)],
        ],
        [
          "a name that one letter fits",
          allow("sts:Assume*", "arn:*:iam::????????????:role/*e*"),
          [lets(becomes, "sts:AssumeRole", byWildcard)],
        ],
        [
          "a name that the caller chooses",
          allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/${aws:UserAgent}"),
          [lets(becomes, "sts:AssumeRole", byWildcard)],
        ],
        [
          "keys for every user",
          allow("iam:*AccessKey", own("user", "*")),
          [lets(keys, "iam:CreateAccessKey, iam:UpdateAccessKey", byWildcard)],
        ],
        [
          "passwords for every user",
          allow(["iam:CreateLoginProfile", "iam:UpdateLoginProfile"]),
          [lets(keys, "iam:CreateLoginProfile, iam:UpdateLoginProfile")],
        ],
        [
          "trust policies",
          allow("iam:UpdateAssumeRolePolicy"),
          [lets("decide who becomes every role", "iam:UpdateAssumeRolePolicy")],
        ],
        [
          "policies of roles",
          allow(["iam:PutRolePolicy", "iam:AttachRolePolicy"]),
          [lets(gives, "iam:AttachRolePolicy, iam:PutRolePolicy")],
        ],
        [
          "policies of roles, of which AdministratorAccess is one",
          allow("iam:AttachRolePolicy", "*", {
            Condition: { ArnEquals: { "iam:PolicyARN": [aws("*"), own("policy", "shop")] } },
          }),
          [lets(gives, "iam:AttachRolePolicy")],
        ],
        [
          "roles that keep a boundary, if they have one",
          allow("iam:PutRolePolicy", "*", {
            Condition: { StringEqualsIfExists: { "iam:PermissionsBoundary": own("policy", "pipelines") } },
          }),
          [lets(gives, "iam:PutRolePolicy")],
        ],
        [
          "roles with any tag",
          allow("iam:PutRolePolicy", "*", { Condition: { StringLike: { "aws:ResourceTag/team": "*" } } }),
          [lets(gives, "iam:PutRolePolicy")],
        ],
        [
          "groups",
          allow("iam:AddUserToGroup", own("group", "*")),
          [lets(gives, "iam:AddUserToGroup", byWildcard)],
        ],
        [
          "boundaries",
          allow("iam:DeleteRolePermissionsBoundary"),
          [lets("take the boundary of every role or user away", "iam:DeleteRolePermissionsBoundary")],
        ],
        [
          "versions of policies",
          allow(["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"]),
          [lets("rewrite every policy", "iam:CreatePolicyVersion, iam:SetDefaultPolicyVersion")],
        ],
        [
          "identity providers",
          allow(["iam:UpdateSAMLProvider", "rolesanywhere:*"]),
          [
            lets(
              "decide whose word the account takes for everybody's identity",
              "iam:UpdateSAMLProvider, rolesanywhere:UpdateTrustAnchor",
            ),
          ],
        ],
        [
          "permission sets",
          allow("sso:CreateAccountAssignment"),
          [lets("give people every permission set", "sso:CreateAccountAssignment")],
        ],
      ] as [string, Props, string[]][]
    ).map(([name, statement, says]) => ({
      name,
      type,
      props: policy(statement),
      says: says.map((what) => at(0, what)),
    })),
    {
      name: "a second statement, behind a harmless one and a Deny of something else",
      type,
      props: policy(allow("s3:GetObject"), deny("iam:DeleteUser"), allow("iam:PassRole")),
      says: [at(2, lets(passes, "iam:PassRole"))],
    },
    {
      name: "a Deny that has a condition",
      type,
      props: policy(
        allow("iam:PassRole"),
        deny("iam:*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } }),
      ),
      says: [at(0, lets(passes, "iam:PassRole"))],
    },
    {
      name: "a Deny for one resource",
      type,
      props: policy(allow("iam:PassRole"), deny("iam:*", { Resource: own("role", "admin") })),
      says: [at(0, lets(passes, "iam:PassRole"))],
    },
    {
      name: "the statement as an object in a text, in a role",
      type: role,
      props: {
        inlinePolicies: [
          { name: "a", policy: JSON.stringify(document(allow("s3:GetObject"))) },
          { name: "b", policy: JSON.stringify({ Statement: allow(["*"]) }) },
        ],
      },
      says: [`inlinePolicies[1].policy.Statement[0] ${everything}`],
    },
    {
      name: "everything, within a boundary",
      type: role,
      props: {
        managedPolicyArns: [aws("AdministratorAccess")],
        permissionsBoundary: own("policy", "pipelines"),
      },
      says: [`managedPolicyArns[0] ${adminPolicy}, and only permissionsBoundary holds it`],
      level: "advisory",
    },
    {
      name: "everything, within a boundary that is not made yet",
      type: role,
      props: { managedPolicyArns: [aws("AdministratorAccess")], permissionsBoundary: unknownText },
      says: [`managedPolicyArns[0] ${adminPolicy}, and only permissionsBoundary holds it`],
      level: "advisory",
    },
    {
      name: "every secret",
      type,
      props: policy(allow(["secretsmanager:Get*", "ssm:GetParameter*"])),
      says: [
        at(
          0,
          lets(
            "read every secret",
            "secretsmanager:GetSecretValue, ssm:GetParameter, ssm:GetParametersByPath",
          ),
        ),
      ],
      level: "advisory",
    },
    {
      name: "a boundary that bounds nothing",
      type: role,
      props: {
        managedPolicyArns: [aws("PowerUserAccess", "aws-cn")],
        permissionsBoundary: aws("AdministratorAccess", "aws-cn"),
      },
      says: [`managedPolicyArns[0] ${adminPolicy}`],
    },
    {
      name: "a wildcard beside what is not known yet",
      type,
      props: { policy: document({ ...allow("*"), Resource: [unknownText, "*"] }) },
      says: [at(0, everything)],
    },
    ...["group", "role", "user"].map((kind) => {
      const name = kind.charAt(0).toUpperCase() + kind.slice(1);
      return {
        name: `a policy of AWS's for a ${kind}, in a list`,
        type: `aws:iam/${kind}PolicyAttachmentsExclusive:${name}PolicyAttachmentsExclusive`,
        props: { policyArns: [unknownText, aws("IAMFullAccess")] },
        says: [`policyArns[1] ${adminPolicy}`],
      };
    }),
    ...["group", "role", "user", ""].map((kind) => {
      const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}PolicyAttachment`;
      return {
        name: `a policy of AWS's, by ${name}`,
        type: `aws:iam/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`,
        props: { policyArn: aws("AdministratorAccess-Amplify", "aws-us-gov") },
        says: [`policyArn ${adminPolicy}`],
      };
    }),
    ...["aws:iam/groupPolicy:GroupPolicy", "aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy"].map(
      (other) => ({
        name: `all, in ${other}`,
        type: other,
        props: policy(allow("*")),
        says: [at(0, everything)],
      }),
    ),
    ...["GroupPolicy", "ManagedPolicy", "RolePolicy", "UserPolicy"].map((name) => ({
      name: `all, in the other provider's ${name}`,
      type: `aws-native:iam:${name}`,
      props: { policyDocument: document(allow("*")) },
      says: [`policyDocument.Statement[0] ${everything}`],
    })),
    ...["aws-native:iam:Group", nativeRole, "aws-native:iam:User"].map((other) => ({
      name: `all, in ${other}`,
      type: other,
      props: { policies: [{ policyName: "all", policyDocument: document(allow("*")) }] },
      says: [`policies[0].policyDocument.Statement[0] ${everything}`],
    })),
    {
      name: "a cluster's administrator",
      type: access,
      props: { policyArn: clusterAdmin, accessScope: { type: "cluster" } },
      says: [`policyArn ${wholeCluster}`],
    },
    {
      name: "a cluster's administrator, by the other provider",
      type: nativeAccess,
      props: { accessPolicies: [{ policyArn: clusterAdmin, accessScope: { type: "cluster" } }] },
      says: [`accessPolicies[0] ${wholeCluster}`],
    },
  ],
  undecided: [
    ...endpointCases["machine-rights-are-bounded"].undecided,
    ...gcpRightsCases.undecided,
    ...vaultRightsCases.undecided,
    ...vaultCloudCases.undecided,
    { name: "a document", type, props: { policy: unknownText }, says: ["policy is not known yet"] },
    {
      name: "a document inside a role",
      type: role,
      props: { inlinePolicies: [{ name: "a", policy: unknownText }] },
      says: ["inlinePolicies[0].policy is not known yet"],
    },
    {
      name: "the role for a service",
      type,
      props: { policy: document({ ...allow("iam:PassRole"), Resource: unknownText }) },
      says: [at(0, openPart)],
    },
    {
      name: "the actions",
      type,
      props: { policy: document({ ...allow("*"), Action: ["s3:GetObject", unknownText] }) },
      says: [at(0, openPart)],
    },
    {
      name: "the conditions",
      type,
      props: { policy: document({ ...allow("iam:PassRole"), Condition: unknownText }) },
      says: [at(0, openPart)],
    },
    {
      name: "a Deny",
      type,
      props: { policy: document(allow("iam:PassRole"), { ...deny("x"), Action: unknownText }) },
      says: [at(0, openPart)],
    },
    {
      name: "an effect",
      type,
      props: { policy: document({ ...allow("*"), Effect: unknownText }) },
      says: [at(0, everything)],
    },
    {
      name: "an effect that is none",
      type,
      props: policy({ ...allow("*"), Effect: "Permit" }),
      says: [at(0, "has no Effect that can be read")],
    },
    {
      name: "where an administrator of a cluster is one",
      type: access,
      props: { policyArn: clusterAdmin, accessScope: unknownText },
      says: ["policyArn gives every right where accessScope says, which is not known yet"],
    },
  ],
});
