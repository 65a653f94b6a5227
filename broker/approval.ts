import type { Caller, Grant } from "./grant";
import { Refused } from "./refused";

/** Throws where this caller may not decide about that grant now. `permits` asks the policies. */
export function refuseApproval(caller: Caller, grant: Grant, now: Date, permits: () => boolean): void {
  if (grant.requester.id === caller.id)
    throw new Refused("forbidden", "Who asks does not approve. Another of the approvers must.");
  if (caller.kind === "ai-agent" || !grant.approval?.approvers.includes(caller.id))
    throw new Refused("forbidden", "Only the approvers that the role names decide about it.");
  if (!permits()) throw new Refused("forbidden", "No policy permits this caller to approve it.");
  if (Date.parse(grant.approval.expiresAt) <= now.getTime())
    throw new Refused("conflict", "The request has expired. It must be asked anew.");
}
