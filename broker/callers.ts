import type { Caller } from "./grant";
import type { Settings } from "./settings";

/**
 * The role whose grant this caller's own session is, or nothing. Such a caller is somebody's grant: letting it ask
 * would let rights be passed on.
 */
export function roleOfGrant({ id }: Caller, { roles }: Settings): string | undefined {
  return Object.values(roles).find(({ aws, gcp }) => id === aws?.roleArn || id === gcp?.serviceAccount)?.name;
}
