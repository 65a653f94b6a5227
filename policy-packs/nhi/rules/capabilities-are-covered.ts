import { capabilities, type Capability, provides, typesOf } from "../capabilities";
import type { StackRule } from "../rule";
import { fail } from "../verdict";

const missing: Record<Capability, string> = {
  identity: "no identity that a machine signs in with",
  "jit-access": "no access that is granted just in time",
  "dynamic-secrets": "no secrets that are made for one use",
  audit: "no audit log",
};

export const capabilitiesAreCovered: StackRule = {
  id: "capabilities-are-covered",
  title:
    "A stack that replaces standing secrets has all that it takes: identities, access in time, dynamic secrets and an audit log.",
  why: "Where one of them is missing, a standing secret fills the gap.",
  fix: "Add what is missing, or name it in coveredElsewhere where another stack has it.",
  severity: "low",
  enforcement: "advisory",
  topic: "missing-metadata",
  doesNotSee:
    "Other stacks, and whether what is there is used. A stack with one of the capabilities alone is a part of something larger, and is not asked.",
  whenNot: "Name in coveredElsewhere what other stacks have, once for all stacks.",
  lists: {
    coveredElsewhere: {
      values: [],
      says: "Capabilities that other stacks have, or that nobody needs: identity, jit-access, dynamic-secrets, audit. Default: none.",
    },
  },
  samples: {
    bad: `
new vault.jwt.AuthBackendRole("migrate", {
  backend: "github",
  roleName: "migrate",
  roleType: "jwt",
  userClaim: "repository_id",
  boundAudiences: ["https://vault.example.com"],
  boundSubject: "repo:octo@123456/app@456789:environment:production",
});
new vault.database.SecretBackendRole("migrate", {
  backend: "orders",
  dbName: "orders",
  defaultTtl: 900,
  maxTtl: 1800,
  creationStatements: ["CREATE ROLE ..."],
});
`,
    good: `
new vault.Audit("file", { type: "file", options: { file_path: "/vault/logs/audit.log" } });
new vault.jwt.AuthBackendRole("migrate", {
  backend: "github",
  roleName: "migrate",
  roleType: "jwt",
  userClaim: "repository_id",
  boundAudiences: ["https://vault.example.com"],
  boundSubject: "repo:octo@123456/app@456789:environment:production",
});
new vault.database.SecretBackendRole("migrate", {
  backend: "orders",
  dbName: "orders",
  defaultTtl: 900,
  maxTtl: 1800,
  creationStatements: ["CREATE ROLE ..."],
});
`,
  },
  types: [...new Set(capabilities.flatMap(typesOf))],
  checkStack(resources) {
    const [first] = resources;
    const isHere = (capability: Capability) =>
      resources.some((resource) => provides(resource, capability)) ||
      // A lease of Vault's is asked for when it is needed and ends with its task: it is access just in time.
      (capability === "jit-access" && resources.some((resource) => provides(resource, "dynamic-secrets")));
    const elsewhere = first?.list("coveredElsewhere") ?? [];
    const here = capabilities.filter(isHere);
    if (
      here.filter((capability) => capability !== "jit-access" || !here.includes("dynamic-secrets")).length < 2
    )
      return [];
    const gaps = capabilities.filter(
      (capability) => !here.includes(capability) && !elsewhere.includes(capability),
    );
    return gaps.length === 0
      ? []
      : [
          {
            ...fail("its resources", `have ${gaps.map((gap) => missing[gap]).join(", and ")}`),
            resource: undefined,
          },
        ];
  },
};
