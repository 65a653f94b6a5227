import { CloudSqlEngine, CloudSqlIamAccess, NhiKind, RdsEngine, RdsIamAccess } from "pulumi-nhi";

const metadata = {
  owner: "team-orders",
  purpose: "reads and writes orders",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};

const onAws = new RdsIamAccess("orders", {
  metadata,
  accountId: "123456789012",
  region: "eu-west-1",
  roleName: "orders-service",
  resourceId: "db-ABCDEFGHIJKL01234",
  username: "orders_service",
  engine: RdsEngine.PostgreSql,
});

const onGcp = new CloudSqlIamAccess("orders", {
  metadata,
  project: "shop-production",
  instance: "orders",
  serviceAccountEmail: "orders-service@shop-production.iam.gserviceaccount.com",
  engine: CloudSqlEngine.PostgreSql,
});

/** To run once in the database at AWS, by whoever sets it up. */
export const createUserSql = onAws.createUserSql;
/** Who the service is in the database at Google Cloud. */
export const databaseUser = onGcp.databaseUser;
