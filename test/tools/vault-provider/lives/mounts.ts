import { join } from "node:path";
import { issuerKey, types } from "../samples";
import type { Life } from "./life";

const anyText = expect.any(String) as string;

export const mounts: Life[] = [
  {
    type: types.mount,
    inputs: () => ({
      path: "engines/orders",
      type: "database",
      description: "of team-orders",
      defaultLeaseTtlSeconds: 300,
      maxLeaseTtlSeconds: 900,
      auditNonHmacResponseKeys: ["username"],
      listingVisibility: "unauth",
    }),
    id: "engines/orders",
    path: "sys/mounts/engines/orders",
    made: {
      type: "database",
      description: "of team-orders",
      config: {
        default_lease_ttl: 300,
        max_lease_ttl: 900,
        audit_non_hmac_response_keys: ["username"],
        listing_visibility: "unauth",
        force_no_cache: false,
      },
    },
    outputs: { accessor: anyText, local: false, sealWrap: false, options: {} },
    change: {
      to: {
        path: "engines/orders",
        type: "database",
        defaultLeaseTtlSeconds: 60,
        maxLeaseTtlSeconds: 900,
        auditNonHmacResponseKeys: ["username"],
        passthroughRequestHeaders: ["X-Trace"],
      },
      onServer: {
        description: "",
        config: {
          default_lease_ttl: 60,
          max_lease_ttl: 900,
          audit_non_hmac_response_keys: ["username"],
          passthrough_request_headers: ["X-Trace"],
          force_no_cache: false,
        },
      },
      byHand: (operator) =>
        operator.put("sys/mounts/engines/orders/tune", {
          max_lease_ttl: "86400s",
          audit_non_hmac_response_keys: ["username", "password"],
          allowed_response_headers: ["X-Leak"],
        }),
      found: {
        maxLeaseTtlSeconds: 86_400,
        auditNonHmacResponseKeys: ["username", "password"],
        allowedResponseHeaders: ["X-Leak"],
      },
    },
  },
  {
    type: types.authBackend,
    inputs: () => ({
      path: "ci/github",
      type: "jwt",
      local: false,
      disableRemount: false,
      namespaceInState: true,
      description: "of github",
      jwtValidationPubkeys: [issuerKey],
      boundIssuer: "https://issuer.example.com",
      defaultRole: "deploy",
      tune: { defaultLeaseTtl: "1h", listingVisibility: "unauth", tokenType: "batch" },
    }),
    id: "ci/github",
    path: "auth/ci/github/config",
    made: {
      bound_issuer: "https://issuer.example.com",
      default_role: "deploy",
      jwt_validation_pubkeys: [issuerKey.trim()],
    },
    outputs: {
      accessor: anyText,
      jwtValidationPubkeys: [issuerKey.trim()],
      jwksCaPem: "",
      jwksPairs: [],
      jwksUrl: "",
      jwtSupportedAlgs: [],
      oidcDiscoveryCaPem: "",
      oidcDiscoveryUrl: "",
      tune: { defaultLeaseTtl: "1h0m0s", maxLeaseTtl: "0s", listingVisibility: "unauth", tokenType: "batch" },
    },
    change: {
      to: {
        path: "ci/github",
        type: "jwt",
        local: false,
        disableRemount: false,
        namespaceInState: true,
        jwtValidationPubkeys: [issuerKey],
        boundIssuer: "https://other.example.com",
        jwtSupportedAlgs: ["ES256"],
        tune: { defaultLeaseTtl: "30m", maxLeaseTtl: "1h" },
      },
      onServer: {
        bound_issuer: "https://other.example.com",
        default_role: "",
        jwt_supported_algs: ["ES256"],
      },
      byHand: (operator) =>
        operator.put("auth/ci/github/config", {
          jwt_validation_pubkeys: [issuerKey],
          bound_issuer: "https://mallory.example.com",
          jwt_supported_algs: ["ES256"],
          default_role: "admin",
        }),
      found: { boundIssuer: "https://mallory.example.com", defaultRole: "admin" },
    },
  },
  {
    type: types.audit,
    inputs: (server) => ({
      path: "trail/one",
      type: "file",
      description: "the trail",
      local: false,
      options: { file_path: join(server.dir, "trail.log"), hmac_accessor: "true", log_raw: "false" },
    }),
    id: "trail/one",
    path: "sys/audit",
    made: { "trail/one/": { type: "file", path: "trail/one/", description: "the trail" } },
    outputs: {},
  },
];
