import type { Header, ResultRecord, RuleRecord } from "../../record";
import { identityOf } from "../identity";
import { line, prop, uuidOf } from "./document";

/** A record of evidence as far as the documents tell it. */
export interface Found extends Omit<ResultRecord, "record"> {
  hash: string;
  sequence: number;
}

export const inventoryUuid = (resource: string): string => uuidOf("inventory-item", resource);
export const observationUuid = (run: Header, found: Found): string =>
  uuidOf("observation", run.id, found.sequence);
/** The same in every run, so that a risk can be followed. */
export const riskUuid = (found: Found): string => uuidOf("risk", ...identityOf(found));

/** What was seen at one resource, with the place in the evidence that says so. */
export const observationOf = (header: Header, found: Found) => ({
  uuid: observationUuid(header, found),
  title: `${found.rule}: ${found.status}`,
  description: found.message ?? `${found.rule} holds.`,
  props: [
    prop("Rule_Id", found.rule),
    prop("status", found.status),
    prop("stack", found.stack),
    ...(found.level === undefined ? [] : [prop("level", found.level)]),
    ...(found.property === undefined ? [] : [prop("property", found.property)]),
  ],
  methods: ["TEST"],
  types: ["control-objective"],
  subjects: [
    { "subject-uuid": inventoryUuid(found.resource), type: "inventory-item", title: line(found.resource) },
  ],
  "relevant-evidence": [
    {
      description: `Record ${found.sequence} of the evidence.`,
      props: [prop("run", header.id), prop("record-sha256", found.hash)],
    },
  ],
  collected: header.startedAt,
  ...(found.until !== undefined && { expires: endOf(found.until) }),
});

/** What fails and what stays for a while. The day is that of the exception: what simply fails has none. */
export const riskOf = (header: Header, found: Found, rule: RuleRecord | undefined) => ({
  uuid: riskUuid(found),
  title: line(rule?.title ?? found.rule),
  description: found.message ?? found.rule,
  statement: rule?.title ?? found.rule,
  props: [
    prop("Rule_Id", found.rule),
    prop("severity", rule?.severity ?? "medium"),
    ...(rule?.labels ?? []).map((label) => prop("label", label)),
  ],
  status: found.status === "excepted" ? "deviation-approved" : "open",
  ...(found.until !== undefined && { deadline: endOf(found.until) }),
  "related-observations": [{ "observation-uuid": observationUuid(header, found) }],
});

/** An exception holds on its last day. */
const endOf = (day: string) => `${day}T23:59:59Z`;

export const inventoryItem = (resource: string) => ({
  uuid: inventoryUuid(resource),
  description: "A resource that Pulumi manages.",
  props: [prop("urn", resource)],
});

export const isRisk = ({ status }: Pick<ResultRecord, "status">) =>
  status === "fail" || status === "excepted";
