import { generateKeyPairSync } from "node:crypto";

/** The tokens of `@pulumi/vault`. */
export const types = {
  audit: "vault:index/audit:Audit",
  mount: "vault:index/mount:Mount",
  policy: "vault:index/policy:Policy",
  authBackend: "vault:jwt/authBackend:AuthBackend",
  role: "vault:jwt/authBackendRole:AuthBackendRole",
  connection: "vault:database/secretBackendConnection:SecretBackendConnection",
  databaseRole: "vault:database/secretBackendRole:SecretBackendRole",
  endpoint: "vault:generic/endpoint:Endpoint",
  entity: "vault:identity/entity:Entity",
  alias: "vault:identity/entityAlias:EntityAlias",
  group: "vault:identity/group:Group",
} as const;

/** The key of an issuer, for a mount that trusts it without a network. */
export const issuerKeys = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const issuerKey = issuerKeys.publicKey.export({ type: "spki", format: "pem" }).toString();

export const connectionUrl = "postgresql://{{username}}:{{password}}@127.0.0.1:5432/orders?sslmode=disable";
