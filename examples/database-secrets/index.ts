import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseAccess,
  DatabaseSecrets,
  NhiKind,
  PostgresSslMode,
  VaultFederatedRole,
  VaultTrustedIssuer,
  VaultWorkload,
} from "pulumi-nhi";

const config = new pulumi.Config();

const metadata = {
  owner: "team-shop",
  purpose: "run the shop",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

// The workload signs in with its own token, and its role has no rights: the engine below lets it in by its entity.
const github = new VaultTrustedIssuer("github", {
  metadata,
  issuer: "https://token.actions.githubusercontent.com",
  jwksUrl: config.get("jwksUrl"),
});
const login = new VaultFederatedRole("shop", {
  metadata,
  mount: github.mountPath,
  audience: config.get("vaultAddress") ?? "https://vault.example.com",
  workloads: {
    github: [
      {
        owner: "octo",
        ownerId: "123456",
        repository: "shop",
        repositoryId: "456789",
        environment: "production",
      },
    ],
  },
});
const shop = new VaultWorkload("shop", {
  metadata,
  signIns: {
    github: {
      mountAccessor: github.accessor,
      aliasName: login.aliasNames.apply((names) => names["workloads.github[0]"] ?? ""),
    },
  },
});

// Needed by the first `up` only: Vault replaces the passwords with ones that nobody has seen, and again each month.
const rootRotation = { on: config.get("rotatedOn") ?? "2027-01" };
const databases = new DatabaseSecrets("databases", {
  metadata,
  connections: {
    orders: {
      postgresql: {
        host: config.get("ordersHost") ?? "orders.example.com",
        port: config.getNumber("ordersPort") ?? 5432,
        database: config.get("ordersDatabase") ?? "orders",
        username: "vault",
        bootstrapPassword: config.getSecret("ordersPassword"),
        sslMode: config.get<PostgresSslMode>("ordersSslMode") ?? PostgresSslMode.VerifyFull,
        rootRotation,
      },
    },
    carts: {
      redis: {
        host: config.get("cartsHost") ?? "carts.example.com",
        port: config.getNumber("cartsPort") ?? 6379,
        username: "vault",
        bootstrapPassword: config.getSecret("cartsPassword"),
        tls: config.getBoolean("cartsTls") ?? true,
        tlsCa: config.get("cartsCa") ?? "-----BEGIN CERTIFICATE-----",
        rootRotation,
      },
    },
  },
  roles: [
    { name: "orders-read", connection: "orders", access: DatabaseAccess.ReadOnly, schema: "shop" },
    { name: "orders-write", connection: "orders", access: DatabaseAccess.ReadWrite, schema: "shop" },
    {
      name: "orders-migrate",
      connection: "orders",
      access: DatabaseAccess.MigrationOwner,
      schema: "shop",
      ownerRole: "shop_owner",
    },
    { name: "carts-read", connection: "carts", access: DatabaseAccess.ReadOnly, schema: "cart" },
  ],
  consumers: [{ name: "shop", roles: ["orders-read", "carts-read"], entityIds: [shop.entityId] }],
});

export const loginRole = login.roleName;
export const credentialPaths = databases.credentialPaths;
