import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { screenProgress } from "../tools/progress";
import { figure, spread, spreadCells, table } from "./figures";
import { measurePacks, packNames, type PackName, type PackRun } from "./packs";
import { measurePreviews, type Timing } from "./preview";

const rounds = { packs: 3, previews: 3 };

const titles: Record<PackName, string> = {
  empty: "a pack with one empty rule",
  nhi: "this pack",
  awsguard: "AWSGuard 0.3.1",
  typescript: "this pack as TypeScript",
};

type Packs = Record<PackName, PackRun[]>;
type Previews = Record<"without" | "empty" | "with", Timing[]>;

async function main(): Promise<void> {
  const progress = screenProgress();
  const packs = await measurePacks(rounds.packs, progress);
  const previews = await measurePreviews(rounds.previews, progress);
  const report = reportOf(packs, previews);
  writeFileSync(join(__dirname, "README.md"), report);
  process.stdout.write(report);
}

function reportOf(packs: Packs, previews: Previews): string {
  const of = (name: PackName, value: (run: PackRun) => number) => spread(packs[name].map(value));
  const median = (name: PackName, value: (run: PackRun) => number) => of(name, value).median;
  const rows = (value: (run: PackRun) => number, unit: string) =>
    packNames.map((name) => [titles[name], ...spreadCells(of(name, value), unit)]);
  const start = (name: PackName) => median(name, ({ startCpuSeconds }) => startCpuSeconds);
  const judge = (name: PackName) => median(name, ({ judgeMicroseconds }) => judgeMicroseconds);
  const perRule = (name: PackName) => (judge(name) - judge("empty")) / (packs[name][0]?.policies ?? 1);
  const memory = (name: PackName) => median(name, ({ startMiB }) => startMiB);
  const all = (size: "small" | "large") => median("nhi", (run) => run[size].all);
  const preview = (name: keyof Previews, value: keyof Timing) =>
    spread(previews[name].map((timing) => timing[value]));
  const cpu = (name: keyof Previews) => preview(name, "cpuSeconds").median;

  const own = start("nhi") + judge("nhi") / 1000 + median("nhi", ({ small }) => small.stack);

  const figures: [string, number, string, boolean][] = [
    ratio("start: this pack ÷ an empty one", start("nhi") / start("empty"), "≤", 1.3),
    ratio("memory at the start: this pack ÷ an empty one", memory("nhi") / memory("empty"), "≤", 1.3),
    ratio("start: AWSGuard ÷ this pack", start("awsguard") / start("nhi"), "≥", 1),
    ratio("start: the same pack as TypeScript ÷ as published", start("typescript") / start("nhi"), "≥", 1),
    ratio("time per rule and resource: AWSGuard ÷ this pack", perRule("awsguard") / perRule("nhi"), "≥", 5),
    ratio("5,000 resources ÷ five times 1,000, all rules", all("large") / (5 * all("small")), "≤", 1.2),
    ratio(
      "preview of 1,000 resources: with this pack ÷ without a pack",
      cpu("with") / cpu("without"),
      "≤",
      1.15,
    ),
    ratio("the same with an empty pack: what any pack costs", cpu("empty") / cpu("without"), "≤", 1.15),
  ];
  const head = ["", "minimum", "median", "maximum"];
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `# Figures

Written by \`npm run bench\` from one run on a machine with ${cpus().length} cores and ${gibibytes} GiB, which other programs used at
the same time. So the ratios are of CPU time, which they hardly change, and of medians; everything that is compared was
measured in turn in that run. It needs Linux, and installs AWSGuard in \`packs/awsguard\` (270 MB).

${table(
  ["what", "ratio", "wanted", "held"],
  figures.map(([what, value, wanted, held]) => [what, figure(value), wanted, held ? "yes" : "**no**"]),
)}

## Start

The time that a pack computes until it says its port, which is when the engine goes on. ${packs.nhi[0]?.policies ?? 0} policies in this
pack, ${packs.awsguard[0]?.policies ?? 0} in AWSGuard.

${table(
  head,
  rows(({ startCpuSeconds }) => startCpuSeconds, "s"),
)}

The time on the clock:

${table(
  head,
  rows(({ startSeconds }) => startSeconds, "s"),
)}

The engine's TypeScript loader keeps what it has compiled in the temporary folder: the longest start of the TypeScript is
the first one, as on a fresh runner, and the shortest one has everything from there.

The most memory until then:

${table(
  head,
  rows(({ startMiB }) => startMiB, "MiB"),
)}

## Each resource

CPU time for each of 5,000 resources over gRPC, as the engine asks: roles, policies, functions, buckets, instances, keys,
queues, log groups and security groups of AWS.

${table(
  head,
  rows(({ judgeMicroseconds }) => judgeMicroseconds, "µs"),
)}

What is above the empty pack, for each rule: ${figure(perRule("nhi"))} µs in this pack, ${figure(perRule("awsguard"))} µs in AWSGuard. A rule of AWSGuard's
judges one type, and the SDK passes over it by that type. A rule of this pack judges a weakness wherever it is, in many
types: the SDK then unpacks the resource for each rule anew before it asks. That is most of its time, and the SDK offers
no way around it. \`@pulumi/aws-compliance-policies\` is not in the npm registry and is not compared.

## Whole stacks

CPU time of the rules over a whole stack, with 1,000 and with 5,000 resources:

${table(head, [
  [
    "this pack, 1,000",
    ...spreadCells(
      of("nhi", ({ small }) => small.stack),
      "s",
    ),
  ],
  [
    "this pack, 5,000",
    ...spreadCells(
      of("nhi", ({ large }) => large.stack),
      "s",
    ),
  ],
])}

## Preview

\`pulumi preview\` of 1,000 resources on the real engine with the offline providers, CPU time of all processes:

${table(head, [
  ["without a pack", ...spreadCells(preview("without", "cpuSeconds"), "s")],
  ["with an empty pack", ...spreadCells(preview("empty", "cpuSeconds"), "s")],
  ["with this pack", ...spreadCells(preview("with", "cpuSeconds"), "s")],
])}

The runs differ by more than the pack takes. By the figures above it computes ${figure(own)} s in such a preview: its start, each
resource and the whole stack. That is ${figure((own / cpu("without")) * 100)} % of one without a pack.

The time on the clock:

${table(head, [
  ["without a pack", ...spreadCells(preview("without", "seconds"), "s")],
  ["with an empty pack", ...spreadCells(preview("empty", "seconds"), "s")],
  ["with this pack", ...spreadCells(preview("with", "seconds"), "s")],
])}
`;
}

/** A ratio, what is wanted of it, and whether it is so. */
function ratio(
  what: string,
  value: number,
  sign: "≤" | "≥",
  limit: number,
): [string, number, string, boolean] {
  return [what, value, `${sign} ${limit}`, sign === "≤" ? value <= limit : value >= limit];
}

void main();
