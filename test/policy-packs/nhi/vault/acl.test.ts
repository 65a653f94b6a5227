import fc from "fast-check";
import { type AclPath, readAcl } from "../../../../policy-packs/nhi/vault/acl";

it.each<[string, string, AclPath[] | undefined]>([
  ["nothing", "", []],
  ["comments alone", "# path\n// path\n/* path */", []],
  [
    "a path",
    'path "a/b" { capabilities = ["read", "list"] }',
    [{ path: "a/b", capabilities: ["read", "list"] }],
  ],
  ["a path without quotes around its keyword's name", "path a/b { }", undefined],
  [
    "a list over lines with a comma at its end",
    'path "a" {\n  capabilities = [\n    "read", # why\n    "list",\n  ]\n}',
    [{ path: "a", capabilities: ["read", "list"] }],
  ],
  ["the old form", 'path "a" { policy = "read" }', [{ path: "a", capabilities: ["read", "list"] }]],
  [
    "parameters, whose names say nothing of rights",
    'path "a" { allowed_parameters = { "capabilities" = ["sudo"] "b" = [] } capabilities = ["update"] }',
    [{ path: "a", capabilities: ["update"] }],
  ],
  ["braces in a text", 'path "a}{" { capabilities = ["read"] }', [{ path: "a}{", capabilities: ["read"] }]],
  ["an escaped quote", 'path "a\\"b" { capabilities = ["read"] }', [{ path: 'a"b', capabilities: ["read"] }]],
  [
    "a name at the top",
    'name = "orders"\npath "a" { capabilities = ["read"] }',
    [{ path: "a", capabilities: ["read"] }],
  ],
  ["JSON", '{"path": {"a": {"capabilities": ["read"]}}}', [{ path: "a", capabilities: ["read"] }]],
  ["JSON that is no policy", '{"paths": {}}', undefined],
  ["a text that never ends", 'path "a', undefined],
  ["a comment that never ends", "/* path", undefined],
  ["a block that never ends", 'path "a" {', undefined],
])("reads %s", (_, policy, expected) => {
  expect(readAcl(policy)).toEqual(expected);
});

it("reads what JSON and HCL say alike", () => {
  const path = fc.record({
    path: fc.stringMatching(/^[a-z/+]{1,12}\*?$/),
    capabilities: fc.subarray(["create", "read", "update", "delete", "list", "sudo", "deny"], {
      minLength: 1,
    }),
  });
  const policies = fc.uniqueArray(path, { selector: ({ path: name }) => name, maxLength: 5 });
  const result = fc.check(
    fc.property(policies, (paths) => {
      const hcl = paths
        .map(
          ({ path: name, capabilities }) =>
            `path ${JSON.stringify(name)} {\n  capabilities = ${JSON.stringify(capabilities)}\n}`,
        )
        .join("\n");
      const json = JSON.stringify({
        path: Object.fromEntries(paths.map(({ path: name, capabilities }) => [name, { capabilities }])),
      });
      return (
        JSON.stringify(readAcl(hcl)) === JSON.stringify(paths) &&
        JSON.stringify(readAcl(json)) === JSON.stringify(paths)
      );
    }),
  );
  expect(result.counterexample).toBeNull();
});

it("comes to an end with any text", () => {
  const pieces = fc.constantFrom(
    'path "a" {',
    "}",
    "{",
    "[",
    "]",
    '"',
    "=",
    "capabilities",
    '["read"]',
    "#",
    "/*",
    "*/",
    "\\",
    "\n",
    "<<EOT",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 40 }).map((all) => all.join(" ")),
  );
  const result = fc.check(
    fc.property(texts, (text) => {
      readAcl(text);
      return true;
    }),
    { numRuns: 2_000 },
  );
  expect(result.failed).toBe(false);
});

it("comes to an end with what is too large, too deep or too many", () => {
  expect(readAcl(`path "${"a".repeat(2_000_000)}" {}`)).toBeUndefined();
  expect(readAcl(`path "a" ${"{".repeat(100_000)}`)).toBeUndefined();
  expect(readAcl('path "a" { capabilities = ["read"] }\n'.repeat(10_000))).toHaveLength(10_000);
});
