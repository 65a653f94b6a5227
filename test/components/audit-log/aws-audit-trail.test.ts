import { AwsAuditTrail, NhiKind, type AwsAuditTrailArgs } from "pulumi-nhi";
import { refusalOf, registeredBy, type Registered } from "../../support/mocks";
import { verdictOf } from "./authorization";

const deployer = "arn:aws:iam::123456789012:role/deploy-audit";
const reader = "arn:aws:iam::123456789012:role/investigator";
const admin = "arn:aws:iam::123456789012:role/Administrator";
const root = "arn:aws:iam::123456789012:root";
const cloudTrail = "cloudtrail.amazonaws.com";
const trailArn = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/audit";
const bucketName = "cloudtrail-audit-123456789012-eu-central-1";
const bucketArn = `arn:aws:s3:::${bucketName}`;
const file = `${bucketArn}/AWSLogs/123456789012/CloudTrail/eu-central-1/2026/11/23/one.json.gz`;

const args: AwsAuditTrailArgs = {
  metadata: {
    owner: "security",
    purpose: "shows who did what",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  region: "eu-central-1",
  administrators: [deployer],
  readers: [reader],
};

const made = (more: Partial<AwsAuditTrailArgs> = {}) =>
  registeredBy(() => new AwsAuditTrail("audit", { ...args, ...more }));
const only = (registered: Registered[], type: string, name = "audit") => {
  const found = registered.filter((one) => one.type === type && one.name === name);
  expect(found).toHaveLength(1);
  return found[0]?.inputs as Record<string, unknown>;
};

describe("what is registered", () => {
  it("is the trail with its key, its bucket, the bucket for who read it, and its log group", async () => {
    const registered = await made();
    expect(registered.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "aws:cloudtrail/trail:Trail audit",
      "aws:cloudwatch/logGroup:LogGroup audit",
      "aws:iam/role:Role audit-log-writer",
      "aws:iam/rolePolicy:RolePolicy audit-log-writer",
      "aws:kms/key:Key audit",
      "aws:s3/bucket:Bucket audit",
      "aws:s3/bucket:Bucket audit-access",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration audit-access",
      "aws:s3/bucketLogging:BucketLogging audit",
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration audit",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls audit",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls audit-access",
      "aws:s3/bucketPolicy:BucketPolicy audit",
      "aws:s3/bucketPolicy:BucketPolicy audit-access",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock audit",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock audit-access",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration audit",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration audit-access",
      "aws:s3/bucketVersioning:BucketVersioning audit",
      "aws:s3/bucketVersioning:BucketVersioning audit-access",
      "nhi:index:AwsAuditTrail audit",
    ]);
    for (const { parent, type } of registered)
      expect([type, parent]).toEqual([
        type,
        type === "nhi:index:AwsAuditTrail" ? undefined : "AwsAuditTrail audit",
      ]);
    expect(registered.find(({ type }) => type === "nhi:index:AwsAuditTrail")?.outputs).toMatchObject({
      trailArn,
      bucketName,
      logGroupName: "/aws/cloudtrail/audit",
    });
  });

  it("records everything in all regions, validates its files, and sends them to the log group", async () => {
    expect(only(await made(), "aws:cloudtrail/trail:Trail")).toMatchObject({
      name: "audit",
      s3BucketName: bucketName,
      enableLogging: true,
      enableLogFileValidation: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      isOrganizationTrail: false,
      cloudWatchLogsGroupArn: "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/cloudtrail/audit:*",
      advancedEventSelectors: [
        { name: "management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
      ],
    });
  });

  it("makes the trail when the bucket's policy, the key and the writer's rights stand", async () => {
    const trail = (await made()).find(({ type }) => type === "aws:cloudtrail/trail:Trail");
    expect(trail?.after).toEqual(
      expect.arrayContaining(["BucketPolicy audit", "LogGroup audit", "RolePolicy audit-log-writer"]),
    );
  });

  it("records objects, functions and tables that are named", async () => {
    const registered = await made({
      dataEvents: {
        bucketNames: ["octo-releases"],
        functionArns: ["arn:aws:lambda:eu-central-1:123456789012:function:broker"],
        tableArns: ["arn:aws:dynamodb:eu-central-1:123456789012:table/grants"],
      },
    });
    const of = (name: string, type: string, which: object) => ({
      name,
      fieldSelectors: [
        { field: "eventCategory", equals: ["Data"] },
        { field: "resources.type", equals: [type] },
        { field: "resources.ARN", ...which },
      ],
    });
    expect(only(registered, "aws:cloudtrail/trail:Trail").advancedEventSelectors).toEqual([
      { name: "management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
      of("objects", "AWS::S3::Object", { startsWiths: ["arn:aws:s3:::octo-releases/"] }),
      of("functions", "AWS::Lambda::Function", {
        equals: ["arn:aws:lambda:eu-central-1:123456789012:function:broker"],
      }),
      of("tables", "AWS::DynamoDB::Table", {
        equals: ["arn:aws:dynamodb:eu-central-1:123456789012:table/grants"],
      }),
    ]);
  });

  it.each([
    { given: {}, held: 400, shown: 400 },
    { given: { retentionDays: 90 }, held: 90, shown: 90 },
    { given: { retentionDays: 401 }, held: 401, shown: 545 },
    { given: { retentionDays: 36_500 }, held: 36_500, shown: 3653 },
  ])("holds each file for $held days and shows it in the log group for $shown", async (row) => {
    const registered = await made(row.given);
    expect(
      only(registered, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").rule,
    ).toEqual({ defaultRetention: { mode: "COMPLIANCE", days: row.held } });
    expect(only(registered, "aws:cloudwatch/logGroup:LogGroup").retentionInDays).toBe(row.shown);
    expect(only(registered, "aws:s3/bucket:Bucket")).toMatchObject({
      objectLockEnabled: true,
      forceDestroy: false,
    });
  });

  it("is a table with the queries of an investigation, where one is asked for", async () => {
    const registered = await made({
      organizationId: "o-abcdefghij",
      table: { databaseName: "audit", regions: ["eu-central-1", "us-east-1"], accountIds: ["210987654321"] },
    });
    const table = only(registered, "aws:glue/catalogTable:CatalogTable");
    expect(table).toMatchObject({
      databaseName: "audit",
      name: "cloudtrail",
      partitionKeys: [
        { name: "account", type: "string" },
        { name: "region", type: "string" },
        { name: "day", type: "string" },
      ],
      parameters: {
        "projection.account.values": "210987654321",
        "projection.region.values": "eu-central-1,us-east-1",
        "storage.location.template": `s3://${bucketName}/AWSLogs/o-abcdefghij/\${account}/CloudTrail/\${region}/\${day}`,
      },
    });
    expect(
      registered.filter(({ type }) => type === "aws:athena/namedQuery:NamedQuery").map(({ name }) => name),
    ).toEqual([
      "audit-changes-of-trust",
      "audit-static-keys-made",
      "audit-use-by-a-source-identity",
      "audit-use-of-a-grant",
    ]);
  });
});

/** What takes the log away, opens the way to it, or hides it. */
const blinding = [
  ...["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket", "s3:BypassGovernanceRetention"],
];
const loosening = [
  ...["s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration"],
  ...["s3:PutBucketVersioning", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketPublicAccessBlock"],
  ...["s3:PutEncryptionConfiguration", "s3:PutBucketLogging", "s3:PutBucketAcl"],
  ...["s3:PutBucketOwnershipControls", "s3:PutReplicationConfiguration"],
];
const everybody = [deployer, reader, admin, root, cloudTrail];

describe("who can delete or blind the log", () => {
  const policyOf = async (name: string) =>
    only(await made(), "aws:s3/bucketPolicy:BucketPolicy", name).policy as string;

  it.each(["audit", "audit-access"])(
    "nobody deletes from the bucket %s, whatever else they may",
    async (name) => {
      const policy = await policyOf(name);
      const arn = name === "audit" ? bucketArn : `${bucketArn}-access`;
      for (const principal of everybody)
        for (const action of blinding)
          for (const resource of [arn, `${arn}/AWSLogs/x`])
            expect([principal, action, verdictOf(policy, { principal, action, resource })]).toEqual([
              principal,
              action,
              "deny",
            ]);
    },
  );

  it.each(["audit", "audit-access"])("only the administrators change how %s is kept", async (name) => {
    const policy = await policyOf(name);
    const resource = name === "audit" ? bucketArn : `${bucketArn}-access`;
    for (const action of loosening) {
      for (const principal of everybody.filter((one) => one !== deployer))
        expect([principal, action, verdictOf(policy, { principal, action, resource })]).toEqual([
          principal,
          action,
          "deny",
        ]);
      expect([action, verdictOf(policy, { principal: deployer, action, resource })]).toEqual([
        action,
        "nothing",
      ]);
    }
  });

  it("nobody comes without TLS", async () => {
    const context = { "aws:SecureTransport": "false" };
    for (const principal of everybody)
      expect(
        verdictOf(await policyOf("audit"), { principal, action: "s3:GetObject", resource: file, context }),
      ).toBe("deny");
  });

  it("the trail writes, and no other trail does", async () => {
    const policy = await policyOf("audit");
    const write = (source: string, acl = "bucket-owner-full-control", resource = file) =>
      verdictOf(policy, {
        principal: cloudTrail,
        action: "s3:PutObject",
        resource,
        context: { "aws:SourceArn": source, "s3:x-amz-acl": acl },
      });
    expect(write(trailArn)).toBe("allow");
    expect(write(trailArn.replace("123456789012", "999999999999"))).toBe("nothing");
    expect(write(`${trailArn}-2`)).toBe("nothing");
    expect(write(trailArn, "private")).toBe("nothing");
    expect(write(trailArn, undefined, `${bucketArn}/AWSLogs/999999999999/x`)).toBe("nothing");
  });

  it("an organisation's trail writes for its accounts", async () => {
    const registered = await made({ organizationId: "o-abcdefghij" });
    const policy = only(registered, "aws:s3/bucketPolicy:BucketPolicy").policy as string;
    const request = {
      principal: cloudTrail,
      action: "s3:PutObject",
      context: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" },
    };
    expect(
      verdictOf(policy, { ...request, resource: `${bucketArn}/AWSLogs/o-abcdefghij/210987654321/x` }),
    ).toBe("allow");
    expect(only(registered, "aws:cloudtrail/trail:Trail").isOrganizationTrail).toBe(true);
  });

  it("the readers read and the access log is written for this bucket only", async () => {
    const read = { action: "s3:GetObject", resource: file };
    expect(verdictOf(await policyOf("audit"), { ...read, principal: reader })).toBe("allow");
    expect(verdictOf(await policyOf("audit"), { ...read, principal: deployer })).toBe("nothing");
    const write = (source: string) => ({
      principal: "logging.s3.amazonaws.com",
      action: "s3:PutObject",
      resource: `${bucketArn}-access/x`,
      context: { "aws:SourceArn": source, "aws:SourceAccount": "123456789012" },
    });
    expect(verdictOf(await policyOf("audit-access"), write(bucketArn))).toBe("allow");
    expect(verdictOf(await policyOf("audit-access"), write(`${bucketArn}-other`))).toBe("nothing");
  });

  it("the key is used by the trail and the log group, read by readers, kept by administrators", async () => {
    const policy = only(await made(), "aws:kms/key:Key").policy as string;
    const allowed = (principal: string, action: string, context: Record<string, string> = {}) =>
      verdictOf(policy, { principal, action, context }) === "allow";
    const ofTrail = { "aws:SourceArn": trailArn, "kms:EncryptionContext:aws:cloudtrail:arn": trailArn };
    expect(allowed(cloudTrail, "kms:GenerateDataKey", ofTrail)).toBe(true);
    expect(allowed(cloudTrail, "kms:GenerateDataKey", { ...ofTrail, "aws:SourceArn": `${trailArn}-2` })).toBe(
      false,
    );
    expect(allowed(reader, "kms:Decrypt", ofTrail)).toBe(true);
    // Without the context it could be anything that was encrypted with the key, not only the log.
    expect(allowed(reader, "kms:Decrypt")).toBe(false);
    for (const action of ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"]) {
      expect(everybody.filter((principal) => allowed(principal, action, ofTrail))).toEqual([deployer]);
    }
    // Nobody: a disabled key blinds the trail without a trace of what it missed.
    for (const action of [
      "kms:DisableKey",
      "kms:CreateGrant",
      "kms:DisableKeyRotation",
      "kms:DeleteImportedKeyMaterial",
    ])
      expect(everybody.filter((principal) => allowed(principal, action, ofTrail))).toEqual([]);
    expect(everybody.filter((principal) => allowed(principal, "kms:Decrypt", ofTrail))).toEqual([reader]);
    expect(only(await made(), "aws:kms/key:Key")).toMatchObject({
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    });
  });

  it("the log group is written by the trail only", async () => {
    const registered = await made();
    const trust = only(registered, "aws:iam/role:Role", "audit-log-writer").assumeRolePolicy as string;
    const assume = (principal: string, source: string) =>
      verdictOf(trust, { principal, action: "sts:AssumeRole", context: { "aws:SourceArn": source } });
    expect(assume(cloudTrail, trailArn)).toBe("allow");
    expect(assume(cloudTrail, `${trailArn}-2`)).toBe("nothing");
    expect(assume(admin, trailArn)).toBe("nothing");
    const rights = only(registered, "aws:iam/rolePolicy:RolePolicy", "audit-log-writer").policy as string;
    expect((JSON.parse(rights) as { Statement: object[] }).Statement).toEqual([
      {
        Sid: "TrailWrites",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [
          "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/cloudtrail/audit:log-stream:123456789012_CloudTrail_eu-central-1*",
        ],
      },
    ]);
  });
});

const metadata = args.metadata;
it.each<{ wrong: Partial<AwsAuditTrailArgs>; says: string }>([
  { wrong: { metadata: { ...metadata, owner: "" } }, says: `metadata.owner must say something, got "".` },
  { wrong: { accountId: "12345" }, says: `accountId must be 12 digits, got "12345".` },
  {
    wrong: { region: "Frankfurt" },
    says: `region must be a region, for example "eu-central-1", got "Frankfurt".`,
  },
  {
    wrong: { partition: "gcp" },
    says: `partition must be aws, aws-cn, aws-us-gov or another of AWS's, got "gcp".`,
  },
  {
    wrong: { organizationId: "123" },
    says: `organizationId must be an organisation's id, o- and 10 to 32 letters and digits, got "123".`,
  },
  {
    wrong: { trailName: "x_y" },
    says: `trailName must be 2 to 17 letters, digits or -, beginning with a letter, got "x_y". It becomes part of the bucket's name.`,
  },
  {
    wrong: { administrators: [] },
    says: "administrators must name at least the role that runs pulumi up. Nobody could mend the trail.",
  },
  {
    wrong: { administrators: ["*"] },
    says: `administrators[0] must be the ARN of one role, got "*". A user, an account or a pattern lets more than one task in.`,
  },
  {
    wrong: { readers: [root] },
    says: `readers[0] must be the ARN of one role, got "${root}". A user, an account or a pattern lets more than one task in.`,
  },
  {
    wrong: { retentionDays: 30 },
    says: "retentionDays must be a whole number from 90 to 36500 days, got 30. CloudTrail shows the last 90 days by itself.",
  },
  {
    wrong: { dataEvents: { bucketNames: ["*"] } },
    says: `dataEvents.bucketNames[0] must be a bucket's name, got "*".`,
  },
  {
    wrong: { dataEvents: { functionArns: ["arn:aws:lambda"] } },
    says: `dataEvents.functionArns[0] must be the ARN of one function, got "arn:aws:lambda".`,
  },
  {
    wrong: { dataEvents: { tableArns: ["grants"] } },
    says: `dataEvents.tableArns[0] must be the ARN of one table, got "grants".`,
  },
  {
    wrong: { table: { databaseName: "Audit", regions: ["eu-central-1"] } },
    says: `table.databaseName must be 1 to 255 lower-case letters, digits or _ (Glue's limit), got "Audit".`,
  },
  {
    wrong: { table: { databaseName: "audit", regions: [] } },
    says: "table.regions must name at least one region. The queries look through no other.",
  },
  {
    wrong: { table: { databaseName: "audit", regions: ["eu"] } },
    says: `table.regions[0] must be a region, for example "eu-central-1", got "eu".`,
  },
  {
    wrong: { table: { databaseName: "audit", regions: ["eu-central-1"], accountIds: ["1"] } },
    says: `table.accountIds[0] must be 12 digits, got "1".`,
  },
])("refuses: $says", async ({ wrong, says }) => {
  expect(await refusalOf(() => new AwsAuditTrail("audit", { ...args, ...wrong }))).toBe(
    `AwsAuditTrail "audit": ${says}`,
  );
});
