import * as pulumi from "@pulumi/pulumi";
import { DatabaseSecrets, NhiKind, PostgresSslMode } from "../../../../components";

const { PORT, USERNAME = "", PASSWORD, VERSION = "1", ROLES = "" } = process.env;
const rights: Record<string, string> = { read: "", write: "", admin: "SUPERUSER" };

new DatabaseSecrets("orders", {
  metadata: {
    owner: "team-orders",
    purpose: "migrate the orders database",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  postgresql: {
    host: "127.0.0.1",
    port: Number(PORT),
    database: "postgres",
    username: USERNAME,
    bootstrapPassword: PASSWORD === undefined ? undefined : pulumi.secret(PASSWORD),
    bootstrapVersion: Number(VERSION),
    sslMode: PostgresSslMode.Disable,
  },
  roles: ROLES.split(",").map((name) => ({
    name,
    creationStatements: [
      `CREATE ROLE "{{name}}" ${rights[name] ?? ""} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
    ],
    revocationStatements: [
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';`,
      `DROP ROLE IF EXISTS "{{name}}";`,
    ],
  })),
});
