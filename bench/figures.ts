/** What several runs of one thing gave. */
export interface Spread {
  least: number;
  median: number;
  most: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  return { least: at(0), median: at(Math.floor(sorted.length / 2)), most: at(sorted.length - 1) };
}

/** Three digits that count. */
export const figure = (value: number) =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

export const spreadCells = ({ least, median, most }: Spread, unit: string) =>
  [least, median, most].map((value) => `${figure(value)} ${unit}`);

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
