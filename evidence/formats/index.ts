import type { Chained } from "../record";
import { csv } from "./csv";
import { junit } from "./junit";
import { markdown } from "./markdown";
import { ocsf } from "./ocsf";
import { component, mapping, type Catalogue } from "./oscal/catalogue";
import { plan } from "./oscal/plan";
import { poam } from "./oscal/poam";
import { results } from "./oscal/results";
import { parquet } from "./parquet";
import { sarif } from "./sarif";

/** Makes a report of evidence piece by piece, so that it takes no more memory than one stack. The records may be read again. */
export type Format = (records: AsyncIterable<Chained>) => AsyncGenerator<string | Uint8Array>;

export const formats: Record<string, Format> = {
  sarif: sarif(false),
  "sarif-all": sarif(true),
  junit,
  csv,
  markdown,
  ocsf,
  "oscal-results": results,
  "oscal-plan": plan,
  "oscal-poam": poam,
  parquet,
};

/** What no screen can show. */
export const binaryFormats: readonly string[] = ["parquet"];

/** What tells of the pack and of no run: no evidence is needed. */
export const catalogueFormats: Record<string, (catalogue: Catalogue) => object> = {
  "oscal-component": component,
  "oscal-mapping": mapping,
};

export const formatNames = [...Object.keys(formats), ...Object.keys(catalogueFormats)];
