import type {
  Policies,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidation,
  StackValidationPolicy,
} from "@pulumi/policy";
import { configSchemaOf } from "./config-schema";
import { mapsTo, sdkFramework, tagsOf } from "./controls";
import { acceptanceOf } from "./exemptions";
import { exceptionOf } from "./exceptions";
import { isStrict, levelOf, type Place } from "./levels";
import type { Resource, ResourceRule, Rule, StackResource, StackRule } from "./rule";
import { newRun, type Run } from "./run";
import type { Level } from "./settings";
import { tierOf, tierSetting } from "./tiers";
import { readProperty, type Value } from "./value";
import type { Finding } from "./verdict";

/** Where a rule is explained, from the repository's root. */
export const pageOf = (rule: Rule) => `policy-packs/nhi/docs/${rule.id}.md`;

/** The policy that the engine runs. */
export function toPolicy(rule: ResourceRule, run?: Run): ResourceValidationPolicy;
export function toPolicy(rule: StackRule, run?: Run): StackValidationPolicy;
export function toPolicy(rule: Rule, run?: Run): Policies[number];
export function toPolicy(rule: Rule, run: Run = newRun([rule])): Policies[number] {
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
    ? {
        ...described,
        validateResource: resourceValidation(rule, run),
        ...(rule.remedy !== undefined && { remediateResource: resourceRemediation(rule, run) }),
      }
    : { ...described, validateStack: stackValidation(rule, run) };
}

function resourceValidation(rule: ResourceRule, run: Run): ResourceValidation {
  const ask = asking(rule, run);
  const validateResource: ResourceValidation = (args, report) => {
    const { judgement, resource } = ask(args);
    const { type, name, urn, opts } = args;
    const named = { type, name, urn, parent: opts.parent };
    // The SDK's runtime takes an object where its types know only a text. Nothing else gives a finding its own level.
    const reportObject = report as unknown as (violation: Violation) => void;
    for (const violation of judged(rule, args, () =>
      rule.check(resource).map((finding) => violationOf(judgement, named, finding)),
    ))
      reportObject(violation);
  };
  // With one type the SDK looks at the type before it unpacks the properties: that is the fast way.
  if (rule.types.length === 1) Object.assign(validateResource, { __pulumiType: rule.types[0] });
  return validateResource;
}

/** What a validation and a remediation are both given. */
type ResourceArgs = Parameters<ResourceValidation>[0];

/** The resource as the rule sees it, and what the settings say of the rule there. Ends the policy where it has no say. */
function asking(rule: ResourceRule, run: Run) {
  const types = new Set(rule.types);
  const otherType = `it judges ${rule.types.length} other types`;
  return (args: ResourceArgs): { judgement: Judgement; resource: Resource } => {
    // A rule that returned here without a word would count as passed.
    if (!types.has(args.type)) notApplicable(args, otherType);
    const config = args.getConfig<Config>();
    const judgement = judgementOf(rule, run, config, args.urn, args.stackTags);
    if (judgement.level === "disabled") notApplicable(args, switchedOff);
    return { judgement, resource: resourceOf(judgement, args, config) };
  };
}

/**
 * Writes in what a finding has to be mended by. The engine asks only where the rule's `enforcementLevel` is `remediate`,
 * and judges what comes out afterwards.
 */
function resourceRemediation(rule: ResourceRule, run: Run): ResourceRemediation {
  const ask = asking(rule, run);
  return (args) => {
    const { judgement, resource } = ask(args);
    const changes = findingsOrNone(() => rule.check(resource))
      .filter((finding) => finding.verdict === "fail" && finding.level === undefined)
      .filter(
        (finding) => !acceptanceOf(rule, args.urn, finding, run.settings, run.rules, judgement.place.now),
      )
      .map(({ remedy }) => remedy ?? {});
    // The SDK's own object, changed: a copy would lose what is not known yet and what is secret.
    const remedies = Object.assign({}, ...changes) as object;
    return Object.keys(remedies).length === 0 ? undefined : Object.assign(args.props, remedies);
  };
}

/** A rule that throws is reported when it judges. */
function findingsOrNone(check: () => Finding[]): Finding[] {
  try {
    return check();
  } catch {
    return [];
  }
}

function stackValidation(rule: StackRule, run: Run): StackValidation {
  const types = new Set(rule.types);
  return (args, report) => {
    const config = args.getConfig<Config>();
    const stack = { type: "pulumi:pulumi:Stack", name: "the stack", urn: args.resources[0]?.urn ?? "" };
    const judgement = judgementOf(rule, run, config, stack.urn, args.stackTags);
    if (judgement.level === "disabled") notApplicable(args, switchedOff);
    const reportObject = report as unknown as (violation: Violation) => void;
    const all = judged(rule, stack, () => {
      const resources = args.resources
        .filter(({ type }) => types.has(type))
        .map((resource): StackResource => ({
          ...resourceOf(judgement, resource, config),
          urn: resource.urn,
          name: resource.name,
          parent: resource.parent?.urn,
          provider: resource.provider?.urn,
          sourcesOf: (property) =>
            Object.hasOwn(resource.propertyDependencies, property)
              ? (resource.propertyDependencies[property] ?? []).map(({ urn }) => urn)
              : [],
        }));
      return rule.checkStack(resources).map(({ resource, ...finding }) => ({
        ...violationOf(judgement, resource ?? stack, finding),
        ...(resource && { urn: resource.urn }),
      }));
    });
    for (const violation of all) reportObject(violation);
  };
}

/** What the SDK's `reportViolation` takes at run time (`makeReportViolationFun` in its server). */
interface Violation {
  message: string;
  urn?: string;
  enforcementLevel?: "advisory" | "mandatory";
}

/** What the message of a check says that could not be decided. */
export const undeterminedMark = "Undetermined, not passed.";

/**
 * Ends the policy for this resource, by an error of the SDK's that nobody ever reads. Most rules end so for most
 * resources, and its stack would be half of the time that they take.
 */
function notApplicable(args: { notApplicable(reason: string): never }, reason: string): never {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return args.notApplicable(reason);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const switchedOff = "the pack's settings switch it off here";

/** Set by the engine from the schema's defaults. Missing when a policy is run without an engine. */
type Config = Partial<Record<string, unknown>> & { strictUnknown?: boolean };

/** What a message names. */
interface Named {
  type: string;
  name: string;
  urn: string;
  /** The URN of the component that it belongs to. */
  parent?: string | undefined;
}

/** What decides how a finding is reported. */
interface Judgement {
  rule: Rule;
  run: Run;
  place: Place;
  /** The level that the settings give the rule here; nothing where they leave it to the rule and the engine. */
  level: Level | undefined;
  strict: boolean;
}

function judgementOf(
  rule: Rule,
  run: Run,
  { strictUnknown = false }: Config,
  urn: string,
  stackTags: ReadonlyMap<string, string>,
): Judgement {
  // urn:pulumi:stack::project::type::name
  const place = { stack: urn.split(":")[2] ?? "", stackTags, now: run.now() };
  return {
    rule,
    run,
    place,
    level: levelOf(rule, run.settings, place),
    strict: strictUnknown || isStrict(run.settings, place),
  };
}

function resourceOf(
  { rule, run, place }: Judgement,
  { type, urn, props }: { type: string; urn: string; props: object },
  config: Config,
): Resource {
  // Several questions to one property are usual, and reading it is most of a rule's work.
  const values = new Map<string, Value | undefined>();
  const read = (property: string) => {
    if (!values.has(property)) values.set(property, readProperty(props, property));
    return values.get(property);
  };
  return {
    type,
    now: place.now,
    read,
    ceiling(name) {
      const tier = tierOf({ read }, urn, run.settings);
      const set = config[tierSetting(name, tier)];
      if (typeof set === "number") return set;
      const ceiling = rule.ceilings?.[name];
      const ofTier =
        tier === "sensitive"
          ? ceiling?.sensitive
          : tier === "long-running"
            ? ceiling?.longRunning
            : undefined;
      return ofTier ?? ceiling?.seconds ?? 0;
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

function violationOf(
  { rule, run, place, level, strict }: Judgement,
  named: Named,
  finding: Finding,
): Violation {
  const { verdict, property, says, fix = rule.fix } = finding;
  const { settings, rules, used, undecided } = run;
  const what = `[${rule.id}] ${named.type} "${named.name}": ${property} ${says}.`;
  const where = `${mapsTo(rule.topic, settings.labels)} Docs: ${pageOf(rule)}`;

  if (verdict === "undetermined") undecided.add(`${rule.id} ${named.urn} ${property}`);
  const accepted = acceptanceOf(rule, named.urn, finding, settings, rules, place.now);
  const answer = exceptionOf(run.exceptions, rule, named, finding);
  const excepted = answer?.isExcepted ? answer.exception : undefined;
  const then =
    accepted?.says ??
    [
      ...(answer ? [answer.says] : []),
      ...(excepted ? [] : [verdict === "undetermined" ? undeterminedMark : `Fix: ${fix}`]),
    ].join(" ");
  const message = `${what} ${then} ${where}`;
  const stays = accepted?.entry ?? excepted;
  run.onReport?.({ ...finding, rule: rule.id, urn: named.urn, message, ...(stays && { accepted: stays }) });
  if (accepted) used.add(accepted.entry);
  if (stays) return { message, enforcementLevel: "advisory" };
  const advises = finding.level === "advisory" || (verdict === "undetermined" && !strict);
  const enforcementLevel = advises ? "advisory" : level === "disabled" ? undefined : level;
  return { message, ...(enforcementLevel && { enforcementLevel }) };
}
