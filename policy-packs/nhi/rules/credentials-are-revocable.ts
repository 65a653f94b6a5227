import { awsRevocations } from "../aws/revocation";
import type { ResourceRule } from "../rule";
import { vaultRevocations } from "../vault/revocation";

const judges = { ...awsRevocations, ...vaultRevocations };

export const credentialsAreRevocable: ResourceRule = {
  id: "credentials-are-revocable",
  title: "What was given can be taken back, and what is taken back is gone.",
  why: "When a credential leaks, revoking it is the only thing that helps at once; what nobody can revoke, or what stays behind in the target, helps whoever has it.",
  fix: "Write statements that remove the user that was made, and keep what can't be revoked short.",
  severity: "high",
  enforcement: "mandatory",
  topic: "missing-revocation",
  doesNotSee:
    "Whether a revocation worked, what a procedure of the database does, and credentials that end by expiry alone and soon: STS credentials and access tokens of Google, which sessions-are-short judges.",
  ceilings: {
    maxUnrevocableSeconds: {
      seconds: 3600,
      says: "The longest life of a token that can't be revoked: a batch token, or one of a Kubernetes service account. Default: 3600.",
    },
    maxUnlistedCertificateSeconds: {
      seconds: 86_400,
      says: "The longest life of a certificate that Vault does not store, and so can't revoke. Default: 86400.",
    },
  },
  whenNot:
    "A target that disables its users by itself when a lease ends, in a way that the statements don't show.",
  samples: {
    bad: `
new vault.database.SecretBackendRole("orders", {
  backend: "database",
  name: "orders",
  dbName: "postgresql",
  creationStatements: [
    \`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';\`,
    \`GRANT SELECT ON orders TO "{{name}}";\`,
  ],
  revocationStatements: [\`REVOKE SELECT ON orders FROM "{{name}}";\`],
  defaultTtl: 300,
  maxTtl: 900,
});
`,
    good: `
new vault.database.SecretBackendRole("orders", {
  backend: "database",
  name: "orders",
  dbName: "postgresql",
  creationStatements: [
    \`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';\`,
    \`GRANT SELECT ON orders TO "{{name}}";\`,
  ],
  revocationStatements: [
    \`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';\`,
    \`REVOKE SELECT ON orders FROM "{{name}}";\`,
    \`DROP ROLE IF EXISTS "{{name}}";\`,
  ],
  defaultTtl: 300,
  maxTtl: 900,
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
