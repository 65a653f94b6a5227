import type { Identity } from "../identity";

/** Who may become whom, in Graphviz' language. What trusts is a box, what is trusted an ellipse, a right a note. */
export function inventoryDot(identities: readonly Identity[]): string {
  const lines = identities.flatMap(({ urn, kind, name, trust, rights }) => [
    `  ${quoted(urn)} [shape=box, label=${quoted(`${kind}\n${name}`)}];`,
    ...trust.map((who) => `  ${quoted(who)} -> ${quoted(urn)} [label="may become"];`),
    ...rights.map((right) => `  ${quoted(urn)} -> ${quoted(`right: ${right}`)} [label="may"];`),
  ]);
  const targets = new Set(identities.flatMap(({ rights }) => rights.map((right) => `right: ${right}`)));
  return [
    "digraph inventory {",
    "  rankdir=LR;",
    "  node [shape=ellipse];",
    ...[...targets].map((target) => `  ${quoted(target)} [shape=note];`),
    ...lines,
    "}",
    "",
  ].join("\n");
}

const quoted = (text: string) =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
