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
import { connectionUrl, types } from "./samples";

// Nothing here needs a server: neither an address nor a token is known.
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
    "a database that it has no block for",
    "connection",
    { backend: "a", name: "a", postgresql, oracle: {} },
    "oracle",
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
  ["a list for a map", "role", { ...role, boundClaims: ["a"] }, "boundClaims", "must be a map, got a list."],
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

it("says what it has when asked for another type", async () => {
  const { message } = await refusal(client.check("vault:okta/authBackend:AuthBackend", {}));
  expect(message).toBe(
    `vault.okta.AuthBackend "it": tools/vault-provider doesn't know vault:okta/authBackend:AuthBackend: it has only what the components of this project make. ${advice}`,
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
  const later = await client.check(types.policy, { policy: "" }, { olds: { name: "of-before", policy: "" } });
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
