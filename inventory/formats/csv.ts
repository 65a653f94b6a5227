import { csvCell } from "../../evidence/csv-cell";
import type { Identity } from "../identity";

const columns = [
  "review",
  "reviewBy",
  "orphaned",
  "owner",
  "kind",
  "name",
  "purpose",
  "environment",
  "holder",
  "thirdParty",
  "trust",
  "lifetime",
  "rights",
  "exceptionUntil",
  "stack",
  "urn",
] as const;

/** Each identity as a row, for a spreadsheet. */
export const inventoryCsv = (identities: readonly Identity[]): string =>
  [
    columns.join(","),
    ...identities.map((identity) => columns.map((name) => csvCell(text(identity[name]))).join(",")),
  ]
    .map((row) => `${row}\r\n`)
    .join("");

const text = (value: Identity[(typeof columns)[number]]) =>
  value === null ? "unknown" : Array.isArray(value) ? value.join("; ") : String(value);
