import { createHash } from "node:crypto";
import type { ResultRecord } from "../record";

/** The same for a finding in every run: that of rule, URN and property. A message may change with its words. */
export const fingerprintOf = ({
  rule,
  resource,
  property,
}: Pick<ResultRecord, "rule" | "resource" | "property">): string =>
  createHash("sha256")
    .update(JSON.stringify([rule, resource, property]))
    .digest("hex");

/** `urn:pulumi:stack::project::parent$type::name` */
export function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}
