import type { Resource } from "./rule";
import { unknown } from "./value";
import { fail, type Finding, mendedBy, undetermined } from "./verdict";

interface Switch {
  /** What holds where it is not set: the platform's default. */
  unset: boolean;
  /** What is wrong with it the other way round, as the end of a sentence that starts with the property. */
  says: string;
}

/** A setting that is on or off, as a truth value or as a text. */
export function mustBe(
  resource: Resource,
  property: string,
  wanted: boolean,
  { unset, says }: Switch,
): Finding[] {
  const value = resource.read(property) ?? unset;
  if (value === unknown) return [undetermined(property, `is not known yet, and has to be ${wanted}`)];
  const isOn = value === true || (typeof value === "string" && value.toLowerCase() === "true");
  if (isOn === wanted) return [];
  const remedy = { [property]: typeof value === "string" ? String(wanted) : wanted };
  return [mendedBy(fail(property, says, `Set ${property} to ${wanted}.`), remedy)];
}
