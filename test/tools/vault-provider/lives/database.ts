import { secret } from "../client";
import { connectionUrl, types } from "../samples";
import type { Life } from "./life";

const postgresql = {
  connectionUrl,
  username: "vault",
  maxConnectionLifetime: 90,
  passwordWo: secret("canary-of-the-password"),
  passwordWoVersion: 1,
};

/** The other kinds of databases: one block each, to its own plugin. */
const others: Life[] = [
  ["mysql", "{{username}}:{{password}}@tcp(127.0.0.1:3306)/?tls=true"],
  ["mssql", "sqlserver://{{username}}:{{password}}@127.0.0.1:1433?encrypt=true"],
  ["mongodb", "mongodb://{{username}}:{{password}}@127.0.0.1:27017/admin?tls=true"],
].map(([kind = "", url = ""]) => {
  const block = { connectionUrl: url, username: "vault", usernameTemplate: "t", maxOpenConnections: 2 };
  const wo = { passwordWo: secret("canary-of-the-password"), passwordWoVersion: 1 };
  return {
    type: types.connection,
    inputs: () => ({
      backend: "db",
      name: kind,
      allowedRoles: ["read"],
      verifyConnection: false,
      [kind]: { ...block, ...wo },
    }),
    id: `db/config/${kind}`,
    path: `db/config/${kind}`,
    made: {
      allowed_roles: ["read"],
      plugin_name: `${kind}-database-plugin`,
      connection_details: { connection_url: url, username: "vault", username_template: "t" },
    },
    outputs: {
      pluginName: `${kind}-database-plugin`,
      pluginVersion: "",
      passwordPolicy: "",
      rootRotationStatements: [],
      rotationPeriod: 0,
      rotationSchedule: "",
      rotationWindow: 0,
      disableAutomatedRotation: false,
      [kind]: { ...block, passwordWoVersion: 1 },
    },
  };
});

export const database: Life[] = [
  ...others,
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
      rotationPeriod: 0,
      rotationSchedule: "",
      rotationWindow: 0,
      disableAutomatedRotation: false,
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
      to: {
        backend: "db",
        name: "postgresql",
        allowedRoles: ["read"],
        verifyConnection: false,
        passwordPolicy: "strong",
        postgresql: { ...postgresql, maxOpenConnections: 4, passwordAuthentication: "password" },
      },
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
      byHand: (operator) =>
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
      to: {
        backend: "roles",
        name: "migrate",
        dbName: "postgresql",
        creationStatements: ["CREATE ROLE x;"],
        renewStatements: ["ALTER ROLE x;"],
        defaultTtl: 60,
      },
      onServer: {
        creation_statements: ["CREATE ROLE x;"],
        revocation_statements: [],
        renew_statements: ["ALTER ROLE x;"],
        default_ttl: 60,
        max_ttl: 0,
      },
      byHand: (operator) =>
        operator.put("roles/roles/migrate", {
          db_name: "postgresql",
          creation_statements: ["CREATE ROLE x SUPERUSER;"],
          max_ttl: 86_400,
        }),
      found: { creationStatements: ["CREATE ROLE x SUPERUSER;"], maxTtl: 86_400 },
    },
  },
];
