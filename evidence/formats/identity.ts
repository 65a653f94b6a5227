import { createHash } from "node:crypto";
import { readMessage } from "../message";
import type { ResultRecord } from "../record";

/** What is the same of a finding in every run. A message may change with its words. */
export const identityOf = (found: Pick<ResultRecord, "rule" | "resource" | "property" | "message">) => [
  found.rule,
  found.resource,
  found.property ?? propertyIn(found),
];

export const fingerprintOf = (found: Parameters<typeof identityOf>[0]): string =>
  createHash("sha256")
    .update(JSON.stringify(identityOf(found)))
    .digest("hex");

/** The engine tells a preview's findings without their property, which the pack puts first: `type "name": property says`. */
function propertyIn({ resource, message }: Pick<ResultRecord, "resource" | "message">): string | undefined {
  const { type, name } = partsOf(resource);
  const [, says] = readMessage(message ?? "").what.split(`${type} "${name}": `);
  return says?.split(" ", 1)[0];
}

/** `urn:pulumi:stack::project::parent$type::name` */
export function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}
