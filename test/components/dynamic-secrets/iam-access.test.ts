import {
  CloudSqlEngine,
  CloudSqlIamAccess,
  NhiKind,
  RdsEngine,
  RdsIamAccess,
  type CloudSqlIamAccessArgs,
  type RdsIamAccessArgs,
} from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, unknown } from "../../support/mocks";

const metadata = {
  owner: "team-orders",
  purpose: "orders service",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const rds: RdsIamAccessArgs = {
  metadata,
  accountId: "123456789012",
  region: "eu-west-1",
  roleName: "orders-service",
  resourceId: "db-ABCDEFGHIJKL01234",
  username: "orders_service",
  engine: RdsEngine.PostgreSql,
};
const email = "orders-service@shop-production.iam.gserviceaccount.com";
const cloudSql: CloudSqlIamAccessArgs = {
  metadata,
  project: "shop-production",
  instance: "orders",
  serviceAccountEmail: email,
  engine: CloudSqlEngine.PostgreSql,
};

describe("RdsIamAccess", () => {
  it("lets one role connect as one user of one database, and says how the user is made", async () => {
    expect(await registeredBy(() => new RdsIamAccess("orders", rds))).toEqual([
      {
        parent: "RdsIamAccess orders",
        type: "aws:iam/rolePolicy:RolePolicy",
        name: "orders",
        inputs: {
          role: "orders-service",
          name: "rds-orders_service",
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Action: "rds-db:connect",
                Resource: "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABCDEFGHIJKL01234/orders_service",
              },
            ],
          }),
        },
      },
      {
        type: "nhi:index:RdsIamAccess",
        name: "orders",
        inputs: rds,
        outputs: {
          createUserSql: [`CREATE USER "orders_service" WITH LOGIN;`, `GRANT rds_iam TO "orders_service";`],
        },
      },
    ]);
  });

  it("knows MySQL's way and other partitions", async () => {
    const registered = await registeredBy(
      () =>
        new RdsIamAccess("orders", {
          ...rds,
          partition: "aws-us-gov",
          region: "us-gov-west-1",
          resourceId: "cluster-ABC",
          engine: RdsEngine.MySql,
        }),
    );
    expect(registered[0]?.inputs).toMatchObject({
      policy: expect.stringContaining(
        '"arn:aws-us-gov:rds-db:us-gov-west-1:123456789012:dbuser:cluster-ABC/orders_service"',
      ) as string,
    });
    expect(registered[1]?.outputs).toEqual({
      createUserSql: [
        "CREATE USER 'orders_service'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;",
      ],
    });
  });

  it("waits for an id that is not known yet", async () => {
    const registered = await registeredBy(
      () => new RdsIamAccess("orders", { ...rds, resourceId: notYetKnown() }),
      { preview: true },
    );
    expect(registered.find(({ name }) => name === "orders")?.inputs).toMatchObject({ policy: unknown });
  });

  it.each<{ what: string; change: Partial<RdsIamAccessArgs>; says: string }>([
    {
      what: "no owner",
      change: { metadata: { ...metadata, owner: "" } },
      says: 'metadata.owner must say something, got "".',
    },
    {
      what: "an account that is none",
      change: { accountId: "*" },
      says: 'accountId must be 12 digits, got "*".',
    },
    {
      what: "every region",
      change: { region: "*" },
      says: 'region must be one region (eu-west-1), got "*".',
    },
    {
      what: "every database",
      change: { resourceId: "*" },
      says: `resourceId must be the database's resource id (db-…, cluster-… or prx-…), without wildcard, got "*".`,
    },
    {
      what: "a database by its name",
      change: { resourceId: "orders" },
      says: `resourceId must be the database's resource id (db-…, cluster-… or prx-…), without wildcard, got "orders".`,
    },
    {
      what: "every user",
      change: { username: "*" },
      says: 'username must be one user of letters, digits and _, without wildcard, got "*".',
    },
    {
      what: "a user that would end its name in the SQL",
      change: { username: 'a"; DROP' },
      says: 'username must be one user of letters, digits and _, without wildcard, got "a\\"; DROP".',
    },
    {
      what: "the administrator",
      change: { username: "postgres" },
      says: 'username must not be an administrator of the database, got "postgres". Make a user with the rights that the task takes.',
    },
    {
      what: "an engine that has no such sign-in",
      change: { engine: "oracle" as RdsEngine },
      says: 'engine must be one of postgresql, mysql, got "oracle".',
    },
  ])("refuses $what", async ({ change, says }) => {
    const message = await refusalOf(() => new RdsIamAccess("orders", { ...rds, ...change }));
    expect(message).toBe(`RdsIamAccess "orders": ${says}`);
  });
});

describe("CloudSqlIamAccess", () => {
  const condition = {
    title: "only orders",
    expression:
      'resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/shop-production/instances/orders"',
  };
  const grant = (role: string) => ({
    parent: "CloudSqlIamAccess orders",
    type: "gcp:projects/iAMMember:IAMMember",
    name: `orders-${role}`,
    inputs: {
      project: "shop-production",
      role: `roles/cloudsql.${role}`,
      member: `serviceAccount:${email}`,
      condition,
    },
  });

  it("lets one account connect to one instance, as a user without a password", async () => {
    expect(await registeredBy(() => new CloudSqlIamAccess("orders", cloudSql))).toEqual([
      grant("client"),
      grant("instanceUser"),
      {
        parent: "CloudSqlIamAccess orders",
        type: "gcp:sql/user:User",
        name: "orders",
        inputs: {
          project: "shop-production",
          instance: "orders",
          name: "orders-service@shop-production.iam",
          type: "CLOUD_IAM_SERVICE_ACCOUNT",
        },
        after: ["IAMMember orders-client", "IAMMember orders-instanceUser"],
        additionalSecretOutputs: ["password", "passwordWo"],
      },
      {
        type: "nhi:index:CloudSqlIamAccess",
        name: "orders",
        inputs: cloudSql,
        outputs: { databaseUser: "orders-service@shop-production.iam" },
      },
    ]);
  });

  it("gives MySQL the whole address", async () => {
    const registered = await registeredBy(
      () => new CloudSqlIamAccess("orders", { ...cloudSql, engine: CloudSqlEngine.MySql }),
    );
    expect(registered.find(({ type }) => type === "gcp:sql/user:User")?.inputs).toMatchObject({
      name: email,
    });
  });

  const account = (got: string) =>
    `serviceAccountEmail must be one service account (…@….iam.gserviceaccount.com), got "${got}".`;
  it.each<{ what: string; change: Partial<CloudSqlIamAccessArgs>; says: string }>([
    {
      what: "no owner",
      change: { metadata: { ...metadata, owner: "" } },
      says: 'metadata.owner must say something, got "".',
    },
    { what: "every project", change: { project: "*" }, says: `project must be one project's id, got "*".` },
    {
      what: "every instance",
      change: { instance: "*" },
      says: `instance must be one instance's name, without project and wildcard, got "*".`,
    },
    {
      what: "an engine that has no such sign-in",
      change: { engine: "sqlserver" as CloudSqlEngine },
      says: 'engine must be one of postgresql, mysql, got "sqlserver".',
    },
    {
      what: "a person",
      change: { serviceAccountEmail: "ann@example.com" },
      says: account("ann@example.com"),
    },
    { what: "everybody", change: { serviceAccountEmail: "allUsers" }, says: account("allUsers") },
    {
      what: "the account of every machine",
      change: { serviceAccountEmail: "123-compute@developer.gserviceaccount.com" },
      says: 'serviceAccountEmail must be an account of the workload\'s own, got the default account "123-compute@developer.gserviceaccount.com".',
    },
  ])("refuses $what", async ({ change, says }) => {
    const message = await refusalOf(() => new CloudSqlIamAccess("orders", { ...cloudSql, ...change }));
    expect(message).toBe(`CloudSqlIamAccess "orders": ${says}`);
  });
});
