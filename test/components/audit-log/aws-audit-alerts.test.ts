import { AlertFormat, AwsAuditAlerts, NhiKind, type AwsAuditAlertsArgs } from "pulumi-nhi";
import { refusalOf, registeredBy, secret } from "../../support/mocks";
import { hasJava, matches } from "./event-ruler";

const jit = "arn:aws:iam::123456789012:role/deploy-jit";
const emergency = "arn:aws:iam::123456789012:role/break-glass";
const topic = "arn:aws:sns:eu-central-1:123456789012:security";
const args: AwsAuditAlertsArgs = {
  metadata: {
    owner: "security",
    purpose: "says what nobody should do",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  region: "eu-central-1",
  forwardedRegions: ["us-east-1"],
  topicArns: [topic],
};
const everything = {
  ...args,
  jitRoleArns: [jit],
  breakGlassRoleArns: [emergency],
  knownNetworks: ["10.20.0.0/16", "192.0.2.7/32"],
  logBucketNames: ["cloudtrail-audit"],
};

const made = (more: Partial<AwsAuditAlertsArgs> = {}) =>
  registeredBy(() => new AwsAuditAlerts("alerts", { ...args, ...more }));
const ofType = async (type: string, more: Partial<AwsAuditAlertsArgs> = {}) =>
  (await made(more)).filter((one) => one.type === type);

type Detail = Record<string, unknown>;

/** A record of CloudTrail as EventBridge passes it on. */
const call = (service: string, eventName: string, more: Detail = {}) => ({
  version: "0",
  source: `aws.${service}`,
  "detail-type": "AWS API Call via CloudTrail",
  account: "123456789012",
  detail: {
    eventVersion: "1.11",
    eventSource: `${service}.amazonaws.com`,
    eventName,
    eventType: "AwsApiCall",
    awsRegion: "us-east-1",
    sourceIPAddress: "203.0.113.9",
    userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::123456789012:assumed-role/Administrator/ann" },
    ...more,
  },
});
const by = (roleArn: string, more: Detail = {}) => ({
  userIdentity: { type: "AssumedRole", sessionContext: { sessionIssuer: { arn: roleArn } }, ...more },
});
const of = (parameter: string, value: string) => ({ requestParameters: { [parameter]: value } });
const denied = (errorMessage: string, errorCode = "AccessDenied") => ({ errorCode, errorMessage });
const tagged = {
  requestParameters: {
    roleArn: jit,
    sourceIdentity: "grant-1",
    tags: [{ key: "nhi:grant-id", value: "1" }],
  },
};
const explicit =
  "is not authorized to perform: s3:PutObject with an explicit deny in an identity-based policy";
const implicit =
  "is not authorized to perform: s3:PutObject because no identity-based policy allows the action";
const consoleSignIn = {
  ...call("signin", "ConsoleLogin", { userIdentity: { type: "Root" }, eventType: "AwsConsoleSignIn" }),
  "detail-type": "AWS Console Sign In via CloudTrail",
};

const table: { alert: string; on: [string, unknown][]; off: [string, unknown][] }[] = [
  {
    alert: "static-key-made",
    on: [
      ["an access key", call("iam", "CreateAccessKey")],
      ["an SSH key", call("iam", "UploadSSHPublicKey")],
      ["a password", call("iam", "CreateLoginProfile")],
    ],
    off: [
      ["one that was refused", call("iam", "CreateAccessKey", denied(implicit))],
      ["one that is deleted", call("iam", "DeleteAccessKey")],
      ["a name that another service has too", call("iotevents", "CreateAccessKey")],
    ],
  },
  {
    alert: "static-key-revived",
    on: [
      [
        "a key that is active again",
        call("iam", "UpdateAccessKey", { requestParameters: { status: "Active" } }),
      ],
      ["a password that is reset", call("iam", "ResetServiceSpecificCredential")],
    ],
    off: [
      [
        "a key that is switched off",
        call("iam", "UpdateAccessKey", { requestParameters: { status: "Inactive" } }),
      ],
    ],
  },
  {
    alert: "root-used",
    on: [
      ["a call", call("s3", "ListBuckets", { userIdentity: { type: "Root" } })],
      ["a sign-in", consoleSignIn],
    ],
    off: [
      [
        "a service in root's name",
        call("s3", "ListBuckets", { userIdentity: { type: "Root", invokedBy: "cloudtrail.amazonaws.com" } }),
      ],
      [
        "an event of AWS's own",
        call("kms", "RotateKey", { userIdentity: { type: "Root" }, eventType: "AwsServiceEvent" }),
      ],
      [
        "a user called root",
        call("s3", "ListBuckets", { userIdentity: { type: "IAMUser", userName: "Root" } }),
      ],
    ],
  },
  {
    alert: "trail-changed",
    on: [
      ["one that is stopped", call("cloudtrail", "StopLogging")],
      ["an attempt", call("cloudtrail", "DeleteTrail", denied(explicit))],
    ],
    off: [
      ["one that is looked at", call("cloudtrail", "DescribeTrails")],
      ["one that is started", call("cloudtrail", "StartLogging")],
    ],
  },
  {
    alert: "trust-changed",
    on: [
      ["a role's trust", call("iam", "UpdateAssumeRolePolicy")],
      ["an issuer", call("iam", "CreateOpenIDConnectProvider")],
      ["an audience", call("iam", "AddClientIDToOpenIDConnectProvider")],
      ["an audience less", call("iam", "RemoveClientIDFromOpenIDConnectProvider")],
      ["an issuer that is gone", call("iam", "DeleteOpenIDConnectProvider")],
      ["a SAML provider that is gone", call("iam", "DeleteSAMLProvider")],
    ],
    off: [
      ["what a role may do", call("iam", "PutRolePolicy")],
      ["one that was refused", call("iam", "UpdateAssumeRolePolicy", denied(implicit))],
    ],
  },
  {
    alert: "certificate-trust-changed",
    on: [
      ["an authority", call("rolesanywhere", "CreateTrustAnchor")],
      ["a list of revoked certificates that is off", call("rolesanywhere", "DisableCrl")],
    ],
    off: [["a session", call("rolesanywhere", "CreateSession")]],
  },
  {
    alert: "key-ending",
    on: [
      ["a deletion", call("kms", "ScheduleKeyDeletion")],
      ["one that is off", call("kms", "DisableKey")],
    ],
    off: [
      ["one that stays after all", call("kms", "CancelKeyDeletion")],
      ["a use", call("kms", "Decrypt")],
    ],
  },
  {
    alert: "alerts-changed",
    on: [
      ["a rule that is off", call("events", "DisableRule", of("name", "alerts-root-used"))],
      ["a rule that is gone", call("events", "DeleteRule", of("name", "alerts-root-used"))],
      ["a rule with another pattern", call("events", "PutRule", of("name", "alerts-root-used"))],
      [
        "an attempt",
        call("events", "DisableRule", { ...of("name", "alerts-root-used"), ...denied(explicit) }),
      ],
      ["a target that is gone", call("events", "RemoveTargets", of("rule", "alerts-root-used"))],
      ["another target", call("events", "PutTargets", of("rule", "alerts-root-used"))],
      ["a topic that is gone", call("sns", "DeleteTopic", of("topicArn", topic))],
      ["a subscription that is gone", call("sns", "Unsubscribe", of("subscriptionArn", `${topic}:0f1e`))],
    ],
    off: [
      ["another rule", call("events", "DisableRule", of("name", "nightly"))],
      ["one that is looked at", call("events", "DescribeRule", of("name", "alerts-root-used"))],
      ["another topic", call("sns", "DeleteTopic", of("topicArn", `${topic}-of-others`))],
      [
        "another topic's subscription",
        call("sns", "Unsubscribe", of("subscriptionArn", `${topic}-of-others:0f1e`)),
      ],
      ["a service that has a rule as well", call("config", "DeleteRule", of("name", "alerts-root-used"))],
    ],
  },
  {
    alert: "log-bucket-changed",
    on: [
      ["another policy", call("s3", "PutBucketPolicy", of("bucketName", "cloudtrail-audit"))],
      ["another lock", call("s3", "PutBucketObjectLockConfiguration", of("bucketName", "cloudtrail-audit"))],
      [
        "an attempt",
        call("s3", "DeleteBucketPolicy", { ...of("bucketName", "cloudtrail-audit"), ...denied(explicit) }),
      ],
    ],
    off: [
      ["another bucket", call("s3", "PutBucketPolicy", of("bucketName", "cloudtrail-audit-2"))],
      ["a policy that is read", call("s3", "GetBucketPolicy", of("bucketName", "cloudtrail-audit"))],
    ],
  },
  {
    alert: "jit-role-untagged",
    on: [
      ["no tags", call("sts", "AssumeRole", { requestParameters: { roleArn: jit, sourceIdentity: "g" } })],
      [
        "no source identity",
        call("sts", "AssumeRole", {
          requestParameters: { ...tagged.requestParameters, sourceIdentity: undefined },
        }),
      ],
      [
        "a token instead of the broker",
        call("sts", "AssumeRoleWithWebIdentity", { requestParameters: { roleArn: jit } }),
      ],
    ],
    off: [
      ["a grant", call("sts", "AssumeRole", tagged)],
      ["another role", call("sts", "AssumeRole", { requestParameters: { roleArn: emergency } })],
      [
        "one that was refused",
        call("sts", "AssumeRole", { requestParameters: { roleArn: jit }, ...denied(implicit) }),
      ],
    ],
  },
  {
    alert: "use-after-revocation",
    on: [
      ["a denied call", call("s3", "PutObject", { ...by(jit), ...denied(explicit) })],
      [
        "as EC2 says it",
        call("ec2", "RunInstances", { ...by(jit), ...denied(explicit, "Client.UnauthorizedOperation") }),
      ],
    ],
    off: [
      ["a right that was never given", call("s3", "PutObject", { ...by(jit), ...denied(implicit) })],
      ["another role", call("s3", "PutObject", { ...by(emergency), ...denied(explicit) })],
      ["a call that went well", call("s3", "PutObject", by(jit))],
    ],
  },
  {
    alert: "use-from-elsewhere",
    on: [
      ["another network", call("s3", "PutObject", { ...by(jit), sourceIPAddress: "10.21.0.1" })],
      ["a longer number", call("s3", "PutObject", { ...by(jit), sourceIPAddress: "10.200.0.1" })],
    ],
    off: [
      ["the network", call("s3", "PutObject", { ...by(jit), sourceIPAddress: "10.20.3.4" })],
      ["the address", call("s3", "PutObject", { ...by(jit), sourceIPAddress: "192.0.2.7" })],
      [
        "a service for the session",
        call("kms", "Decrypt", {
          ...by(jit, { invokedBy: "s3.amazonaws.com" }),
          sourceIPAddress: "s3.amazonaws.com",
        }),
      ],
      ["another role", call("s3", "PutObject", { ...by(emergency), sourceIPAddress: "10.21.0.1" })],
    ],
  },
  {
    alert: "break-glass-opened",
    on: [
      ["a session", call("sts", "AssumeRole", { requestParameters: { roleArn: emergency } })],
      [
        "an attempt",
        call("sts", "AssumeRole", { requestParameters: { roleArn: emergency }, ...denied(implicit) }),
      ],
    ],
    off: [["another role", call("sts", "AssumeRole", tagged)]],
  },
];

const rulesOf = async (more: Partial<AwsAuditAlertsArgs>) =>
  new Map(
    (await ofType("aws:cloudwatch/eventRule:EventRule", more))
      .map(({ inputs }) => inputs as { name: string; region?: string; eventPattern: string })
      .filter(({ region }) => region === undefined)
      .map(({ name, eventPattern }) => [name.replace("alerts-", ""), JSON.parse(eventPattern) as unknown]),
  );

it("has events for each alert", async () => {
  expect([...(await rulesOf(everything)).keys()].sort()).toEqual(table.map(({ alert }) => alert).sort());
});

// The matcher is a Java library.
(hasJava ? describe : describe.skip)("where there is a Java with Maven", () => {
  it("matches what it is for and nothing beside it, as EventBridge matches", async () => {
    const rules = await rulesOf(everything);
    const rows = table.flatMap(({ alert, on, off }) => [
      ...on.map(([what, event]) => ({ what: `${alert} on ${what}`, alert, event, wanted: true })),
      ...off.map(([what, event]) => ({ what: `${alert} on ${what}`, alert, event, wanted: false })),
    ]);
    const answers = matches(rows.map(({ alert, event }) => ({ pattern: rules.get(alert), event })));
    expect(rows.map(({ what }, index) => [what, answers[index]])).toEqual(
      rows.map(({ what, wanted }) => [what, wanted]),
    );
  }, 120_000);
});

it("watches roles and networks only where they are named", async () => {
  expect([...(await rulesOf({})).keys()].sort()).toEqual([
    "alerts-changed",
    "certificate-trust-changed",
    "key-ending",
    "root-used",
    "static-key-made",
    "static-key-revived",
    "trail-changed",
    "trust-changed",
  ]);
});

it("tells each topic in a sentence, and keeps what can't be delivered", async () => {
  const queue = "arn:aws:sqs:eu-central-1:123456789012:lost-alerts";
  const targets = await ofType("aws:cloudwatch/eventTarget:EventTarget", { deadLetterQueueArn: queue });
  const home = targets.filter(({ name }) => name === "alerts-root-used-security");
  expect(home.map(({ inputs }) => inputs)).toEqual([
    {
      rule: "alerts-root-used",
      targetId: "security",
      arn: topic,
      inputTransformer: {
        inputPaths: {
          account: "$.account",
          call: "$.detail.eventName",
          id: "$.detail.eventID",
          region: "$.detail.awsRegion",
          time: "$.detail.eventTime",
          who: "$.detail.userIdentity.arn",
          from: "$.detail.sourceIPAddress",
        },
        inputTemplate:
          '"The account\'s root user did something. <call> by <who> from <from>, account <account>, <region>, <time>, event <id>."',
      },
      deadLetterConfig: { arn: queue },
    },
  ]);
});

it("sends the events of other regions to the bus of the region with the targets", async () => {
  const targets = await ofType("aws:cloudwatch/eventTarget:EventTarget");
  expect(targets.filter(({ name }) => name.endsWith("us-east-1")).map(({ inputs }) => inputs)).toEqual(
    [...(await rulesOf({})).keys()].sort().map((alert) => ({
      rule: `alerts-${alert}`,
      targetId: "home",
      arn: "arn:aws:events:eu-central-1:123456789012:event-bus/default",
      roleArn: expect.any(String) as string,
      region: "us-east-1",
    })),
  );
});

it("keeps the key of a webhook as a secret of its connection, and nowhere else", async () => {
  const registered = await made({
    webhooks: [
      { name: "siem", url: "https://siem.example.com/in", key: "canary-1", header: "X-Token" },
      {
        name: "pager",
        url: "https://events.pagerduty.com/v2/enqueue",
        key: "canary-2",
        format: AlertFormat.PagerDuty,
      },
    ],
  });
  const connections = registered.filter(({ type }) => type.endsWith(":EventConnection"));
  expect(connections.map(({ inputs }) => inputs)).toEqual([
    {
      name: "alerts-pager",
      authorizationType: "API_KEY",
      authParameters: {
        apiKey: { key: "X-Sender", value: "aws" },
        invocationHttpParameters: {
          bodies: [{ key: "routing_key", value: secret("canary-2"), isValueSecret: true }],
        },
      },
    },
    {
      name: "alerts-siem",
      authorizationType: "API_KEY",
      authParameters: { apiKey: { key: "X-Token", value: secret("canary-1") } },
    },
  ]);
  const rest = registered.filter(({ type }) => !type.endsWith(":EventConnection"));
  expect(JSON.stringify(rest)).not.toContain("canary");
  const templates = registered
    .filter(({ name }) => name.startsWith("alerts-root-used-") && !name.endsWith("security"))
    .flatMap(
      ({ inputs }) => (inputs as { inputTransformer?: { inputTemplate: string } }).inputTransformer ?? [],
    )
    .map(({ inputTemplate }) => inputTemplate);
  const summary =
    '"The account\'s root user did something. <call> by <who> from <from>, account <account>, <region>, <time>, event <id>."';
  expect(templates).toEqual([
    `{"event_action": "trigger", "dedup_key": "<id>", "payload": {"summary": ${summary}, "source": "aws:<account>", "severity": "critical", "custom_details": <aws.events.event.json>}}`,
    `{"summary": ${summary}, "source": "aws:<account>", "severity": "critical", "event": <aws.events.event.json>}`,
  ]);
});

it("says on the last day of an exception that it ends", async () => {
  const [schedule] = await ofType("aws:scheduler/schedule:Schedule", {
    exceptionEnds: [{ name: "legacy-erp", expires: "2027-01-31" }],
  });
  expect(schedule?.inputs).toMatchObject({
    scheduleExpression: "at(2027-01-31T06:00:00)",
    target: {
      arn: topic,
      input:
        "The exception legacy-erp ends today, 2027-01-31. Replace its static credential by a federated one, or have it approved anew.",
    },
  });
});

const webhook = { name: "siem", url: "https://siem.example.com/in", key: "canary" };
it.each<{ wrong: Partial<AwsAuditAlertsArgs>; says: string }>([
  {
    wrong: { metadata: { ...args.metadata, owner: "" } },
    says: `metadata.owner must say something, got "".`,
  },
  { wrong: { accountId: "1" }, says: `accountId must be 12 digits, got "1".` },
  {
    wrong: { partition: "gcp" },
    says: `partition must be aws, aws-cn, aws-us-gov or another of AWS's, got "gcp".`,
  },
  { wrong: { region: "eu" }, says: `region must be a region, for example "eu-central-1", got "eu".` },
  {
    wrong: { forwardedRegions: ["eu-central-1"] },
    says: `forwardedRegions[0] must be another region than "eu-central-1", named once, got "eu-central-1".`,
  },
  {
    wrong: { forwardedRegions: [] },
    says: `forwardedRegions must have "us-east-1": the events of IAM and of root's sign-ins arrive there only.`,
  },
  { wrong: { jitRoleArns: ["*"] }, says: `jitRoleArns[0] must be the ARN of one role, got "*".` },
  {
    wrong: { breakGlassRoleArns: ["x"] },
    says: `breakGlassRoleArns[0] must be the ARN of one role, got "x".`,
  },
  {
    wrong: { knownNetworks: ["10.0.0.0/8"] },
    says: "knownNetworks must come with jitRoleArns, whose use is watched.",
  },
  ...["10.20.0.0/12", "10.20.1.0/16", "300.0.0.0/8", "::/0"].map((cidr) => ({
    wrong: { jitRoleArns: [jit], knownNetworks: [cidr] },
    says: `knownNetworks[0] must be an IPv4 network with /8, /16, /24 or /32, for example "10.20.0.0/16", got "${cidr}". EventBridge compares the beginnings of addresses.`,
  })),
  {
    wrong: { logBucketNames: ["cloudtrail-*"] },
    says: `logBucketNames[0] must be a bucket's name, got "cloudtrail-*".`,
  },
  {
    wrong: { topicArns: [] },
    says: "topicArns or webhooks must name somebody who is told. An alert that nobody gets is none.",
  },
  {
    wrong: { topicArns: [topic.replace("eu-central-1", "eu-west-1")] },
    says: `topicArns[0] must be the ARN of a topic in eu-central-1 of 123456789012, got "arn:aws:sns:eu-west-1:123456789012:security". A rule reaches no other.`,
  },
  {
    wrong: { topicArns: [], webhooks: [webhook], exceptionEnds: [{ name: "x", expires: "2027-01-31" }] },
    says: "topicArns must have a topic for exceptionEnds: a schedule can't call a webhook.",
  },
  {
    wrong: { webhooks: [{ ...webhook, name: "SIEM" }] },
    says: `webhooks[0].name must be 1 to 20 lower-case letters, digits or -, got "SIEM".`,
  },
  { wrong: { webhooks: [webhook, webhook] }, says: `webhooks[1].name must be used once, got "siem" again.` },
  {
    wrong: { webhooks: [{ ...webhook, url: "https://key@siem.example.com" }] },
    says: "webhooks[0].url must begin with https:// and have no user, query or fragment: they are not kept secret.",
  },
  {
    wrong: { webhooks: [{ ...webhook, header: "X", format: AlertFormat.PagerDuty }] },
    says: "webhooks[0].header must be left out with format pagerduty, which has the key in the message.",
  },
  {
    wrong: { webhooks: [{ ...webhook, key: "" }] },
    says: "webhooks[0].key must not be empty. Without it anybody could send alerts.",
  },
  {
    wrong: { exceptionEnds: [{ name: "a b", expires: "2027-01-31" }] },
    says: `exceptionEnds[0].name must be 1 to 64 letters, digits or -, got "a b".`,
  },
  {
    wrong: { exceptionEnds: [{ name: "x", expires: "soon" }] },
    says: `exceptionEnds[0].expires must be a day as YYYY-MM-DD, got "soon".`,
  },
])("refuses: $says", async ({ wrong, says }) => {
  expect(await refusalOf(() => new AwsAuditAlerts("alerts", { ...args, ...wrong }))).toBe(
    `AwsAuditAlerts "alerts": ${says}`,
  );
});
