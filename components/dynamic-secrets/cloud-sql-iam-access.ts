import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { metadataProblem, type NhiMetadata } from "../identity";
import { checked, plainProblem, refuse, shown, type Problem } from "../refusal";

/** What the database is, which says what a service account is called in it. */
export const CloudSqlEngine = {
  PostgreSql: "postgresql",
  MySql: "mysql",
} as const;
export type CloudSqlEngine = (typeof CloudSqlEngine)[keyof typeof CloudSqlEngine];

export interface CloudSqlIamAccessArgs {
  /** Who answers for the access and why it exists. */
  metadata: NhiMetadata;
  /** The project that the instance is in. */
  project: string;
  /** The instance's name. It stands in the condition of each grant, so it is plain. */
  instance: string;
  /** The service account that signs in, for example the one that a workload impersonates. */
  serviceAccountEmail: pulumi.Input<string>;
  /** What the database is. */
  engine: CloudSqlEngine;
}

/**
 * Signs a service account in to one instance of Cloud SQL as a user that has no password: it shows an access token of its
 * own, which lives an hour at most and is nowhere kept.
 *
 * Expiry-only: a token can't be called back, but once the component is gone nobody gets in with one, and the user is gone.
 * The instance needs the flag `cloudsql.iam_authentication` (for MySQL `cloudsql_iam_authentication`). Rights in the
 * database are given there, by GRANT.
 *
 * @example
 * ```typescript
 * new CloudSqlIamAccess("orders", {
 *   metadata,
 *   project: "shop-production",
 *   instance: "orders",
 *   serviceAccountEmail: "orders-service@shop-production.iam.gserviceaccount.com",
 *   engine: CloudSqlEngine.PostgreSql,
 * });
 * ```
 */
export class CloudSqlIamAccess extends pulumi.ComponentResource {
  /** What the service account is called in the database. Known at preview where its e-mail address is. */
  readonly databaseUser: pulumi.Output<string>;

  constructor(name: string, args: CloudSqlIamAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("CloudSqlIamAccess", name, cloudSqlProblem(args));
    super("nhi:index:CloudSqlIamAccess", name, { ...args }, opts);
    const { project, instance, engine } = args;

    const email = checked("CloudSqlIamAccess", name, args.serviceAccountEmail, emailProblem);
    const grants = ["client", "instanceUser"].map(
      (role) =>
        new gcp.projects.IAMMember(
          `${name}-${role}`,
          {
            project,
            role: `roles/cloudsql.${role}`,
            member: pulumi.interpolate`serviceAccount:${email}`,
            // The roles can be given on a project only: this holds them to one instance of it.
            condition: {
              title: `only ${instance}`,
              expression:
                `resource.type == "sqladmin.googleapis.com/Instance" && ` +
                `resource.name == "projects/${project}/instances/${instance}"`,
            },
          },
          { parent: this },
        ),
    );
    const user = new gcp.sql.User(
      name,
      {
        project,
        instance,
        name: email.apply((known) => userName(known, engine)),
        type: "CLOUD_IAM_SERVICE_ACCOUNT",
      },
      { parent: this, dependsOn: grants },
    );

    this.databaseUser = user.name;
    this.registerOutputs({ databaseUser: this.databaseUser });
  }
}

/** A name in PostgreSQL has 63 letters at most, so Google leaves its domain out there. */
const userName = (email: string, engine: CloudSqlEngine) =>
  engine === CloudSqlEngine.PostgreSql ? email.replace(/\.gserviceaccount\.com$/, "") : email;

function cloudSqlProblem(args: CloudSqlIamAccessArgs): Problem {
  const { project, instance, engine } = args;
  const engines: string[] = Object.values(CloudSqlEngine);
  const owner = metadataProblem(args.metadata);
  if (owner !== undefined) return owner;
  if (!/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project))
    return `project must be one project's id, got ${shown(project)}.`;
  if (!/^[a-z][a-z0-9-]{0,96}[a-z0-9]$/.test(instance))
    return `instance must be one instance's name, without project and wildcard, got ${shown(instance)}.`;
  if (!engines.includes(engine)) return `engine must be one of ${engines.join(", ")}, got ${shown(engine)}.`;
  return plainProblem(args.serviceAccountEmail, emailProblem);
}

/** Google's own default accounts are everybody's who may start a machine or a function. */
function emailProblem(email: string): Problem {
  if (/^(\d+-compute@developer|[a-z0-9-]+@appspot)\.gserviceaccount\.com$/.test(email))
    return `serviceAccountEmail must be an account of the workload's own, got the default account ${shown(email)}.`;
  return /^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z0-9.-]+\.iam\.gserviceaccount\.com$/.test(email)
    ? undefined
    : `serviceAccountEmail must be one service account (…@….iam.gserviceaccount.com), got ${shown(email)}.`;
}
