import * as pulumi from "@pulumi/pulumi";
import {
  AwsFederatedRole,
  AwsJitRole,
  DatabaseSecrets,
  GcpFederatedAccess,
  NhiKind,
  VaultAudit,
  VaultFederatedRole,
} from "../../../components";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const branch = process.env.BRANCH ?? "main";
const workloads = {
  github: [{ owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", branch }],
};
const everything = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

new VaultAudit("audit", {
  metadata,
  file: { path: "/var/log/vault/audit.log" },
  socket: { address: "127.0.0.1:9090" },
});
const orders = new DatabaseSecrets("orders", {
  metadata,
  postgresql: {
    host: "db.example.com",
    database: "orders",
    username: "vault",
    bootstrapPassword: pulumi.secret("canary-of-the-bootstrap"),
  },
  roles: [
    {
      name: "migrate",
      creationStatements: [
        `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
      ],
      revocationStatements: [`DROP ROLE IF EXISTS "{{name}}";`],
    },
  ],
});
new VaultFederatedRole("migration", {
  metadata,
  mount: "github",
  audience: "https://vault.example.com",
  workloads,
  policies: [orders.policyNames.apply((names) => names.migrate ?? "")],
});
new AwsFederatedRole("deploy", {
  metadata,
  accountId: "123456789012",
  workloads,
  inlinePolicies:
    process.env.GRANT === "everything"
      ? [{ name: "later", policy: pulumi.output(JSON.stringify(everything)) }]
      : [],
});
new GcpFederatedAccess("publish", {
  metadata,
  projectId: "octo-orders",
  projectNumber: "123456789012",
  workloads,
  grants: { buckets: [{ bucket: "octo-reports", role: "roles/storage.objectUser" }] },
});
const jit = new AwsJitRole("jit", {
  metadata,
  accountId: "123456789012",
  brokerRoleArn: "arn:aws:iam::123456789012:role/broker",
  permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
});

export const roleArn = jit.roleArn;
