import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels, metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { refuse, shown, type Problem } from "../refusal";
import { auditFilter, auditMetrics } from "./gcp-audit-filters";

export interface GcpAuditLogArgs {
  /** Who answers for the log and why it exists. */
  metadata: NhiMetadata;
  /** The project that keeps the log: best one of its own, which no workload runs in. */
  projectId: string;
  /** The project's number, for the lien that keeps it from being deleted. */
  projectNumber: string;
  /** Where the log is kept: a region of Cloud Logging, for example `europe-west3`, or `global`, `eu` or `us`. */
  location: string;
  /** The organisation's number: the log is of all its projects then. Default: of `projectId` only. */
  organizationId?: string | undefined;
  /**
   * For how many days nobody can delete an entry. Default: 400, so that a yearly review finds the whole year. At most
   * 3650, Cloud Logging's limit. The bucket is locked: it can be made longer, never shorter.
   */
  retentionDays?: number | undefined;
  /** A BigQuery dataset that is made for a copy, for analysis over years. Default: none. */
  datasetId?: string | undefined;
  /** A Pub/Sub topic that gets a copy, for example for a SIEM: `projects/<project>/topics/<topic>`. Default: none. */
  topic?: string | undefined;
  /** The name of the bucket and the sinks. Default: the component's name. */
  logName?: string | undefined;
}

/** Long enough to look back over a year when it is over. */
const defaultRetentionDays = 400;
/** CloudTrail shows 90 days by itself, and Cloud Logging 400 of what is changed: less shows nothing more. */
const shortestRetentionDays = 90;
/** Cloud Logging quotas, "Logs retention periods". */
const longestRetentionDays = 3650;

/**
 * GCP's audit logs, kept where nobody can delete them: each read and write of every service, with nobody exempted, in a
 * locked bucket; counted by metrics for what an alarm has to know. The project that keeps them can't be deleted while
 * its lien stands.
 *
 * Pass `{ protect: true }` as well, and no deployment can take the sinks away.
 *
 * @example
 * ```typescript
 * new GcpAuditLog(
 *   "audit",
 *   {
 *     metadata,
 *     projectId: "octo-audit",
 *     projectNumber: "123456789012",
 *     organizationId: "210987654321",
 *     location: "europe-west3",
 *   },
 *   { protect: true },
 * );
 * ```
 */
export class GcpAuditLog extends pulumi.ComponentResource {
  /** The log bucket's name. Known at preview. */
  readonly bucketName: pulumi.Output<string>;
  /** For each thing that an alarm has to know, the metric that counts it. Known at preview. */
  readonly metricNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: GcpAuditLogArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("GcpAuditLog", name, gcpAuditLogProblem(name, args));
    super("nhi:index:GcpAuditLog", name, { ...args }, opts);

    const logName = args.logName ?? name;
    const project = args.projectId;
    const auditLogConfigs = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({ logType }));
    if (args.organizationId === undefined)
      new gcp.projects.IAMAuditConfig(
        name,
        { project, service: "allServices", auditLogConfigs },
        { parent: this },
      );
    else
      new gcp.organizations.IamAuditConfig(
        name,
        { orgId: args.organizationId, service: "allServices", auditLogConfigs },
        { parent: this },
      );
    new gcp.resourcemanager.Lien(
      name,
      {
        parent: `projects/${args.projectNumber}`,
        restrictions: ["resourcemanager.projects.delete"],
        origin: "pulumi-nhi",
        reason: `It keeps the audit log of ${args.metadata.owner}.`,
      },
      { parent: this },
    );
    const bucketName = `projects/${project}/locations/${args.location}/buckets/${logName}`;
    const bucket = new gcp.logging.ProjectBucketConfig(
      name,
      {
        project,
        location: args.location,
        bucketId: logName,
        description: metadataLine(args.metadata),
        retentionDays: args.retentionDays ?? defaultRetentionDays,
        locked: true,
        enableAnalytics: true,
      },
      { parent: this },
    );
    this.send(name, args, `logging.googleapis.com/${bucketName}`, [bucket], (member) =>
      projectMember(name, project, "roles/logging.bucketWriter", member, this),
    );
    this.copy(name, args);
    const metrics = auditMetrics.map(
      ({ name: metric, description, filter }) =>
        new gcp.logging.Metric(
          `${name}-${metric}`,
          {
            project,
            name: `${logName}/${metric}`,
            description,
            filter,
            bucketName,
            metricDescriptor: { metricKind: "DELTA", valueType: "INT64", unit: "1" },
          },
          { parent: this, dependsOn: bucket },
        ),
    );

    this.bucketName = bucket.urn.apply(() => bucketName);
    this.metricNames = pulumi
      .all(metrics.map(({ urn }) => urn))
      .apply(() =>
        Object.fromEntries(auditMetrics.map(({ name: metric }) => [metric, `${logName}/${metric}`])),
      );
    this.registerOutputs({ bucketName: this.bucketName, metricNames: this.metricNames });
  }

  /** A sink of the organisation or the project, and the right to write for the identity that GCP makes up for it. */
  private send(
    name: string,
    { organizationId, projectId, logName = name }: GcpAuditLogArgs,
    destination: string,
    dependsOn: pulumi.Resource[],
    letIn: (member: pulumi.Output<string>) => void,
    more: { suffix?: string; bigqueryOptions?: { usePartitionedTables: boolean } } = {},
  ): void {
    const { suffix = "", ...options } = more;
    const shared = { name: `${logName}${suffix}`, destination, filter: auditFilter, ...options };
    const sink =
      organizationId === undefined
        ? new gcp.logging.ProjectSink(
            `${name}${suffix}`,
            { ...shared, project: projectId, uniqueWriterIdentity: true },
            { parent: this, dependsOn },
          )
        : new gcp.logging.OrganizationSink(
            `${name}${suffix}`,
            { ...shared, orgId: organizationId, includeChildren: true },
            { parent: this, dependsOn },
          );
    letIn(sink.writerIdentity);
  }

  private copy(name: string, args: GcpAuditLogArgs): void {
    const { projectId: project, datasetId, topic, location, metadata } = args;
    if (datasetId !== undefined) {
      const dataset = new gcp.bigquery.Dataset(
        name,
        { project, datasetId, location, deleteContentsOnDestroy: false, labels: gcpLabels(metadata) },
        { parent: this },
      );
      this.send(
        name,
        args,
        `bigquery.googleapis.com/projects/${project}/datasets/${datasetId}`,
        [dataset],
        (member) =>
          new gcp.bigquery.DatasetIamMember(
            `${name}-bigquery`,
            { project, datasetId, role: "roles/bigquery.dataEditor", member },
            { parent: this, dependsOn: dataset },
          ),
        { suffix: "-bigquery", bigqueryOptions: { usePartitionedTables: true } },
      );
    }
    if (topic !== undefined)
      this.send(
        name,
        args,
        `pubsub.googleapis.com/${topic}`,
        [],
        (member) =>
          new gcp.pubsub.TopicIAMMember(
            `${name}-topic`,
            { topic, role: "roles/pubsub.publisher", member },
            { parent: this },
          ),
        { suffix: "-topic" },
      );
  }
}

const projectMember = (
  name: string,
  project: string,
  role: string,
  member: pulumi.Output<string>,
  parent: pulumi.Resource,
) => new gcp.projects.IAMMember(name, { project, role, member }, { parent });

function gcpAuditLogProblem(name: string, args: GcpAuditLogArgs): Problem {
  const { projectId, projectNumber, organizationId, location, retentionDays, datasetId, topic } = args;
  const logName = args.logName ?? name;
  const days = retentionDays ?? defaultRetentionDays;
  return (
    metadataProblem(args.metadata) ??
    (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(projectId)
      ? undefined
      : `projectId must be a project's id, 6 to 30 lower-case letters, digits or -, got ${shown(projectId)}.`) ??
    (/^\d{1,20}$/.test(projectNumber)
      ? undefined
      : `projectNumber must be the project's number, digits only, got ${shown(projectNumber)}.`) ??
    (organizationId === undefined || /^\d{1,20}$/.test(organizationId)
      ? undefined
      : `organizationId must be the organisation's number, digits only, got ${shown(organizationId)}.`) ??
    (/^(global|us|eu|[a-z]+-[a-z]+\d+)$/.test(location)
      ? undefined
      : `location must be a region, for example "europe-west3", or global, eu or us, got ${shown(location)}.`) ??
    (Number.isInteger(days) && days >= shortestRetentionDays && days <= longestRetentionDays
      ? undefined
      : `retentionDays must be a whole number from ${shortestRetentionDays} to ${longestRetentionDays} days (Cloud Logging's limit), got ${days}.`) ??
    (/^[a-zA-Z][\w-]{0,90}$/.test(logName)
      ? undefined
      : `logName must be 1 to 91 letters, digits, _ or -, beginning with a letter, got ${shown(logName)}.`) ??
    (datasetId === undefined || /^\w{1,1024}$/.test(datasetId)
      ? undefined
      : `datasetId must be letters, digits or _ (BigQuery's limit), got ${shown(datasetId)}.`) ??
    (topic === undefined ||
    /^projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/topics\/[A-Za-z][\w.~+%-]{2,254}$/.test(topic)
      ? undefined
      : `topic must be projects/<project>/topics/<topic>, got ${shown(topic)}.`)
  );
}
