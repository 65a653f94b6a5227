/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }],
    // An ES module, which Node loads with `require` and Jest does not.
    "/@marcbachmann/cel-js/.+\\.js$": [
      "@swc/jest",
      { jsc: { target: "es2023" }, module: { type: "commonjs" } },
    ],
  },
  transformIgnorePatterns: ["/node_modules/(?!@marcbachmann/cel-js/)"],
  moduleNameMapper: {
    "^pulumi-nhi$": "<rootDir>/components/index.ts",
    "^#pack/(.*)$": "<rootDir>/policy-packs/nhi/$1",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/policy-packs/nhi/dist"],
  testEnvironment: "node",
  setupFiles: ["<rootDir>/test/support/seed.js"],
  globalSetup: "<rootDir>/test/support/setup.ts",
  reporters: ["default", "<rootDir>/test/support/reporter.js"],
  // Two engines at once are as fast as the machine; more only wait for each other.
  maxWorkers: 2,
};
