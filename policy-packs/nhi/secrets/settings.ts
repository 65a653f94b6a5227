import type { Judge } from "../rule";
import { secretsIn } from "./walk";

/** Looks for secrets in properties that hold what a program is started with. */
export const settingsIn =
  (...properties: string[]): Judge =>
  (resource) =>
    properties.flatMap((property) => secretsIn(property, resource.read(property)));

export const settingsOf = (
  propertiesOfTypes: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, Judge>> =>
  Object.fromEntries(
    Object.entries(propertiesOfTypes).map(([type, properties]) => [type, settingsIn(...properties)]),
  );
