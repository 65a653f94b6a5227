import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdProblem, isRegion, partitionPattern } from "../aws-names";
import { metadataProblem, type NhiMetadata } from "../identity";
import { checked, plainProblem, refuse, shown, type Problem } from "../refusal";

/** What the database is, which says how it makes a user without a password. */
export const RdsEngine = {
  /** RDS for PostgreSQL and Aurora PostgreSQL. */
  PostgreSql: "postgresql",
  /** RDS for MySQL and MariaDB, and Aurora MySQL. */
  MySql: "mysql",
} as const;
export type RdsEngine = (typeof RdsEngine)[keyof typeof RdsEngine];

export interface RdsIamAccessArgs {
  /** Who answers for the access and why it exists. */
  metadata: NhiMetadata;
  /** The account that the database is in: 12 digits. */
  accountId: string;
  /** The region that the database is in. */
  region: string;
  /** The partition of the account. Default: `aws`. Others are `aws-cn` and `aws-us-gov`. */
  partition?: string | undefined;
  /** The name of the role whose sessions may sign in, for example `roleName` of an `AwsFederatedRole`. */
  roleName: pulumi.Input<string>;
  /**
   * The database's resource id: `dbiResourceId` of an instance (`db-…`), `clusterResourceId` of an Aurora cluster
   * (`cluster-…`), or that of a proxy (`prx-…`). Not its name: another database can have that one later.
   */
  resourceId: pulumi.Input<string>;
  /** The database's user, exactly as it is written there. Not the master user. */
  username: string;
  /** What the database is. */
  engine: RdsEngine;
}

/**
 * Signs a role's sessions in to a database of RDS or Aurora as one user that has no password: AWS makes a token of the
 * session, which opens a connection within 15 minutes and is nowhere kept.
 *
 * Expiry-only: the token can't be called back. Once the component is gone, AWS lets nobody open a connection with one; what is
 * open stays open until the database ends it. The database needs IAM authentication switched on, and TLS.
 *
 * @example
 * ```typescript
 * const access = new RdsIamAccess("orders", {
 *   metadata,
 *   accountId,
 *   region: "eu-west-1",
 *   roleName: "orders-service",
 *   resourceId: "db-ABCDEFGHIJKL01234",
 *   username: "orders_service",
 *   engine: RdsEngine.PostgreSql,
 * });
 * // Run once in the database, by whoever sets it up.
 * const setUp = access.createUserSql;
 * ```
 */
export class RdsIamAccess extends pulumi.ComponentResource {
  /** What makes the user in the database, without a password and without rights. Known at preview. */
  readonly createUserSql: pulumi.Output<string[]>;

  constructor(name: string, args: RdsIamAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("RdsIamAccess", name, rdsIamAccessProblem(args));
    super("nhi:index:RdsIamAccess", name, { ...args }, opts);

    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: args.roleName,
        name: `rds-${args.username}`,
        policy: connectPolicy(name, args),
      },
      { parent: this },
    );
    this.createUserSql = policy.urn.apply(() => createUser[args.engine](args.username));
    this.registerOutputs({ createUserSql: this.createUserSql });
  }
}

/** As text where the id is known: a document that comes out of an output is unknown to the pack at preview. */
function connectPolicy(name: string, args: RdsIamAccessArgs): pulumi.Input<string> {
  const { partition = "aws", region, accountId, username, resourceId } = args;
  const policyOf = (id: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "rds-db:connect",
          Resource: `arn:${partition}:rds-db:${region}:${accountId}:dbuser:${id}/${username}`,
        },
      ],
    });
  return typeof resourceId === "string"
    ? policyOf(resourceId)
    : checked("RdsIamAccess", name, resourceId, resourceIdProblem).apply(policyOf);
}

/** As AWS documents it (Amazon RDS User Guide, "Creating a database account using IAM authentication"). */
const createUser: Record<RdsEngine, (username: string) => string[]> = {
  postgresql: (username) => [`CREATE USER "${username}" WITH LOGIN;`, `GRANT rds_iam TO "${username}";`],
  mysql: (username) => [
    `CREATE USER '${username}'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;`,
  ],
};

function rdsIamAccessProblem(args: RdsIamAccessArgs): Problem {
  const { accountId, region, partition = "aws", username, engine } = args;
  const engines: string[] = Object.values(RdsEngine);
  const given = metadataProblem(args.metadata) ?? accountIdProblem(accountId);
  if (given !== undefined) return given;
  if (!isRegion(region)) return `region must be one region (eu-west-1), got ${shown(region)}.`;
  if (!partitionPattern.test(partition))
    return `partition must be aws, aws-cn or aws-us-gov, got ${shown(partition)}.`;
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(username))
    return `username must be one user of letters, digits and _, without wildcard, got ${shown(username)}.`;
  if (/^(postgres|admin|root|rdsadmin|rds_superuser)$/i.test(username))
    return `username must not be an administrator of the database, got ${shown(username)}. Make a user with the rights that the task takes.`;
  if (!engines.includes(engine)) return `engine must be one of ${engines.join(", ")}, got ${shown(engine)}.`;
  return plainProblem(args.resourceId, resourceIdProblem);
}

function resourceIdProblem(id: string): Problem {
  return /^(db|cluster|prx)-[A-Za-z0-9]+$/.test(id)
    ? undefined
    : `resourceId must be the database's resource id (db-…, cluster-… or prx-…), without wildcard, got ${shown(id)}.`;
}
