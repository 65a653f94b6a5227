import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { baselineProblem, exemptionProblem } from "./exemptions";
import { note, vainExceptions } from "./exceptions";
import { levelProblem } from "./levels";
import type { Rule } from "./rule";
import { newRun, type Run } from "./run";
import { defaultSettings, readSettings, settingsSchema, type Settings } from "./settings";
import { toPolicy } from "./to-policy";

/**
 * The policies of a pack with these rules: the settings first, which all others go by, then the rules, and last what only
 * the end of a run can say. For a pack of your own: `new PolicyPack(name, { policies: definePack(rules) })`.
 */
export function definePack(rules: readonly Rule[], now?: () => number): Policies {
  return policiesOf(newRun(rules, now));
}

/** The same for a run that somebody watches. */
export function policiesOf(run: Run): Policies {
  return [settingsPolicy(run), ...run.rules.map((rule) => toPolicy(rule, run)), exemptionsPolicy(run)];
}

/** What the SDK's `reportViolation` takes at run time: with a text alone it would repeat the policy's description. */
type Report = (violation: { message: string; enforcementLevel?: "advisory" }) => void;

/** Reads the settings before any rule judges, and reports what is wrong with them once. */
function settingsPolicy(run: Run): ResourceValidationPolicy {
  let isRead = false;
  return {
    name: "settings",
    displayName: "The settings of the pack can be followed.",
    description:
      "Profile, levels, exemptions and baseline of the pack. What is wrong in them is reported and not followed.",
    enforcementLevel: "mandatory",
    severity: "high",
    configSchema: settingsSchema,
    validateResource(args, report) {
      const { type, name, urn, props, opts } = args;
      note(run.exceptions, { type, name, urn, props, parent: opts.parent }, run.now());
      // The engine sends them once, before the first resource.
      if (isRead) return;
      isRead = true;
      run.settings = readSettings(args.getConfig());
      const reportObject = report as unknown as Report;
      for (const problem of settingsProblems(run.settings, run.rules, run.now()))
        reportObject({ message: `[settings] ${problem}` });
    },
  };
}

export function settingsProblems(settings: Settings, rules: readonly Rule[], now: number): string[] {
  return [
    ...Object.keys(settings).map(nameProblem),
    ...settings.levels.map((setting, index) => levelProblem(setting, index, rules)),
    ...settings.exemptions.map((exemption, index) => exemptionProblem(exemption, index, rules, now)),
    ...settings.baseline.map((entry, index) => baselineProblem(entry, index, rules)),
  ].filter((problem) => problem !== undefined);
}

/** The engine checks the settings that it knows, and passes on what has another name. */
const nameProblem = (name: string) =>
  Object.hasOwn(defaultSettings, name)
    ? undefined
    : `${name} is no setting. The settings are ${Object.keys(defaultSettings).join(", ")}.`;

/** At the end: exemptions that nothing came up for, and how much could not be decided. */
function exemptionsPolicy(run: Run): StackValidationPolicy {
  return {
    name: "exemptions",
    displayName: "Every exemption is still needed.",
    description: "An exemption whose finding is gone would hide the next one. Remove it.",
    enforcementLevel: "mandatory",
    severity: "medium",
    validateStack(args, report) {
      const { settings, used, undecided, rules } = run;
      const [first] = args.resources;
      if (first === undefined) return;
      // urn:pulumi:stack::project:: - a file of settings may serve many stacks.
      const here = first.urn.split("::").slice(0, 2).join("::");
      const isHere = ({ urn }: { urn: string }) => urn.startsWith(`${here}::`);
      const reportObject = report as unknown as Report;
      for (const [index, exemption] of settings.exemptions.entries())
        if (
          isHere(exemption) &&
          !used.has(exemption) &&
          !exemptionProblem(exemption, index, rules, run.now())
        )
          reportObject({
            message:
              `[exemptions] exemptions[${index}] is not needed: ${exemption.rule} finds nothing in ` +
              `${exemption.property} of ${exemption.urn}. Remove it.`,
          });
      for (const problem of vainExceptions(run.exceptions))
        reportObject({ message: `[exemptions] ${problem}` });
      if (undecided.size > 0)
        reportObject({
          message: `[undetermined] ${undecided.size} ${undecided.size === 1 ? "check" : "checks"} could not be decided with what is known now.`,
          enforcementLevel: "advisory",
        });
    },
  };
}
