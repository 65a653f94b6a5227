import { types } from "../samples";
import type { Life } from "./life";

const tokenDefaults = {
  tokenBoundCidrs: [],
  tokenExplicitMaxTtl: 0,
  tokenMaxTtl: 0,
  tokenNoDefaultPolicy: false,
  tokenNumUses: 0,
  tokenPeriod: 0,
};
const roleBase = {
  backend: "roles",
  roleName: "deploy",
  roleType: "jwt",
  userClaim: "repository_id",
  userClaimJsonPointer: false,
  boundAudiences: ["https://vault.example.com"],
  disableBoundClaimsParsing: false,
  verboseOidcLogging: false,
  clockSkewLeeway: 30,
  expirationLeeway: -1,
  notBeforeLeeway: -1,
};

export const roles: Life[] = [
  {
    type: types.role,
    inputs: () => ({
      ...roleBase,
      tokenType: "service",
      boundClaims: { sub: "repo:o/a:ref:refs/heads/main, repo:o/a:environment:e", repository_id: "42" },
      claimMappings: { sub: "subject" },
      tokenPolicies: ["orders"],
      tokenTtl: 900,
      tokenPeriod: 60,
    }),
    id: "auth/roles/role/deploy",
    path: "auth/roles/role/deploy",
    made: {
      role_type: "jwt",
      user_claim: "repository_id",
      bound_audiences: ["https://vault.example.com"],
      bound_claims: {
        sub: ["repo:o/a:ref:refs/heads/main", "repo:o/a:environment:e"],
        repository_id: ["42"],
      },
      claim_mappings: { sub: "subject" },
      expiration_leeway: -1,
      token_policies: ["orders"],
      token_ttl: 900,
      token_period: 60,
      token_type: "service",
    },
    outputs: {
      ...tokenDefaults,
      tokenPeriod: 60,
      boundClaims: { sub: "repo:o/a:ref:refs/heads/main,repo:o/a:environment:e", repository_id: "42" },
      boundClaimsType: "string",
      boundSubject: "",
      groupsClaim: "",
      maxAge: 0,
    },
    change: {
      to: {
        ...roleBase,
        tokenType: "service",
        boundClaims: { sub: "repo:o/a:environment:e" },
        tokenPolicies: ["orders", "default"],
        tokenTtl: 600,
        boundSubject: "s",
      },
      onServer: {
        bound_claims: { sub: ["repo:o/a:environment:e"] },
        claim_mappings: {},
        bound_subject: "s",
        token_policies: ["orders", "default"],
        token_ttl: 600,
        token_period: 0,
      },
      byHand: (operator) =>
        operator.put("auth/roles/role/deploy", {
          role_type: "jwt",
          bound_claims: { sub: "*" },
          bound_claims_type: "glob",
          bound_audiences: [],
          token_policies: ["orders", "root"],
          token_period: "24h",
        }),
      found: {
        boundAudiences: [],
        boundClaims: { sub: "*" },
        tokenPolicies: ["orders", "root"],
        tokenPeriod: 86_400,
      },
    },
  },
  {
    type: types.policy,
    inputs: () => ({ name: "orders", policy: 'path "a" { capabilities = ["read"] }' }),
    id: "orders",
    path: "sys/policies/acl/orders",
    made: { name: "orders", policy: 'path "a" { capabilities = ["read"] }' },
    outputs: {},
    change: {
      to: { name: "orders", policy: 'path "b" { capabilities = ["read"] }' },
      onServer: { policy: 'path "b" { capabilities = ["read"] }' },
      byHand: (operator) =>
        operator.put("sys/policies/acl/orders", { policy: 'path "*" { capabilities = ["sudo"] }' }),
      found: { policy: 'path "*" { capabilities = ["sudo"] }' },
    },
  },
];
