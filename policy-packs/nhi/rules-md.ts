import { controlsOf, labelsOf } from "./controls";
import type { Rule } from "./rule";

/** RULES.md: everything that the rules say of themselves. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const overview = rules.map(
    (rule) => `| [${rule.id}](#${rule.id}) | ${rule.title} | ${rule.severity} | ${rule.enforcement} |`,
  );
  return [
    "# Rules",
    "Generated from the rules by `npm run docs`. Every rule also takes `strictUnknown`: what could not be decided is then reported at the rule's own level instead of as an advisory.",
    ["| rule | what must hold | severity | enforcement |", "| --- | --- | --- | --- |", ...overview].join(
      "\n",
    ),
    ...rules.map(section),
  ]
    .join("\n\n")
    .concat("\n");
}

function section(rule: Rule): string {
  return [
    `## ${rule.id}`,
    `**${rule.title}** ${rule.why}`,
    `**How to fix it.** ${rule.fix}`,
    `**What it does not see.** ${rule.doesNotSee}`,
    ...(rule.ceilings ? [settings(rule.ceilings)] : []),
    `**Maps to** ${labelsOf(rule.topic)
      .map(({ brief, official }) => `${brief} (${official})`)
      .join(", ")}.`,
    controls(rule),
    `**Judges** ${rule.types.map((type) => `\`${type}\``).join(", ")}.`,
  ].join("\n\n");
}

function settings(ceilings: NonNullable<Rule["ceilings"]>): string {
  const rows = Object.entries(ceilings).map(
    ([name, { seconds, says }]) => `| \`${name}\` | ${seconds} | ${says} |`,
  );
  return ["| setting | default, in seconds | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function controls(rule: Rule): string {
  const rows = controlsOf(rule.topic).map(
    ({ frameworkName, version, id, title, role }) =>
      `| ${frameworkName} ${version} | ${id} | ${title} | ${role} |`,
  );
  return ["| framework | control | title | fit |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
