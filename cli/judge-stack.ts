import { notedTypes } from "#pack/exceptions";
import { policiesOf } from "#pack/pack";
import type { Rule } from "#pack/rule";
import { newRun, type Reported } from "#pack/run";
import { judge, judgeStack, type Diagnostic } from "#pack/testing";
import type { Policies } from "@pulumi/policy";
import type { Finding, JudgedStack } from "../evidence/result";
import { configure, disabledIn, type PackConfig } from "./settings-file";
import { stackOf, type State } from "./state";

export interface Setup {
  rules: readonly Rule[];
  config: PackConfig;
  now: number;
}

/**
 * Judges a stack's state as `pulumi preview` would an unchanged program: the same policies, with the same settings, in the
 * engine's order, called through the SDK's own runtime.
 */
export async function judgeState(state: State, setup: Setup): Promise<JudgedStack> {
  const { rules, config, now } = setup;
  const reports: Reported[] = [];
  const run = { ...newRun(rules, () => now), onReport: (report: Reported) => reports.push(report) };
  const { policies, configs } = configure(policiesOf(run), config);
  const named = new Map(policies.map((policy) => [policy.name, policy]));
  const [first] = state.resources;
  const stackUrn = first?.urn ?? "";
  const disabled = disabledIn(config, policies, rules, stackUrn, now);

  const diagnostics: (Diagnostic & { urn: string })[] = [];
  const passed: Record<string, string[]> = {};
  const policiesFor = byType(rules, named);
  for (const { urn, inputs } of state.resources) {
    const own = policiesFor(inputs.type);
    // The settings are read at the first resource, whatever it is, and exceptions with what holds them at their own.
    const isRead = inputs === first?.inputs || notedTypes.has(inputs.type);
    const settings = isRead ? [...policies.slice(0, 1), ...own] : own;
    if (settings.length === 0) continue;
    const found = (await judge(settings, inputs, { configs })).diagnostics;
    diagnostics.push(...found.map((diagnostic) => ({ ...diagnostic, urn })));
    for (const { name } of own)
      if (!disabled.has(name) && !found.some(({ policy }) => policy === name))
        (passed[name] ??= []).push(urn);
  }

  const types = new Set(state.resources.map(({ inputs }) => inputs.type));
  const ofStack = rules.filter((rule) => "checkStack" in rule);
  if (first !== undefined) {
    const stackPolicies = [...ofStack.map(({ id }) => id), "exemptions"].flatMap(
      (name) => named.get(name) ?? [],
    );
    const outputs = state.resources.map((resource) => resource.outputs);
    const found = (await judgeStack(stackPolicies, outputs, { configs })).diagnostics;
    // What the pack says of undecided checks is said here by counting them.
    diagnostics.push(
      ...found
        .filter(({ message }) => !message.startsWith("[undetermined]"))
        .map((diagnostic) => ({ ...diagnostic, urn: stackUrn })),
    );
    for (const { id, types: judged } of ofStack)
      if (
        !disabled.has(id) &&
        judged.some((type) => types.has(type)) &&
        !found.some(({ policy }) => policy === id)
      )
        passed[id] = [stackUrn];
  }

  return {
    stack: state.stack ?? (first ? stackOf(first.urn) : ""),
    resources: state.resources.length,
    findings: findingsOf(diagnostics, reports),
    passed,
    notApplicable: notApplicable(rules, state),
    disabled: [...disabled],
  };
}

/** A rule that the type is not among those of would only say so. Each type is looked up once. */
function byType(rules: readonly Rule[], named: ReadonlyMap<string, Policies[number]>) {
  const known = new Map<string, Policies>();
  return (type: string): Policies => {
    const found = known.get(type);
    if (found) return found;
    const own = rules
      .filter((rule) => "check" in rule && rule.types.includes(type))
      .flatMap(({ id }) => named.get(id) ?? []);
    known.set(type, own);
    return own;
  };
}

function findingsOf(diagnostics: (Diagnostic & { urn: string })[], reports: readonly Reported[]): Finding[] {
  // Two resources may have one name, and so one message: the reports come in the order of the diagnostics.
  const waiting = Map.groupBy(reports, ({ rule, message }) => `${rule} ${message}`);
  return diagnostics.map(({ policy, message, level, urn }) => {
    const report = waiting.get(`${policy} ${message}`)?.shift();
    // Not of a finding: a rule that threw has decided nothing.
    if (report === undefined)
      return {
        rule: policy,
        urn,
        level,
        message,
        status: message.includes("] could not judge ") ? "undetermined" : "fail",
      };
    const { property, accepted, verdict } = report;
    const until = accepted && ("expires" in accepted ? accepted.expires : accepted.due);
    return {
      rule: policy,
      urn: report.urn,
      level,
      message,
      property,
      status: accepted ? "excepted" : verdict,
      ...(until !== undefined && { until }),
    };
  });
}

function notApplicable(rules: readonly Rule[], { resources }: State): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { inputs } of resources) counts.set(inputs.type, (counts.get(inputs.type) ?? 0) + 1);
  return Object.fromEntries(
    rules.map(({ id, types }) => {
      const judged = types.reduce((sum, type) => sum + (counts.get(type) ?? 0), 0);
      return [id, resources.length - judged];
    }),
  );
}
