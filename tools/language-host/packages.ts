import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DependencyInfo } from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency } from "@pulumi/pulumi/proto/plugin_pb";

interface PackageJson {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/** The provider plugins that the program's dependencies bring with them, without those attached already. */
export function requiredPackages(programDirectory: string): PackageDependency[] {
  const attached = attachedProviders();
  const found = new Map<string, PackageDependency>();
  for (const json of dependencyTree(programDirectory)) {
    const { pulumi, name = "", version = "" } = json;
    if (!pulumi?.resource) continue;
    const plugin =
      pulumi.name ??
      name
        .split("/")
        .at(-1)
        ?.replace(/^pulumi-/, "") ??
      name;
    if (attached.has(plugin)) continue;
    found.set(
      plugin,
      new PackageDependency()
        .setName(plugin)
        .setKind("resource")
        .setVersion(`v${(pulumi.version ?? version).replace(/^v/, "")}`)
        .setServer(pulumi.server ?? ""),
    );
  }
  return [...found.values()];
}

export function programDependencies(programDirectory: string): DependencyInfo[] {
  const own = owningPackage(programDirectory);
  if (!own) return [];
  return dependenciesOf(own).map(({ json }) =>
    new DependencyInfo().setName(json.name ?? "").setVersion(json.version ?? ""),
  );
}

/** The engine talks to these over a port (`aws:1234,vault:5678`): no plugin has to be installed for them. */
function attachedProviders(): Set<string> {
  const list = process.env.PULUMI_DEBUG_PROVIDERS ?? "";
  return new Set(list.split(",").map((entry) => entry.split(":")[0]?.trim() ?? ""));
}

interface Package {
  directory: string;
  json: PackageJson;
}

function* dependencyTree(programDirectory: string): Generator<PackageJson> {
  const root = owningPackage(programDirectory);
  if (!root) return;
  const seen = new Set<string>();
  const waiting = dependenciesOf(root);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen.has(next.directory)) continue;
    seen.add(next.directory);
    yield next.json;
    waiting.push(...dependenciesOf(next));
  }
}

function dependenciesOf(from: Package): Package[] {
  return Object.keys(from.json.dependencies ?? {}).flatMap((name) => installed(name, from.directory) ?? []);
}

/** Walks up as Node's resolution does. Not `require.resolve`: `exports` may hide a package.json. */
function installed(name: string, from: string): Package | undefined {
  for (const directory of upwards(from)) {
    const candidate = readPackage(join(directory, "node_modules", name));
    if (candidate) return candidate;
  }
  return undefined;
}

function owningPackage(from: string): Package | undefined {
  for (const directory of upwards(from)) {
    const candidate = readPackage(directory);
    if (candidate) return candidate;
  }
  return undefined;
}

function* upwards(from: string): Generator<string> {
  for (let directory = from; ; directory = dirname(directory)) {
    yield directory;
    if (directory === dirname(directory)) return;
  }
}

function readPackage(directory: string): Package | undefined {
  const file = join(directory, "package.json");
  if (!existsSync(file)) return undefined;
  return { directory, json: JSON.parse(readFileSync(file, "utf8")) as PackageJson };
}
