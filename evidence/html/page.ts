import { createHash } from "node:crypto";
import type { Comparison } from "../compare";
import { readMessage } from "../message";
import { noCounts, type Counts, type ResultRecord } from "../record";
import type { WholeRun } from "../whole-run";
import { script } from "./script";
import { style } from "./style";

const statuses = ["fail", "undetermined", "excepted", "pass", "notApplicable"] as const;
const titles: Record<keyof Counts, string> = {
  fail: "fail",
  undetermined: "could not be decided",
  excepted: "stay for a while",
  pass: "pass",
  notApplicable: "not asked",
};

/**
 * One HTML file of the newest of these runs, oldest first. It asks no network: its policy forbids everything but the
 * script and the style that stand in it.
 */
export function page(runs: readonly WholeRun[], comparison: Comparison | undefined, now: number): string {
  const run = runs.at(-1);
  if (!run) throw new Error("a report needs a run");
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`;
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>Machine identities: evidence of ${run.header.startedAt}</title><style>${style}</style></head><body><main>`,
    `<h1>Machine identities</h1>`,
    alerts(run),
    summary(run),
    about(run),
    comparison ? compared(comparison) : "",
    findings(),
    exceptions(run, now),
    runs.length > 1
      ? section("Trend", table("Results by run", ["started", "stacks", ...statusTitles], runs.map(trendRow)))
      : "",
    section("Controls", controlTables(run)),
    section("Rules", table("Results by rule", ["rule", "level", "labels", ...statusTitles], ruleRows(run))),
    `</main><script type="application/json" id="data">${json(worstFirst(run.findings).map(findingRow))}</script>`,
    `<script>${script}</script></body></html>\n`,
  ].join("\n");
}

const statusTitles = statuses.map((status) => titles[status]);

function alerts({ trailer, disabled }: WholeRun): string {
  const incomplete = trailer.complete
    ? ""
    : `<div class="loud" role="note"><p><strong>Not everything was judged.</strong></p>${list(trailer.problems)}</div>`;
  const off =
    disabled.size === 0
      ? ""
      : `<div class="loud" role="note"><p><strong>Rules are switched off.</strong></p>${list([...disabled].sort())}</div>`;
  return incomplete + off;
}

/** What a reader wants to know first: does something block, and how much was looked at. */
function summary({ findings: all, trailer }: WholeRun): string {
  const failed = all.filter(({ status }) => status === "fail");
  const blocking = failed.filter(({ level }) => level === "mandatory").length;
  const { undetermined, excepted, pass } = trailer.counts;
  const facts: [string, number][] = [
    ["block", blocking],
    ["advise", failed.length - blocking],
    [titles.undetermined, undetermined],
    [titles.excepted, excepted],
    ["pass", pass],
  ];
  return `<ul class="summary">${facts.map(([name, count]) => `<li><strong>${count}</strong> ${name}</li>`).join("")}<li><strong>${trailer.stacks}</strong> ${trailer.stacks === 1 ? "stack" : "stacks"}</li></ul>`;
}

function about({ header, trailer, hash }: WholeRun): string {
  const { by, commit, tools, settings, startedAt, command } = header;
  const facts: [string, string][] = [
    ["Asked by", `${by.name} (${by.from}), with nhi ${command}`],
    ["Started", startedAt],
    ["Finished", trailer.finishedAt],
    ["Commit", commit ? `${commit.id}${commit.isClean ? "" : ", with changes"}` : "none"],
    [
      "Versions",
      Object.entries(tools)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["Settings", settings ? `${settings.file}, SHA-256 ${settings.sha256}` : "none"],
    ["Last hash of the evidence", hash],
  ];
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${text(value)}</dd>`).join("")}</dl>`;
}

/** A table for each framework, since a review is about one of them at a time. */
function controlTables(run: WholeRun): string {
  const frameworks = Map.groupBy(controlRows(run), ([framework = ""]) => framework);
  return [...frameworks]
    .map(
      ([framework, rows]) =>
        `<h3>${text(framework)}</h3>${table(
          `Results by control of ${text(framework)}`,
          ["control", ...statusTitles],
          rows.map(([, ...cells]) => cells),
        )}`,
    )
    .join("\n");
}

function controlRows({ rules, counts }: WholeRun): string[][] {
  const rows = new Map<string, { name: string[]; counts: Counts }>();
  for (const rule of rules)
    for (const { framework, version, id, title } of rule.controls) {
      const key = JSON.stringify([framework, version, id]);
      const row = rows.get(key) ?? {
        // Some frameworks have their version in their name.
        name: [framework.endsWith(version) ? framework : `${framework} ${version}`, `${id} ${title}`],
        counts: noCounts(),
      };
      for (const status of statuses) row.counts[status] += counts.get(rule.id)?.[status] ?? 0;
      rows.set(key, row);
    }
  return [...rows.values()].map((row) => [...row.name, ...numbers(row.counts)]);
}

const ruleRows = ({ rules, counts }: WholeRun): string[][] =>
  rules.map(({ id, title, level, labels }) => [
    `${id}: ${title}`,
    level,
    labels.join("; "),
    ...numbers(counts.get(id) ?? noCounts()),
  ]);

const trendRow = ({ header, trailer }: WholeRun): string[] => [
  `${header.startedAt}${trailer.complete ? "" : " (not complete)"}`,
  String(trailer.stacks),
  ...numbers(trailer.counts),
];

const numbers = (counts: Counts) => statuses.map((status) => String(counts[status]));

function findingRow({ status, level, rule, stack, resource, message = "" }: ResultRecord): string[] {
  const { what, fix, then } = readMessage(message);
  return [status, level ?? "", rule, what, fix ?? then ?? "", stack, resource];
}

const ranks = ["fail mandatory", "fail advisory", "undetermined", "excepted"];

/** What blocks, then what advises, what could not be decided, and what stays for a while. */
function worstFirst(all: readonly ResultRecord[]): ResultRecord[] {
  const rank = ({ status, level = "advisory" }: ResultRecord) =>
    ranks.indexOf(status === "fail" ? `fail ${level}` : status);
  return all.toSorted((one, other) => rank(one) - rank(other));
}

function findings(): string {
  const heads = ["status", "level", "rule", "what", "fix", "stack", "resource"];
  return section(
    "Findings",
    `<div class="controls"><label>Search <input id="search" type="search"></label>
<label>Status <select id="status"><option value="">all</option><option>fail</option><option>undetermined</option><option>excepted</option></select></label></div>
<p id="count" aria-live="polite"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Findings"><table id="findings"><thead><tr>${heads
      .map((head) => `<th scope="col"><button type="button">${head}</button></th>`)
      .join("")}</tr></thead><tbody id="rows"></tbody></table></div>
<p class="pages"><button type="button" id="before">Previous page</button> <button type="button" id="next">Next page</button></p>
<noscript><p>The findings are shown by a script in this file. They are in the evidence too.</p></noscript>`,
  );
}

function exceptions({ findings: all }: WholeRun, now: number): string {
  const rows = all
    .flatMap(({ until, rule, stack, resource }) =>
      until === undefined ? [] : [{ until, rule, stack, resource }],
    )
    .sort((a, b) => (a.until < b.until ? -1 : 1));
  const left = (day: string) => String(Math.ceil((Date.parse(day) - now) / 86_400_000));
  const most = 500;
  const more = rows.length > most ? `<p>${rows.length - most} more end later.</p>` : "";
  const cells = rows
    .slice(0, most)
    .map(({ until, rule, stack, resource }) => [until, left(until), rule, stack, resource]);
  return section(
    "Exceptions",
    table("Exceptions by day", ["until", "days left", "rule", "stack", "resource"], cells) + more,
  );
}

function compared({ added, fixed, changed, scope }: Comparison): string {
  const rows = [
    ...added.map((finding) => ["new", ...findingRow(finding)]),
    ...changed.map(({ before, after }) => [`was ${before.status}`, ...findingRow(after)]),
    ...fixed.map((finding) => ["fixed", ...findingRow(finding)]),
  ];
  const most = 500;
  const heads = ["change", "status", "level", "rule", "what", "fix", "stack", "resource"];
  return section(
    "Since the older run",
    list(scope) +
      table("Changed findings", heads, rows.slice(0, most)) +
      (rows.length > most ? `<p>${rows.length - most} more are not shown.</p>` : ""),
  );
}

const section = (title: string, content: string) => `<section><h2>${title}</h2>${content}</section>`;
const list = (lines: readonly string[]) =>
  `<ul>${lines.map((line) => `<li dir="auto">${text(line)}</li>`).join("")}</ul>`;

function table(name: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "<p>None.</p>";
  const head = heads.map((title) => `<th scope="col">${title}</th>`).join("");
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell) => `<td dir="auto"${/^\d+$/.test(cell) ? ' class="number"' : ""}>${text(cell)}</td>`).join("")}</tr>`,
    )
    .join("\n");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

const text = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
/** `<` would end the element that holds it, or begin a comment in it. */
const json = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");
const hashOf = (content: string) => `sha256-${createHash("sha256").update(content).digest("base64")}`;
