import { secret, StartedProvider, unknown, type Client, type Properties } from "./client";
import { connectionUrl, types } from "./samples";

// Nothing here needs a server: neither an address nor a token is known.
let provider: StartedProvider;
let client: Client;
beforeAll(async () => {
  provider = await StartedProvider.start();
  client = await provider.connect();
}, 60_000);
afterAll(() => provider.stop());

const postgresql = { connectionUrl, username: "vault" };
const role = { roleName: "deploy", userClaim: "repository_id" };

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
    { path: "a", jwksUrl: "u", tune: { maxLeaseTtl: "0.5h30m" } },
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
