import type {
  PolicyConfigSchema,
  ResourceValidation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
} from "@pulumi/policy";
import { mapsTo, sdkFramework, tagsOf, type Topic } from "./controls";
import { readProperty, type Value } from "./value";
import type { Finding } from "./verdict";

/** One weakness: what must hold, why, and how to mend it. Everything that is said about a rule comes from here. */
export interface Rule {
  /** States what must hold: `sessions-are-short`. Also the file's name. */
  id: string;
  /** The same as a sentence. */
  title: string;
  why: string;
  /** One step that a platform engineer can take. */
  fix: string;
  severity: "low" | "medium" | "high" | "critical";
  enforcement: "advisory" | "mandatory";
  topic: Topic;
  /** What the rule can't see, so that nobody relies on it for that. */
  doesNotSee: string;
  /** The resource types that it judges. */
  types: readonly string[];
  /** Limits that a team can set, in seconds. */
  ceilings?: Record<string, Ceiling>;
  check(resource: Resource): Finding[];
}

export interface Ceiling {
  /** The default. */
  seconds: number;
  says: string;
}

/** A resource as a rule sees it. */
export interface Resource {
  type: string;
  /** The property with `unknown` wherever it is not known yet; nothing when it is not set. */
  read(property: string): Value | undefined;
  /** A ceiling of the rule as it is set, in seconds. */
  ceiling(name: string): number;
}

/** Where a rule is explained, from the repository's root. */
const docs = (rule: Rule) => `policy-packs/nhi/RULES.md#${rule.id}`;

/** The policy that the engine runs. */
export function toPolicy(rule: Rule): ResourceValidationPolicy {
  const types = new Set(rule.types);
  const validateResource: ResourceValidation = (args, report) => {
    // A rule that returned here without a word would count as passed.
    if (!types.has(args.type)) args.notApplicable(`it judges ${rule.types.length} other types`);
    const config = args.getConfig<Config>();
    // The SDK's runtime takes an object where its types know only a text. Nothing else gives a finding its own level.
    const reportObject = report as unknown as (violation: Violation) => void;
    for (const violation of judge(rule, args, config)) reportObject(violation);
  };
  // With one type the SDK looks at the type before it unpacks the properties: that is the fast way.
  if (rule.types.length === 1) Object.assign(validateResource, { __pulumiType: rule.types[0] });
  return {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title} ${rule.why}`,
    remediationSteps: rule.fix,
    severity: rule.severity,
    enforcementLevel: rule.enforcement,
    framework: sdkFramework(rule.topic),
    tags: [`topic:${rule.topic}`, ...tagsOf(rule.topic)],
    url: docs(rule),
    configSchema: configSchemaOf(rule),
    validateResource,
  };
}

/** What the SDK's `reportViolation` takes at run time (`makeReportViolationFun` in its server). */
interface Violation {
  message: string;
  enforcementLevel?: "advisory";
}

/** Set by the engine from the schema's defaults. Missing when a policy is run without an engine. */
type Config = Partial<Record<string, unknown>> & { strictUnknown?: boolean };

function judge(rule: Rule, args: ResourceValidationArgs, config: Config): Violation[] {
  const resource: Resource = {
    type: args.type,
    read: (property) => readProperty(args.props, property),
    ceiling(name) {
      const set = config[name];
      return typeof set === "number" ? set : (rule.ceilings?.[name]?.seconds ?? 0);
    },
  };
  try {
    return rule
      .check(resource)
      .map((finding) => violationOf(rule, args, finding, config.strictUnknown ?? false));
  } catch (error) {
    // One broken rule must not stop every deployment. Only the kind of error: its text may hold a property's value.
    const kind = error instanceof Error ? error.name : "something that is no error";
    return [
      {
        message: `[${rule.id}] could not judge "${args.name}": the rule threw ${kind}. Report it with the type ${args.type}.`,
        enforcementLevel: "advisory",
      },
    ];
  }
}

function violationOf(rule: Rule, args: ResourceValidationArgs, finding: Finding, strict: boolean): Violation {
  const { verdict, property, says, fix = rule.fix } = finding;
  const where = `[${rule.id}] ${args.type} "${args.name}": ${property} ${says}.`;
  if (verdict === "fail")
    return { message: `${where} Fix: ${fix} ${mapsTo(rule.topic)} Docs: ${docs(rule)}` };
  const message = `${where} Undetermined, not passed. ${mapsTo(rule.topic)} Docs: ${docs(rule)}`;
  return strict ? { message } : { message, enforcementLevel: "advisory" };
}

function configSchemaOf(rule: Rule): PolicyConfigSchema {
  const ceilings = Object.entries(rule.ceilings ?? {}).map(([name, { seconds, says }]) => [
    name,
    { type: "integer", minimum: 1, default: seconds, description: says },
  ]);
  return {
    properties: {
      ...(Object.fromEntries(ceilings) as PolicyConfigSchema["properties"]),
      strictUnknown: {
        type: "boolean",
        default: false,
        description: "Report what could not be decided at the rule's own level. Default: as an advisory.",
      },
    },
  };
}
