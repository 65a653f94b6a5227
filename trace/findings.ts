import type { Access } from "./accesses";
import { sourceNames, type SourceName, type Step, type TraceEvent } from "./event";
import { iso, titleOf } from "./words";
import type { Joined } from "./join";
import type { Skew } from "./skew";
import { hashedLease } from "./sources/vault";

/** The worst first. */
export const levels = ["contradiction", "missing", "note"] as const;

/** What a list of findings is called. */
export const headOf: Record<(typeof levels)[number], string> = {
  contradiction: "Contradictions",
  missing: "Missing",
  note: "Notes",
};

export interface Finding {
  /** A contradiction: the records can't all be right, or something was done that must not be. Missing: nobody can say. */
  level: (typeof levels)[number];
  id: string;
  text: string;
}

export interface Findable {
  id: string;
  accesses: readonly Access[];
  joined: Joined;
  /** The logs that the asker has given, whether anything was in them or not. */
  given: ReadonlySet<SourceName>;
  skews: readonly Skew[];
  /** How often the deny policy was written again with the grant still in it. */
  repeated: number;
}

type Say = (level: Finding["level"], id: string, text: string) => void;

/** What does not fit together, what is missing, and what a reader should know, the worst first. */
export function findingsOf(all: Findable): Finding[] {
  const findings: Finding[] = [];
  const say: Say = (level, id, text) => findings.push({ level, id, text });
  const { accesses, joined, skews, repeated } = all;
  for (const access of accesses) {
    const name = accesses.length > 1 ? `${access.name}: ` : "";
    const sayOf: Say = (level, id, text) => say(level, id, `${name}${text}`);
    decisions(access, all, sayOf);
    uses(access, sayOf);
    endings(access, all, sayOf);
    sources(access, all, sayOf);
  }
  for (const { source, against, milliseconds, because } of skews)
    say(
      "note",
      "clock-skew",
      `The clock of ${titleOf(source)} is at least ${Math.abs(milliseconds)} ms ${milliseconds < 0 ? "behind" : "ahead of"} that of ${titleOf(against)}: ${because}. The order below puts it right.`,
    );
  for (const source of sourceNames) {
    const count = joined.duplicates[source];
    if (count !== undefined)
      say(
        "note",
        "duplicates",
        `${titleOf(source)} holds ${count} ${count === 1 ? "record" : "records"} more than once; each counts once.`,
      );
  }
  if (repeated > 0)
    say(
      "note",
      "denied-again",
      `The deny policy was written ${times(repeated)} again, with the grant still in it.`,
    );
  if (!joined.isClosed)
    say(
      "missing",
      "not-closed",
      `After ${joined.passes} passes the records still gave new identifiers: the access may reach further.`,
    );
  const dropped = joined.counted.reduce((sum, kind) => sum + kind.count, 0);
  if (dropped > 0)
    say(
      "note",
      "counted",
      `${dropped} further records are counted by what they are and not listed one by one; of those, duplicates are not told apart.`,
    );
  return findings.sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
}

const times = (count: number) => (count === 1 ? "once" : `${count} times`);
const ofStep = (access: Access, ...wanted: Step[]) =>
  access.events.filter((event) => wanted.includes(event.step));
const isTarget = ({ source }: TraceEvent) => source !== "broker";

/** Whether the access is one of the broker's: then there must be a decision of it. */
const isGrant = ({ events }: Access) =>
  events.some(
    (event) =>
      event.source === "broker" ||
      [...event.keys, ...event.gives].some((key) => /^grant:[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(key)),
  );

function decisions(access: Access, { joined }: Findable, say: Say): void {
  const issued = ofStep(access, "issued");
  const decided = ofStep(access, "decided").filter((event) => event.what !== "nhi.grant.approval_needed");
  const denied = ofStep(access, "denied");
  const [first] = issued;
  const hasBroker = joined.coverage.broker !== undefined;
  if (first && denied.length > 0)
    say(
      "contradiction",
      "issued-after-denied",
      `It was denied at ${iso(denied[0]?.at)}, and ${titleOf(first.source)} has it issued at ${iso(first.at)}.`,
    );
  if (first && decided.length === 0 && denied.length === 0) {
    if (isGrant(access) && hasBroker)
      say(
        "contradiction",
        "issued-without-decision",
        `${titleOf(first.source)} has it issued at ${iso(first.at)}, and the broker's events have no decision that allows it.`,
      );
    else say("missing", "no-decision", "Nothing says who decided that it was allowed, and by which policy.");
  }
  if (first && ofStep(access, "requested").length === 0)
    say("missing", "no-request", "Nothing says who asked for it.");
  const minted = issued.filter(isTarget).filter((event) => event.source === "cloudtrail");
  const told = issued.filter((event) => event.source === "broker");
  if (
    isGrant(access) &&
    minted.length > Math.max(1, told.length) &&
    new Set(minted.map((one) => one.fields.session)).size === 1
  )
    say(
      "contradiction",
      "issued-more-than-once",
      `AWS has ${minted.length} sessions of it, and the broker has issued ${told.length || "none"}.`,
    );
  if (!first && ofStep(access, "used").length > 0)
    say("missing", "no-issue", "It was used, and nothing says when it was issued.");
}

function uses(access: Access, say: Say): void {
  const used = ofStep(access, "used").filter(isTarget);
  const late = used.filter((event) => access.isOverAt(event) && event.loose === undefined);
  const { end } = access;
  const [first] = late;
  if (end && first)
    say(
      "contradiction",
      "use-after-revocation",
      `It was used ${times(late.length)} after it was revoked: first ${Math.round(first.corrected - end.at)} ms later, ${first.what} (${titleOf(first.source)}, ${iso(first.at)}).`,
    );
  const expiresAt = Date.parse(
    ofStep(access, "issued").find((event) => event.fields.expiresAt)?.fields.expiresAt ?? "",
  );
  const expired = used.filter((event) => event.corrected > expiresAt);
  if (!end && expired[0])
    say(
      "contradiction",
      "use-after-expiry",
      `It was used ${times(expired.length)} after it ended at ${iso(expiresAt)}: first ${expired[0].what} (${titleOf(expired[0].source)}, ${iso(expired[0].at)}).`,
    );
  const [earliest] = used;
  const issue = ofStep(access, "issued").find((event) => event.source === earliest?.source);
  if (earliest && issue && earliest.corrected < issue.corrected)
    say(
      "contradiction",
      "use-before-issue",
      `${titleOf(earliest.source)} has it used at ${iso(earliest.at)}, before it was issued at ${iso(issue.at)}.`,
    );
  if (used.length === 0 && ofStep(access, "issued").length > 0)
    say("note", "never-used", "No record has it used.");
  const refused = ofStep(access, "refused").filter((event) => access.isOverAt(event));
  if (refused[0])
    say(
      "note",
      "refused-after",
      `It was tried ${times(refused.length)} after the end, and refused (${titleOf(refused[0].source)}, ${iso(refused[0].at)}).`,
    );
}

function endings(access: Access, { joined }: Findable, say: Say): void {
  const issued = ofStep(access, "issued");
  if (issued.length === 0) return;
  const ended = ofStep(access, "revoked", "expired").filter((event) => event.loose === undefined);
  const failed = ofStep(access, "revoke_failed");
  const hashed = access.events.filter((event) => event.loose === hashedLease);
  if (ended.length === 0) {
    if (failed[0])
      say(
        "contradiction",
        "revocation-failed",
        `Revoking it failed ${times(failed.length)}, last at ${iso(failed.at(-1)?.at)}, and nothing says that it worked later.`,
      );
    else if (hashed.length === 0)
      say("missing", "never-ended", "Nothing says that it ended: no revocation and no expiry.");
  }
  if (hashed.length > 0)
    say(
      "missing",
      "hashed-lease",
      `Vault's log hashes which lease was revoked at ${hashed.map((event) => iso(event.at)).join(", ")}; the token that it was issued to asked for it. Give the lease's hash: --vault-hash lease=HASH, as sys/audit-hash/<device> tells it.`,
    );
  const lifted = ofStep(access, "lifted");
  // A grant may end before its session does: what the session may do ends with the grant.
  const expires = issued
    .map((event) => Date.parse(event.fields.expiresAt ?? event.fields.expires ?? ""))
    .reduce((earliest, at) => (at < earliest ? at : earliest), Infinity);
  if (lifted[0] && lifted[0].corrected < expires)
    say(
      "contradiction",
      "revocation-lifted",
      `The deny policy stopped naming it at ${iso(lifted[0].at)}, and it lasts until ${iso(expires)}.`,
    );
  const told = ended.find((event) => event.source === "broker" && event.step === "revoked");
  const where = told && mechanisms[told.fields.mechanism ?? ""];
  const isSeen = ended.some((event) => event.source === where) || hashed.length > 0;
  const covered = where && joined.coverage[where];
  // A log that ends before it, or that holds nothing, has no record of it for another reason.
  if (told && where && covered && !isSeen && covered.until >= told.at)
    say(
      "contradiction",
      "revocation-without-effect",
      `The broker has it revoked at ${iso(told.at)} by ${told.fields.mechanism ?? ""}, and ${titleOf(where)} has no record of that.`,
    );
}

/** Where a revocation of the broker leaves a record. */
const mechanisms: Record<string, SourceName> = {
  "aws-grant-deny": "cloudtrail",
  "aws-role-cutoff": "cloudtrail",
  "vault-lease": "vault",
  "vault-token": "vault",
  "gcp-pam": "gcp",
};

/** The logs that should know of an access, and why. */
function expected(access: Access): Map<SourceName, string> {
  const needs = new Map<SourceName, string>();
  const target = ofStep(access, "issued").find((event) => event.source === "broker")?.fields.target ?? "";
  const keys = access.events.flatMap((event) => [...event.keys, ...event.gives]);
  const has = (kind: RegExp) => keys.some((key) => kind.test(key));
  if (isGrant(access)) needs.set("broker", "who asked for it, and what decided");
  if (target.startsWith("arn:") || has(/^key:/)) needs.set("cloudtrail", "what it did in AWS");
  if (target.startsWith("projects/") || has(/^pam:/)) needs.set("gcp", "what it did in Google Cloud");
  const isVault = target !== "" && !/^(arn:|projects\/)/.test(target);
  if (isVault || has(/^lease:.+\//) || has(/^user:v-/))
    needs.set("vault", "who the lease was issued to, and when it ended");
  const isDatabase = access.events.some(
    (event) => event.source === "vault" && event.fields.mountType === "database" && event.step === "issued",
  );
  if (isDatabase || has(/^user:v-/)) needs.set("postgresql", "what was done in the database");
  return needs;
}

function sources(access: Access, { joined, given }: Findable, say: Say): void {
  const begin = ofStep(access, "issued")[0]?.corrected;
  for (const [source, why] of expected(access)) {
    const covered = joined.coverage[source];
    if (!covered) {
      const what = given.has(source)
        ? "what was given holds no record of it that can be read"
        : "no log was given";
      say("missing", "no-source", `${titleOf(source)}: ${what}. It would say ${why}.`);
      continue;
    }
    const range = `its records are from ${iso(covered.from)} to ${iso(covered.until)}`;
    if (!access.events.some((event) => event.source === source))
      say(
        "missing",
        "not-in-source",
        `${titleOf(source)}: none of ${covered.records} records is of this access; ${range}. It would say ${why}.`,
      );
    // The broker and Vault write nothing between the issue and the end.
    if (begin !== undefined && covered.from > begin + 1000)
      say(
        "missing",
        "begins-late",
        `${titleOf(source)} begins after the access did (${iso(begin)}): ${range}.`,
      );
    if (access.end && covered.until + 1000 < access.end.at)
      say(
        "missing",
        "ends-early",
        `${titleOf(source)} ends before the access did (${iso(access.end.at)}): ${range}.`,
      );
  }
  const names = access.events.filter((event) => event.fields.username?.startsWith("hmac-"));
  if (names.length > 0)
    say(
      "missing",
      "hashed-user",
      "Vault's log hashes the database's user, and the database's log can't be joined: leave `username` of the mount's answers unhashed.",
    );
}
