import fc from "fast-check";
import { grantsIn, type Grant, meets } from "../../../../policy-packs/nhi/vault/acl";
import { aclFindings } from "../../../../policy-packs/nhi/vault/acl-rights";
import { startVault, type VaultServer } from "../../../components/vault-server";

/** The reader of policies against the server whose policies they are. */
let server: VaultServer;
beforeAll(async () => {
  server = await startVault();
}, 120_000);
afterAll(() => server.stop());

/** What Vault says that a token with this policy alone may do on each path; nothing where it refuses the policy. */
async function asVaultSees(
  policy: string,
  paths: readonly string[],
): Promise<Record<string, string[]> | undefined> {
  const written = await server.call("PUT", "sys/policies/acl/probe", { policy });
  if (written.status >= 300) return undefined;
  const made = await server.call("POST", "auth/token/create-orphan", {
    policies: ["probe"],
    no_default_policy: true,
    ttl: "1m",
  });
  const { data } = await server.call("POST", "sys/capabilities", { token: made.auth?.client_token, paths });
  return Object.fromEntries(
    paths.map((path) => [path, (data?.[path] as string[]).filter((word) => word !== "deny").sort()]),
  );
}

/** The same by our reader. Where blocks have one path, what they give adds up, and one that denies takes all. */
function asWeSee(grants: readonly Grant[], path: string): string[] {
  const here = grants.filter((grant) => meets(grant.path, path));
  return here.some(({ capabilities }) => capabilities.size === 0)
    ? []
    : [...new Set(here.flatMap(({ capabilities }) => [...capabilities]))].sort();
}

const probes = [
  ...["sys/policies/acl/ci", "sys/policies/acl", "sys/policies", "sys/policy/ci", "sys/auth/jwt", "sys/auth"],
  ...["sys/mounts/kv", "sys/audit/file", "sys/raw/core", "auth/token/create", "auth/token/create/ci"],
  ...["auth/approle/role/ci", "auth/approle/role/ci/secret-id", "auth/userpass/users/a", "auth/jwt/config"],
  ...[
    "identity/entity",
    "identity/entity/id/1",
    "identity/group/name/a",
    "secret/data/app",
    "secret/data/app/b",
  ],
];

/** Where to write is to be root, or as good as that. */
const asRoot = [
  ...[
    "sys/policies/acl/ci",
    "sys/policy/ci",
    "sys/auth/jwt",
    "sys/mounts/kv",
    "sys/audit/file",
    "sys/raw/core",
  ],
  ...[
    "auth/approle/role/ci",
    "auth/userpass/users/a",
    "auth/jwt/config",
    "identity/entity/id/1",
    "identity/group/name/a",
  ],
];

const cap = fc.constantFrom("create", "read", "update", "delete", "list", "sudo", "patch");
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...new Set(probes.flatMap((path) => path.split("/")))) },
  { weight: 2, arbitrary: fc.constantFrom("+", "*", "po*", "c*", "") },
);
const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
const begun = (paths: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...paths), fc.nat({ max: 40 }), fc.constantFrom("", "*", "+"))
    .map(([path, length, end]) => path.slice(0, length) + end);

describe("one block", () => {
  it("gives what Vault says that it gives", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(pattern, begun(probes), begun(asRoot)),
        fc.uniqueArray(cap, { minLength: 1 }),
        async (path, caps) => {
          const policy = `path "${path}" { capabilities = ${JSON.stringify(caps)} }`;
          const truth = await asVaultSees(policy, probes);
          const grants = grantsIn(policy);
          if (truth === undefined || grants === undefined) return;
          taken += 1;
          for (const path of probes) expect(asWeSee(grants, path)).toEqual(truth[path]);
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(150);
  }, 120_000);
});

describe("ways to write a policy", () => {
  const all = `{ capabilities = ["read", "sudo"] }`;
  it.each<[string, string]>([
    ["a comment of each kind", `# a\n// b\n/* c */ path "*" /* d */ ${all} # e`],
    ["a comment in a comment, which HCL does not have", `/* /* */ path "*" ${all}`],
    ["a path in a comment", `/* path "*" ${all} */ path "a" ${all}`],
    ["a comment in a list", `path "*" { capabilities = [ # a\n "read", /* b */ "sudo", ] }`],
    ["one line", `path "a" ${all} path "*" ${all}`],
    ["carriage returns", `path "*" {\r\n  capabilities = ["read"]\r\n}\r\n`],
    ["an escaped star", `path "\\u002a" ${all}`],
    ["an escaped star in hex", `path "\\x2a" ${all}`],
    ["an escaped star in octal", `path "\\052" ${all}`],
    ["letters of other alphabets", `path "geheim/schlüssel/密钥" ${all}`],
    ["a slash in front", `path "/sys/raw/core" ${all}`],
    ["two slashes in front", `path "//sys/raw/core" ${all}`],
    ["a quoted key", `"path" "*" ${all}`],
    ["the form of 2015", `path "*" { policy = "write" }`],
    ["the form of 2015, to read", `path "*" { policy = "read" }`],
    ["the form of 2015, for everything", `path "*" { policy = "sudo" }`],
    ["both forms", `path "*" { policy = "read" capabilities = ["create"] }`],
    ["a denial beside what is given", `path "*" { capabilities = ["read", "deny"] }`],
    ["a denial in the form of 2015", `path "*" { policy = "deny" capabilities = ["read"] }`],
    ["no capabilities", `path "*" {}`],
    ["a name", `name = "a"\npath "*" ${all}`],
    ["a heredoc", `path "*" { comment = <<EOF\n} path "x" {\nEOF\n capabilities = ["read"] }`],
    ["an indented heredoc", `path "*" {\n comment = <<-EOF\n  }\n  EOF\n capabilities = ["read"]\n}`],
    [
      "parameters",
      `path "*" { capabilities = ["read"] allowed_parameters = { "a" = ["b", 1, true], "*" = [] } }`,
    ],
    [
      "parameters as a block",
      `path "*" { capabilities = ["read"] denied_parameters { "a" = [] } required_parameters = ["b"] }`,
    ],
    ["wrapping", `path "*" { capabilities = ["read"] min_wrapping_ttl = "1s" max_wrapping_ttl = 90 }`],
    ["a part to fill in", `path "*" { comment = "\${a "b" {c}}" capabilities = ["read"] }`],
    ["a dollar alone", `path "a$" { comment = "$" capabilities = ["read"] }`],
    ["JSON", `{"path": {"*": {"capabilities": ["read"]}}}`],
    ["JSON with blanks in front", `\n {"path": {"*": {"capabilities": ["read"]}}}`],
    [
      "JSON with a list of objects",
      `{"path": [{"a": {"capabilities": ["read"]}}, {"secret": {"capabilities": ["list"]}}]}`,
    ],
    [
      "JSON with a key twice",
      `{"path": {"*": {"capabilities": ["read"]}}, "path": {"a": {"capabilities": ["read"]}}}`,
    ],
    ["JSON with escapes", `{"path": {"\\u002a": {"capabilities": ["r\\u0065ad"]}}}`],
    ["JSON with more behind it", `{"path": {"*": {"capabilities": ["read"]}}} path "*" ${all}`],
    ["three keys", `path "a" "*" ${all}`],
    ["only a comment", "# nothing"],
    ["a star in the middle", `path "sys/*/core" ${all}`],
    ["a plus as part of a name", `path "sys/r+w/core" ${all}`],
    ["the same path twice", `path "*" { capabilities = ["read"] } path "*" { capabilities = ["list"] }`],
    ["the same path, denied", `path "*" { capabilities = ["read"] } path "*" { capabilities = ["deny"] }`],
    ["commas between", `path "*" ${all}, path "a" ${all}`],
    ["a name for a path", `path secret ${all}`],
  ])("reads %s as Vault does", async (_, policy) => {
    const paths = [...probes, "sys/raw/core", "secret", "a", "a$", "5", "geheim/schlüssel/密钥"];
    const truth = await asVaultSees(policy, paths);
    const grants = grantsIn(policy);
    // What Vault refuses can't do harm.
    if (truth === undefined) return;
    expect(grants).toBeDefined();
    for (const path of paths) expect(asWeSee(grants ?? [], path)).toEqual(truth[path]);
  });
});

describe("several blocks", () => {
  it("finds all that Vault lets a token reach, whatever else the policy says", async () => {
    let reached = 0;
    const block = fc.tuple(
      fc.oneof(pattern, begun(probes), begun(asRoot)).filter((path) => path !== "" && !path.includes("+*")),
      fc.oneof({ weight: 4, arbitrary: fc.uniqueArray(cap, { minLength: 1 }) }, fc.constant(["deny"])),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 5 }), async (blocks) => {
        const policy = blocks
          .map(([path, caps]) => `path "${path}" { capabilities = ${JSON.stringify(caps)} }`)
          .join("\n");
        const truth = await asVaultSees(policy, asRoot);
        const found = aclFindings("policy", policy).filter(
          ({ verdict, level }) => verdict === "fail" && level === undefined,
        );
        const isRoot = Object.values(truth ?? {}).some(
          (caps) => caps.includes("create") || caps.includes("update"),
        );
        if (!isRoot) return;
        reached += 1;
        expect(found).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(reached).toBeGreaterThan(20);
  }, 120_000);
});
