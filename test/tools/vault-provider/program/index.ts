import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

const settings = JSON.parse(process.env.SETTINGS ?? "{}") as {
  folder?: string;
  pubkey?: string;
  role?: Partial<vault.jwt.AuthBackendRoleArgs>;
  mountPath?: string;
  passwordVersion?: number;
};

const device = new vault.Audit("device", {
  type: "file",
  options: { file_path: `${settings.folder ?? ""}/audit.log` },
});
// While a device is being made, Vault may fail other requests: it can't record them.
const recorded = { dependsOn: device };
const github = new vault.jwt.AuthBackend(
  "github",
  {
    path: "github",
    jwtValidationPubkeys: [settings.pubkey ?? ""],
    boundIssuer: "https://issuer.example.com",
  },
  recorded,
);
const role = new vault.jwt.AuthBackendRole("deploy", {
  backend: github.path.apply((path) => path ?? ""),
  roleName: "deploy",
  roleType: "jwt",
  userClaim: "repository_id",
  boundAudiences: ["https://vault.example.com"],
  boundClaims: { sub: "repo:octo/app:ref:refs/heads/main,repo:octo/app:environment:production" },
  tokenPolicies: ["orders", "default"],
  tokenTtl: 900,
  ...settings.role,
});
const mount = new vault.Mount(
  "orders",
  {
    path: settings.mountPath ?? "orders",
    type: "database",
    maxLeaseTtlSeconds: 900,
    auditNonHmacResponseKeys: ["username"],
  },
  recorded,
);
const connection = new vault.database.SecretBackendConnection("orders", {
  backend: mount.path,
  name: "postgresql",
  allowedRoles: ["migrate"],
  verifyConnection: false,
  postgresql: {
    connectionUrl: "postgresql://{{username}}:{{password}}@127.0.0.1:5432/orders?sslmode=disable",
    username: "vault",
    passwordWo: "canary-of-the-connection",
    passwordWoVersion: settings.passwordVersion ?? 1,
  },
});
new vault.database.SecretBackendRole("migrate", {
  backend: mount.path,
  name: "migrate",
  dbName: connection.name,
  creationStatements: ["CREATE ROLE x;"],
  defaultTtl: 300,
});
const policy = new vault.Policy(
  "orders",
  { policy: 'path "orders/creds/migrate" {\n  capabilities = ["read"]\n}\n' },
  recorded,
);
new vault.generic.Endpoint(
  "user",
  {
    path: "secret/user",
    dataJson: pulumi.secret(JSON.stringify({ password: "canary-of-the-endpoint" })),
    ignoreAbsentFields: true,
  },
  { dependsOn: new vault.Mount("secret", { path: "secret", type: "kv" }, recorded) },
);

export const accessor = github.accessor;
export const policyName = policy.name;
export const roleId = role.id;
