import * as pulumi from "@pulumi/pulumi";
import { DatabaseAccess, DatabaseSecrets, NhiKind } from "../../../../components";

const { MARIADB_PORT, REDIS_PORT, PASSWORD, VERSION = "1", MORE } = process.env;
const { ReadOnly, ReadWrite, MigrationOwner } = DatabaseAccess;
const server = {
  host: "127.0.0.1",
  username: "vault",
  bootstrapPassword: PASSWORD === undefined ? undefined : pulumi.secret(PASSWORD),
  bootstrapVersion: Number(VERSION),
  tls: false,
};

/** Two databases of different kinds in one engine. */
new DatabaseSecrets("shop", {
  metadata: {
    owner: "team-shop",
    purpose: "run the shop",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  connections: {
    orders: { mariadb: { ...server, port: Number(MARIADB_PORT), usernamePrefix: "rel-7" } },
    carts: { redis: { ...server, port: Number(REDIS_PORT) } },
  },
  roles: [
    { name: "orders-read", connection: "orders", access: ReadOnly, schema: "shop_data" },
    { name: "orders-write", connection: "orders", access: ReadWrite, schema: "shop_data" },
    { name: "orders-migrate", connection: "orders", access: MigrationOwner, schema: "shop_data" },
    { name: "carts-read", connection: "carts", access: ReadOnly, schema: "cart" },
    { name: "carts-write", connection: "carts", access: ReadWrite, schema: "cart" },
    ...(MORE === undefined ? [] : [{ name: MORE, connection: "carts", access: ReadOnly, schema: "cart" }]),
  ],
});
