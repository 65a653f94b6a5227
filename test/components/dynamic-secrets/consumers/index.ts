import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseSecrets,
  NhiKind,
  PostgresSslMode,
  VaultFederatedRole,
  VaultTrustedIssuer,
  VaultWorkload,
} from "../../../../components";

const { PORT, USERNAME = "", PASSWORD, ISSUER = "", CONSUMERS = "" } = process.env;
const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

const github = new VaultTrustedIssuer("github", { metadata, issuer: ISSUER });
const ids: Record<string, string> = { app: "456789", reports: "111111" };

/** Each repository has its own role and entity, and neither has a policy. */
const entityIds = Object.entries(ids).map(([repository, repositoryId]) => {
  const role = new VaultFederatedRole(repository, {
    metadata,
    mount: github.mountPath,
    audience: "https://vault.example.com",
    workloads: {
      github: [{ owner: "octo", ownerId: "123456", repository, repositoryId, environment: "production" }],
    },
  });
  const workload = new VaultWorkload(repository, {
    metadata,
    signIns: {
      github: {
        mountAccessor: github.accessor,
        aliasName: role.aliasNames.apply((names) => names["workloads.github[0]"] ?? ""),
      },
    },
  });
  return [repository, workload.entityId] as const;
});

new DatabaseSecrets("orders", {
  metadata,
  postgresql: {
    host: "127.0.0.1",
    port: Number(PORT),
    database: "postgres",
    username: USERNAME,
    bootstrapPassword: PASSWORD === undefined ? undefined : pulumi.secret(PASSWORD),
    sslMode: PostgresSslMode.Disable,
  },
  roles: ["read", "write"].map((name) => ({
    name,
    creationStatements: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
    ],
    revocationStatements: [`DROP ROLE IF EXISTS "{{name}}";`],
  })),
  consumers: entityIds
    .filter(([repository]) => CONSUMERS.split(",").includes(repository))
    .map(([name, entityId]) => ({ name, roles: ["read"], entityIds: [entityId] })),
});
