import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { settingsProblems } from "../policy-packs/nhi/pack";
import { identityPage } from "../tools/identity-matrix";
import { rules } from "../policy-packs/nhi/rules";
import { readSettings } from "../policy-packs/nhi/settings";

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
  for (const file of [
    "README.md",
    "CONTRIBUTING.md",
    "docs/audit.md",
    "docs/dynamic-secrets.md",
    "docs/nhi-command.md",
    "docs/policy-pack.md",
    "docs/static-exceptions.md",
    "docs/trace.md",
    "docs/workload-identity.md",
    "policy-packs/nhi/RULES.md",
  ])
    for (const [, link = ""] of read(file).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
      expect(() =>
        readFileSync(join(root, dirname(file), /\.\w+$/.test(link) ? link : `${link}/README.md`)),
      ).not.toThrow();
});

it("has both the root's project and the quickstart's say the same", () => {
  const withoutMain = (file: string) => read(file).replace(/^main:.*\n/m, "");
  expect(withoutMain("Pulumi.yaml")).toBe(withoutMain("examples/quickstart/Pulumi.yaml"));
});

it("shows settings in the pack's guide that the pack takes as they stand", () => {
  const shown = [...read("docs/policy-pack.md").matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json = ""]) => (JSON.parse(json) as { settings?: object }).settings,
  );
  const given = shown.filter((settings) => settings !== undefined);
  expect(given.length).toBeGreaterThan(3);
  const day = Date.parse("2027-01-15T12:00:00Z");
  for (const settings of given) expect(settingsProblems(readSettings(settings), rules, day)).toEqual([]);
});

it("says of each source and target what the components make now: run `npm run docs`", async () => {
  expect(read("docs/workload-identity.md")).toBe(await identityPage());
});
