import type { Screen } from "./screen";

type Style = Pick<Screen, "bold" | "width">;

/** A rule's page as a terminal shows it: headings bold, tables in columns, code indented, no marks of Markdown. */
export function markdownText(markdown: string, style: Style): string {
  const lines: string[] = [];
  let isCode = false;
  const source = markdown.trimEnd().split("\n");
  for (let at = 0; at < source.length; at++) {
    const line = source[at] ?? "";
    if (line.startsWith("```")) isCode = !isCode;
    else if (isCode) lines.push(line === "" ? "" : `    ${line}`);
    else if (line.startsWith("#")) lines.push(style.bold(line.replace(/^#+ /, "")));
    else if (line.startsWith("| ")) {
      const rows = [];
      for (; source[at]?.startsWith("| "); at++) rows.push(cells(source[at] ?? ""));
      at--;
      lines.push(...table([...rows.slice(0, 1), ...rows.slice(2)], style));
    } else lines.push(...wrapped(withoutMarks(line, style), style.width));
  }
  return `${lines.join("\n")}\n`;
}

/** Narrower columns than this are harder to read than long lines. */
const narrowest = 20;

/** Rows in columns, the first one as their heads. Where they are wider than the terminal, the widest ones are broken. */
export function table(rows: readonly string[][], { bold, width = Infinity }: Style): string[] {
  const columns = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const gaps = 2 * (columns.length - 1);
  while (columns.reduce((sum, column) => sum + column, gaps) > width && Math.max(...columns) > narrowest)
    columns.splice(columns.indexOf(Math.max(...columns)), 1, Math.max(...columns) - 1);
  return rows.flatMap((row, index) => {
    const broken = row.map((cell, i) => wrapped(cell, columns[i]));
    const height = Math.max(...broken.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const text = broken.map((lines, i) => (lines[line] ?? "").padEnd(columns[i] ?? 0)).join("  ");
      return index === 0 ? bold(text.trimEnd()) : text.trimEnd();
    });
  });
}

const cells = (line: string) =>
  line
    .slice(2, -2)
    .split(" | ")
    .map((cell) => cell.replaceAll("`", "").trim());

function withoutMarks(line: string, { bold }: Style): string {
  return line
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replaceAll("`", "")
    .replaceAll(/\*\*([^*]+)\*\*/g, (_, text: string) => bold(text));
}

/** The text in lines of at most this many columns, broken between words. */
export function wrapped(text: string, width: number | undefined): string[] {
  if (width === undefined || text.length <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
