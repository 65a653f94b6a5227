/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
  moduleNameMapper: { "^pulumi-nhi$": "<rootDir>/components/index.ts" },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/policy-packs/nhi/dist"],
  testEnvironment: "node",
};
