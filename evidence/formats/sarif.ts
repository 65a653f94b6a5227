import type { Invocation, Notification, ReportingDescriptor, Result, Run, ToolComponent } from "sarif";
import type { Chained, Header, ResultRecord, RuleRecord, Trailer } from "../record";
import { fingerprintOf } from "./identity";

/** GitHub refuses a run of more results, and shows the first 5,000 by severity (docs.github.com, "SARIF results exceed limits"). */
const mostUploaded = 25_000;
const mostShown = 5_000;

/**
 * SARIF 2.1.0 for code scanning: what fails, and what stays for a while as suppressed, what blocks first. Code scanning knows
 * no `kind`, so what passes would be shown as found; `all` adds it for other readers, who know no limit.
 */
export const sarif = (all: boolean) =>
  async function* (records: AsyncIterable<Chained>): AsyncGenerator<string> {
    let header: Header | undefined;
    const rules: RuleRecord[] = [];
    for await (const record of records) {
      if (record.record === "header") header = record;
      else if (record.record === "rule") rules.push(record);
      else break;
    }
    if (!header) return;
    yield opening(header, rules);
    const isWanted = ({ status }: ResultRecord) => all || status === "fail" || status === "excepted";
    let found = 0;
    let written = 0;
    let trailer: Trailer | undefined;
    // What blocks is read first, so that it is never what is left out.
    for (const turn of [true, false])
      for await (const record of records) {
        if (record.record === "trailer") trailer = record;
        if (record.record !== "result" || !isWanted(record) || blocks(record) !== turn) continue;
        found += 1;
        if (!all && written === mostUploaded) continue;
        yield `${written++ > 0 ? ",\n" : "\n"}${JSON.stringify(resultOf(record, rules))}`;
      }
    if (trailer) yield closing(header, trailer, all ? undefined : limitNote(found));
  };

const blocks = ({ status, level }: ResultRecord) => status === "fail" && level === "mandatory";

function limitNote(found: number): string | undefined {
  if (found > mostUploaded)
    return `${found} results were found. Code scanning takes ${mostUploaded} and shows ${mostShown}: ${found - mostUploaded} are left out of this file, what does not block before what does, and are in the evidence.`;
  if (found > mostShown)
    return `${found} results are in this file, and code scanning shows ${mostShown}, the most severe first.`;
  return undefined;
}

function closing(header: Header, trailer: Trailer, note: string | undefined): string {
  const notifications: Notification[] = trailer.problems.map((problem) => ({
    level: "error",
    message: { text: problem },
  }));
  if (note !== undefined) notifications.push({ level: "warning", message: { text: note } });
  const invocation: Invocation = {
    executionSuccessful: trailer.complete,
    startTimeUtc: header.startedAt,
    endTimeUtc: trailer.finishedAt,
    exitCode: trailer.exitCode,
    ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
  };
  return `\n],"invocations":${JSON.stringify([invocation])}}]}\n`;
}

/** Everything up to the results, which are written one by one. */
function opening({ tools }: Header, rules: readonly RuleRecord[]): string {
  const run: Omit<Run, "results"> = {
    tool: {
      driver: {
        name: "pulumi-nhi",
        version: tools.nhi,
        semanticVersion: tools.nhi,
        // All rules, so that a run without findings closes what an earlier one opened.
        rules: rules.map(descriptorOf),
        supportedTaxonomies: taxonomiesOf(rules).map(({ name }) => ({ name })),
      },
    },
    taxonomies: taxonomiesOf(rules),
    columnKind: "utf16CodeUnits",
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0" as const,
  };
  return `${JSON.stringify(log).slice(0, -1)},"runs":[${JSON.stringify(run).slice(0, -1)},"results":[`;
}

/** As GitHub ranks security findings: above 9 critical, 7 high, 4 medium. */
const securitySeverity = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

function descriptorOf({ id, title, severity, level, labels, controls }: RuleRecord): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: title },
    help: { text: `${title} nhi explain ${id} has the reason, an example of both kinds and the fix.` },
    defaultConfiguration: {
      level: level === "mandatory" ? "error" : "warning",
      enabled: level !== "disabled",
    },
    relationships: controls.map((control) => ({
      target: { id: control.id, toolComponent: { name: taxonomyName(control) } },
      kinds: ["relevant"],
    })),
    properties: { tags: ["security", ...labels], "security-severity": securitySeverity[severity] },
  };
}

const taxonomyName = ({ framework, version }: RuleRecord["controls"][number]) => `${framework} ${version}`;

function taxonomiesOf(rules: readonly RuleRecord[]): ToolComponent[] {
  const taxonomies = new Map<string, Map<string, ReportingDescriptor>>();
  for (const control of rules.flatMap(({ controls }) => controls)) {
    const name = taxonomyName(control);
    const taxa = taxonomies.get(name) ?? new Map<string, ReportingDescriptor>();
    taxa.set(control.id, { id: control.id, shortDescription: { text: control.title } });
    taxonomies.set(name, taxa);
  }
  return [...taxonomies].map(([name, taxa]) => ({ name, taxa: [...taxa.values()] }));
}

/** `kind` says more than `level` can, which is then none. */
const kinds = { pass: "pass", fail: "fail", undetermined: "open", excepted: "fail" } as const;

function resultOf(record: ResultRecord, rules: readonly RuleRecord[]): Result {
  const { rule, resource, stack, status, level, message, property, until } = record;
  const ruleIndex = rules.findIndex(({ id }) => id === rule);
  const kind = kinds[status];
  return {
    ruleId: rule,
    ...(ruleIndex >= 0 && { ruleIndex }),
    kind,
    level: kind === "fail" ? (level === "mandatory" ? "error" : "warning") : "none",
    message: { text: message ?? `${rule} holds.` },
    locations: [
      {
        // A resource of a program has no line; code scanning wants one.
        physicalLocation: { artifactLocation: { uri: "Pulumi.yaml" }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: resource, kind: "resource" }],
      },
    ],
    partialFingerprints: { "nhiFinding/v1": fingerprintOf(record) },
    ...(status === "excepted" && {
      suppressions: [{ kind: "external", status: "accepted", justification: message ?? "" }],
    }),
    properties: { stack, ...(property !== undefined && { property }), ...(until !== undefined && { until }) },
  };
}
