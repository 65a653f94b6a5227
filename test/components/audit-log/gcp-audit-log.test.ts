import { GcpAuditLog, NhiKind, type GcpAuditLogArgs } from "pulumi-nhi";
import { refusalOf, registeredBy, type Registered } from "../../support/mocks";

const args: GcpAuditLogArgs = {
  metadata: {
    owner: "security",
    purpose: "shows who did what",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  projectId: "octo-audit",
  projectNumber: "123456789012",
  location: "europe-west3",
};
const bucketName = "projects/octo-audit/locations/europe-west3/buckets/audit";
const everything = ["activity", "data_access", "system_event", "policy", "access_transparency"]
  .map((log) => `log_id("cloudaudit.googleapis.com/${log}")`)
  .join(" OR ");

const made = (more: Partial<GcpAuditLogArgs> = {}) =>
  registeredBy(() => new GcpAuditLog("audit", { ...args, ...more }));
const inputsOf = (registered: Registered[], type: string, name = "audit") =>
  registered.find((one) => one.type === type && one.name === name)?.inputs;

it("records every read and write of all services of the project, with nobody left out", async () => {
  const registered = await made();
  expect(inputsOf(registered, "gcp:projects/iAMAuditConfig:IAMAuditConfig")).toEqual({
    project: "octo-audit",
    service: "allServices",
    auditLogConfigs: [{ logType: "ADMIN_READ" }, { logType: "DATA_READ" }, { logType: "DATA_WRITE" }],
  });
  expect(inputsOf(registered, "gcp:logging/projectSink:ProjectSink")).toEqual({
    name: "audit",
    project: "octo-audit",
    destination: `logging.googleapis.com/${bucketName}`,
    filter: everything,
    uniqueWriterIdentity: true,
  });
  expect(registered.filter(({ type }) => type.startsWith("gcp:organizations/"))).toEqual([]);
});

it("records all projects of an organisation", async () => {
  const registered = await made({ organizationId: "210987654321" });
  expect(inputsOf(registered, "gcp:organizations/iamAuditConfig:IamAuditConfig")).toMatchObject({
    orgId: "210987654321",
    service: "allServices",
  });
  expect(inputsOf(registered, "gcp:logging/organizationSink:OrganizationSink")).toEqual({
    name: "audit",
    orgId: "210987654321",
    destination: `logging.googleapis.com/${bucketName}`,
    filter: everything,
    includeChildren: true,
  });
  expect(registered.filter(({ type }) => /^gcp:projects\/iAMAudit|projectSink/.test(type))).toEqual([]);
});

it("keeps the log where nobody can delete it, in a project that can't be deleted", async () => {
  const registered = await made();
  expect(inputsOf(registered, "gcp:logging/projectBucketConfig:ProjectBucketConfig")).toMatchObject({
    bucketId: "audit",
    location: "europe-west3",
    retentionDays: 400,
    locked: true,
  });
  expect(inputsOf(registered, "gcp:resourcemanager/lien:Lien")).toEqual({
    parent: "projects/123456789012",
    restrictions: ["resourcemanager.projects.delete"],
    origin: "pulumi-nhi",
    reason: "It keeps the audit log of security.",
  });
  expect(inputsOf(registered, "gcp:projects/iAMMember:IAMMember")).toMatchObject({
    project: "octo-audit",
    role: "roles/logging.bucketWriter",
  });
});

it("counts in the log's own bucket what an alarm has to know", async () => {
  const registered = await made();
  const metrics = registered.filter(({ type }) => type === "gcp:logging/metric:Metric");
  expect(metrics.map(({ inputs }) => inputs)).toMatchObject(
    [
      "audit-changed",
      "entitlement-changed",
      "key-destroyed",
      "lien-removed",
      "static-key-made",
      "trust-changed",
    ].map((metric) => ({
      name: `audit/${metric}`,
      bucketName,
      project: "octo-audit",
    })),
  );
  expect(registered.find(({ type }) => type === "nhi:index:GcpAuditLog")?.outputs).toEqual({
    bucketName,
    metricNames: {
      "static-key-made": "audit/static-key-made",
      "trust-changed": "audit/trust-changed",
      "audit-changed": "audit/audit-changed",
      "key-destroyed": "audit/key-destroyed",
      "entitlement-changed": "audit/entitlement-changed",
      "lien-removed": "audit/lien-removed",
    },
  });
});

it("counts a key's version that is switched off or ended, and none that is switched on", async () => {
  const registered = await made();
  const metrics = registered.filter(({ type }) => type === "gcp:logging/metric:Metric");
  expect(metrics.map(({ inputs }) => inputs)).toContainEqual(
    expect.objectContaining({
      name: "audit/key-destroyed",
      filter:
        '(protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"DestroyCryptoKeyVersion$") OR ' +
        '(protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"UpdateCryptoKeyVersion$" ' +
        'AND NOT protoPayload.request.cryptoKeyVersion.state="ENABLED")',
    }),
  );
});

it("sends copies to BigQuery and to a topic where they are asked for", async () => {
  const topic = "projects/octo-siem/topics/audit";
  const registered = await made({ datasetId: "audit", topic });
  expect(inputsOf(registered, "gcp:logging/projectSink:ProjectSink", "audit-bigquery")).toMatchObject({
    name: "audit-bigquery",
    destination: "bigquery.googleapis.com/projects/octo-audit/datasets/audit",
    filter: everything,
    bigqueryOptions: { usePartitionedTables: true },
  });
  expect(inputsOf(registered, "gcp:bigquery/dataset:Dataset")).toMatchObject({
    datasetId: "audit",
    deleteContentsOnDestroy: false,
  });
  expect(
    inputsOf(registered, "gcp:bigquery/datasetIamMember:DatasetIamMember", "audit-bigquery"),
  ).toMatchObject({
    role: "roles/bigquery.dataEditor",
  });
  expect(inputsOf(registered, "gcp:logging/projectSink:ProjectSink", "audit-topic")).toMatchObject({
    destination: `pubsub.googleapis.com/${topic}`,
    filter: everything,
  });
  expect(inputsOf(registered, "gcp:pubsub/topicIAMMember:TopicIAMMember", "audit-topic")).toMatchObject({
    topic,
    role: "roles/pubsub.publisher",
  });
});

it.each<{ wrong: Partial<GcpAuditLogArgs>; says: string }>([
  {
    wrong: { metadata: { ...args.metadata, owner: "" } },
    says: `metadata.owner must say something, got "".`,
  },
  {
    wrong: { projectId: "X" },
    says: `projectId must be a project's id, 6 to 30 lower-case letters, digits or -, got "X".`,
  },
  {
    wrong: { projectNumber: "octo-audit" },
    says: `projectNumber must be the project's number, digits only, got "octo-audit".`,
  },
  {
    wrong: { organizationId: "octo.example" },
    says: `organizationId must be the organisation's number, digits only, got "octo.example".`,
  },
  {
    wrong: { location: "Frankfurt" },
    says: `location must be a region, for example "europe-west3", or global, eu or us, got "Frankfurt".`,
  },
  {
    wrong: { retentionDays: 30 },
    says: "retentionDays must be a whole number from 90 to 3650 days (Cloud Logging's limit), got 30.",
  },
  {
    wrong: { logName: "1" },
    says: `logName must be 1 to 91 letters, digits, _ or -, beginning with a letter, got "1".`,
  },
  {
    wrong: { datasetId: "a-b" },
    says: `datasetId must be letters, digits or _ (BigQuery's limit), got "a-b".`,
  },
  { wrong: { topic: "audit" }, says: `topic must be projects/<project>/topics/<topic>, got "audit".` },
])("refuses: $says", async ({ wrong, says }) => {
  expect(await refusalOf(() => new GcpAuditLog("audit", { ...args, ...wrong }))).toBe(
    `GcpAuditLog "audit": ${says}`,
  );
});
