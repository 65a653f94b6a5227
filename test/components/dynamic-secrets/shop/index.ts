import * as pulumi from "@pulumi/pulumi";
import { DatabaseAccess, DatabaseSecrets, NhiKind, PostgresSslMode } from "../../../../components";

const { PORT, PASSWORD = "", MONTH, PERIOD, TTL, ADOPT } = process.env;

/** Takes over a mount that is there already. What is in it is written over. */
const adopt: pulumi.ResourceTransformation = ({ type, props, opts }) => ({
  props: props,
  opts: type === "vault:index/mount:Mount" ? { ...opts, import: ADOPT } : opts,
});

new DatabaseSecrets(
  "shop",
  {
    mountPath: ADOPT ?? "shop",
    metadata: {
      owner: "team-shop",
      purpose: "run the shop",
      environment: "production",
      kind: NhiKind.Workload,
      reviewBy: "2027-06-30",
    },
    postgresql: {
      host: "127.0.0.1",
      port: Number(PORT),
      database: "postgres",
      username: "vault",
      bootstrapPassword: pulumi.secret(PASSWORD),
      usernamePrefix: "release-7",
      rootRotation: { on: MONTH, periodSeconds: PERIOD === undefined ? undefined : Number(PERIOD) },
      sslMode: PostgresSslMode.Disable,
    },
    roles: [
      {
        name: "read",
        access: DatabaseAccess.ReadOnly,
        schema: "shop",
        defaultTtlSeconds: Number(TTL ?? 300),
      },
      { name: "write", access: DatabaseAccess.ReadWrite, schema: "shop" },
      { name: "migrate", access: DatabaseAccess.MigrationOwner, schema: "shop", ownerRole: "shop_owner" },
      {
        name: "brief",
        access: DatabaseAccess.ReadOnly,
        schema: "shop",
        defaultTtlSeconds: 2,
        maxTtlSeconds: 4,
      },
    ],
    maxRequestsPerSecond: 1000,
  },
  ADOPT === undefined ? {} : { transformations: [adopt] },
);
