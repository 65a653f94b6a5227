import { controlsOf, labelsOf } from "./controls";
import type { Rule } from "./rule";
import { tierSetting } from "./tiers";

/** RULES.md: the list of rules, each with the page that explains it. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const rows = rules.map(
    (rule) => `| [${rule.id}](docs/${rule.id}.md) | ${rule.title} | ${rule.severity} | ${rule.enforcement} |`,
  );
  return [
    "# Rules",
    "Generated from the rules by `npm run docs`. How to introduce the pack, set levels and exempt a finding: [the pack's guide](../../docs/policy-pack.md). Every rule also takes `strictUnknown`: what could not be decided is then reported at the rule's own level instead of as an advisory.",
    ["| rule | what must hold | severity | enforcement |", "| --- | --- | --- | --- |", ...rows].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}

/** A rule's own page: everything that it says of itself, with a program that it refuses and the mended one. */
export function rulePage(rule: Rule): string {
  return [
    `# ${rule.id}`,
    `**${rule.title}** ${rule.why}`,
    `Severity ${rule.severity}, ${rule.enforcement}. ${"check" in rule ? "Judges each resource before it is made." : "Judges all resources of a stack together."} Maps to ${labelsOf(
      rule.topic,
    )
      .map(({ brief, official }) => `${brief} (${official})`)
      .join(", ")}.`,
    "## Refused",
    code(rule.samples.bad),
    "## Passes",
    code(rule.samples.good),
    "## How to fix it",
    rule.fix,
    ...(rule.remedy === undefined ? [] : [`At the level \`remediate\` the engine does it: ${rule.remedy}`]),
    "## When not to use it",
    rule.whenNot,
    ...(rule.neverExempt === undefined ? [] : [`Its findings can't be exempted. ${rule.neverExempt}`]),
    "## What it does not see",
    rule.doesNotSee,
    ...settings(rule),
    "## Controls",
    controls(rule),
    "## Judged types",
    judgedTypes(rule.types),
    "Generated from the rule by `npm run docs`.",
  ]
    .join("\n\n")
    .concat("\n");
}

/** One line for the three forms in which GCP names the members of a resource. */
function judgedTypes(types: readonly string[]): string {
  const known = new Set(types);
  const inForm = (type: string, form: string) => type.replaceAll(/Member(?=:|$)/g, form);
  const isWhole = (type: string) =>
    type.endsWith("Member") && ["Binding", "Policy"].every((form) => known.has(inForm(type, form)));
  const whole = types.filter(isWhole);
  const told = new Set(whole.flatMap((type) => ["Binding", "Policy"].map((form) => inForm(type, form))));
  return types
    .filter((type) => !told.has(type))
    .map((type) => `- \`${type}\`${isWhole(type) ? ", also with `Binding` and with `Policy`" : ""}`)
    .join("\n");
}

/** What a sample may name, with the import that brings it in. */
const imports: Record<string, string> = {
  aws: 'import * as aws from "@pulumi/aws";',
  gcp: 'import * as gcp from "@pulumi/gcp";',
  nhi: 'import * as nhi from "pulumi-nhi";',
  pulumi: 'import * as pulumi from "@pulumi/pulumi";',
  random: 'import * as random from "@pulumi/random";',
  tls: 'import * as tls from "@pulumi/tls";',
  vault: 'import * as vault from "@pulumi/vault";',
};

/** A sample as a whole program. */
export function sampleProgram(sample: string): string {
  const used = Object.entries(imports).filter(([name]) => new RegExp(`\\b${name}\\.`).test(sample));
  return `${used.map(([, line]) => line).join("\n")}\n\n${sample.trim()}\n`;
}

const code = (sample: string) => `\`\`\`ts\n${sampleProgram(sample)}\`\`\``;

function settings({ ceilings = {}, lists = {} }: Rule): string[] {
  const rows = [
    ...Object.entries(ceilings).flatMap(([name, { seconds, says, sensitive, longRunning }]) => [
      `| \`${name}\` | ${seconds} s | ${says} |`,
      ...(sensitive === undefined
        ? []
        : [
            `| \`${tierSetting(name, "sensitive")}\` | ${sensitive} s | The same for the tier \`sensitive\`. |`,
          ]),
      ...(longRunning === undefined
        ? []
        : [
            `| \`${tierSetting(name, "long-running")}\` | ${longRunning} s | The same for the tier \`long-running\`. |`,
          ]),
    ]),
    ...Object.entries(lists).map(
      ([name, { values, says }]) =>
        `| \`${name}\` | ${values.length > 0 ? values.join(", ") : "empty"} | ${says} |`,
    ),
  ];
  if (rows.length === 0) return [];
  return ["## Settings", ["| setting | default | meaning |", "| --- | --- | --- |", ...rows].join("\n")];
}

function controls(rule: Rule): string {
  const rows = controlsOf(rule.topic).map(
    ({ frameworkName, version, id, title, role }) =>
      `| ${frameworkName} ${version} | ${id} | ${title} | ${role} |`,
  );
  return ["| framework | control | title | fit |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
