import type {
  Policies,
  PolicyConfigSchema,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidation,
  StackValidationPolicy,
} from "@pulumi/policy";
import { mapsTo, sdkFramework, tagsOf } from "./controls";
import type { Resource, ResourceRule, Rule, StackResource, StackRule } from "./rule";
import { readProperty } from "./value";
import type { Finding } from "./verdict";

/** Where a rule is explained, from the repository's root. */
export const pageOf = (rule: Rule) => `policy-packs/nhi/docs/${rule.id}.md`;

/** The policy that the engine runs. The clock is the only thing that a run takes from outside of the engine. */
export function toPolicy(rule: ResourceRule, clock?: () => number): ResourceValidationPolicy;
export function toPolicy(rule: StackRule, clock?: () => number): StackValidationPolicy;
export function toPolicy(rule: Rule, clock?: () => number): Policies[number];
export function toPolicy(rule: Rule, clock: () => number = Date.now): Policies[number] {
  const described = {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title} ${rule.why}`,
    remediationSteps: rule.fix,
    severity: rule.severity,
    enforcementLevel: rule.enforcement,
    framework: sdkFramework(rule.topic),
    tags: [`topic:${rule.topic}`, ...tagsOf(rule.topic)],
    url: pageOf(rule),
    configSchema: configSchemaOf(rule),
  };
  return "check" in rule
    ? { ...described, validateResource: resourceValidation(rule, clock) }
    : { ...described, validateStack: stackValidation(rule, clock) };
}

function resourceValidation(rule: ResourceRule, clock: () => number): ResourceValidation {
  const types = new Set(rule.types);
  const validateResource: ResourceValidation = (args, report) => {
    // A rule that returned here without a word would count as passed.
    if (!types.has(args.type)) args.notApplicable(`it judges ${rule.types.length} other types`);
    const config = args.getConfig<Config>();
    const resource = resourceOf(rule, args, config, clock());
    // The SDK's runtime takes an object where its types know only a text. Nothing else gives a finding its own level.
    const reportObject = report as unknown as (violation: Violation) => void;
    for (const violation of judged(rule, args, () => violations(rule, args, config, rule.check(resource))))
      reportObject(violation);
  };
  // With one type the SDK looks at the type before it unpacks the properties: that is the fast way.
  if (rule.types.length === 1) Object.assign(validateResource, { __pulumiType: rule.types[0] });
  return validateResource;
}

function stackValidation(rule: StackRule, clock: () => number): StackValidation {
  const types = new Set(rule.types);
  return (args, report) => {
    const config = args.getConfig<Config>();
    const now = clock();
    const reportObject = report as unknown as (violation: Violation) => void;
    const stack = { type: "pulumi:pulumi:Stack", name: "the stack" };
    const all = judged(rule, stack, () => {
      const resources = args.resources
        .filter(({ type }) => types.has(type))
        .map((resource): StackResource => ({
          ...resourceOf(rule, resource, config, now),
          urn: resource.urn,
          name: resource.name,
          parent: resource.parent?.urn,
          provider: resource.provider?.urn,
          sourcesOf: (property) =>
            Object.hasOwn(resource.propertyDependencies, property)
              ? (resource.propertyDependencies[property] ?? []).map(({ urn }) => urn)
              : [],
        }));
      return rule.checkStack(resources).flatMap(({ resource, ...finding }) =>
        violations(rule, resource ?? stack, config, [finding]).map((violation) => ({
          ...violation,
          ...(resource && { urn: resource.urn }),
        })),
      );
    });
    for (const violation of all) reportObject(violation);
  };
}

/** What the SDK's `reportViolation` takes at run time (`makeReportViolationFun` in its server). */
interface Violation {
  message: string;
  urn?: string;
  enforcementLevel?: "advisory";
}

/** Set by the engine from the schema's defaults. Missing when a policy is run without an engine. */
type Config = Partial<Record<string, unknown>> & { strictUnknown?: boolean };

/** What a message names. */
interface Named {
  type: string;
  name: string;
}

function resourceOf(
  rule: Rule,
  { type, props }: { type: string; props: object },
  config: Config,
  now: number,
): Resource {
  return {
    type,
    now,
    read: (property) => readProperty(props, property),
    ceiling(name) {
      const set = config[name];
      return typeof set === "number" ? set : (rule.ceilings?.[name]?.seconds ?? 0);
    },
    list(name) {
      const set = config[name];
      return Array.isArray(set) ? set.map(String) : (rule.lists?.[name]?.values ?? []);
    },
  };
}

function judged(rule: Rule, { type, name }: Named, judge: () => Violation[]): Violation[] {
  try {
    return judge();
  } catch (error) {
    // One broken rule must not stop every deployment. Only the kind of error: its text may hold a property's value.
    const kind = error instanceof Error ? error.name : "something that is no error";
    return [
      {
        message: `[${rule.id}] could not judge "${name}": the rule threw ${kind}. Report it with the type ${type}.`,
        enforcementLevel: "advisory",
      },
    ];
  }
}

const violations = (rule: Rule, named: Named, config: Config, findings: readonly Finding[]): Violation[] =>
  findings.map((finding) => violationOf(rule, named, finding, config.strictUnknown ?? false));

function violationOf(rule: Rule, { type, name }: Named, finding: Finding, strict: boolean): Violation {
  const { verdict, property, says, level, fix = rule.fix } = finding;
  const where = `[${rule.id}] ${type} "${name}": ${property} ${says}.`;
  if (verdict === "undetermined") {
    const message = `${where} Undetermined, not passed. ${mapsTo(rule.topic)} Docs: ${pageOf(rule)}`;
    return strict ? { message } : { message, enforcementLevel: "advisory" };
  }
  const message = `${where} Fix: ${fix} ${mapsTo(rule.topic)} Docs: ${pageOf(rule)}`;
  return level === undefined ? { message } : { message, enforcementLevel: level };
}

function configSchemaOf({ ceilings = {}, lists = {} }: Rule): PolicyConfigSchema {
  const ofCeilings = Object.entries(ceilings).map(([name, { seconds, says }]) => [
    name,
    { type: "integer", minimum: 1, default: seconds, description: says },
  ]);
  const ofLists = Object.entries(lists).map(([name, { values, says }]) => [
    name,
    { type: "array", items: { type: "string" }, default: [...values], description: says },
  ]);
  return {
    properties: {
      ...(Object.fromEntries([...ofCeilings, ...ofLists]) as PolicyConfigSchema["properties"]),
      strictUnknown: {
        type: "boolean",
        default: false,
        description: "Report what could not be decided at the rule's own level. Default: as an advisory.",
      },
    },
  };
}
