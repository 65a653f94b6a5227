import { styleText } from "node:util";

/** Where a command writes to. Results go to `out`, what is said about the work to `err`. */
export interface Screen {
  out: (text: string) => void;
  err: (text: string) => void;
  /** Bold text where `out` is a terminal that shows it; elsewhere the text as it is. */
  bold: (text: string) => string;
  /** Columns of the terminal, to break long lines at; nothing when `out` is no terminal, so that lines stay whole. */
  width: number | undefined;
  /** Whether a line on `err` can be written over: progress is for terminals only. */
  showsProgress: boolean;
}

export function processScreen({ stdout, stderr, env } = process): Screen {
  const isColored = stdout.isTTY && env.NO_COLOR === undefined && env.TERM !== "dumb";
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    bold: (text) => (isColored ? styleText("bold", text, { validateStream: false }) : text),
    width: stdout.isTTY ? stdout.columns : undefined,
    showsProgress: stderr.isTTY && env.TERM !== "dumb",
  };
}
