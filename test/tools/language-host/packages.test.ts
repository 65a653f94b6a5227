import { join } from "node:path";
import { programDependencies, requiredPackages } from "../../../tools/language-host/packages";
import aws from "@pulumi/aws/package.json";
import gcp from "@pulumi/gcp/package.json";
import vault from "@pulumi/vault/package.json";

const example = join(__dirname, "../../../examples/quickstart");
const before = process.env.PULUMI_DEBUG_PROVIDERS;
afterEach(() => {
  if (before === undefined) delete process.env.PULUMI_DEBUG_PROVIDERS;
  else process.env.PULUMI_DEBUG_PROVIDERS = before;
});

const required = () =>
  requiredPackages(example)
    .map((found) => `${found.getKind()} ${found.getName()} ${found.getVersion()}`)
    .sort();

it("finds the provider of each SDK that the program's package depends on", () => {
  delete process.env.PULUMI_DEBUG_PROVIDERS;
  expect(required()).toEqual([
    `resource aws v${aws.version}`,
    `resource gcp v${gcp.version}`,
    `resource vault v${vault.version}`,
  ]);
});

it("asks for no plugin of a provider that is attached already", () => {
  process.env.PULUMI_DEBUG_PROVIDERS = "aws:4711,vault:4712";
  expect(required()).toEqual([`resource gcp v${gcp.version}`]);
});

it("lists the program's dependencies with their versions", () => {
  const found = programDependencies(example).map(
    (dependency) => `${dependency.getName()} ${dependency.getVersion()}`,
  );
  expect(found).toContain(`@pulumi/vault ${vault.version}`);
});

it("finds nothing where there is no package", () => {
  expect(requiredPackages("/")).toEqual([]);
});
