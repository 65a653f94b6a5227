import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { DatabaseSecrets, NhiKind, PostgresSslMode, VaultAudit, VaultFederatedRole } from "pulumi-nhi";

const config = new pulumi.Config();
const issuer = config.get("issuer") ?? "https://token.actions.githubusercontent.com";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database on release",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

// From here on every request is on record, twice: if one device fails, Vault goes on with the other.
const audit = new VaultAudit("audit", {
  metadata,
  file: { path: config.get("auditFile") ?? "/var/log/vault/audit.log" },
  socket: { address: config.get("auditSocket") ?? "127.0.0.1:9090" },
});

// Vault accepts what this issuer signs. A Vault has one such mount for each issuer.
const github = new vault.jwt.AuthBackend(
  "github",
  { path: "github", type: "jwt", oidcDiscoveryUrl: issuer, boundIssuer: issuer },
  { dependsOn: audit },
);

const orders = new DatabaseSecrets(
  "orders",
  {
    metadata,
    postgresql: {
      host: config.get("databaseHost") ?? "db.example.com",
      port: config.getNumber("databasePort") ?? 5432,
      database: config.get("database") ?? "orders",
      username: config.get("databaseUser") ?? "vault",
      // Needed by the first `up` only: Vault replaces the password with one that nobody has seen.
      bootstrapPassword: config.getSecret("databasePassword"),
      sslMode: config.get<PostgresSslMode>("databaseSslMode") ?? PostgresSslMode.VerifyFull,
    },
    roles: [
      {
        name: "migrate",
        creationStatements: [
          `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
          `GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
        ],
        revocationStatements: [
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';`,
          `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{{name}}";`,
          `DROP ROLE IF EXISTS "{{name}}";`,
        ],
      },
    ],
  },
  { dependsOn: audit },
);

// Only the production job of this one repository, by its ids: a repository of the same name later is another one.
const migration = new VaultFederatedRole("orders-migration", {
  metadata,
  mount: github.path,
  audience: config.get("vaultAddress") ?? "https://vault.example.com",
  workloads: {
    github: [
      {
        owner: "octo",
        ownerId: "123456",
        repository: "app",
        repositoryId: "456789",
        environment: "production",
      },
    ],
  },
  policies: [orders.policyNames.apply((names) => names.migrate ?? "")],
});

export const loginRole = migration.roleName;
export const credentialPaths = orders.credentialPaths;
