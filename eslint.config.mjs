import js from "@eslint/js";
import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

/** Imports that a folder must not reach for, whatever the number of `../` before them. */
const never = (reason, ...folders) => ({
  group: folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]),
  message: reason,
});

const restrict = (files, ...patterns) => ({
  files,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] },
});

/** Provider SDKs are slow to load, so the pack may name their types and nothing else. */
const providerTypesOnly = {
  group: [
    "@pulumi/aws",
    "@pulumi/aws/**",
    "@pulumi/gcp",
    "@pulumi/gcp/**",
    "@pulumi/vault",
    "@pulumi/vault/**",
  ],
  message: "The pack matches by type token. Use `import type`: a provider SDK slows every preview.",
  allowTypeImports: true,
};
const pureModules = {
  group: [
    "node:fs",
    "node:fs/**",
    "fs",
    "fs/**",
    "node:http",
    "node:https",
    "http",
    "https",
    "node:net",
    "node:child_process",
  ],
  message: "A rule judges what it is given: no files, no network.",
};
const judgeApart = "A judge that shares code with the judged shares its bugs: they meet only at the engine.";
const capabilities = ["workload-identity", "jit-access", "dynamic-secrets", "audit-log", "static-exception"];

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "coverage/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: ["./tsconfig.json"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-expressions": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
    },
  },
  {
    files: ["**/*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { module: "writable", require: "readonly", process: "readonly", console: "readonly" },
    },
  },
  { files: ["test/**/*.test.ts"], ...jest.configs["flat/recommended"] },
  ...capabilities.map((own) =>
    restrict(
      [`components/${own}/**/*.ts`],
      never(
        "Capabilities meet in the user's program, through args.",
        ...capabilities.filter((other) => other !== own),
      ),
      never(judgeApart, "policy-packs", "evidence", "broker"),
      never("Components do not know what runs them.", "tools", "offline", "demo", "cli", "examples", "test"),
    ),
  ),
  restrict(
    ["components/*.ts"],
    never(judgeApart, "policy-packs", "evidence", "broker"),
    never("Components do not know what runs them.", "tools", "offline", "demo", "cli", "examples", "test"),
  ),
  restrict(
    ["policy-packs/nhi/**/*.ts"],
    never(judgeApart, "components", "examples"),
    never(
      "The pack is published from its own folder.",
      "tools",
      "offline",
      "demo",
      "test",
      "broker",
      "evidence",
      "cli",
    ),
    providerTypesOnly,
    pureModules,
  ),
  restrict(
    ["policy-packs/nhi/rules/!(index).ts"],
    never(judgeApart, "components", "examples"),
    { regex: "^\\./", message: "A rule stands alone: put what two rules share into a reader." },
    providerTypesOnly,
    pureModules,
  ),
  restrict(
    ["cli/**/*.ts"],
    never(
      "The command goes through the engine and the pack.",
      "components",
      "tools",
      "demo",
      "examples",
      "test",
    ),
    never("The pack comes in as it is published: `#pack/…`.", "policy-packs"),
  ),
  restrict(
    ["evidence/**/*.ts"],
    never(
      "Evidence is made of what the pack said.",
      "components",
      "broker",
      "cli",
      "tools",
      "demo",
      "examples",
      "test",
    ),
    never("The pack's catalogue comes in as it is published: `#pack/…`.", "policy-packs"),
  ),
  restrict(
    ["broker/**/*.ts"],
    never(
      "The broker runs on its own: it is bundled for where it is hosted.",
      "components",
      "policy-packs",
      "evidence",
      "trace",
      "inventory",
      "cli",
      "tools",
      "demo",
      "examples",
      "test",
    ),
    never("The broker knows nothing of the pack.", "#pack"),
  ),
  restrict(
    ["inventory/**/*.ts"],
    never(
      "An inventory is made of what a state holds.",
      "components",
      "broker",
      "cli",
      "tools",
      "demo",
      "examples",
      "test",
    ),
    never("The pack's readers come in as they are published: `#pack/…`.", "policy-packs"),
  ),
  restrict(
    ["trace/**/*.ts"],
    never(
      "A trace is made of what logs say. It reads the broker's events as anybody would: as lines of a file.",
      "components",
      "policy-packs",
      "evidence",
      "broker",
      "cli",
      "tools",
      "demo",
      "examples",
      "test",
    ),
  ),
  restrict(
    ["offline/**/*.ts"],
    never(
      "Offline providers stand in for a cloud and know nothing of ours.",
      "components",
      "policy-packs",
      "tools",
      "demo",
      "test",
    ),
  ),
  restrict(
    ["demo/**/*.ts"],
    never("The demo is a user: it goes through the engine.", "components", "policy-packs", "test"),
  ),
  restrict(["examples/**/*.ts"], {
    group: ["./*", "../*"],
    message: "An example imports `pulumi-nhi` as a user does, so that it can be copied out.",
  }),
);
