import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";
import { awsTags, awsTagsProblem, metadataProblem, type NhiMetadata } from "../identity";
import { firstProblem, refuse, shown, type Problem } from "../refusal";

/** Which statements are written down. */
export const AuditedStatements = {
  /** All of them. */
  All: "all",
  /** What changes data, tables or rights, and no reading. */
  Changes: "mod",
} as const;
export type AuditedStatements = (typeof AuditedStatements)[keyof typeof AuditedStatements];

/** Parameter groups of RDS or Aurora, for `parameterGroupName` of the instances. */
export interface RdsParameterGroups {
  /** For RDS instances: the family, such as `postgres17`. */
  instanceFamily?: string | undefined;
  /** For Aurora clusters: the family, such as `aurora-postgresql16`. */
  clusterFamily?: string | undefined;
}

export interface DatabaseAuditArgs {
  /** Who answers for the log and why it exists. */
  metadata: NhiMetadata;
  /** Which statements are written down. Default: `all`: who read what is what an investigator asks for. */
  statements?: AuditedStatements;
  /**
   * What begins each line. Default: `%m [%p] user=%u `, which `nhi trace` reads. RDS takes a few values only: leave it
   * out there, and tell `nhi trace` the prefix that RDS uses.
   */
  linePrefix?: string | undefined;
  /** Make parameter groups with these settings. Without it, the outputs are for a server that something else makes. */
  rds?: RdsParameterGroups | undefined;
}

/** A setting of Cloud SQL: what `databaseFlags` of an instance takes. */
export interface DatabaseFlag {
  /** The setting, as PostgreSQL calls it. */
  name: string;
  /** Its value, as text. */
  value: string;
}

const usualPrefix = "%m [%p] user=%u ";
/** A time, a process and a user: without one of them, a line can't be told to be of a grant. */
const neededEscapes = ["%m", "%p", "%u"];

/**
 * PostgreSQL's own log as an audit trail: who connected, what that user ran, when the connection ended, and who was
 * refused. With a user for each grant, which `DatabaseSecrets` makes, each line is of one grant.
 *
 * Values that a program binds to a statement are left out: they are data, and may be secret. A password that is written
 * out in `CREATE ROLE` is in the log as it stands; Vault sends it hashed, by `DatabaseSecrets`' own setting.
 *
 * A superuser can switch the log off, and rows of a table can't be told apart by it. The lines must leave the server
 * for a place where its administrators can't change them: `enabledCloudwatchLogsExports` of RDS, Cloud Logging of
 * Cloud SQL, a collector elsewhere.
 *
 * @example
 * ```typescript
 * const audit = new DatabaseAudit("orders-log", { metadata, rds: { instanceFamily: "postgres17" } });
 * ```
 */
export class DatabaseAudit extends pulumi.ComponentResource {
  /** The lines of `postgresql.conf`. Known at preview. */
  readonly configuration: pulumi.Output<string>;
  /** For `settings.databaseFlags` of a `gcp.sql.DatabaseInstance`. Known at preview. */
  readonly databaseFlags: pulumi.Output<DatabaseFlag[]>;
  /** The parameter group of RDS instances, where there is one. */
  readonly instanceParameterGroup: pulumi.Output<string> | undefined;
  /** The parameter group of Aurora clusters, where there is one. */
  readonly clusterParameterGroup: pulumi.Output<string> | undefined;

  constructor(name: string, args: DatabaseAuditArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("DatabaseAudit", name, databaseAuditProblem(args));
    super("nhi:index:DatabaseAudit", name, { ...args }, opts);

    const settings = settingsOf(args);
    const { instanceFamily, clusterFamily } = args.rds ?? {};
    const group = {
      description: `Audit of connections and statements (owner ${args.metadata.owner})`,
      // RDS has its own prefix and refuses most others.
      parameters: settings
        .filter(({ name: setting }) => setting !== "log_line_prefix" || args.linePrefix !== undefined)
        // At once, without a restart: all of them are read anew when the configuration is.
        .map((setting) => ({ ...setting, applyMethod: "immediate" })),
      tags: awsTags(args.metadata),
    };
    if (instanceFamily !== undefined)
      this.instanceParameterGroup = new aws.rds.ParameterGroup(
        name,
        { name, family: instanceFamily, ...group },
        { parent: this },
      ).name;
    if (clusterFamily !== undefined)
      this.clusterParameterGroup = new aws.rds.ClusterParameterGroup(
        name,
        { name, family: clusterFamily, ...group },
        { parent: this },
      ).name;

    this.configuration = pulumi.output(
      settings.map(({ name: setting, value }) => `${setting} = '${value.replaceAll("'", "''")}'\n`).join(""),
    );
    this.databaseFlags = pulumi.output(settings);
    this.registerOutputs({
      configuration: this.configuration,
      databaseFlags: this.databaseFlags,
      ...(this.instanceParameterGroup && { instanceParameterGroup: this.instanceParameterGroup }),
      ...(this.clusterParameterGroup && { clusterParameterGroup: this.clusterParameterGroup }),
    });
  }
}

/** PostgreSQL's documentation, "Error Reporting and Logging" and "Connections and Authentication". */
function settingsOf({ statements = AuditedStatements.All, linePrefix }: DatabaseAuditArgs): DatabaseFlag[] {
  return [
    { name: "log_connections", value: "on" },
    { name: "log_disconnections", value: "on" },
    { name: "log_line_prefix", value: linePrefix ?? usualPrefix },
    // The statement of a refusal too: what somebody tried after the grant's end.
    { name: "log_min_error_statement", value: "error" },
    // Values that are bound to a statement are left out.
    { name: "log_parameter_max_length", value: "0" },
    { name: "log_parameter_max_length_on_error", value: "0" },
    { name: "log_statement", value: statements },
  ];
}

function databaseAuditProblem(args: DatabaseAuditArgs): Problem {
  const { statements = AuditedStatements.All, linePrefix, rds } = args;
  const known: string[] = Object.values(AuditedStatements);
  return (
    metadataProblem(args.metadata) ??
    (rds ? (awsTagsProblem(args.metadata) ?? familiesProblem(rds)) : undefined) ??
    (known.includes(statements)
      ? undefined
      : `statements must be ${known.join(" or ")}, got ${shown(statements)}. Less than that does not say what a grant did.`) ??
    (linePrefix === undefined ? undefined : linePrefixProblem(linePrefix))
  );
}

function familiesProblem({ instanceFamily, clusterFamily }: RdsParameterGroups): Problem {
  if (instanceFamily === undefined && clusterFamily === undefined)
    return "rds must have instanceFamily, clusterFamily or both. Leave it out where the server is none of RDS.";
  return firstProblem(
    [
      ["rds.instanceFamily", instanceFamily, /^postgres\d{1,2}$/, "postgres17"],
      ["rds.clusterFamily", clusterFamily, /^aurora-postgresql\d{1,2}$/, "aurora-postgresql16"],
    ] as const,
    ([argument, family, pattern, example]) =>
      family === undefined || pattern.test(family)
        ? undefined
        : `${argument} must be a family of PostgreSQL such as ${example}, got ${shown(family)}.`,
  );
}

function linePrefixProblem(prefix: string): Problem {
  if (/[\p{C}]/u.test(prefix))
    return `linePrefix must be one line without control characters, got ${shown(prefix)}.`;
  const missing = neededEscapes.filter((escape) => !prefix.includes(escape));
  return missing.length === 0
    ? undefined
    : `linePrefix must have ${neededEscapes.join(", ")}: the time, the process and the user, got ${shown(prefix)}. Without them a line can't be told to be of a grant.`;
}
