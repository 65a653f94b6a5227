import type { Judge } from "../rule";
import { advise } from "../verdict";
import { formatIn } from "./formats";

/** Longer than any secret that a store takes: AWS and GCP take 64 KiB, Vault a megabyte. */
const longest = 1_000_000;

/**
 * A key in a secret store. It is the place for one that has no better form, so it is told and stops nothing; a form that
 * its maker documents shows that it is a key at all.
 */
export const storedKey =
  (...properties: string[]): Judge =>
  (resource) =>
    properties.flatMap((property) => {
      const value = resource.read(property);
      const is = typeof value === "string" ? formatIn(value.slice(0, longest)) : undefined;
      return is === undefined
        ? []
        : [
            advise(
              property,
              `holds ${is}, which is good from anywhere until somebody replaces it`,
              "Have an engine make one for each task, or let the other side trust the machine's own token.",
            ),
          ];
    });
