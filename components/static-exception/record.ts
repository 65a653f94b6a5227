import { awsTags, dayProblem, metadataProblem, textProblem, type NhiMetadata } from "../identity";
import { firstProblem, shown, type Problem } from "../refusal";

/** What has to be said before a static credential may stay for a while. All of it is required. */
export interface ExceptionRecord {
  /** Who answers for the credential and what it is for. Its owner is the exception's. */
  metadata: NhiMetadata;
  /** Why the consumer can't ask for a credential that ends. */
  reason: string;
  /** What keeps the credential from being used by others meanwhile, beside what this component makes. */
  compensatingControl: string;
  /** Who agreed. Not the owner. */
  approvedBy: string;
  /** The day on which they agreed, as YYYY-MM-DD. The component has no clock: the end is counted from here. */
  approvedOn: string;
  /** The last day on which the exception holds in UTC, as YYYY-MM-DD: at most 90 days after `approvedOn`. */
  expires: string;
}

/** The interval after which access is reviewed (CIS Controls 8.1, 5.3 and 6.2). */
const longestDays = 90;
const dayInMilliseconds = 24 * 3600 * 1000;

export function recordProblem(record: ExceptionRecord): Problem {
  const { metadata, approvedBy, approvedOn, expires } = record;
  return (
    metadataProblem(metadata) ??
    firstProblem(textsOf(record), ([argument, text]) => textProblem(argument, text)) ??
    (metadata.owner.toLowerCase() === approvedBy.toLowerCase()
      ? `approvedBy must be somebody else than metadata.owner, got ${shown(approvedBy)} for both. Nobody approves an exception of their own.`
      : undefined) ??
    dayProblem("approvedOn", approvedOn) ??
    dayProblem("expires", expires) ??
    endProblem(approvedOn, expires)
  );
}

/** What the team writes in its own words. */
export const textsOf = ({ reason, compensatingControl, approvedBy }: ExceptionRecord) =>
  Object.entries({ reason, compensatingControl, approvedBy });

function endProblem(approvedOn: string, expires: string): Problem {
  const days = (Date.parse(expires) - Date.parse(approvedOn)) / dayInMilliseconds;
  if (days < 0)
    return `expires must not be before approvedOn ${shown(approvedOn)}, got ${shown(expires)}. Have the exception approved anew.`;
  return days > longestDays
    ? `expires must be at most ${longestDays} days after approvedOn ${shown(approvedOn)}, got ${shown(expires)}, which is ${days}. Name an earlier day, and have it approved anew then.`
    : undefined;
}

/** The moment from which on the credential must be of no use: the end of the last day. */
export const endOf = ({ expires }: ExceptionRecord): string =>
  new Date(Date.parse(expires) + dayInMilliseconds).toISOString().replace(".000Z", "Z");

/** From the beginning of the day of approval to the end of the last day. */
export const secondsOf = ({ approvedOn, expires }: ExceptionRecord): number =>
  (Date.parse(expires) + dayInMilliseconds - Date.parse(approvedOn)) / 1000;

/** What the record calls its parts on a resource. The policy pack reads them by these names. */
export function exceptionMarks(record: ExceptionRecord, prefix: "nhi:" | "nhi-"): Record<string, string> {
  return {
    [`${prefix}exception-owner`]: record.metadata.owner,
    [`${prefix}exception-reason`]: record.reason,
    [`${prefix}exception-control`]: record.compensatingControl,
    [`${prefix}exception-approver`]: record.approvedBy,
    [`${prefix}exception-expires`]: record.expires,
  };
}

export const exceptionTags = (record: ExceptionRecord): Record<string, string> => ({
  ...awsTags(record.metadata),
  ...exceptionMarks(record, "nhi:"),
});
