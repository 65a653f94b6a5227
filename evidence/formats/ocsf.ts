import { readMessage } from "../message";
import type { Chained, Header, ResultRecord, RuleRecord, ScopeRecord, StackRecord } from "../record";
import { fingerprintOf, partsOf } from "./identity";

/** The version of the schema whose class 2003 these events are. */
const version = "1.8.0";

const severities = { low: 2, medium: 3, high: 4, critical: 5 };
const severityNames = ["", "Informational", "Low", "Medium", "High", "Critical"];

/** What the check came to, and where the finding stands: one that passes is resolved, one that may stay is suppressed. */
const outcomes = {
  pass: { check: [1, "Pass"], finding: [4, "Resolved"] },
  fail: { check: [3, "Fail"], finding: [1, "New"] },
  undetermined: { check: [2, "Warning"], finding: [1, "New"] },
  excepted: { check: [3, "Fail"], finding: [3, "Suppressed"] },
} as const;

/** Events of OCSF's class Compliance Finding, one a line, for a SIEM: each check, each rule that is switched off, each gap. */
export async function* ocsf(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  let header: Header | undefined;
  const rules = new Map<string, RuleRecord>();
  for await (const record of records) {
    if (record.record === "header") header = record;
    if (record.record === "rule") rules.set(record.id, record);
    const check = checkOf(record);
    if (check && header) yield `${JSON.stringify(eventOf(check, header, rules.get(check.rule)))}\n`;
  }
}

interface Check extends Pick<ResultRecord, "rule" | "resource" | "status" | "property" | "until" | "level"> {
  stack: string | null;
  message: string;
  /** The record of the evidence that this event is made of. */
  hash: string;
  sequence: number;
}

function checkOf(record: Chained): Check | undefined {
  const { hash, sequence } = record;
  switch (record.record) {
    case "result":
      return { message: `${record.rule} holds.`, ...record, hash, sequence };
    case "scope":
      return record.disabled ? { ...offCheck(record), hash, sequence } : undefined;
    case "stack":
      return record.problem === null ? undefined : { ...gapCheck(record), hash, sequence };
    default:
      return undefined;
  }
}

const offCheck = ({ rule, stack }: ScopeRecord) => ({
  rule,
  stack,
  resource: stack,
  status: "undetermined" as const,
  message: `The settings switch ${rule} off for ${stack}.`,
});

const gapCheck = ({ stack, source, problem }: StackRecord) => ({
  rule: "run",
  stack,
  resource: stack ?? source.name,
  status: "undetermined" as const,
  message: problem ?? "",
});

function eventOf(check: Check, header: Header, rule: RuleRecord | undefined) {
  const { status, message, resource, stack, property, until, level } = check;
  const outcome = outcomes[status];
  const severity = status === "pass" ? 1 : severities[rule?.severity ?? "medium"];
  const time = Date.parse(header.startedAt);
  const { what, fix } = readMessage(message);
  const standards = [...new Set(rule?.controls.map(({ framework, version: of }) => `${framework} ${of}`))];
  const { type, name } = partsOf(resource);
  return {
    activity_id: 1,
    activity_name: "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: 2003,
    class_name: "Compliance Finding",
    type_uid: 200301,
    type_name: "Compliance Finding: Create",
    time,
    severity_id: severity,
    severity: severityNames[severity],
    status_id: outcome.finding[0],
    status: outcome.finding[1],
    message,
    metadata: {
      version,
      product: { name: "pulumi-nhi", vendor_name: "pulumi-nhi", version: header.tools.nhi },
      log_name: header.schema,
      correlation_uid: header.id,
      original_event_uid: check.hash,
      sequence: check.sequence,
      labels: rule?.labels ?? [],
    },
    finding_info: {
      uid: fingerprintOf(check),
      title: rule?.title ?? check.rule,
      desc: what,
      created_time: time,
      analytic: { uid: check.rule, name: check.rule, type_id: 1, type: "Rule" },
    },
    compliance: {
      status_id: outcome.check[0],
      status: outcome.check[1],
      status_details: [message],
      control: check.rule,
      standards,
      // A control's id stands beside its framework's version, and never alone.
      requirements: rule?.controls.map(
        ({ framework, version: of, id, title }) => `${framework} ${of} ${id} ${title}`,
      ),
      checks: [
        {
          uid: check.rule,
          name: rule?.title ?? check.rule,
          status_id: outcome.check[0],
          status: outcome.check[1],
          standards,
        },
      ],
    },
    resources: [
      {
        uid: resource,
        name: name === "" ? resource : name,
        ...(type !== "" && { type }),
        namespace: stack ?? "",
      },
    ],
    ...(fix !== undefined && { remediation: { desc: fix } }),
    unmapped: {
      stack,
      ...(level !== undefined && { level }),
      ...(property !== undefined && { property }),
      ...(until !== undefined && { until }),
    },
  };
}
