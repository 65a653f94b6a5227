import fc from "fast-check";
import { grantsIn } from "../../../../policy-packs/nhi/vault/acl";
import { aclFindings } from "../../../../policy-packs/nhi/vault/acl-rights";

const read = (policy: string) =>
  grantsIn(policy)?.map(({ path, capabilities }) => [path, ...capabilities].join(" "));

it.each<[string, string, string[] | undefined]>([
  ["nothing", "", []],
  ["comments alone", "# path\n// path\n/* path */", []],
  ["a path", 'path "a/b" { capabilities = ["read", "list"] }', ["a/b read list"]],
  ["a name that no text can be", "path a/b { }", undefined],
  ["another block", 'paths "a" { capabilities = ["read"] }', undefined],
  ["JSON that is no policy", '{"paths": {}}', undefined],
  ["JSON with a text for a path", '{"path": "a"}', undefined],
  ["a path that is no block", 'path "a" = "b"', undefined],
  ["a text that never ends", 'path "a', undefined],
  ["a comment that never ends", "/* path", undefined],
  ["a block that never ends", 'path "a" {', undefined],
  ["a list that never ends", 'path "a" { capabilities = ["read" }', undefined],
  ["a heredoc that never ends", 'path "a" { comment = <<E\n', undefined],
  ["a part to fill in that never ends", 'path "${a" {}', undefined],
  ["an escape that there is not", 'path "\\q" {}', undefined],
  ["a letter that there is not", 'path "\\UFFFFFFFF" {}', undefined],
  [
    "a heredoc with a block in it",
    'path "a" { comment = <<E\npath "*" {\nE\n policy = "read" }',
    ["a read list"],
  ],
  [
    "parameters, whose names say nothing of rights",
    'path "a" { allowed_parameters = { "capabilities" = ["sudo"] "b" = [] } capabilities = ["update"] }',
    ["a update"],
  ],
  ["a denial beside what is given", 'path "a" { capabilities = ["read", "deny"] }', ["a"]],
  ["braces and quotes in a text", 'path "a}\\"{" { capabilities = ["read"] }', ['a}"{ read']],
])("reads %s", (_, policy, expected) => {
  expect(read(policy)).toEqual(expected);
});

const says = (policy: string) =>
  aclFindings("policy", policy).map(
    ({ verdict, level = "", property, says: what }) => `${level || verdict} ${property} ${what}`,
  );
const to = (path: string, ...capabilities: string[]) =>
  `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`;
const fails = (...whats: string[]) => whats.map((what) => `fail policy.path[0] ${what}`);

const policies = "may write policies, and so give itself every right";
const logins = "may change what a login gives";
const everything = "reaches into every mount of Vault";

it.each<[string, string, string[]]>([
  ["one path", to("secret/data/orders", "read"), []],
  ["a subtree of secrets", to("secret/data/orders/*", "create", "read", "update", "delete"), []],
  ["policies to read", to("sys/policies/acl/*", "read", "list"), []],
  [
    "one AppRole's secret id, for who starts it",
    to("auth/approle/role/ci/secret-id", "create", "update"),
    [],
  ],
  ["a login", to("auth/jwt/login", "create", "update"), []],
  ["its own token", to("auth/token/renew-self", "update") + to("auth/token/revoke-self", "update"), []],
  ["looking somebody up", to("identity/lookup/entity", "update"), []],
  ["leases of one role", to("sys/leases/revoke", "update"), []],
  ["tokens of one token role", to("auth/token/create/ci", "update"), []],
  ["denying everything", to("*", "deny"), []],
  ["nothing of everything", 'path "*" {}', []],
  ["a star in the middle, which is a letter", to("sys/*/acl/x", "update"), []],
  ["a plus in a name, which is a letter", to("sys/policies/a+l/x", "update"), []],
  ["a secret that is called like it", to("secret/sys/policies/acl/x", "update"), []],
  ["a path that only starts like it", to("sys/policies/aclx/y", "update"), []],
  ["the list of policies, not one of them", to("sys/policies/acl", "update"), []],

  ["everything", to("*", "read"), fails(everything)],
  ["everything, in parts", to("+/*", "read"), fails(everything)],
  ["one name in every mount", to("+/creds/app", "read"), fails(everything)],
  ["everything, with a slash", to("/*", "list"), fails(everything)],
  ["all of sys, to read", to("sys/*", "read"), fails("opens all of sys/, which is how Vault itself is run")],
  ["more than sys", to("s*", "read"), fails("opens all of sys/, which is how Vault itself is run")],
  ["policies", to("sys/policies/acl/*", "create", "update"), fails(policies)],
  ["one policy", to("sys/policies/acl/ci", "update"), fails(policies)],
  ["policies that start alike", to("sys/policies/acl/team-*", "patch"), fails(policies)],
  ["policies by their old path", to("sys/policy/+", "update"), fails(policies)],
  ["policies in a glob", to("sys/poli*", "update"), fails(policies)],
  ["policies with a part left open", to("sys/policies/+/ci", "create"), fails(policies)],
  [
    "policies with a name to be filled in",
    to("sys/policies/acl/{{identity.entity.name}}", "update"),
    fails(policies),
  ],
  [
    "ways to sign in",
    to("sys/auth/*", "create", "sudo"),
    [...fails("may make a way to sign in that gives any policy")],
  ],
  ["secret engines", to("sys/mounts/+", "create"), fails("may mount and take away secret engines")],
  ["audit devices", to("sys/audit/*", "delete", "sudo"), fails("may take away the audit devices")],
  ["roles", to("auth/approle/role/*", "create"), [...fails(logins, "may sign in as every AppRole")]],
  ["one role", to("auth/jwt/role/ci", "update"), fails(logins)],
  ["users", to("auth/+/users/*", "create"), fails(logins)],
  ["what a method trusts", to("auth/jwt/config", "update"), fails(logins)],
  ["token roles", to("auth/token/roles/ci", "update"), fails(logins)],
  [
    "every AppRole's secret id",
    to("auth/approle/role/+/secret-id", "update"),
    fails("may sign in as every AppRole"),
  ],
  [
    "tokens of every token role",
    to("auth/token/create/*", "update"),
    fails("may make tokens of every token role"),
  ],
  [
    "tokens without a parent",
    to("auth/token/create-orphan", "update"),
    fails("may make tokens without a parent, which stay when it is revoked"),
  ],
  ["identities", to("identity/*", "update"), fails("may give policies to any identity")],
  ["one group", to("identity/group/name/admins", "update"), fails("may give policies to any identity")],
  ["storage", to("sys/raw/*", "read"), fails("reads and writes what Vault has stored, past every policy")],
  ["plugins", to("sys/plugins/catalog/secret/x", "update"), fails("may put code into Vault")],
  ["snapshots", to("sys/storage/raft/snapshot", "read"), fails("may copy all that Vault has stored")],
  ["namespaces", to("sys/namespaces/team", "create"), fails("may make namespaces of its own")],
  ["the seal", to("sys/seal", "update", "sudo"), fails("may change the keys that open Vault")],
  [
    "tokens of its own policies, as a provider makes them",
    to("auth/token/create", "update"),
    ["advisory policy.path[0] may make tokens of its own policies, which may live longer than it does"],
  ],
  [
    "tokens of policies that are named",
    'path "auth/token/create" { capabilities = ["update"] allowed_parameters = { "policies" = ["ci"] "ttl" = [] } }',
    [],
  ],
  [
    "tokens of policies that start as they like",
    'path "auth/token/create" { capabilities = ["update"] allowed_parameters = { "policies" = ["*"] } }',
    ["advisory policy.path[0] may make tokens of its own policies, which may live longer than it does"],
  ],
  [
    "sudo on a path of its own",
    to("sys/leases/revoke-prefix/orders/creds/app", "update", "sudo"),
    ["advisory policy.path[0] has sudo, which opens what Vault keeps for root"],
  ],
  [
    "the second of two paths, in JSON",
    JSON.stringify({ path: { a: { capabilities: ["read"] }, "sys/auth/x": { policy: "write" } } }),
    ["fail policy.path[1] may make a way to sign in that gives any policy"],
  ],
  [
    "the first of two that JSON names alike",
    `{"path": {"*": {"policy": "read"}}, "path": {}}`,
    fails(everything),
  ],
  ["an escaped star", String.raw`path "\u002a" { policy = "read" }`, fails(everything)],
  ["a denial behind it", to("*", "sudo") + to("*", "deny"), fails(everything)],
  ["ten times the same", to("*", "read").repeat(10), fails(everything)],
])("judges %s", (_, policy, expected) => {
  expect(says(policy)).toEqual(expected);
});

const capability = fc.constantFrom("create", "read", "update", "delete", "list", "sudo", "deny");
const path = fc.oneof(
  fc.constantFrom(
    "*",
    "sys/*",
    "sys/policies/acl/x",
    "auth/+/role/*",
    "secret/data/a",
    "identity/group",
    "auth/token/create",
  ),
  fc.stringMatching(/^[a-z/+]{1,12}\*?$/),
);
const block = fc.record({ path, capabilities: fc.uniqueArray(capability, { minLength: 1 }) });
interface Written {
  path: string;
  capabilities: string[];
}
const inHcl = (blocks: readonly Written[]) =>
  blocks.map(({ path: name, capabilities }) => to(name, ...capabilities)).join("\n");
const inJson = (blocks: readonly Written[]) =>
  JSON.stringify({ path: blocks.map(({ path: name, capabilities }) => ({ [name]: { capabilities } })) });

it("judges what JSON and HCL say alike", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 6 }), (blocks) => {
      expect(says(inJson(blocks))).toEqual(says(inHcl(blocks)));
    }),
    { numRuns: 1_000 },
  );
});

it("lets no path make good what another one gives", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 5 }), block, fc.nat({ max: 5 }), (blocks, more, at) => {
      const isRefused = (policy: string) =>
        aclFindings("policy", policy).some(({ verdict, level }) => verdict === "fail" && level === undefined);
      const longer = [...blocks.slice(0, at), more, ...blocks.slice(at)];
      expect(isRefused(inHcl(longer)) || !isRefused(inHcl(blocks))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it("comes to an end with any text", () => {
  const piece = fc.constantFrom(
    ...['path "a" {', "}", "{", "[", "]", '"', "=", "capabilities", '["read"]', "#", "/*", "*/", "\\", "\n"],
    ...["<<EOT", "${", "$", "\uD800", "__proto__", "constructor"],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join(" ")),
  );
  fc.assert(
    fc.property(text, (policy) => {
      expect(aclFindings("policy", policy).length).toBeLessThan(5);
    }),
    { numRuns: 2_000 },
  );
});

it("comes to an end with what is too large, too deep or too many", () => {
  expect(read(`path "${"a".repeat(3_000_000)}" {}`)).toBeUndefined();
  expect(read(`path "${"a".repeat(1_000_000)}" { policy = "read" }`)).toHaveLength(1);
  expect(read(`path "a" ${"{".repeat(100_000)}`)).toBeUndefined();
  expect(read(`path "a" { capabilities = ${"[".repeat(100_000)}`)).toBeUndefined();
  expect(read("/* ".repeat(300_000))).toBeUndefined();
  expect(read(`path "a" { comment = <<E\n${"x\n".repeat(400_000)}`)).toBeUndefined();
  expect(read(to("a", "read").repeat(10_000))).toHaveLength(10_000);
  expect(says(to("*", "sudo").repeat(10_000))).toEqual(fails(everything));
});
