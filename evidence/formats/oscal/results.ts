import { noCounts, type Chained, type Header, type RuleRecord, type StackRecord } from "../../record";
import { frameworkResources, line, metadata, prop, reviewedControls, uuidOf } from "./document";
import { inventoryItem, isRisk, observationOf, observationUuid, riskOf, riskUuid, type Found } from "./found";
import { planOf } from "./plan";

/** Assessment results: a result for each stack, with what was seen at each resource, and what that says of each rule. */
export async function* results(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  let header: Header | undefined;
  const rules = new Map<string, RuleRecord>();
  let open: Stack | undefined;
  let count = 0;
  for await (const record of records) {
    if (record.record === "header") {
      header = record;
      yield opening(header);
    }
    if (record.record === "rule") rules.set(record.id, record);
    if (record.record === "stack" && header) {
      if (open) yield `${count++ > 0 ? ",\n" : ""}${JSON.stringify(resultOf(header, open, rules))}`;
      open = { record, found: [], off: [] };
    }
    if (record.record === "scope" && record.disabled) open?.off.push(record.rule);
    if (record.record === "result") open?.found.push(record);
    if (record.record !== "trailer" || !header) continue;
    // OSCAL wants a result even of a run that was given no stack.
    const last = open ?? { record: noStack, found: [], off: [] };
    yield `${count > 0 ? ",\n" : ""}${JSON.stringify(resultOf(header, last, rules))}`;
    yield `],"back-matter":${JSON.stringify({
      resources: [
        {
          uuid: planOf(header),
          title: "The assessment plan",
          description: "nhi export --format oscal-plan writes it from the same evidence.",
        },
        {
          uuid: uuidOf("evidence", header.id),
          title: "The evidence",
          description: line(
            `nhi-evidence/v1 of ${record.records} records, ${record.complete ? "complete" : `not complete: ${record.problems.join(" ")}`}`,
          ),
        },
        ...frameworkResources([...rules.values()]),
      ],
    })}}}\n`;
  }
}

interface Stack {
  record: Pick<StackRecord, "stack" | "source" | "resources" | "complete" | "problem">;
  found: Found[];
  off: string[];
}

const noStack: Stack["record"] = {
  stack: null,
  source: { kind: "state-file", name: "no stack" },
  resources: 0,
  complete: false,
  problem: "No stack was judged.",
};

function opening(header: Header): string {
  const document = {
    uuid: uuidOf("assessment-results", header.id),
    metadata: metadata("Machine identities: what was found", header.startedAt, header.tools.pack),
    "import-ap": { href: `#${planOf(header)}` },
  };
  return `{"assessment-results":${JSON.stringify(document).slice(0, -1)},"results":[`;
}

function resultOf(header: Header, { record, found, off }: Stack, rules: ReadonlyMap<string, RuleRecord>) {
  const name = record.stack ?? record.source.name;
  const on = [...rules.values()].filter(({ id, level }) => level !== "disabled" && !off.includes(id));
  const risks = found.filter(isRisk);
  const resources = [...new Set(found.map(({ resource }) => resource))];
  const findings = findingsOf(header, name, found, off, rules);
  return {
    uuid: uuidOf("result", header.id, name),
    title: line(name),
    description: record.problem ?? "Everything that was declared was judged.",
    start: header.startedAt,
    props: [
      prop("stack", name),
      prop("source", record.source.kind),
      prop("resources", record.resources),
      prop("complete", record.complete),
      ...off.map((rule) => prop("switched-off", rule)),
    ],
    ...(resources.length > 0 && { "local-definitions": { "inventory-items": resources.map(inventoryItem) } }),
    "reviewed-controls": reviewedControls(on),
    ...(found.length > 0 && { observations: found.map((one) => observationOf(header, one)) }),
    ...(risks.length > 0 && { risks: risks.map((one) => riskOf(header, one, rules.get(one.rule))) }),
    ...(findings.length > 0 && { findings }),
  };
}

/** For each rule that was asked, whether its objective is met in this stack. What was switched off is met nowhere. */
function findingsOf(
  header: Header,
  stack: string,
  found: readonly Found[],
  off: readonly string[],
  rules: ReadonlyMap<string, RuleRecord>,
) {
  const byRule = new Map<string, Found[]>(off.map((rule) => [rule, []]));
  for (const one of found) byRule.set(one.rule, [...(byRule.get(one.rule) ?? []), one]);
  return [...byRule].map(([rule, of]) => {
    const counts = noCounts();
    for (const { status } of of) counts[status] += 1;
    const fails = counts.fail + counts.excepted;
    const isSwitchedOff = off.includes(rule);
    const isMet = fails + counts.undetermined === 0 && !isSwitchedOff;
    const risks = of.filter(isRisk);
    return {
      uuid: uuidOf("finding", header.id, stack, rule),
      title: rule,
      description: rules.get(rule)?.title ?? rule,
      target: {
        type: "objective-id",
        "target-id": rule,
        status: {
          state: isMet ? "satisfied" : "not-satisfied",
          reason: isMet ? "pass" : fails > 0 ? "fail" : "other",
          remarks: isSwitchedOff
            ? "The settings switch this rule off here."
            : `${counts.pass} pass, ${counts.fail} fail, ${counts.undetermined} undetermined, ${counts.excepted} excepted.`,
        },
      },
      ...(of.length > 0 && {
        "related-observations": of.map((one) => ({ "observation-uuid": observationUuid(header, one) })),
      }),
      ...(risks.length > 0 && { "related-risks": risks.map((one) => ({ "risk-uuid": riskUuid(one) })) }),
    };
  });
}
