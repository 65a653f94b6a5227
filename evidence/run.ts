import { randomUUID } from "node:crypto";
import { controlsOf, labelsOf } from "#pack/controls";
import type { Rule } from "#pack/rule";
import { commitHere, whoRuns } from "./origin";
import { noCounts, schemaName, type Counts, type Header, type RuleRecord, type StackRecord } from "./record";
import type { JudgedStack } from "./result";
import { openEvidence } from "./writer";

export interface RunOptions {
  command: Header["command"];
  rules: readonly Rule[];
  /** The level that the settings give each rule. */
  levels: ReadonlyMap<string, RuleRecord["level"]>;
  tools: Header["tools"];
  settings: Header["settings"];
}

/** What is known of where a stack's resources came from. */
export type Origin = Pick<StackRecord, "source" | "writtenAt" | "pulumi">;

/** The evidence of one run, written while it goes on. */
export interface EvidenceRun {
  /** A stack that was judged. With a problem where the run of its program ended before everything was judged. */
  judged(stack: JudgedStack, origin: Origin, problem?: string): void;
  notJudged(origin: Origin, problem: string): void;
  /** Ends the file. Gives its last hash. */
  end(exitCode: number): string;
}

/** Throws the file system's error where the file is there already. */
export function openRun(file: string, options: RunOptions): EvidenceRun {
  const { command, rules, levels, tools, settings } = options;
  const writer = openEvidence(file);
  const total = noCounts();
  const problems: string[] = [];
  const disabled = new Set<string>();
  let stacks = 0;

  writer.write({
    record: "header",
    schema: schemaName,
    id: randomUUID(),
    startedAt: new Date().toISOString(),
    command,
    by: whoRuns(),
    commit: commitHere(),
    tools,
    settings,
  });
  for (const rule of rules) writer.write(ruleRecord(rule, levels.get(rule.id) ?? rule.enforcement));

  return {
    judged(stack, origin, problem) {
      stacks += 1;
      if (problem !== undefined) problems.push(problem);
      for (const rule of stack.disabled) disabled.add(rule);
      writer.write({
        record: "stack",
        stack: stack.stack,
        ...origin,
        resources: stack.resources,
        complete: problem === undefined,
        problem: problem ?? null,
      });
      for (const [rule, counts] of countsOf(stack, rules)) {
        writer.write({
          record: "scope",
          stack: stack.stack,
          rule,
          disabled: stack.disabled.includes(rule),
          counts,
        });
        for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
      }
      for (const { urn, ...finding } of stack.findings)
        writer.write({ record: "result", stack: stack.stack, resource: urn, ...finding });
      for (const [rule, urns] of Object.entries(stack.passed))
        for (const resource of urns)
          writer.write({ record: "result", stack: stack.stack, rule, resource, status: "pass" });
    },
    notJudged(origin, problem) {
      problems.push(problem);
      writer.write({ record: "stack", stack: null, ...origin, resources: 0, complete: false, problem });
    },
    end(exitCode) {
      writer.write({
        record: "trailer",
        finishedAt: new Date().toISOString(),
        complete: problems.length === 0,
        problems,
        exitCode,
        records: writer.count() + 1,
        stacks,
        disabled: [...disabled].sort(),
        counts: total,
      });
      return writer.close();
    },
  };
}

/** A rule as evidence tells it, at the level that it has there. */
export function ruleRecord(rule: Rule, level: RuleRecord["level"]): RuleRecord {
  const { id, title, severity, topic } = rule;
  return {
    record: "rule",
    id,
    title,
    severity,
    level,
    topic,
    labels: labelsOf(topic).map(({ brief, official }) => `${brief} (${official})`),
    controls: controlsOf(topic).map(({ framework, version, id: control, title: says, role }) => ({
      framework,
      version,
      id: control,
      title: says,
      role,
    })),
  };
}

/** The population of each rule in a stack: what it was asked about, and what not. */
function countsOf(stack: JudgedStack, rules: readonly Rule[]): Map<string, Counts> {
  const all = new Map(rules.map(({ id }) => [id, noCounts()]));
  const of = (rule: string) => {
    const counts = all.get(rule) ?? noCounts();
    all.set(rule, counts);
    return counts;
  };
  for (const { rule, status } of stack.findings) of(rule)[status] += 1;
  for (const [rule, urns] of Object.entries(stack.passed)) of(rule).pass += urns.length;
  for (const [rule, count] of Object.entries(stack.notApplicable)) of(rule).notApplicable += count;
  return all;
}
