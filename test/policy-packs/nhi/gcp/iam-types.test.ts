import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { iamTypes } from "../../../../policy-packs/nhi/gcp/iam-types";

/** Loading the SDK whole would take a minute: its tokens stand in its code. */
const inSdk = execFileSync(
  "grep",
  [
    "-rhoE",
    "--include=*.js",
    "__pulumiType = 'gcp:[^']+I(AM|am)(Member|Binding|Policy)'",
    dirname(require.resolve("@pulumi/gcp/package.json")),
  ],
  { encoding: "utf8" },
)
  .trim()
  .split("\n")
  .map((line) => line.split("'")[1] ?? "");

it("has every resource of the installed SDK that names members, and no other", () => {
  expect(iamTypes.filter((type) => type.startsWith("gcp:")).sort()).toEqual([...new Set(inSdk)].sort());
  expect(inSdk).toContain("gcp:secretmanager/secretIamMember:SecretIamMember");
});

it("has each once", () => {
  expect(new Set(iamTypes).size).toBe(iamTypes.length);
});
