/** Something that somebody should hear of, as an event pattern of EventBridge. */
export interface Alert {
  /** Part of the rule's name. */
  name: string;
  /** What happened, in words: the alarm's text. */
  says: string;
  pattern: Record<string, unknown>;
}

/** What the patterns compare with. */
export interface Watched {
  /** ARNs of roles that a broker gives out for one grant at a time. */
  jitRoleArns: readonly string[];
  /** ARNs of roles for emergencies. */
  breakGlassRoleArns: readonly string[];
  /** Beginnings of the addresses that machines come from: `10.20.`. */
  addressPrefixes: readonly string[];
  /** Names of buckets that keep a log. */
  logBucketNames: readonly string[];
  /** How the names of the alerts' own rules begin. */
  rulePrefix: string;
  /** ARNs of the topics that tell people. */
  topicArns: readonly string[];
}

const called = "AWS API Call via CloudTrail";
const signedIn = "AWS Console Sign In via CloudTrail";
/** A call that was refused changed nothing. */
const succeeded = { errorCode: [{ exists: false }] };

const calls = (service: string, names: readonly string[], detail: Record<string, unknown> = succeeded) => ({
  "detail-type": [called],
  detail: { eventSource: [`${service}.amazonaws.com`], eventName: names, ...detail },
});

/** A session of one of the roles, whatever it does. */
const sessionOf = (roleArns: readonly string[]) => ({ sessionContext: { sessionIssuer: { arn: roleArns } } });

const always: readonly Alert[] = [
  {
    name: "static-key-made",
    says: "A credential without an end was made.",
    pattern: calls("iam", [
      "CreateAccessKey",
      "CreateLoginProfile",
      "CreateServiceSpecificCredential",
      "UploadSSHPublicKey",
      "UploadSigningCertificate",
    ]),
  },
  {
    name: "static-key-revived",
    says: "A credential without an end was switched on again, or its password set anew.",
    pattern: {
      "detail-type": [called],
      detail: {
        eventSource: ["iam.amazonaws.com"],
        ...succeeded,
        $or: [
          {
            eventName: ["UpdateAccessKey", "UpdateServiceSpecificCredential", "UpdateSSHPublicKey"],
            requestParameters: { status: ["Active"] },
          },
          { eventName: ["ResetServiceSpecificCredential", "UpdateLoginProfile"] },
        ],
      },
    },
  },
  {
    name: "root-used",
    says: "The account's root user did something.",
    pattern: {
      "detail-type": [called, signedIn],
      detail: {
        // Services act in root's name for some tasks, and say so.
        userIdentity: { type: ["Root"], invokedBy: [{ exists: false }] },
        eventType: [{ "anything-but": ["AwsServiceEvent"] }],
      },
    },
  },
  {
    name: "trail-changed",
    says: "A trail was stopped, deleted or changed.",
    pattern: calls(
      "cloudtrail",
      [
        "DeleteEventDataStore",
        "DeleteTrail",
        "PutEventSelectors",
        "StopEventDataStoreIngestion",
        "StopLogging",
        "UpdateEventDataStore",
        "UpdateTrail",
      ],
      // An attempt that was refused is as loud.
      {},
    ),
  },
  {
    name: "trust-changed",
    says: "Which machine may sign in was changed: a role's trust, an OIDC or SAML provider.",
    pattern: calls("iam", [
      "AddClientIDToOpenIDConnectProvider",
      "CreateOpenIDConnectProvider",
      "CreateSAMLProvider",
      // Deleted and made anew is changed as well, and until then nobody can sign in.
      "DeleteOpenIDConnectProvider",
      "DeleteSAMLProvider",
      "RemoveClientIDFromOpenIDConnectProvider",
      "UpdateAssumeRolePolicy",
      "UpdateOpenIDConnectProviderThumbprint",
      "UpdateSAMLProvider",
    ]),
  },
  {
    name: "certificate-trust-changed",
    says: "Whose certificates give a role was changed.",
    pattern: calls("rolesanywhere", [
      "CreateProfile",
      "CreateTrustAnchor",
      "DisableCrl",
      "EnableProfile",
      "EnableTrustAnchor",
      "UpdateProfile",
      "UpdateTrustAnchor",
    ]),
  },
  {
    name: "key-ending",
    says: "A key of KMS was scheduled for deletion or switched off.",
    pattern: calls("kms", ["DeleteImportedKeyMaterial", "DisableKey", "ScheduleKeyDeletion"]),
  },
];

/** A session that was issued, whichever way. */
const assumed = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

const ofJitRoles = (roleArns: readonly string[]): Alert[] => [
  {
    name: "jit-role-untagged",
    says: "A JIT role was assumed without a grant: no tags, or no source identity. Its trust was changed.",
    pattern: {
      "detail-type": [called],
      detail: {
        eventSource: ["sts.amazonaws.com"],
        eventName: assumed,
        ...succeeded,
        $or: [
          { requestParameters: { roleArn: roleArns, tags: { key: [{ exists: false }] } } },
          { requestParameters: { roleArn: roleArns, sourceIdentity: [{ exists: false }] } },
        ],
      },
    },
  },
  {
    name: "use-after-revocation",
    says: "A session of a JIT role went on after its grant was revoked, and was refused.",
    pattern: {
      "detail-type": [called],
      detail: {
        userIdentity: sessionOf(roleArns),
        errorCode: [{ prefix: "AccessDenied" }, { suffix: "UnauthorizedOperation" }],
        // IAM says why: revocation is a deny, a right that was never given is none.
        errorMessage: [{ wildcard: "*with an explicit deny*" }],
      },
    },
  },
];

const ofNetworks = (roleArns: readonly string[], prefixes: readonly string[]): Alert => ({
  name: "use-from-elsewhere",
  says: "A session of a JIT role was used from an address outside the known networks.",
  pattern: {
    "detail-type": [called],
    detail: {
      // A service that acts for the session has its name there instead of an address.
      userIdentity: { ...sessionOf(roleArns), invokedBy: [{ exists: false }] },
      sourceIPAddress: [{ "anything-but": { prefix: prefixes } }],
    },
  },
});

const ofBreakGlass = (roleArns: readonly string[]): Alert => ({
  name: "break-glass-opened",
  says: "A role for emergencies was assumed, or somebody tried.",
  pattern: {
    "detail-type": [called],
    detail: {
      eventSource: ["sts.amazonaws.com"],
      eventName: assumed,
      requestParameters: { roleArn: roleArns },
    },
  },
});

/** Who switches off an alarm before he does what it is for. An attempt that was refused is as loud. */
const ofAlerts = (rulePrefix: string, topicArns: readonly string[]): Alert => ({
  name: "alerts-changed",
  says: "An alarm was switched off or changed: its rule, where it goes to, or its topic.",
  pattern: {
    "detail-type": [called],
    detail: {
      $or: [
        {
          eventSource: ["events.amazonaws.com"],
          eventName: ["DeleteRule", "DisableRule", "PutRule"],
          requestParameters: { name: [{ prefix: rulePrefix }] },
        },
        {
          eventSource: ["events.amazonaws.com"],
          eventName: ["PutTargets", "RemoveTargets"],
          requestParameters: { rule: [{ prefix: rulePrefix }] },
        },
        ...(topicArns.length === 0 ? [] : ofTopics(topicArns)),
      ],
    },
  },
});

const ofTopics = (topicArns: readonly string[]) => [
  {
    eventSource: ["sns.amazonaws.com"],
    eventName: ["DeleteTopic", "SetTopicAttributes"],
    requestParameters: { topicArn: topicArns },
  },
  {
    eventSource: ["sns.amazonaws.com"],
    eventName: ["SetSubscriptionAttributes", "Unsubscribe"],
    // A subscription's ARN is its topic's with an id behind it.
    requestParameters: { subscriptionArn: topicArns.map((arn) => ({ prefix: `${arn}:` })) },
  },
];

/** Names as CloudTrail has them, which are not all those of S3's API. An attempt that was refused is as loud. */
const ofLogBuckets = (bucketName: readonly string[]): Alert => ({
  name: "log-bucket-changed",
  says: "Who may read or delete a log was changed: its bucket's policy, lock, versions, lifecycle or key.",
  pattern: calls(
    "s3",
    [
      "DeleteBucket",
      "DeleteBucketEncryption",
      "DeleteBucketPolicy",
      "DeleteBucketPublicAccessBlock",
      "PutBucketAcl",
      "PutBucketEncryption",
      "PutBucketLifecycle",
      "PutBucketLifecycleConfiguration",
      "PutBucketObjectLockConfiguration",
      "PutBucketOwnershipControls",
      "PutBucketPolicy",
      "PutBucketPublicAccessBlock",
      "PutBucketReplication",
      "PutBucketVersioning",
    ],
    { requestParameters: { bucketName } },
  ),
});

/** The alerts that there is something to watch for. */
export function alertsFor(watched: Watched): Alert[] {
  const { jitRoleArns, breakGlassRoleArns, addressPrefixes } = watched;
  return [
    ...always,
    ofAlerts(watched.rulePrefix, watched.topicArns),
    ...(watched.logBucketNames.length === 0 ? [] : [ofLogBuckets(watched.logBucketNames)]),
    ...(jitRoleArns.length === 0 ? [] : ofJitRoles(jitRoleArns)),
    ...(jitRoleArns.length === 0 || addressPrefixes.length === 0
      ? []
      : [ofNetworks(jitRoleArns, addressPrefixes)]),
    ...(breakGlassRoleArns.length === 0 ? [] : [ofBreakGlass(breakGlassRoleArns)]),
  ];
}
