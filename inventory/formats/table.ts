import type { Identity } from "../identity";

const widths = [8, 10, 16, 24, 26];

/** For a screen of 100 columns. */
export function inventoryTable(identities: readonly Identity[]): string {
  const count = (is: (identity: Identity) => boolean) => identities.filter(is).length;
  const rows = identities.map(({ review, reviewBy, owner, orphaned, kind, name }) =>
    row([review, reviewBy ?? "-", owner ?? (orphaned ? "ORPHANED" : "unknown"), kind, name]),
  );
  const totals =
    `${identities.length} identities: ${count(({ review }) => review === "overdue")} overdue, ` +
    `${count(({ orphaned }) => orphaned)} orphaned, ${count(({ review }) => review === "no day")} without a day of review.`;
  return [row(["REVIEW", "BY", "OWNER", "KIND", "NAME"]), ...rows, "", totals, ""].join("\n");
}

const row = (cells: string[]) =>
  cells
    .map((cell, index) => fitted(plain(cell), widths[index] ?? 20))
    .join("  ")
    .trimEnd();

const fitted = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/** What a name in a state could do to a terminal is not done. */
const plain = (text: string) => text.replace(/\p{C}/gu, "?");
