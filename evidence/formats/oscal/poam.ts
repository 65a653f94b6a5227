import type { Chained, Header, RuleRecord } from "../../record";
import { line, metadata, prop, uuidOf } from "./document";
import { inventoryItem, isRisk, observationOf, observationUuid, riskOf, riskUuid, type Found } from "./found";

/**
 * A plan of action and milestones: what fails and what stays for a while. Each list of the document is a reading of the
 * records of its own, so that none is kept.
 */
export async function* poam(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  const rules = new Map<string, RuleRecord>();
  const seen = new Set<string>();
  let header: Header | undefined;
  for await (const record of records) {
    if (record.record === "header") header = record;
    if (record.record === "rule") rules.set(record.id, record);
    if (record.record === "result" && isRisk(record)) seen.add(record.resource);
  }
  if (!header) return;
  const run = header;
  yield opening(run, seen);
  if (seen.size > 0) {
    yield* list("observations", records, (found) => observationOf(run, found));
    yield* list("risks", records, (found) => riskOf(run, found, rules.get(found.rule)));
    yield* list("poam-items", records, (found) => itemOf(run, found, rules.get(found.rule)));
  } else yield `,"poam-items":${JSON.stringify([nothing])}`;
  yield "}}\n";
}

function opening(header: Header, resources: ReadonlySet<string>): string {
  const document = {
    uuid: uuidOf("poam", header.id),
    metadata: metadata("Machine identities: what is to be mended", header.startedAt, header.tools.pack),
    "system-id": { "identifier-type": "http://ietf.org/rfc/rfc4122", id: uuidOf("system", header.by.name) },
    ...(resources.size > 0 && {
      "local-definitions": { "inventory-items": [...resources].map(inventoryItem) },
    }),
  };
  return `{"plan-of-action-and-milestones":${JSON.stringify(document).slice(0, -1)}`;
}

async function* list(
  name: string,
  records: AsyncIterable<Chained>,
  entry: (found: Found) => object,
): AsyncGenerator<string> {
  yield `,"${name}":[`;
  let count = 0;
  for await (const record of records)
    if (record.record === "result" && isRisk(record))
      yield `${count++ > 0 ? ",\n" : ""}${JSON.stringify(entry(record))}`;
  yield "]";
}

const itemOf = (header: Header, found: Found, rule: RuleRecord | undefined) => ({
  uuid: uuidOf("poam-item", riskUuid(found)),
  title: line(rule?.title ?? found.rule),
  description: found.message ?? found.rule,
  props: [
    prop("Rule_Id", found.rule),
    prop("stack", found.stack),
    prop("status", found.status),
    prop("severity", rule?.severity ?? "medium"),
    ...(found.until === undefined ? [] : [prop("due", found.until)]),
  ],
  "related-observations": [{ "observation-uuid": observationUuid(header, found) }],
  "related-risks": [{ "risk-uuid": riskUuid(found) }],
});

/** OSCAL wants an item even where there is none. */
const nothing = {
  uuid: uuidOf("poam-item", "none"),
  title: "Nothing is open",
  description: "The run found nothing that fails or stays for a while.",
};
