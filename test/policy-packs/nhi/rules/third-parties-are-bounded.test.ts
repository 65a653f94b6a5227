import { thirdPartiesAreBounded } from "../../../../policy-packs/nhi/rules/third-parties-are-bounded";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { gcpThirdPartyCases } from "../gcp/third-parties";

const role = "aws:iam/role:Role";
const nativeRole = "aws-native:iam:Role";
const bucket = "aws:s3/bucketPolicy:BucketPolicy";
const queue = "aws:sqs/queuePolicy:QueuePolicy";
const key = "aws:kms/key:Key";
const permission = "aws:lambda/permission:Permission";
const grant = "aws:kms/grant:Grant";
const nativePermission = "aws-native:lambda:Permission";

const stranger = "999988887777";
const own = "123456789012";
const config = { ownAccounts: [own] };
const root = (account: string) => `arn:aws:iam::${account}:root`;
const vendor = `arn:aws:iam::${stranger}:role/vendor-scanner`;
const externalId = { StringEquals: { "sts:ExternalId": "5b0a3d9e-7c1f" } };

const document = (...statements: Props[]) => ({ Version: "2012-10-17", Statement: statements });
const assume = (principal: Props[string], condition: Props = {}, more: Props = {}): Props => ({
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRole",
  Condition: condition,
  ...more,
});
const trust = (...statements: Props[]): Props => ({ assumeRolePolicy: document(...statements) });
const allow = (principal: Props[string], condition: Props = {}, more: Props = {}): Props => ({
  Effect: "Allow",
  Principal: principal,
  Action: "s3:*",
  Resource: "*",
  Condition: condition,
  ...more,
});
const policy = (...statements: Props[]): Props => ({ policy: JSON.stringify(document(...statements)) });

const trustAt = (index: number, what: string) => `assumeRolePolicy.Statement[${index}] ${what}`;
const at = (index: number, what: string) => `policy.Statement[${index}] ${what}`;
const noId = "without a fixed ExternalId: for whom it asks can't be told";
const wholeAccount = `lets in whoever another account lets in, ${noId}`;
const oneRole = `lets in another account's role, ${noId}`;
const everybody = "lets in everybody, of every AWS account and of none";
const strangers = "lets in whoever a stranger's account lets in";
const unsaid = "lets in a whole account, and ownAccounts does not say whether it is your own";
const service = "lets in a service of AWS, for whomever it acts";

const withPolicy = [
  ["policy", "aws:cloudwatch/eventBusPolicy:EventBusPolicy"],
  ["policy", "aws:ecr/registryPolicy:RegistryPolicy"],
  ["policy", "aws:ecr/repositoryPolicy:RepositoryPolicy"],
  ["policy", "aws:kms/externalKey:ExternalKey"],
  ["policy", key],
  ["policy", "aws:kms/keyPolicy:KeyPolicy"],
  ["policy", "aws:kms/replicaExternalKey:ReplicaExternalKey"],
  ["policy", "aws:kms/replicaKey:ReplicaKey"],
  ["policy", "aws:s3/bucket:Bucket"],
  ["policy", bucket],
  ["policy", "aws:secretsmanager/secret:Secret"],
  ["policy", "aws:secretsmanager/secretPolicy:SecretPolicy"],
  ["policy", "aws:sns/topic:Topic"],
  ["policy", "aws:sns/topicPolicy:TopicPolicy"],
  ["policy", "aws:sqs/queue:Queue"],
  ["policy", queue],
  ["policyDocument", "aws-native:s3:BucketPolicy"],
  ["policyDocument", "aws-native:sns:TopicInlinePolicy"],
  ["policyDocument", "aws-native:sns:TopicPolicy"],
  ["policyDocument", "aws-native:sqs:QueueInlinePolicy"],
  ["keyPolicy", "aws-native:kms:Key"],
  ["keyPolicy", "aws-native:kms:ReplicaKey"],
  ["policyText", "aws-native:ecr:RegistryPolicy"],
  ["repositoryPolicyText", "aws-native:ecr:Repository"],
  ["resourcePolicy", "aws-native:secretsmanager:ResourcePolicy"],
] as const;

testRule(thirdPartiesAreBounded, {
  allows: [
    {
      name: "a grant for an own role",
      type: grant,
      props: { granteePrincipal: `arn:aws:iam::${own}:role/app`, operations: ["CreateGrant"] },
      config,
    },
    {
      name: "a grant for a role where no account is named as own",
      type: grant,
      props: { granteePrincipal: vendor, retiringPrincipal: unknownText, operations: unknownText },
    },
    ...gcpThirdPartyCases.allows,
    {
      name: "a vendor's role with an ExternalId",
      type: role,
      props: trust(assume({ AWS: vendor }, externalId)),
      config,
    },
    {
      name: "one's own role",
      type: role,
      props: trust(assume({ AWS: `arn:aws:iam::${own}:role/broker` })),
      config,
    },
    { name: "one's own account", type: role, props: trust(assume({ AWS: root(own) })), config },
    {
      name: "a role, where nobody has said which accounts are one's own",
      type: role,
      props: trust(assume({ AWS: vendor })),
    },
    {
      name: "everybody of one's own organisation in that account",
      type: role,
      props: trust(assume({ AWS: root(stranger) }, { StringEquals: { "aws:PrincipalOrgID": "o-1" } })),
    },
    {
      name: "a whole account, of which a condition leaves one role",
      type: role,
      props: trust(
        assume({ AWS: root(stranger) }, { ...externalId, ArnEquals: { "aws:PrincipalArn": vendor } }),
      ),
    },
    { name: "a Deny", type: role, props: trust(assume({ AWS: root(stranger) }, {}, { Effect: "Deny" })) },
    { name: "a service", type: role, props: trust(assume({ Service: "ec2.amazonaws.com" })) },
    { name: "a document that another rule can't read either", type: role, props: { assumeRolePolicy: "{" } },
    { name: "no policy", type: bucket, props: {} },
    {
      name: "a role of another account in a bucket's policy",
      type: bucket,
      props: policy(allow({ AWS: vendor })),
      config,
    },
    {
      name: "a stranger's account, of which a condition leaves one role",
      type: bucket,
      props: policy(allow({ AWS: root(stranger) }, { StringEquals: { "aws:PrincipalArn": vendor } })),
      config,
    },
    {
      name: "everybody of an organisation",
      type: bucket,
      props: policy(allow("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } })),
    },
    {
      name: "everybody in one's own network",
      type: bucket,
      props: policy(
        allow({ AWS: "*" }, { IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"] } }),
      ),
    },
    {
      name: "the queue's own account, which its ARN names",
      type: queue,
      props: policy(allow({ AWS: root(own) }, {}, { Resource: `arn:aws:sqs:eu-central-1:${own}:orders` })),
    },
    { name: "the key's own account", type: key, props: policy(allow({ AWS: own }, {}, { Action: "kms:*" })) },
    {
      name: "the key's own account, and a stranger's role that may use the key",
      type: key,
      props: policy(
        allow({ AWS: root(own) }, {}, { Action: "kms:*" }),
        allow({ AWS: vendor }, {}, { Action: "kms:Decrypt" }),
      ),
    },
    {
      name: "a service in an account's name",
      type: queue,
      props: policy(
        allow(
          { Service: "sns.amazonaws.com" },
          { ArnEquals: { "aws:SourceArn": `arn:aws:sns:eu-central-1:${own}:*` } },
        ),
        allow({ Service: "s3.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": own } }),
      ),
    },
    {
      name: "logs that are encrypted for one account",
      type: key,
      props: policy(
        allow(
          { Service: "logs.eu-central-1.amazonaws.com" },
          { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-central-1:${own}:*` } },
          { Action: "kms:Decrypt" },
        ),
      ),
    },
    {
      name: "a rule of one's own that calls a function",
      type: permission,
      props: { principal: "events.amazonaws.com", sourceArn: `arn:aws:events:eu-central-1:${own}:rule/*` },
    },
    {
      name: "what calls it is not made yet",
      type: permission,
      props: { principal: "events.amazonaws.com", sourceArn: unknownText },
    },
    {
      name: "an account's buckets",
      type: permission,
      props: { principal: "s3.amazonaws.com", sourceAccount: own },
    },
    { name: "an organisation", type: permission, props: { principal: "*", principalOrgId: "o-1" } },
    { name: "a role", type: permission, props: { principal: vendor }, config },
    { name: "one's own account calls it", type: permission, props: { principal: own }, config },
  ],
  blocks: [
    ...gcpThirdPartyCases.blocks,
    {
      name: "a whole account",
      type: role,
      props: trust(assume({ AWS: root(stranger) })),
      says: [trustAt(0, wholeAccount)],
    },
    {
      name: "its number in a list, behind a statement that is right, in another partition",
      type: role,
      props: trust(
        assume({ AWS: vendor }, externalId),
        assume({ AWS: [`arn:aws-cn:iam::${own}:role/a`, stranger] }, {}, { Action: "sts:*" }),
      ),
      config,
      says: [trustAt(1, wholeAccount)],
    },
    {
      name: "a stranger's role without an ExternalId",
      type: role,
      props: trust(assume({ AWS: vendor })),
      config,
      says: [trustAt(0, oneRole)],
    },
    {
      name: "a vendor's role without an ExternalId, where nobody has said which accounts are one's own",
      type: role,
      props: { ...trust(assume({ AWS: vendor })), tags: { "nhi:kind": "third-party" } },
      says: [trustAt(0, oneRole)],
    },
    ...(
      [
        ["that is any", { StringLike: { "sts:ExternalId": "*" } }],
        ["that begins so", { StringLike: { "sts:ExternalId": "acme-*" } }],
        ["that is empty", { StringEquals: { "sts:ExternalId": "" } }],
        ["that is one of two, of which one is any", { StringLike: { "sts:externalid": ["5b0a3d9e", "*"] } }],
        ["if there is one", { StringEqualsIfExists: { "sts:ExternalId": "5b0a3d9e" } }],
        ["that it is not", { StringNotEquals: { "sts:ExternalId": "5b0a3d9e" } }],
        ["that is there", { Null: { "sts:ExternalId": "false" } }],
      ] as [string, Props][]
    ).map(([name, condition]) => ({
      name: `an ExternalId ${name}`,
      type: role,
      props: trust(assume({ AWS: vendor }, condition)),
      config,
      says: [trustAt(0, oneRole)],
    })),
    {
      name: "a whole account with an ExternalId",
      type: role,
      props: trust(assume({ AWS: root(stranger) }, externalId)),
      says: [trustAt(0, "lets in whoever another account lets in")],
      level: "advisory",
    },
    {
      name: "roles of that account by a pattern, with an ExternalId",
      type: role,
      props: trust(
        assume(
          { AWS: root(stranger) },
          { ...externalId, ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${stranger}:role/*` } },
        ),
      ),
      says: [trustAt(0, "lets in whoever another account lets in")],
      level: "advisory",
    },
    {
      name: "a whole account, by the other provider",
      type: nativeRole,
      props: { assumeRolePolicyDocument: document(assume({ AWS: root(stranger) })) },
      says: [`assumeRolePolicyDocument.Statement[0] ${wholeAccount}`],
    },
    ...withPolicy.map(([property, type]) => ({
      name: `everybody, in ${type}`,
      type,
      props: { [property]: document(allow("*")) },
      says: [`${property}.Statement[0] ${everybody}`],
    })),
    {
      name: "everybody but somebody",
      type: queue,
      props: policy({ Effect: "Allow", NotPrincipal: { AWS: root(own) }, Action: "sqs:*", Resource: "*" }),
      says: [at(0, everybody)],
    },
    {
      name: "everybody in half of the internet",
      type: bucket,
      props: policy(allow("*", { IpAddress: { "aws:SourceIp": ["0.0.0.0/1"] } })),
      says: [at(0, everybody)],
    },
    {
      name: "everybody who is not in a network",
      type: bucket,
      props: policy(allow("*", { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } })),
      says: [at(0, everybody)],
    },
    {
      name: "everybody of an organisation, if they are of one",
      type: bucket,
      props: policy(allow("*", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } })),
      says: [at(0, everybody)],
    },
    {
      name: "files for everybody",
      type: bucket,
      props: policy(allow("*", {}, { Action: "s3:GetObject" })),
      says: [at(0, "lets everybody read what is in it")],
      level: "advisory",
    },
    {
      name: "a stranger's account in a second statement",
      type: bucket,
      props: policy(allow({ AWS: vendor }), allow({ AWS: [root(own), stranger] })),
      config,
      says: [at(1, strangers)],
    },
    {
      name: "a stranger's account, which a second statement makes look like the queue's own",
      type: queue,
      props: policy(
        allow({ AWS: root(stranger) }),
        allow({ AWS: root(own) }, {}, { Resource: `arn:aws:sqs:eu-central-1:${stranger}:orders` }),
      ),
      config,
      says: [at(0, strangers)],
    },
    {
      name: "a service, for whomever it acts",
      type: queue,
      props: policy(allow({ Service: "sns.amazonaws.com" }, {}, { Action: "sqs:SendMessage" })),
      says: [at(0, service)],
      level: "advisory",
    },
    {
      name: "everybody calls a function",
      type: permission,
      props: { principal: "*" },
      says: [`principal ${everybody}`],
    },
    {
      name: "a grant by which another account lets in whom it likes",
      type: grant,
      props: { granteePrincipal: vendor, operations: ["Decrypt", "CreateGrant"] },
      config,
      says: ["granteePrincipal is of another account, and may let in whomever it likes"],
    },
    {
      name: "a grant for another account, which another one ends",
      type: grant,
      props: { granteePrincipal: vendor, retiringPrincipal: root(stranger), operations: ["Decrypt"] },
      config,
      says: ["granteePrincipal is of another account", "retiringPrincipal is of another account"],
      level: "advisory",
    },
    {
      name: "a grant for a whole account",
      type: grant,
      props: { granteePrincipal: root(stranger), operations: ["Decrypt"] },
      says: ["granteePrincipal is a whole account: whoever that lets in uses the key"],
      level: "advisory",
    },
    {
      name: "everybody calls a function by its URL",
      type: permission,
      props: { principal: "*", functionUrlAuthType: "NONE" },
      says: ["principal lets everybody call the function by its URL"],
      level: "advisory",
    },
    {
      name: "a stranger's account calls a function",
      type: nativePermission,
      props: { principal: root(stranger) },
      config,
      says: [`principal ${strangers}`],
    },
    {
      name: "a service calls a function, from any account",
      type: permission,
      props: { principal: "events.amazonaws.com", sourceArn: "arn:aws:events:*:*:rule/*" },
      says: ["principal is a service of AWS, for whomever it acts"],
      level: "advisory",
    },
  ],
  undecided: [
    { name: "a policy", type: bucket, props: { policy: unknownText }, says: ["policy is not known yet"] },
    {
      name: "a principal",
      type: bucket,
      props: { policy: document(allow({ AWS: unknownText })) },
      says: [at(0, "lets in a principal that is not known yet")],
    },
    {
      name: "whose account it is",
      type: bucket,
      props: policy(allow({ AWS: root(stranger) })),
      says: [at(0, unsaid)],
    },
    {
      name: "whose account it is, where two may change a key's policy",
      type: key,
      props: policy(allow({ AWS: [root(own), root(stranger)] }, {}, { Action: "kms:*" })),
      says: [at(0, unsaid)],
    },
    {
      name: "of which organisation everybody is",
      type: bucket,
      props: { policy: document(allow("*", { StringEquals: { "aws:PrincipalOrgID": unknownText } })) },
      says: [at(0, "lets in everybody, confined by a value that is not known yet")],
    },
    {
      name: "a condition of a trust",
      type: role,
      props: trust(assume({ AWS: root(stranger) }, { StringEquals: unknownText })),
      says: [trustAt(0, "lets in whoever another account lets in, and a condition is not known yet")],
    },
    {
      name: "an effect",
      type: bucket,
      props: { policy: document(allow("*", {}, { Effect: unknownText })) },
      says: [at(0, everybody)],
    },
    {
      name: "an effect that is none",
      type: bucket,
      props: policy(allow("*", {}, { Effect: "Permit" })),
      says: [at(0, "has no Effect that can be read")],
    },
    {
      name: "who calls a function",
      type: permission,
      props: { principal: unknownText },
      says: ["principal is not known yet"],
    },
    {
      name: "whose account calls a function",
      type: permission,
      props: { principal: stranger },
      says: [`principal ${unsaid}`],
    },
  ],
});
