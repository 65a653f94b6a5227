import type { Chained } from "../record";
import { csv } from "./csv";
import { junit } from "./junit";
import { markdown } from "./markdown";
import { ocsf } from "./ocsf";
import { sarif } from "./sarif";

/** Makes a report of evidence piece by piece, so that it takes no more memory than one stack. */
export type Format = (records: AsyncIterable<Chained>) => AsyncGenerator<string>;

export const formats: Record<string, Format> = {
  sarif: sarif(false),
  "sarif-all": sarif(true),
  junit,
  csv,
  markdown,
  ocsf,
};
