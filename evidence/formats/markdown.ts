import { readMessage } from "../message";
import type { Chained, ResultRecord } from "../record";

/** GitHub takes comments of at most 65,536 characters, and GitLab of more. */
const most = 60_000;

/** A comment for a pull request: what blocks first, and what was not judged. */
export async function* markdown(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  const rows: Record<"blocking" | "advising" | "excepted", string[]> = {
    blocking: [],
    advising: [],
    excepted: [],
  };
  let length = 0;
  let left = 0;
  let undecided = 0;
  for await (const record of records) {
    if (record.record === "result" && record.status !== "pass") {
      if (record.status === "undetermined") undecided += 1;
      const row = rowOf(record);
      length += row.length;
      if (length > most) left += 1;
      else rows[kindOf(record)].push(row);
    }
    if (record.record !== "trailer") continue;
    const { counts, complete, problems, disabled } = record;
    const blocked = rows.blocking.length > 0;
    // The first line lets a job find its own comment again.
    yield "<!-- nhi -->\n";
    yield `### Machine identities: ${complete ? (blocked ? "blocked" : "nothing blocks") : "not everything could be judged"}\n\n`;
    yield `${counts.pass} checks pass, ${counts.fail} fail, ${counts.excepted} stay for a while, ${undecided} could not be decided.\n`;
    for (const problem of problems) yield `\n- ${text(problem)}\n`;
    yield* section("Blocks", rows.blocking);
    yield* section("Advises", rows.advising);
    yield* section("Stays for a while", rows.excepted);
    if (left > 0) yield `\n${left} more are in the evidence.\n`;
    if (disabled.length > 0) yield `\nSwitched off: ${disabled.join(", ")}.\n`;
  }
}

function* section(title: string, rows: readonly string[]): Generator<string> {
  if (rows.length === 0) return;
  yield `\n**${title}**\n\n| rule | stack | what | fix |\n| --- | --- | --- | --- |\n${rows.join("")}`;
}

function kindOf({ status, level }: ResultRecord) {
  if (status === "excepted") return "excepted";
  return level === "mandatory" ? "blocking" : "advising";
}

function rowOf({ rule, stack, message = "" }: ResultRecord): string {
  const { what, fix, then } = readMessage(message);
  return `| ${text(rule)} | ${text(stack)} | ${text(what)} | ${text(fix ?? then ?? "")} |\n`;
}

/** A name in a program may hold anything: here it is text, no table, no HTML, no link and nobody's name to call. */
const text = (value: string) =>
  value
    .replaceAll(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]|#~!]/g, "\\$&")
    .replaceAll("@", "&#64;");
