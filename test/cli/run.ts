import { main } from "../../cli/main";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the command as a pipeline does: no terminal, no colours. With a width, as a terminal that marks bold text. */
export async function nhi(args: string[], width?: number): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await main(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    bold: (text) => (width === undefined ? text : `<${text}>`),
    width,
    showsProgress: false,
  });
  return { code, out, err };
}
