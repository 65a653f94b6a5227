import type { Identity } from "../identity";

/** `nhi-inventory/v1`: a later version may add names, and takes none away. */
export const inventoryJson = (
  identities: readonly Identity[],
  { at, problems }: { at: string; problems: readonly string[] },
): string => `${JSON.stringify({ version: "nhi-inventory/v1", at, problems, identities }, undefined, 2)}\n`;
