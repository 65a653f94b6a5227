import { rulePage } from "#pack/rules-md";
import { rules } from "#pack/rules/index";
import { CouldNotRun } from "./exit-code";
import { nearest } from "./nearest";
import { markdownText, table } from "./plain-text";
import type { Screen } from "./screen";

/** Shows a rule's page, or the list of rules. */
export function explain(id: string | undefined, screen: Screen): void {
  if (id === undefined) {
    screen.out(ruleList(screen));
    return;
  }
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined)
    throw new CouldNotRun(`${unknownRule(id)} \`nhi explain\` without a rule lists all ${rules.length}.`);
  // Where the page in the repository comes from says nothing to who reads it here.
  screen.out(markdownText(rulePage(rule).replace(/\nGenerated from .*\n$/, ""), screen));
}

function unknownRule(id: string): string {
  const near = nearest(
    id,
    rules.map((rule) => rule.id),
  );
  const did = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return `There is no rule "${id}".${did}`;
}

function ruleList(screen: Screen): string {
  const rows = rules.map(({ id, severity, enforcement, title }) => [id, severity, enforcement, title]);
  return `${table([["rule", "severity", "level", "what must hold"], ...rows], screen).join("\n")}\n`;
}
