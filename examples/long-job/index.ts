import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseAccess,
  DatabaseSecrets,
  NhiKind,
  PostgresSslMode,
  VaultFederatedRole,
  VaultTrustedIssuer,
} from "pulumi-nhi";

const config = new pulumi.Config();

const metadata = {
  owner: "team-reports",
  purpose: "publish the nightly report",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

const github = new VaultTrustedIssuer("github", {
  metadata,
  issuer: "https://token.actions.githubusercontent.com",
  jwksUrl: config.get("jwksUrl"),
});

const reports = new DatabaseSecrets("reports", {
  metadata,
  postgresql: {
    host: config.get("databaseHost") ?? "db.example.com",
    port: config.getNumber("databasePort") ?? 5432,
    database: config.get("database") ?? "reports",
    username: "vault",
    bootstrapPassword: config.getSecret("databasePassword"),
    sslMode: config.get<PostgresSslMode>("databaseSslMode") ?? PostgresSslMode.VerifyFull,
  },
  // As long as the one step needs, however long the job is.
  roles: [
    {
      name: "publish",
      access: DatabaseAccess.ReadWrite,
      schema: "reports",
      defaultTtlSeconds: 120,
      maxTtlSeconds: 300,
    },
  ],
});

// The job that computes for hours has no environment, so it can't sign in: only the one that publishes can. The right is
// its role's and not the repository's, whose entity both would share.
const publish = new VaultFederatedRole("publish", {
  metadata,
  mount: github.mountPath,
  audience: config.get("vaultAddress") ?? "https://vault.example.com",
  workloads: {
    github: [
      {
        owner: "octo",
        ownerId: "123456",
        repository: "reports",
        repositoryId: "456789",
        environment: "production",
      },
    ],
  },
  policies: [reports.policyNames.apply((names) => names.publish ?? "")],
  tokenTtlSeconds: 300,
  tokenMaxTtlSeconds: 300,
});

export const loginRole = publish.roleName;
export const credentialPaths = reports.credentialPaths;
