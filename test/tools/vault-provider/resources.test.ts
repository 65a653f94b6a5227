import { join } from "node:path";
import type { SecretsServer } from "../../../tools/secrets-server";
import { secret, StartedProvider, type Client, type Properties } from "./client";
import { connectionUrl, issuerKey, types } from "./types";
import { Operator, startVault, untilFoundMs } from "./vault";

let server: SecretsServer;
let operator: Operator;
let provider: StartedProvider;
let client: Client;
beforeAll(async () => {
  server = await startVault();
  operator = await Operator.of(server);
  await operator.put("sys/auth/roles", { type: "jwt" });
  await operator.put("auth/roles/config", { jwt_validation_pubkeys: [issuerKey] });
  for (const engine of ["db", "roles"]) await operator.put(`sys/mounts/${engine}`, { type: "database" });
  await operator.put("sys/mounts/secret", { type: "kv" });
  provider = await StartedProvider.start({ VAULT_ADDR: server.address, VAULT_TOKEN: operator.token });
  client = await provider.connect();
}, untilFoundMs);
afterAll(async () => {
  provider.stop();
  await server.stop();
});

interface Life {
  type: string;
  inputs: () => Properties;
  id: string;
  /** Where the server has it, and what it has there. */
  path: string;
  made: Properties;
  /** The whole outputs, less those of the inputs. */
  outputs: Properties;
  /** Other inputs, with something changed, something new and something gone. Not for what can't be changed. */
  change?: {
    to: () => Properties;
    onServer: Properties;
    /** A change by hand, and the inputs that a refresh then finds. */
    byHand: () => Promise<unknown>;
    found: Properties;
  };
}

const anyText = expect.any(String) as string;
const tokenDefaults = {
  tokenBoundCidrs: [],
  tokenExplicitMaxTtl: 0,
  tokenMaxTtl: 0,
  tokenNoDefaultPolicy: false,
  tokenNumUses: 0,
  tokenPeriod: 0,
};
const postgresql = {
  connectionUrl,
  username: "vault",
  maxConnectionLifetime: 90,
  passwordWo: secret("canary-of-the-password"),
  passwordWoVersion: 1,
};

const lives: Life[] = [
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
      to: () => ({
        path: "engines/orders",
        type: "database",
        defaultLeaseTtlSeconds: 60,
        maxLeaseTtlSeconds: 900,
        auditNonHmacResponseKeys: ["username"],
        passthroughRequestHeaders: ["X-Trace"],
      }),
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
      byHand: () =>
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
      to: () => ({
        path: "ci/github",
        type: "jwt",
        local: false,
        disableRemount: false,
        namespaceInState: true,
        jwtValidationPubkeys: [issuerKey],
        boundIssuer: "https://other.example.com",
        jwtSupportedAlgs: ["ES256"],
        tune: { defaultLeaseTtl: "30m", maxLeaseTtl: "1h" },
      }),
      onServer: {
        bound_issuer: "https://other.example.com",
        default_role: "",
        jwt_supported_algs: ["ES256"],
      },
      byHand: () =>
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
      to: () => ({
        ...roleBase,
        tokenType: "service",
        boundClaims: { sub: "repo:o/a:environment:e" },
        tokenPolicies: ["orders", "default"],
        tokenTtl: 600,
        boundSubject: "s",
      }),
      onServer: {
        bound_claims: { sub: ["repo:o/a:environment:e"] },
        claim_mappings: {},
        bound_subject: "s",
        token_policies: ["orders", "default"],
        token_ttl: 600,
        token_period: 0,
      },
      byHand: () =>
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
      to: () => ({ name: "orders", policy: 'path "b" { capabilities = ["read"] }' }),
      onServer: { policy: 'path "b" { capabilities = ["read"] }' },
      byHand: () =>
        operator.put("sys/policies/acl/orders", { policy: 'path "*" { capabilities = ["sudo"] }' }),
      found: { policy: 'path "*" { capabilities = ["sudo"] }' },
    },
  },
  {
    type: types.audit,
    inputs: () => ({
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
  {
    type: types.connection,
    inputs: () => ({
      backend: "db",
      name: "postgresql",
      allowedRoles: ["read", "write"],
      verifyConnection: false,
      rootRotationStatements: ["ALTER USER x;"],
      postgresql: {
        ...postgresql,
        maxOpenConnections: 2,
        passwordAuthentication: "scram-sha-256",
        usernameTemplate: "t",
      },
    }),
    id: "db/config/postgresql",
    path: "db/config/postgresql",
    made: {
      allowed_roles: ["read", "write"],
      plugin_name: "postgresql-database-plugin",
      root_credentials_rotate_statements: ["ALTER USER x;"],
      connection_details: {
        connection_url: connectionUrl,
        username: "vault",
        max_open_connections: 2,
        max_connection_lifetime: "1m30s",
        password_authentication: "scram-sha-256",
        username_template: "t",
      },
    },
    outputs: {
      pluginName: "postgresql-database-plugin",
      pluginVersion: "",
      passwordPolicy: "",
      postgresql: {
        connectionUrl,
        username: "vault",
        maxConnectionLifetime: 90,
        maxOpenConnections: 2,
        passwordAuthentication: "scram-sha-256",
        passwordWoVersion: 1,
        usernameTemplate: "t",
      },
    },
    change: {
      to: () => ({
        backend: "db",
        name: "postgresql",
        allowedRoles: ["read"],
        verifyConnection: false,
        passwordPolicy: "strong",
        postgresql: { ...postgresql, maxOpenConnections: 4, passwordAuthentication: "password" },
      }),
      onServer: {
        allowed_roles: ["read"],
        password_policy: "strong",
        root_credentials_rotate_statements: [],
        connection_details: {
          connection_url: connectionUrl,
          username: "vault",
          max_open_connections: 4,
          max_connection_lifetime: "1m30s",
          password_authentication: "password",
          username_template: "",
        },
      },
      byHand: () =>
        operator.put("db/config/postgresql", {
          allowed_roles: ["*"],
          connection_url: "postgresql://{{username}}:{{password}}@mallory.example.com/orders",
          disable_escaping: true,
          verify_connection: false,
        }),
      found: {
        allowedRoles: ["*"],
        postgresql: {
          ...postgresql,
          connectionUrl: "postgresql://{{username}}:{{password}}@mallory.example.com/orders",
          disableEscaping: true,
          maxOpenConnections: 4,
          passwordAuthentication: "password",
        },
      },
    },
  },
  {
    type: types.databaseRole,
    inputs: () => ({
      backend: "roles",
      name: "migrate",
      dbName: "postgresql",
      creationStatements: ["CREATE ROLE x;", "GRANT y;"],
      revocationStatements: ["DROP ROLE x;"],
      defaultTtl: 300,
      maxTtl: 900,
    }),
    id: "roles/roles/migrate",
    path: "roles/roles/migrate",
    made: {
      db_name: "postgresql",
      creation_statements: ["CREATE ROLE x;", "GRANT y;"],
      revocation_statements: ["DROP ROLE x;"],
      default_ttl: 300,
      max_ttl: 900,
    },
    outputs: { credentialType: "password", renewStatements: [], rollbackStatements: [] },
    change: {
      to: () => ({
        backend: "roles",
        name: "migrate",
        dbName: "postgresql",
        creationStatements: ["CREATE ROLE x;"],
        renewStatements: ["ALTER ROLE x;"],
        defaultTtl: 60,
      }),
      onServer: {
        creation_statements: ["CREATE ROLE x;"],
        revocation_statements: [],
        renew_statements: ["ALTER ROLE x;"],
        default_ttl: 60,
        max_ttl: 0,
      },
      byHand: () =>
        operator.put("roles/roles/migrate", {
          db_name: "postgresql",
          creation_statements: ["CREATE ROLE x SUPERUSER;"],
          max_ttl: 86_400,
        }),
      found: { creationStatements: ["CREATE ROLE x SUPERUSER;"], maxTtl: 86_400 },
    },
  },
  {
    type: types.endpoint,
    inputs: () => ({
      ...endpointBase,
      dataJson: secret('{"n":1,"password":"canary"}'),
    }),
    id: "secret/user",
    path: "secret/user",
    made: { password: "canary", n: 1 },
    outputs: { writeData: secret({}), writeDataJson: secret("null") },
    change: {
      to: () => ({ ...endpointBase, dataJson: secret('{"password":"canary-2"}') }),
      onServer: { password: "canary-2" },
      byHand: () => operator.put("secret/user", { password: "of somebody else", more: true }),
      found: { dataJson: secret('{"more":true,"password":"of somebody else"}') },
    },
  },
];

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
const endpointBase = {
  path: "secret/user",
  disableRead: false,
  disableDelete: false,
  ignoreAbsentFields: false,
};

it.each(lives)("$type is made, found and removed", async (life) => {
  const inputs = life.inputs();
  expect(await client.check(life.type, inputs)).toEqual({ inputs, failures: [] });

  const made = await client.create(life.type, inputs);
  expect(made.id).toBe(life.id);
  expect(await operator.get(life.path)).toMatchObject(life.made);
  expect(made.outputs).toEqual({ ...inputs, ...life.outputs });
  expect(await client.read(life.type, made.id, made.outputs, inputs)).toEqual({ ...made, inputs });

  // What is imported is what a program would say that changes nothing.
  const imported = await client.read(life.type, life.id);
  expect((await client.diff(life.type, imported.inputs, asImported(inputs))).changes).toEqual({});

  await client.delete(life.type, made.id, made.outputs);
  expect(await client.read(life.type, made.id, made.outputs, inputs)).toEqual(nothing);
  await client.delete(life.type, made.id, made.outputs);
});

const changing = lives.flatMap(({ change, ...life }) => (change ? [{ ...life, ...change }] : []));
it.each(changing)("$type is changed, and mended when somebody else has changed it", async (life) => {
  const { id, outputs: made } = await client.create(life.type, life.inputs());
  const inputs = life.to();
  expect((await client.diff(life.type, life.inputs(), inputs)).isSome).toBe(true);
  const changed = await client.update(life.type, id, made, inputs);
  expect(await operator.get(life.path)).toMatchObject(life.onServer);
  expect((await client.read(life.type, id, changed, inputs)).inputs).toEqual(inputs);

  await life.byHand();
  const refreshed = await client.read(life.type, id, changed, inputs);
  expect(refreshed.inputs).toEqual({ ...inputs, ...life.found });
  const mended = await client.update(life.type, id, refreshed.outputs, inputs);
  expect(await operator.get(life.path)).toMatchObject(life.onServer);
  expect((await client.read(life.type, id, mended, inputs)).inputs).toEqual(inputs);
  await client.delete(life.type, id, mended);
});

const nothing = { id: "", inputs: {}, outputs: {} };

/** Nobody can import what the server never tells. */
function asImported(inputs: Properties): Properties {
  if (!inputs.postgresql) return inputs;
  const told = Object.entries(inputs.postgresql).filter(([name]) => !name.startsWith("passwordWo"));
  return { ...inputs, verifyConnection: true, postgresql: Object.fromEntries(told) };
}
