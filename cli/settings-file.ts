import { readFileSync } from "node:fs";
import { levelOf } from "#pack/levels";
import { policiesOf } from "#pack/pack";
import type { Rule } from "#pack/rule";
import { rules as allRules } from "#pack/rules/index";
import { newRun } from "#pack/run";
import { readSettings, settingsSchema } from "#pack/settings";
import type { Policies, PolicyConfigSchema } from "@pulumi/policy";
import { Ajv, type ErrorObject } from "ajv";
import { CouldNotRun } from "./exit-code";

/** What a file of `--policy-pack-config` holds: for each policy a level, or an object with its settings. */
export type PackConfig = Record<string, string | Record<string, unknown>>;

type Policy = Policies[number];
type Level = NonNullable<Policy["enforcementLevel"]>;

const levels: readonly string[] = ["advisory", "mandatory", "remediate", "disabled"] satisfies Level[];

export function readSettingsFile(file: string): PackConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
  return parseSettings(text, file);
}

/** As the engine reads it: an empty file sets nothing, and a setting that can't be followed is refused by its name. */
export function parseSettings(text: string, file: string): PackConfig {
  if (text.trim() === "") return {};
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CouldNotRun(`${file} is no JSON. It must hold settings as in docs/policy-pack.md.`);
  }
  if (!isObject(document))
    throw new CouldNotRun(
      `${file} must hold an object: for each rule a level or an object with its settings.`,
    );
  for (const [name, value] of Object.entries(document)) {
    // Names of environments of Pulumi ESC, which only the engine opens.
    if (name === "environments") continue;
    const level = isObject(value) ? value.enforcementLevel : value;
    if (level === undefined && isObject(value)) continue;
    if (typeof level !== "string" || !levels.includes(level))
      throw new CouldNotRun(
        `${file}: ${name} must be a level (${levels.join(", ")}) or an object with settings, got ${typeof level === "string" ? `"${level}"` : typeof level}.`,
      );
  }
  return document as PackConfig;
}

/** The policies with the levels and settings that the engine would give them. */
export interface Configured {
  policies: Policies;
  configs: Record<string, Record<string, unknown>>;
}

/** The pack's policies with these settings. Refuses settings that can't be followed, by their names. */
export function configuredPack(config: PackConfig, file: string): Policies {
  const { policies, configs } = configure(policiesOf(newRun(allRules)), config);
  const problems = policies.flatMap(({ name, configSchema: schema }) =>
    schema ? problemsOf(schema, configs[name] ?? {}).map((problem) => `${file}: ${name}: ${problem}`) : [],
  );
  const [first] = problems;
  if (first !== undefined)
    throw new CouldNotRun(problems.length === 1 ? first : `${first} And ${problems.length - 1} more.`);
  return policies;
}

/**
 * As `ReconcilePolicyPackConfig` of the engine: defaults, then `all`, then each policy's own entry. Whether they can be
 * followed is for `configuredPack`, once in a run: a schema takes long to compile, and an estate has thousands of stacks.
 */
export function configure(policies: Policies, config: PackConfig): Configured {
  const all = levelIn(config.all);
  const configs: Configured["configs"] = {};
  const configured = policies.map((policy) => {
    const own = config[policy.name];
    const given = Object.entries(isObject(own) ? own : {}).filter(([name]) => name !== "enforcementLevel");
    configs[policy.name] = { ...defaultsOf(policy.configSchema), ...Object.fromEntries(given) };
    const level = levelIn(own) ?? all ?? policy.enforcementLevel;
    // The engine treats what it can't mend as mandatory, and an audit mends nothing.
    return {
      ...policy,
      ...(level && { enforcementLevel: level === "remediate" ? "mandatory" : level }),
    };
  });
  return { policies: configured, configs };
}

function levelIn(own: PackConfig[string] | undefined): Level | undefined {
  const level = isObject(own) ? own.enforcementLevel : own;
  return level as Level | undefined;
}

const defaultsOf = (schema: PolicyConfigSchema | undefined) =>
  Object.fromEntries(
    Object.entries(schema?.properties ?? {}).flatMap(([name, property]) =>
      isObject(property) && property.default !== undefined ? [[name, property.default]] : [],
    ),
  );

const ajv = new Ajv({ strict: false });

function problemsOf(schema: PolicyConfigSchema, values: object): string[] {
  const validate = ajv.compile({ type: "object", ...schema });
  return validate(values) ? [] : (validate.errors ?? []).map(saysOf);
}

/** `exemptions[0].owner must be string`. */
function saysOf({ instancePath, message = "is wrong", params }: ErrorObject): string {
  const path = instancePath
    .slice(1)
    .replaceAll(/\/(\d+)/g, "[$1]")
    .replaceAll("/", ".");
  const { allowedValues } = params as { allowedValues?: unknown[] };
  return `${path} ${message}${allowedValues ? `: ${allowedValues.join(", ")}` : ""}.`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The pack's own settings, for what is done with them outside of a run. */
export function packSettings(config: PackConfig): Record<string, unknown> {
  const own = config.settings;
  return { ...defaultsOf(settingsSchema), ...(isObject(own) ? own : {}) };
}

/** The rules that these settings switch off in a stack. Tags of stacks are not known outside of the engine. */
export function disabledIn(
  config: PackConfig,
  configured: Policies,
  rules: readonly Rule[],
  stackUrn: string,
  now: number,
): ReadonlySet<string> {
  const settings = readSettings(packSettings(config));
  const place = { stack: stackUrn.split(":")[2] ?? "", stackTags: new Map<string, string>(), now };
  const off = configured.filter(({ enforcementLevel }) => enforcementLevel === "disabled");
  const offHere = rules.filter((rule) => levelOf(rule, settings, place) === "disabled");
  return new Set([...off.map(({ name }) => name), ...offHere.map(({ id }) => id)]);
}
