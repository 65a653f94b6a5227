import type { Chained, ResultRecord, ScopeRecord } from "../record";

/** A suite for each stack and a case for each check, for the tests' page of a CI system. Only what blocks has failed. */
export async function* junit(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pulumi-nhi">\n';
  let suite: Suite | undefined;
  for await (const record of records) {
    if (record.record === "stack") {
      if (suite) yield written(suite);
      suite = { name: record.stack ?? record.source.name, cases: [], failed: 0, skipped: 0 };
      if (record.problem !== null) add(suite, { name: "complete", rule: "run", failure: record.problem });
    }
    if (record.record === "scope" && record.disabled) add(suite, offCase(record));
    if (record.record === "result") add(suite, caseOf(record));
  }
  if (suite) yield written(suite);
  yield "</testsuites>\n";
}

/** The cases of one stack: how many of them failed stands before them. */
interface Suite {
  name: string;
  cases: string[];
  failed: number;
  skipped: number;
}

interface Case {
  name: string;
  rule: string;
  failure?: string;
  skipped?: string;
}

function add(suite: Suite | undefined, { name, rule, failure, skipped }: Case): void {
  if (!suite) return;
  if (failure !== undefined) suite.failed += 1;
  if (skipped !== undefined) suite.skipped += 1;
  const inside =
    failure !== undefined
      ? `<failure message="${xml(failure)}"/>`
      : skipped !== undefined
        ? `<skipped message="${xml(skipped)}"/>`
        : "";
  suite.cases.push(`    <testcase classname="${xml(rule)}" name="${xml(name)}">${inside}</testcase>\n`);
}

const written = ({ name, cases, failed, skipped }: Suite) =>
  `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}">\n${cases.join("")}  </testsuite>\n`;

const offCase = ({ rule }: ScopeRecord): Case => ({
  name: "the whole stack",
  rule,
  skipped: "The settings switch this rule off here.",
});

function caseOf({ rule, resource, status, level, message = "" }: ResultRecord): Case {
  if (status === "pass") return { name: resource, rule };
  const stops = level === "mandatory" && status !== "excepted";
  return { name: resource, rule, ...(stops ? { failure: message } : { skipped: message }) };
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

/** XML 1.0 has no place for control characters but a tab and a line feed, not even as references. */
const xml = (text: string) =>
  text.replaceAll(
    /[\p{Cc}\ufffe\uffff&<>"]/gu,
    (sign) => entities[sign] ?? (sign === "\t" ? sign : "\ufffd"),
  );
