import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Analyzer, type AnalyzeResult } from "@pulumi/pulumi/provider/experimental/analyzer";
import * as pulumiNhi from "pulumi-nhi";

const exported = Object.entries<unknown>(pulumiNhi);
const isComponent = (value: unknown) =>
  typeof value === "function" && (value.prototype as unknown) instanceof pulumi.ComponentResource;
const components = exported.filter(([, value]) => isComponent(value)).map(([name]) => name);

it("exports components and enumerations, and nothing else", () => {
  expect(components).toEqual(expect.arrayContaining(["AwsFederatedRole", "DatabaseSecrets", "VaultAudit"]));
  const isEnumeration = (value: unknown) =>
    Object.values(value as object).every((member) => typeof member === "string");
  expect(exported.filter(([, value]) => !isComponent(value) && !isEnumeration(value))).toEqual([]);
});

describe("as a package for every Pulumi language", () => {
  const root = join(__dirname, "..", "..");
  let schema: AnalyzeResult;
  beforeAll(() => {
    // The analyzer takes a folder with a tsconfig.json and compiles all that this one includes.
    const folder = mkdtempSync(join(tmpdir(), "nhi-schema-"));
    try {
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({
          extends: join(root, "tsconfig.json"),
          compilerOptions: { types: ["node"], typeRoots: [join(root, "node_modules", "@types")] },
          include: [join(root, "components")],
        }),
      );
      const entry = { name: "pulumi-nhi", main: join(root, "components", "index.ts") };
      schema = new Analyzer(folder, "nhi", entry, new Set(components)).analyze();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  const outputs = (component: string) => Object.keys(schema.components[component]?.outputs ?? {}).sort();
  const required = (component: string) =>
    Object.entries(schema.components[component]?.inputs ?? {})
      .filter(([, input]) => !input.optional)
      .map(([name]) => name)
      .sort();

  it.each<[string, { required: string[]; outputs: string[] }]>([
    [
      "AwsFederatedRole",
      {
        required: ["accountId", "metadata", "workloads"],
        outputs: ["expectedTokens", "roleArn", "roleName", "subjects"],
      },
    ],
    [
      "AwsJitRole",
      {
        required: ["accountId", "brokerRoleArn", "metadata", "permissionsBoundaryArn"],
        outputs: ["grantSeconds", "revocationPolicyName", "roleArn", "roleName"],
      },
    ],
    [
      "DatabaseSecrets",
      {
        required: ["metadata", "roles"],
        outputs: ["credentialPaths", "mountPath", "policyNames"],
      },
    ],
    ["AwsOidcProvider", { required: ["accountId", "issuer", "metadata"], outputs: ["providerArn"] }],
    ["AwsPermissionsBoundary", { required: ["accountId", "metadata", "services"], outputs: ["policyArn"] }],
    [
      "GcpFederatedAccess",
      {
        required: ["metadata", "projectId", "projectNumber", "workloads"],
        outputs: ["expectedTokens", "principals", "providers"],
      },
    ],
    ["GithubOidcProvider", { required: ["accountId", "metadata"], outputs: ["providerArn"] }],
    [
      "EksPodIdentityAccess",
      {
        required: ["accountId", "clusterName", "metadata", "namespace", "region", "serviceAccount"],
        outputs: ["roleArn", "roleName"],
      },
    ],
    ["RolesAnywhereTrustAnchor", { required: ["metadata"], outputs: ["trustAnchorArn"] }],
    [
      "RolesAnywhereAccess",
      {
        required: ["accountId", "holder", "metadata", "sessionPolicy", "trustAnchorArn"],
        outputs: ["profileArn", "roleArn", "roleName"],
      },
    ],
    ["VaultAudit", { required: ["metadata"], outputs: [] }],
    ["VaultTrustedIssuer", { required: ["issuer", "metadata"], outputs: ["accessor", "mountPath"] }],
    ["VaultWorkload", { required: ["metadata", "signIns"], outputs: ["entityId"] }],
    [
      "VaultFederatedRole",
      {
        // The mount is required too, but its type lets in an `AuthBackend`'s path.
        required: ["metadata", "workloads"],
        outputs: ["aliasNames", "roleName", "roleNames", "subjects"],
      },
    ],
  ])("%s is understood", (component, expected) => {
    expect({ required: required(component), outputs: outputs(component) }).toEqual(expected);
  });

  it("every input, output and field says what it is", () => {
    const fields = [
      ...Object.entries(schema.components).flatMap(([name, { inputs: i, outputs: o }]) =>
        Object.entries({ ...i, ...o }).map(([field, { description }]) => [`${name}.${field}`, description]),
      ),
      ...Object.entries(schema.typeDefinitions).flatMap(([name, definition]) =>
        "properties" in definition
          ? Object.entries(definition.properties).map(([field, { description }]) => [
              `${name}.${field}`,
              description,
            ])
          : [],
      ),
    ];
    expect(fields.length).toBeGreaterThan(40);
    expect(fields.filter(([, description]) => !description).map(([field]) => field)).toEqual([]);
  });

  it("what decides trust is plain, so that it is known before anything is made", () => {
    const plain = (component: string, input: string) => schema.components[component]?.inputs[input]?.plain;
    expect(plain("AwsFederatedRole", "workloads")).toBe(true);
    expect(plain("AwsFederatedRole", "accountId")).toBe(true);
    expect(plain("AwsFederatedRole", "permissionsBoundaryArn")).toBeUndefined();
    expect(plain("AwsJitRole", "brokerRoleArn")).toBe(true);
    expect(plain("VaultFederatedRole", "audience")).toBe(true);
    expect(plain("VaultFederatedRole", "mount")).toBeUndefined();
  });
});
