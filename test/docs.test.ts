import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

it("shows the example in the README as it is", () => {
  expect(read("README.md")).toContain("```ts\n" + read("examples/github-to-aws/index.ts") + "```");
});

it("shows the two commands on the README's first screen", () => {
  const screen = read("README.md").split("\n").slice(0, 20).join("\n");
  expect(screen).toContain("npm ci && npm run demo");
  expect(screen).toContain("npm ci && npm test");
});

it("links to files that exist", () => {
  for (const file of ["README.md", "CONTRIBUTING.md"])
    for (const [, link = ""] of read(file).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
      expect(() => readFileSync(join(root, link.endsWith(".md") ? link : `${link}/README.md`))).not.toThrow();
});

it("has both the root's project and the quickstart's say the same", () => {
  const withoutMain = (file: string) => read(file).replace(/^main:.*\n/m, "");
  expect(withoutMain("Pulumi.yaml")).toBe(withoutMain("examples/quickstart/Pulumi.yaml"));
});
