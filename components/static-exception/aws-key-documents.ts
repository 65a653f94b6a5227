import { grantsPolicy, type AwsGrants } from "../aws-grants";

/** What the documents of an access key are made from. */
export interface KeyScope {
  accountId: string;
  partition: string;
  grants: AwsGrants;
  sourceCidrs: readonly string[];
  sourceVpceIds: readonly string[];
  /** The moment from which on nothing is allowed. */
  end: string;
}

interface Statement {
  Condition?: Record<string, Record<string, unknown>>;
}

/**
 * What the user may do: the grants until the end, and nothing from elsewhere or later. The two denies hold for whatever
 * somebody attaches to the user beside this policy.
 */
export function keyPolicy({ grants, end, sourceCidrs, sourceVpceIds, ...account }: KeyScope): string {
  const granted = JSON.parse(grantsPolicy(grants, account) ?? '{"Statement":[]}') as {
    Statement: Statement[];
  };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      ...granted.Statement.map((statement) => ({
        ...statement,
        Condition: { ...statement.Condition, DateLessThan: { "aws:CurrentTime": end } },
      })),
      {
        Sid: "NotFromElsewhere",
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: {
          // Both are true when the request has no such key: who comes through an endpoint has no public address.
          ...(sourceCidrs.length > 0 && { NotIpAddress: { "aws:SourceIp": sourceCidrs } }),
          ...(sourceVpceIds.length > 0 && { StringNotEquals: { "aws:SourceVpce": sourceVpceIds } }),
          // A service that acts for the user, KMS behind S3 for example, comes from its own address.
          Bool: { "aws:ViaAWSService": "false" },
        },
      },
      {
        Sid: "EndsByItself",
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateGreaterThanEquals: { "aws:CurrentTime": end } },
      },
    ],
  });
}

/** Who may read the secret, and who may change it. A deny, so that no policy of the account's opens it. */
export function secretPolicy(readers: readonly string[], administrators: readonly string[]): string {
  const notBy = (arns: readonly string[]) => ({ ArnNotEquals: { "aws:PrincipalArn": arns } });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Readers",
        Effect: "Allow",
        Principal: { AWS: readers },
        Action: "secretsmanager:GetSecretValue",
        Resource: "*",
      },
      {
        Sid: "NobodyElseReads",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
        Resource: "*",
        Condition: notBy([...readers, ...administrators]),
      },
      {
        Sid: "NobodyElseChanges",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: [
          "secretsmanager:DeleteResourcePolicy",
          "secretsmanager:PutResourcePolicy",
          "secretsmanager:PutSecretValue",
          "secretsmanager:ReplicateSecretToRegions",
          "secretsmanager:UpdateSecret",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: "*",
        Condition: notBy(administrators),
      },
    ],
  });
}

/** Something that somebody is told about the key, as an event pattern of EventBridge. */
export interface KeyAlarm {
  name: string;
  says: string;
  pattern: string;
}

export function keyAlarms(userArn: string): KeyAlarm[] {
  const calls = (detail: Record<string, unknown>) =>
    JSON.stringify({
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: { userIdentity: { arn: [userArn] }, ...detail },
    });
  return [
    { name: "used", says: "The excepted access key was used.", pattern: calls({}) },
    {
      name: "used-elsewhere",
      says: "The excepted access key was used from another network or after its end, and was refused.",
      pattern: calls({
        errorCode: [{ prefix: "AccessDenied" }, { suffix: "UnauthorizedOperation" }],
        // IAM says why: the two denies are explicit, a right that was never given is not.
        errorMessage: [{ wildcard: "*with an explicit deny*" }],
      }),
    },
  ];
}
