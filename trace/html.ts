import { sourceNames, type SourceName } from "./event";
import { headOf, levels, type Finding } from "./findings";
import { detailsOf, runsOf, searched, verdict, wordOf, type Run } from "./text";
import type { Timeline } from "./timeline";
import { iso, plain } from "./words";

/** More rows than this make no page that anybody reads. The rest is counted on the page, and in the JSON one by one. */
const mostRows = 2000;

/** The timeline as one page: no script, nothing from elsewhere, one lane for each log and a table of all that happened. */
export function htmlOf(timeline: Timeline): string {
  const { id, events, counted, findings } = timeline;
  const runs = runsOf(events);
  const shown = runs.slice(0, mostRows);
  const left = runs.slice(mostRows).reduce((sum, run) => sum + run.count, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Trace of ${escaped(id)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Trace of <code>${escaped(id)}</code></h1>
<p class="verdict ${verdictClass(findings, events.length)}">${escaped(verdict(timeline))}</p>
${findingLists(findings)}
${runs.length > 0 ? picture(shown) : ""}
<h2 id="events">What happened</h2>
<table aria-labelledby="events">
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">Step</th><th scope="col">Log</th><th scope="col">What</th></tr></thead>
<tbody>
${shown.map(row).join("\n")}
${counted.map((one) => `<tr><td>${time(one.from)}</td><td>${escaped(one.step)}</td><td>${escaped(one.source)}</td><td>${escaped(one.what)}<div class="details">${one.count} more, until ${time(one.until)}</div></td></tr>`).join("\n")}
</tbody>
</table>
${left > 0 ? `<p>${left} further events are not on this page. The JSON has each of them.</p>` : ""}
<footer><p>${escaped(searched(timeline))}</p></footer>
</main>
</body>
</html>
`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => plain(text).replace(/[&<>"']/g, (letter) => entities[letter] ?? "");

const time = (at: number) =>
  `<time datetime="${iso(at)}">${iso(at).replace("T", " ").replace("Z", "")}</time>`;

function verdictClass(findings: readonly Finding[], count: number): string {
  if (findings.some((finding) => finding.level === "contradiction")) return "bad";
  return count === 0 || findings.some((finding) => finding.level === "missing") ? "open" : "good";
}

function findingLists(findings: readonly Finding[]): string {
  return levels
    .map((level) => {
      const own = findings.filter((finding) => finding.level === level);
      if (own.length === 0) return "";
      const items = own.map((finding) => `<li>${escaped(finding.text)}</li>`).join("");
      return `<section class="${level}"><h2>${headOf[level]}</h2><ul>${items}</ul></section>`;
    })
    .join("\n");
}

function row({ first, last, count }: Run): string {
  const isBad = first.isAfterEnd && first.step === "used";
  const many = count > 1 ? ` <strong>${count} times</strong>, until ${time(last.at)}` : "";
  const details = detailsOf(first);
  return (
    `<tr class="${first.step}${isBad ? " bad" : ""}"><td>${time(first.at)}</td>` +
    `<td><span class="step">${escaped(wordOf(first))}</span></td><td>${escaped(first.source)}</td>` +
    `<td><code>${escaped(first.what)}</code>${many}${details ? `<div class="details">${escaped(details)}</div>` : ""}</td></tr>`
  );
}

const width = 960;
const labels = 120;
const laneHeight = 44;
const axis = 28;

/**
 * A lane for each log. The marks are in their order and as far apart as their times are where that can be drawn: a pause
 * of an hour next to milliseconds would put everything into two points.
 */
function picture(runs: readonly Run[]): string {
  const lanes = sourceNames.filter((source) => runs.some(({ first }) => first.source === source));
  const places = placesOf(runs);
  const height = axis + lanes.length * laneHeight + 8;
  const middle = (source: SourceName) => axis + lanes.indexOf(source) * laneHeight + laneHeight / 2;
  const lines = lanes.map(
    (source) =>
      `<text x="0" y="${middle(source) + 4}" class="lane">${escaped(source)}</text>` +
      `<line x1="${labels}" x2="${width}" y1="${middle(source)}" y2="${middle(source)}" class="rule"/>`,
  );
  const marks = runs.map(({ first, last, count }, i) => {
    const x = places[i] ?? labels;
    const y = middle(first.source);
    const label = `${iso(first.at)} ${wordOf(first)}: ${first.what}${count > 1 ? `, ${count} times until ${iso(last.at)}` : ""}`;
    const kind = first.isAfterEnd && first.step === "used" ? "bad" : first.step;
    return `<g class="mark ${kind}"><title>${escaped(label)}</title>${shapeOf(kind, x, y)}</g>`;
  });
  const begin = runs[0]?.first.at;
  const end = runs.at(-1)?.last.at;
  return `<h2 id="picture">One lane for each log</h2>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="picture" xmlns="http://www.w3.org/2000/svg">
<text x="${labels}" y="14" class="axis">${iso(begin)}</text><text x="${width}" y="14" class="axis" text-anchor="end">${iso(end)}</text>
${lines.join("\n")}
${marks.join("\n")}
</svg>
<p class="legend">${legend.map(([kind, word]) => `<span><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><g class="mark ${kind}">${shapeOf(kind, 8, 8)}</g></svg> ${word}</span>`).join(" ")}</p>`;
}

const legend = [
  ["requested", "requested"],
  ["decided", "decided"],
  ["issued", "issued"],
  ["used", "used"],
  ["completed", "completed"],
  ["revoked", "revoked, expired"],
  ["refused", "refused, denied"],
  ["bad", "used after the end, failed"],
] as const;

/** Each kind has a shape of its own: a colour alone says nothing to many. */
function shapeOf(kind: string, x: number, y: number): string {
  switch (kind) {
    case "requested":
      return `<circle cx="${x}" cy="${y}" r="5" class="hollow"/>`;
    case "decided":
      return `<path d="M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z"/>`;
    case "issued":
      return `<path d="M${x - 6} ${y + 6}L${x} ${y - 7}L${x + 6} ${y + 6}Z"/>`;
    case "completed":
      return `<rect x="${x - 5}" y="${y - 5}" width="10" height="10" class="hollow"/>`;
    case "revoked":
    case "expired":
      return `<rect x="${x - 6}" y="${y - 6}" width="12" height="12"/>`;
    case "refused":
    case "denied":
      return `<path class="hollow" d="M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}"/>`;
    case "bad":
    case "lifted":
    case "revoke_failed":
      return `<path d="M${x - 8} ${y - 7}L${x + 8} ${y - 7}L${x} ${y + 8}Z"/>`;
    default:
      return `<circle cx="${x}" cy="${y}" r="4"/>`;
  }
}

/** Half of the width is shared evenly, so that no two marks lie on each other, and half by time, on a scale of logarithms. */
function placesOf(runs: readonly Run[]): number[] {
  const room = width - labels - 24;
  const pauses = runs.map((run, i) => {
    const before = runs[i - 1];
    return before ? Math.log10(1 + Math.max(0, run.first.corrected - before.first.corrected)) : 0;
  });
  const all = pauses.reduce((sum, pause) => sum + pause, 0) || 1;
  let passed = 0;
  return pauses.map((pause, i) => {
    passed += pause;
    const even = runs.length > 1 ? i / (runs.length - 1) : 0;
    return Math.round((labels + 12 + room * (even / 2 + passed / all / 2)) * 10) / 10;
  });
}

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --line: #d0d7de; --good: #116329; --bad: #a40e26; --open: #7d4e00; --use: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --line: #3d444d; --good: #56d364; --bad: #ff7b72; --open: #e3b341; --use: #79c0ff; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.verdict { font-weight: 600; padding: .5rem .8rem; border-left: 4px solid; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); } .verdict.open { color: var(--open); }
section.contradiction h2 { color: var(--bad); } section.missing h2 { color: var(--open); }
ul { margin: 0; padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
svg { width: 100%; height: auto; } .legend svg { width: 16px; height: 16px; vertical-align: -3px; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; color: var(--soft); font-size: .85rem; }
.lane, .axis { font: 13px system-ui, sans-serif; fill: var(--soft); } .rule { stroke: var(--line); }
.mark { fill: var(--use); stroke: var(--use); } .mark .hollow { fill: none; stroke-width: 2; }
.mark.revoked, .mark.expired, .mark.completed { fill: var(--good); stroke: var(--good); }
.mark.refused, .mark.denied { stroke: var(--open); } .mark.bad, .mark.lifted, .mark.revoke_failed { fill: var(--bad); stroke: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-top: 1px solid var(--line); }
td:first-child, .step { white-space: nowrap; } td:first-child { font-variant-numeric: tabular-nums; }
.details { color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
tr.revoked .step, tr.expired .step { color: var(--good); font-weight: 600; } tr.refused .step, tr.denied .step { color: var(--open); font-weight: 600; }
tr.bad .step, tr.lifted .step, tr.revoke_failed .step { color: var(--bad); font-weight: 600; }
footer { color: var(--soft); font-size: .85rem; margin-top: 1.5rem; }
@media (max-width: 40rem) { thead { display: none; } tr { display: block; border-top: 1px solid var(--line); padding: .4rem 0; } td { display: inline; border: 0; padding-right: .6rem; } td:last-child { display: block; } }
`;
