import { rules } from "#pack/rules/index";
import { blocks, isStrictlyUndecided, type Finding } from "../evidence/result";
import { readMessage } from "../evidence/message";
import { count } from "./count";
import { ExitCode } from "./exit-code";
import { wrapped } from "./plain-text";
import type { Screen } from "./screen";
import { stackOf } from "./state";
import type { Tally } from "./tally";

/** What a run found, for the developer who mends it: by rule, with the fix, and what it comes to. */
export function report(tally: Tally, { bold, width }: Style): string {
  const groups = Map.groupBy(tally.findings.filter(isOpen), ({ rule }) => rule);
  const inOrder = [...groups.entries()].sort(([a], [b]) => orderOf(a) - orderOf(b));
  const lines = inOrder.flatMap(([rule, findings]) => [
    ...groupLines(rule, findings, tally, { bold, width }),
    "",
  ]);
  return [...lines, ...exceptedLines(tally.findings), ...closingLines(tally), ""].join("\n");
}

const isOpen = ({ status }: Finding) => status !== "excepted";

const orderOf = (id: string) => rules.findIndex((rule) => rule.id === id);

type Style = Pick<Screen, "bold" | "width">;

function groupLines(
  id: string,
  findings: readonly Finding[],
  { baseline }: Tally,
  { bold, width }: Style,
): string[] {
  const rule = rules.find((one) => one.id === id);
  const head = rule ? `${id}  (${rule.severity})  ${rule.title}` : id;
  const read = findings.map((finding) => ({ finding, ...readMessage(finding.message) }));
  const fixes = new Set(read.flatMap(({ fix }) => fix ?? []));
  const [only] = fixes;
  const indented = (text: string, by: string) =>
    wrapped(text, width && width - by.length).map((line) => by + line);
  const overdue = (finding: Finding) => {
    const due = baseline.overdue.get(finding);
    return due === undefined ? "" : `  Was to be mended by ${due}.`;
  };
  return [
    bold(head),
    ...read.flatMap(({ finding, what, fix }) => [
      ...indented(`${markOf(finding)} ${what}  (${stackOf(finding.urn)})${overdue(finding)}`, "  "),
      ...(fixes.size > 1 && fix !== undefined ? indented(`Fix: ${fix}`, "      ") : []),
    ]),
    ...(fixes.size === 1 && only !== undefined ? indented(`Fix: ${only}`, "  ") : []),
    ...(rule ? [`  More: nhi explain ${id}`] : []),
  ];
}

function markOf(finding: Finding): string {
  if (finding.status === "undetermined")
    return isStrictlyUndecided(finding) ? "undecided, blocks:" : "undecided:";
  return blocks(finding) ? "blocks:" : "advises:";
}

function exceptedLines(findings: readonly Finding[]): string[] {
  const excepted = findings.filter((finding) => !isOpen(finding));
  if (excepted.length === 0) return [];
  return [
    "These stay for a while:",
    ...excepted.map(({ message, rule, urn }) => {
      const { what, then } = readMessage(message);
      return `  ${rule}: ${what} ${then ?? ""}  (${stackOf(urn)})`;
    }),
    "",
  ];
}

function closingLines({ stacks, resources, checks, findings, problems, baseline }: Tally): string[] {
  const blocking = findings.filter(blocks).length;
  const advising = findings.filter(({ status, level }) => status === "fail" && level === "advisory").length;
  const excepted = findings.filter(({ status }) => status === "excepted").length;
  const undecided = findings.filter(({ status }) => status === "undetermined");
  const strict = undecided.filter(isStrictlyUndecided).length;
  return [
    ...(baseline.spare.length > 0
      ? [
          "Entries of the baseline that can go, because nothing is found there any more:",
          ...baseline.spare.map(({ rule, urn, property }) => `  ${rule}: ${property} of ${urn}`),
          "",
        ]
      : []),
    `${count(stacks.size, "stack")}, ${count(resources, "resource")}, ${count(checks, "check")}: ${blocking} block, ${advising} advise, ${excepted} stay for a while.`,
    ...(undecided.length > 0
      ? [
          `${count(undecided.length, "check")} could not be decided${strict > 0 ? `, and ${strict} of them block` : ""}.`,
        ]
      : []),
    ...(problems.length > 0 ? [`Not judged: ${problems.length}.`] : []),
  ];
}

/** How a run ends. What is not whole is never told as clean or as blocked. */
export function exitCodeOf({ findings, problems }: Pick<Tally, "findings" | "problems">): ExitCode {
  if (problems.length > 0) return ExitCode.CouldNotRun;
  if (findings.some(blocks)) return ExitCode.Blocked;
  return findings.some(isStrictlyUndecided) ? ExitCode.Undecided : ExitCode.Clean;
}

/** The same as one document, for a program. */
export function jsonReport(tally: Tally, exitCode: ExitCode): string {
  const { stacks, resources, checks, findings, problems, baseline } = tally;
  const document = {
    exitCode,
    stacks: stacks.size,
    resources,
    checks,
    findings: findings.map((finding) => {
      const overdueSince = baseline.overdue.get(finding);
      return { ...finding, ...(overdueSince !== undefined && { overdueSince }) };
    }),
    canGo: baseline.spare,
    problems,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
