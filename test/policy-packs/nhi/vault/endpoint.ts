import { secret, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const type = "vault:generic/endpoint:Endpoint";
const written = (path: string, data: object) => ({ type, props: { path, dataJson: JSON.stringify(data) } });

type Cases = Required<RuleCases>;
const allow = (name: string, path: string, data: object): Cases["allows"][number] => ({
  name,
  ...written(path, data),
});
const block = (name: string, path: string, data: object, ...says: string[]): Cases["blocks"][number] => ({
  name,
  ...written(path, data),
  says,
});

const database = { db_name: "pg", creation_statements: ["CREATE USER '{{name}}'"] };
const pod = {
  bound_service_account_names: "api",
  bound_service_account_namespaces: ["orders"],
  audience: "https://vault.example.com",
};

/** What goes past the provider's own resources, by the rule that judges those. */
export const endpointCases = {
  "audit-log-is-complete": {
    allows: [allow("a device written to its path", "sys/audit/file", { type: "file", options: {} })],
    blocks: [
      block(
        "a device with secrets, written to its path",
        "sys/audit/file",
        { type: "file", options: { log_raw: "true" } },
        "dataJson.options.log_raw is true, which writes tokens and secrets into the log as they are",
      ),
    ],
  },
  "credentials-are-revocable": {
    allows: [
      allow("a role of tokens that end together", "auth/token/roles/ci", { allowed_policies: ["ci"] }),
    ],
    blocks: [
      block(
        "batch tokens for a day, written to a role's path",
        "auth/github/role/ci",
        { role_type: "jwt", token_type: "batch", token_ttl: "24h" },
        "dataJson.token_ttl is 86400 seconds, and may be at most 3600 seconds for a batch token, which can't be revoked",
      ),
    ],
  },
  "federated-trust-is-bounded": {
    allows: [
      allow("one service account, written to a role's path", "auth/kubernetes/role/orders", pod),
      allow("a login of people", "auth/oidc/role/people", { user_claim: "email" }),
    ],
    blocks: [
      block(
        "every service account, written to a role's path",
        "/auth/some/where/role/orders",
        { ...pod, bound_service_account_names: "*" },
        "dataJson.bound_service_account_names lets in every service account that its namespaces have: it has a wildcard",
      ),
      block(
        "an AWS account, written to a role's path",
        "auth/aws/role/orders",
        { auth_type: "iam", bound_iam_principal_arn: ["arn:aws:iam::123456789012:root"] },
        "dataJson.bound_iam_principal_arn lets in principals that it does not name",
      ),
    ],
  },
  "machine-rights-are-bounded": {
    allows: [
      allow("a policy for one path", "sys/policies/acl/ci", {
        policy: 'path "kv/data/ci" { capabilities = ["read"] }',
      }),
      { name: "a path that is not known yet", type, props: { path: unknownText, dataJson: "{}" } },
      allow("a path of something else", "transit/keys/orders", { policy: 'path "*" {}' }),
      { name: "a long path", type, props: { path: `auth/${"a/".repeat(5_000_000)}role/x`, dataJson: "{}" } },
    ],
    blocks: [
      block(
        "a policy for everything, written to its path",
        "sys/policy/ci",
        { policy: 'path "*" { capabilities = ["read", "update"] }' },
        "dataJson.policy.path[0] reaches into every mount of Vault",
      ),
      block(
        "certificates for any name, written to a role's path",
        "pki/roles/web",
        { allow_any_name: true },
        "dataJson.allow_any_name lets whoever uses the role have a certificate for any name",
      ),
      {
        name: "a superuser, written as a secret",
        type,
        props: {
          path: "database/roles/ci",
          dataJson: secret(JSON.stringify({ db_name: "pg", creation_statements: "CREATE ROLE x SUPERUSER" })),
        },
        says: ["dataJson.creation_statements make a superuser"],
      },
    ],
    undecided: [
      {
        name: "a policy that is not known yet",
        type,
        props: { path: "sys/policies/acl/ci", dataJson: unknownText },
        says: ["dataJson is not known yet, and may hold what is refused elsewhere"],
      },
      {
        name: "a policy in data that is no JSON",
        type,
        props: { path: "sys/policies/acl/ci", dataJson: "{" },
        says: ["dataJson is not known yet, and may hold what is refused elsewhere"],
      },
    ],
  },
  "no-static-keys": {
    allows: [allow("a role that makes users", "database/roles/ci", database)],
    blocks: [
      block(
        "a static role, written to its path",
        "database/static-roles/ci",
        { username: "ci", db_name: "pg" },
        "path is a static key",
      ),
    ],
  },
  "sessions-are-short": {
    allows: [
      allow("a lease of an hour, written to a role's path", "database/roles/ci", {
        ...database,
        default_ttl: "1h",
        max_ttl: 3600,
      }),
    ],
    blocks: [
      block(
        "a lease of a month, written to a role's path",
        "database/roles/ci",
        { ...database, default_ttl: "720h", max_ttl: "720h" },
        "dataJson.default_ttl is 2592000 seconds, and may be at most 3600 seconds",
        "dataJson.max_ttl is 2592000 seconds, and may be at most 14400 seconds",
      ),
    ],
  },
  "underlying-secrets-rotate": {
    allows: [
      allow("keys for a day, written to their path", "identity/oidc/key/ci", { rotation_period: "24h" }),
    ],
    blocks: [
      block(
        "keys for a year, written to their path",
        "identity/oidc/key/ci",
        { rotation_period: "8760h" },
        "dataJson.rotation_period lets 365 d pass, and 31 d are allowed",
      ),
    ],
  },
} satisfies Record<string, RuleCases>;
