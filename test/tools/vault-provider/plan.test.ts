import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import {
  refusal,
  resourceName,
  secret,
  StartedProvider,
  unknown,
  type Client,
  type Properties,
} from "./client";
import { connectionUrl, types } from "./types";

// Everything here runs with no server: neither an address nor a token is known.
let provider: StartedProvider;
let client: Client;
beforeAll(async () => {
  provider = await StartedProvider.start();
  client = await provider.connect();
}, 60_000);
afterAll(() => provider.stop());

const advice = "Install the plugin where it can be downloaded: pulumi plugin install resource vault 7.8.0.";
const postgresql = { connectionUrl, username: "vault" };
const role = { roleName: "deploy", userClaim: "repository_id" };

it("takes secrets as they come and gives them back as such", async () => {
  expect(await client.handshake()).toMatchObject({
    acceptSecrets: true,
    acceptOutputs: false,
    acceptResources: false,
    supportsAutonamingConfiguration: true,
  });
});

it("has no functions, and says so", async () => {
  expect(await refusal(client.invoke("vault:index/getPolicyDocument:getPolicyDocument"))).toEqual({
    message: `tools/vault-provider has no functions, so not vault:index/getPolicyDocument:getPolicyDocument either. ${advice}`,
  });
});

describe("check", () => {
  it.each<[keyof typeof types, Properties, Properties]>([
    ["audit", { type: "file", options: {} }, {}],
    ["mount", { path: "orders", type: "database" }, {}],
    ["policy", { name: "p", policy: "" }, {}],
    [
      "authBackend",
      { jwksUrl: "https://issuer.example.com/jwks" },
      { path: "jwt", type: "jwt", local: false, disableRemount: false, namespaceInState: true },
    ],
    [
      "role",
      role,
      {
        backend: "jwt",
        tokenType: "default",
        userClaimJsonPointer: false,
        disableBoundClaimsParsing: false,
        verboseOidcLogging: false,
        clockSkewLeeway: 0,
        expirationLeeway: 0,
        notBeforeLeeway: 0,
      },
    ],
    [
      "connection",
      { backend: "orders", name: "c", postgresql },
      {
        verifyConnection: true,
        postgresql: { ...postgresql, maxOpenConnections: 2, passwordAuthentication: "password" },
      },
    ],
    ["databaseRole", { backend: "orders", name: "r", dbName: "c", creationStatements: [] }, {}],
    [
      "endpoint",
      { path: "secret/a", dataJson: "{}" },
      { disableRead: false, disableDelete: false, ignoreAbsentFields: false, dataJson: secret("{}") },
    ],
  ])("fills in the defaults of %s as the plugin does", async (type, given, filled) => {
    expect(await client.check(types[type], given)).toEqual({ inputs: { ...given, ...filled }, failures: [] });
  });

  it.each<[string, keyof typeof types, Properties, string, string]>([
    [
      "a property it does not know",
      "mount",
      { path: "a", type: "kv", forceNoCache: true },
      "forceNoCache",
      `tools/vault-provider doesn't know it. ${advice}`,
    ],
    [
      "another database than PostgreSQL",
      "connection",
      { backend: "a", name: "a", postgresql, mysql: {} },
      "mysql",
      `tools/vault-provider doesn't know it. ${advice}`,
    ],
    [
      "what only the server has",
      "mount",
      { path: "a", type: "kv", accessor: "x" },
      "accessor",
      `tools/vault-provider doesn't know it. ${advice}`,
    ],
    [
      "an unknown property in a block",
      "connection",
      { backend: "a", name: "a", postgresql: { ...postgresql, host: "h" } },
      "postgresql.host",
      `tools/vault-provider doesn't know it. ${advice}`,
    ],
    ["a missing property", "mount", { type: "kv" }, "path", "must be given."],
    ["a number for a text", "policy", { name: "p", policy: 1 }, "policy", "must be a string, got a number."],
    [
      "a text for a number",
      "role",
      { ...role, tokenTtl: "15m" },
      "tokenTtl",
      "must be a whole number, got a string.",
    ],
    [
      "a broken number",
      "role",
      { ...role, tokenTtl: 1.5 },
      "tokenTtl",
      "must be a whole number, got a number.",
    ],
    [
      "a text for a truth value",
      "role",
      { ...role, tokenNoDefaultPolicy: "yes" },
      "tokenNoDefaultPolicy",
      "must be true or false, got a string.",
    ],
    [
      "a text for a list",
      "role",
      { ...role, tokenPolicies: "a,b" },
      "tokenPolicies",
      "must be a list, got a string.",
    ],
    [
      "a list for a map",
      "role",
      { ...role, boundClaims: ["a"] },
      "boundClaims",
      "must be a map, got a list.",
    ],
    [
      "a text for a block",
      "connection",
      { backend: "a", name: "a", postgresql: "a" },
      "postgresql",
      "must be a block, got a string.",
    ],
    ["an empty path", "mount", { path: "/", type: "kv" }, "path", "must be a path, got a string."],
    [
      "a path that climbs",
      "endpoint",
      { path: "secret/../sys/policy/a", dataJson: "{}" },
      "path",
      "must be a path, got a string.",
    ],
    [
      "data that is no object",
      "endpoint",
      { path: "secret/a", dataJson: "[1]" },
      "dataJson",
      "must be an object in JSON.",
    ],
    [
      "a password that would never be sent",
      "connection",
      { backend: "a", name: "a", postgresql: { ...postgresql, passwordWo: "x" } },
      "postgresql.passwordWoVersion",
      "must be given with passwordWo: the password is sent when the version changes, and only then.",
    ],
    [
      "a mount that trusts nobody",
      "authBackend",
      {},
      "",
      "exactly one of oidcDiscoveryUrl, jwksUrl, jwksPairs, jwtValidationPubkeys must be given, got none.",
    ],
    [
      "a mount that trusts twice",
      "authBackend",
      { jwksUrl: "a", oidcDiscoveryUrl: "b" },
      "",
      "exactly one of oidcDiscoveryUrl, jwksUrl, jwksPairs, jwtValidationPubkeys must be given, got oidcDiscoveryUrl and jwksUrl.",
    ],
    [
      "a mount for people",
      "authBackend",
      { jwksUrl: "a", type: "oidc" },
      "type",
      'must be "jwt": tools/vault-provider knows no other.',
    ],
  ])("refuses %s", async (_, type, given, property, reason) => {
    expect((await client.check(types[type], given)).failures).toEqual([{ property, reason }]);
  });

  it("names the types it knows when asked for another", async () => {
    const { message } = await refusal(client.check("vault:aws/secretBackend:SecretBackend", {}));
    expect(message).toBe(
      `vault.aws.SecretBackend "it": tools/vault-provider doesn't know vault:aws/secretBackend:SecretBackend. It knows ${Object.values(types).sort().join(", ")}. ${advice}`,
    );
  });

  it("marks as secret what is one, whether or not the program does", async () => {
    const given = { ...postgresql, passwordWo: "canary", passwordWoVersion: 1, privateKey: "canary" };
    const { inputs } = await client.check(types.connection, { backend: "a", name: "a", postgresql: given });
    expect(inputs.postgresql).toMatchObject({ passwordWo: secret("canary"), privateKey: secret("canary") });
  });

  it("leaves secrets and unknowns as they are", async () => {
    const given = {
      backend: unknown,
      name: "a",
      allowedRoles: [secret("r"), unknown],
      postgresql: secret({
        ...postgresql,
        connectionUrl: unknown,
        passwordWo: unknown,
        passwordWoVersion: 1,
      }),
    };
    const { inputs, failures } = await client.check(types.connection, given);
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      ...given,
      verifyConnection: true,
      postgresql: secret({
        ...postgresql,
        connectionUrl: unknown,
        passwordWo: secret(unknown),
        passwordWoVersion: 1,
        maxOpenConnections: 2,
        passwordAuthentication: "password",
      }),
    });
  });

  it("drops what the real plugin keeps in a state for itself", async () => {
    const { inputs } = await client.check(types.policy, { __defaults: ["name"], name: "p", policy: "" });
    expect(inputs).toEqual({ name: "p", policy: "" });
  });

  it("makes a name where there is none: the same at preview and up, and the old one where there is one", async () => {
    const first = await client.check(types.policy, { policy: "" });
    expect(first.inputs.name).toMatch(new RegExp(`^${resourceName}-[0-9a-f]{7}$`));
    expect(await client.check(types.policy, { policy: "" })).toEqual(first);
    const later = await client.check(
      types.policy,
      { policy: "" },
      { olds: { name: "of-before", policy: "" } },
    );
    expect(later.inputs.name).toBe("of-before");
  });

  it("makes the name that the stack's configuration asks for, or none", async () => {
    const { AutonamingOptions } = CheckRequest;
    const proposed = new AutonamingOptions().setProposedName("as-configured");
    expect((await client.check(types.policy, { policy: "" }, { autonaming: proposed })).inputs.name).toBe(
      "as-configured",
    );
    const disabled = new AutonamingOptions().setMode(AutonamingOptions.Mode.DISABLE);
    expect((await client.check(types.policy, { policy: "" }, { autonaming: disabled })).failures).toEqual([
      { property: "name", reason: "must be given: the stack turns automatic names off." },
    ]);
  });
});

describe("diff", () => {
  const claims = { backend: "github", ...role };
  const connection = { backend: "orders", name: "c", verifyConnection: true };

  it.each<[string, keyof typeof types, Properties, Properties]>([
    [
      "the order of a set",
      "role",
      { ...claims, tokenPolicies: ["a", "b"] },
      { ...claims, tokenPolicies: ["b", "a"] },
    ],
    [
      "blanks after the commas of a claim",
      "role",
      { ...claims, boundClaims: { sub: "a,b" } },
      { ...claims, boundClaims: { sub: "a, b" } },
    ],
    [
      "slashes at the ends of a path",
      "role",
      { ...claims, backend: "github" },
      { ...claims, backend: "/github/" },
    ],
    ["nothing for what the server has anyway", "role", { ...claims, tokenPeriod: 0 }, claims],
    [
      "no choice where the server has chosen",
      "role",
      { ...claims, boundClaimsType: "string", roleType: "jwt" },
      claims,
    ],
    [
      "blanks in JSON",
      "endpoint",
      { path: "a", dataJson: secret('{"a":1,"b":2}') },
      { path: "a", dataJson: secret('{ "b": 2, "a": 1 }') },
    ],
    [
      "another way to write a duration",
      "authBackend",
      { path: "a", jwksUrl: "u", tune: { maxLeaseTtl: "1h" } },
      { path: "a", jwksUrl: "u", tune: { maxLeaseTtl: "60m" } },
    ],
    [
      "a write-only password without its version",
      "connection",
      { ...connection, postgresql: { passwordWo: secret("a"), passwordWoVersion: 1 } },
      { ...connection, postgresql: { passwordWo: secret("b"), passwordWoVersion: 1 } },
    ],
    [
      "a write-only password that is no longer given",
      "connection",
      { ...connection, postgresql: { passwordWo: secret("a"), passwordWoVersion: 1 } },
      { ...connection, postgresql: { passwordWoVersion: 1 } },
    ],
    [
      "what the real plugin kept for itself",
      "policy",
      { __defaults: [], name: "p", policy: "a" },
      { name: "p", policy: "a" },
    ],
    [
      "that something became a secret",
      "policy",
      { name: "p", policy: "a" },
      { name: "p", policy: secret("a") },
    ],
  ])("does not see %s", async (_, type, before, now) => {
    expect(await client.diff(types[type], before, now)).toEqual({
      changes: {},
      replaces: [],
      deleteBeforeReplace: false,
      isSome: false,
    });
  });

  it.each<[string, keyof typeof types, Properties, Properties, Record<string, string>]>([
    ["a text", "policy", { name: "p", policy: "a" }, { name: "p", policy: "b" }, { policy: "UPDATE" }],
    ["what is new", "role", claims, { ...claims, tokenPeriod: 60 }, { tokenPeriod: "ADD" }],
    ["what is gone", "role", { ...claims, tokenPeriod: 60 }, claims, { tokenPeriod: "DELETE" }],
    [
      "one claim of several",
      "role",
      { ...claims, boundClaims: { sub: "a", "repository-id": "1", ref: "m" } },
      { ...claims, boundClaims: { sub: "a", "repository-id": "2", actor: "x" } },
      { 'boundClaims["repository-id"]': "UPDATE", "boundClaims.ref": "DELETE", "boundClaims.actor": "ADD" },
    ],
    [
      "one statement of several",
      "databaseRole",
      { backend: "o", name: "r", dbName: "c", creationStatements: ["a", "b"] },
      { backend: "o", name: "r", dbName: "c", creationStatements: ["a", "c", "d"] },
      { "creationStatements[1]": "UPDATE", "creationStatements[2]": "ADD" },
    ],
    [
      "a member of a set",
      "role",
      { ...claims, tokenPolicies: ["a"] },
      { ...claims, tokenPolicies: ["a", "b"] },
      { tokenPolicies: "UPDATE" },
    ],
    [
      "one setting of a block",
      "connection",
      { ...connection, postgresql: { ...postgresql, passwordWoVersion: 1 } },
      { ...connection, postgresql: { ...postgresql, username: "other", passwordWoVersion: 2 } },
      { "postgresql.username": "UPDATE", "postgresql.passwordWoVersion": "UPDATE" },
    ],
    [
      "the path of a mount, which is moved",
      "mount",
      { path: "a", type: "kv" },
      { path: "b", type: "kv" },
      { path: "UPDATE" },
    ],
    [
      "a value that is not known yet",
      "role",
      claims,
      { ...claims, userClaim: unknown },
      { userClaim: "UPDATE" },
    ],
    [
      "a value in a list that is not known yet",
      "databaseRole",
      { backend: "o", name: "r", dbName: "c", creationStatements: ["a"] },
      { backend: "o", name: "r", dbName: "c", creationStatements: [unknown] },
      { "creationStatements[0]": "UPDATE" },
    ],
  ])("sees %s, in place", async (_, type, before, now, changes) => {
    expect(await client.diff(types[type], before, now)).toEqual({
      changes,
      replaces: [],
      deleteBeforeReplace: false,
      isSome: true,
    });
  });

  it.each<[string, keyof typeof types, Properties, Properties, Record<string, string>, boolean]>([
    [
      "a name",
      "policy",
      { name: "a", policy: "" },
      { name: "b", policy: "" },
      { name: "UPDATE_REPLACE" },
      false,
    ],
    [
      "the mount of a role",
      "role",
      claims,
      { ...claims, backend: "other" },
      { backend: "UPDATE_REPLACE" },
      false,
    ],
    [
      "a mount that is not known yet",
      "role",
      claims,
      { ...claims, backend: unknown },
      { backend: "UPDATE_REPLACE" },
      false,
    ],
    [
      "the kind of a role, under the same name",
      "role",
      { ...claims, roleType: "jwt" },
      { ...claims, roleType: "oidc" },
      { roleType: "UPDATE_REPLACE" },
      true,
    ],
    [
      "the connection of a role, under the same name",
      "databaseRole",
      { backend: "o", name: "r", dbName: "c", creationStatements: [] },
      { backend: "o", name: "r", dbName: "d", creationStatements: [] },
      { dbName: "UPDATE_REPLACE" },
      true,
    ],
    [
      "an option of an audit device",
      "audit",
      { type: "file", options: { file_path: "/a" } },
      { type: "file", options: { file_path: "/b" } },
      { "options.file_path": "UPDATE_REPLACE" },
      true,
    ],
    [
      "the path of an audit device",
      "audit",
      { type: "file", options: {} },
      { type: "file", path: "b", options: {} },
      { path: "ADD_REPLACE" },
      false,
    ],
    [
      "the type of a mount",
      "mount",
      { path: "a", type: "kv" },
      { path: "a", type: "database" },
      { type: "UPDATE_REPLACE" },
      true,
    ],
    [
      "a path that must not be moved",
      "authBackend",
      { path: "a", jwksUrl: "u", disableRemount: true },
      { path: "b", jwksUrl: "u", disableRemount: true },
      { path: "UPDATE_REPLACE" },
      false,
    ],
    [
      "the path of an endpoint",
      "endpoint",
      { path: "a", dataJson: "{}" },
      { path: "b", dataJson: "{}" },
      { path: "UPDATE_REPLACE" },
      false,
    ],
    [
      "the namespace",
      "policy",
      { name: "a", policy: "" },
      { name: "a", policy: "", namespace: "team" },
      { namespace: "ADD_REPLACE" },
      true,
    ],
  ])("replaces for %s", async (_, type, before, now, changes, deleteBeforeReplace) => {
    expect(await client.diff(types[type], before, now)).toEqual({
      changes,
      replaces: Object.keys(changes),
      deleteBeforeReplace,
      isSome: true,
    });
  });
});

describe("preview", () => {
  it("shows a new mount with what only the server knows as unknown", async () => {
    const inputs = { path: "orders", type: "database", maxLeaseTtlSeconds: 900 };
    expect(await client.create(types.mount, inputs, { preview: true })).toEqual({
      id: "",
      outputs: {
        ...inputs,
        accessor: unknown,
        sealWrap: unknown,
        defaultLeaseTtlSeconds: unknown,
        auditNonHmacRequestKeys: unknown,
        auditNonHmacResponseKeys: unknown,
      },
    });
  });

  it("shows a change of a mount with what the server has chosen before", async () => {
    const state = {
      path: "orders",
      type: "database",
      accessor: "kv_1",
      sealWrap: false,
      defaultLeaseTtlSeconds: 0,
      maxLeaseTtlSeconds: 0,
      auditNonHmacRequestKeys: [],
      auditNonHmacResponseKeys: [],
    };
    const news = { path: "orders", type: "database", description: unknown };
    expect(await client.update(types.mount, "orders", state, news, { preview: true })).toEqual({
      ...state,
      description: unknown,
    });
  });

  it("shows no password of a connection, and keeps its secrets", async () => {
    const given = {
      ...postgresql,
      passwordWo: secret("canary"),
      passwordWoVersion: 1,
      username: secret("vault"),
    };
    const { outputs } = await client.create(
      types.connection,
      { backend: unknown, name: "c", postgresql: given },
      { preview: true },
    );
    expect(outputs).toEqual({
      backend: unknown,
      name: "c",
      pluginName: unknown,
      postgresql: { connectionUrl, passwordWoVersion: 1, username: secret("vault") },
    });
  });

  it("does not foretell what the next write will answer", async () => {
    const state = {
      path: "a",
      dataJson: secret("{}"),
      writeData: secret({ a: "1" }),
      writeDataJson: secret("{}"),
    };
    const outputs = await client.update(
      types.endpoint,
      "a",
      state,
      { path: "a", dataJson: secret('{"b":1}') },
      { preview: true },
    );
    expect(outputs).toEqual({
      path: "a",
      dataJson: secret('{"b":1}'),
      writeData: secret(unknown),
      writeDataJson: secret(unknown),
    });
  });
});
