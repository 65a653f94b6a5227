/** Records as each log writes them, for a grant that goes the whole way. */
export const grant = "01JZ8F4N6Q2W3E4R5T6Y7V8K9A";
export const otherGrant = "01JZ8F4N6Q2W3E4R5T6Y7V8K9B";
export const accessKey = "ASIAIOSFODNN7EXAMPLE";
export const requester = "arn:aws:iam::111111111111:role/orders-migration";
const day = "2026-03-01T";
/** `at("10:00:05")`, with milliseconds where the log has them. */
export const at = (clock: string) => `${day}${clock}Z`;

export const brokerEvent = (
  number: number,
  type: string,
  clock: string,
  detail: object = {},
  grantId = grant,
) => ({
  id: `${grantId}/${number}`,
  type: `nhi.grant.${type}`,
  time: at(clock),
  grantId,
  tenant: "111111111111",
  requester,
  role: "orders-read",
  by: type === "requested" ? requester : "broker",
  detail,
});

export const brokerEvents = [
  brokerEvent(0, "requested", "10:00:00.000", {
    purpose: "migrate orders",
    environment: "production",
    ttlSeconds: 900,
    task: "CHG-1",
  }),
  brokerEvent(1, "approved", "10:00:00.200", {
    decisionId: "d-1",
    policyHash: "ab".repeat(32),
    policies: ["orders"],
  }),
  brokerEvent(2, "issued", "10:00:02.500", {
    target: "arn:aws:iam::111111111111:role/orders-read",
    expiresAt: at("10:15:00.200"),
  }),
  brokerEvent(3, "completed", "10:05:00.000"),
  brokerEvent(4, "revoked", "10:05:03.000", {
    mechanism: "aws-grant-deny",
    requestedAt: at("10:05:00.000"),
    effectiveAt: at("10:05:03.000"),
    latencyMs: 3000,
  }),
];

export const session = {
  type: "AssumedRole",
  principalId: `AROAEXAMPLE:${grant}`,
  arn: `arn:aws:sts::111111111111:assumed-role/orders-read/${grant}`,
  accountId: "111111111111",
  accessKeyId: accessKey,
  sessionContext: {
    sessionIssuer: {
      type: "Role",
      arn: "arn:aws:iam::111111111111:role/orders-read",
      userName: "orders-read",
    },
    attributes: { creationDate: at("10:00:02"), mfaAuthenticated: "false" },
    sourceIdentity: "orders-migration",
  },
};
export const broker = {
  type: "AssumedRole",
  arn: "arn:aws:sts::111111111111:assumed-role/broker/broker",
  accountId: "111111111111",
  accessKeyId: "ASIABROKERBROKER0001",
};

let counter = 0;
export const cloudTrail = (eventName: string, clock: string, more: object = {}) => ({
  eventVersion: "1.11",
  userIdentity: session,
  eventTime: at(clock),
  eventSource: "dynamodb.amazonaws.com",
  eventName,
  awsRegion: "eu-central-1",
  sourceIPAddress: "10.0.0.7",
  userAgent: "aws-sdk-js/3",
  requestParameters: null,
  responseElements: null,
  requestID: `request-${++counter}`,
  eventID: `event-${eventName}-${clock}`,
  readOnly: true,
  eventType: "AwsApiCall",
  managementEvent: true,
  recipientAccountId: "111111111111",
  eventCategory: "Management",
  ...more,
});

export const assumeRole = cloudTrail("AssumeRole", "10:00:02", {
  userIdentity: broker,
  eventSource: "sts.amazonaws.com",
  requestParameters: {
    roleArn: "arn:aws:iam::111111111111:role/orders-read",
    roleSessionName: grant,
    sourceIdentity: "orders-migration",
    tags: [{ key: "nhi:grant-id", value: grant }],
    durationSeconds: 900,
  },
  responseElements: {
    credentials: {
      accessKeyId: accessKey,
      sessionToken: "canary-session-token",
      expiration: "Mar 1, 2026, 10:15:02 AM",
    },
    assumedRoleUser: { arn: session.arn },
  },
});

export const deny = (clock: string, grants: string[]) =>
  cloudTrail("PutRolePolicy", clock, {
    userIdentity: broker,
    eventSource: "iam.amazonaws.com",
    requestParameters: {
      roleName: "orders-read",
      policyName: "nhi-revoked-grants",
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Action: "*",
            Resource: "*",
            Condition: { StringEquals: { "aws:PrincipalTag/nhi:grant-id": grants } },
          },
        ],
      }),
    },
  });

export const cloudTrailRecords = [
  assumeRole,
  cloudTrail("GetItem", "10:01:00"),
  cloudTrail("Query", "10:02:00"),
  deny("10:05:01", [otherGrant, grant]),
  cloudTrail("GetItem", "10:06:00", { errorCode: "AccessDenied", errorMessage: "canary in a message" }),
];

export const ndjson = (records: readonly object[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");
export const cloudTrailFile = (records: readonly object[]) => JSON.stringify({ Records: records });
