import * as vault from "@pulumi/vault";

/** What the test changes from one run to the next. */
const settings = JSON.parse(process.env.SETTINGS ?? "{}") as {
  auditFile: string;
  issuerKey: string;
  claim?: string;
  imports?: boolean;
  random?: { disableRead: boolean };
  unknownType?: boolean;
};

const device = new vault.Audit("device", { type: "file", options: { file_path: settings.auditFile } });
// While a device is being made, Vault fails other requests: it can't record them.
const onRecord = { dependsOn: device };
const github = new vault.jwt.AuthBackend(
  "github",
  { path: "github", jwtValidationPubkeys: [settings.issuerKey] },
  onRecord,
);
const role = new vault.jwt.AuthBackendRole("deploy", {
  backend: github.path.apply((path) => path ?? ""),
  roleName: "deploy",
  roleType: "jwt",
  userClaim: "repository_id",
  boundAudiences: ["https://vault.example.com"],
  boundClaims: { sub: settings.claim ?? "repo:octo/app:environment:production" },
  tokenPolicies: ["orders"],
  tokenTtl: 900,
});
const orders = new vault.Mount("orders", { path: "orders", type: "database" }, onRecord);
const connection = new vault.database.SecretBackendConnection("orders", {
  backend: orders.path,
  name: "postgresql",
  allowedRoles: ["migrate"],
  verifyConnection: false,
  postgresql: {
    connectionUrl: "postgresql://{{username}}:{{password}}@127.0.0.1:5432/orders?sslmode=disable",
    username: "vault",
    passwordWo: "canary-of-the-connection",
    passwordWoVersion: 1,
  },
});
new vault.database.SecretBackendRole("migrate", {
  backend: orders.path,
  name: "migrate",
  dbName: connection.name,
  creationStatements: ["CREATE ROLE x;"],
});
const policy = new vault.Policy("orders", { policy: 'path "a" { capabilities = ["read"] }' }, onRecord);
new vault.generic.Endpoint(
  "user",
  { path: "secret/user", dataJson: JSON.stringify({ password: "canary-of-the-endpoint" }) },
  { dependsOn: new vault.Mount("secret", { path: "secret", type: "kv" }, onRecord) },
);

if (settings.imports)
  new vault.Policy("found", { name: "found", policy: "# by hand" }, { import: "found", ...onRecord });
if (settings.random)
  new vault.generic.Endpoint(
    "random",
    { path: "transit/random", dataJson: '{"bytes":8}', disableDelete: true, ...settings.random },
    { dependsOn: new vault.Mount("transit", { path: "transit", type: "transit" }, onRecord) },
  );
if (settings.unknownType) new vault.okta.AuthBackend("okta", { organization: "octo" });

export const accessor = github.accessor;
export const policyName = policy.name;
export const roleId = role.id;
