import { firstProblem, shown, type Problem } from "./refusal";

/** What sort of machine holds an identity. */
export const NhiKind = {
  /** A program that runs: a container, a function, a virtual machine. */
  Workload: "workload",
  /** A job of a CI/CD system. */
  Pipeline: "pipeline",
  /** An always-on service that others call. */
  Service: "service",
  /** A program that decides at run time what it does next. */
  AiAgent: "ai-agent",
  /** A machine of another organisation. */
  ThirdParty: "third-party",
  /** The way in when all others are closed. */
  BreakGlass: "break-glass",
} as const;
export type NhiKind = (typeof NhiKind)[keyof typeof NhiKind];

/** Who answers for an identity and why it exists. Every component takes it and writes it onto what it creates. */
export interface NhiMetadata {
  /** The team that answers for this identity. */
  owner: string;
  /** The task that it is for, in words that a reviewer understands. */
  purpose: string;
  /** Where it acts, for example `production`. A workload of another environment is refused. */
  environment: string;
  /** What sort of machine holds it. */
  kind: NhiKind;
  /** The organisation that runs the machine. Required where `kind` is `third-party`, and refused elsewhere. */
  vendor?: string | undefined;
  /** The day by which somebody decides again whether it is still needed, as YYYY-MM-DD. */
  reviewBy: string;
}

/** AWS ends a tag's value here (IAM quotas), the tightest of the places that take the whole text. */
const longestText = 256;
/** What AWS takes in a tag's value (IAM User Guide, "Rules for tagging in IAM"). */
const awsTagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** Cloud Resource Manager's limit of a label's value. */
const longestLabel = 63;

export function metadataProblem(metadata: NhiMetadata): Problem {
  const { kind, vendor, reviewBy } = metadata;
  return (
    firstProblem(textsOf(metadata), ([key, text]) => textProblem(`metadata.${key}`, text)) ??
    kindProblem(kind) ??
    vendorProblem(kind, vendor) ??
    dayProblem("metadata.reviewBy", reviewBy)
  );
}

/** What the team writes in its own words. */
const textsOf = ({ owner, purpose, environment, vendor }: NhiMetadata) =>
  Object.entries({ owner, purpose, environment, ...(vendor !== undefined && { vendor }) });

/** Whether a text that a team writes is one line that says something. */
export function textProblem(argument: string, text: string): Problem {
  if (text.trim() === "") return `${argument} must say something, got ${shown(text)}.`;
  if (text !== text.trim()) return `${argument} must not begin or end with a space, got ${shown(text)}.`;
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(text))
    return `${argument} must be one line without control characters, got ${shown(text)}.`;
  if (text.length > longestText)
    return `${argument} must be at most ${longestText} characters (AWS limits tags to that), got ${text.length}.`;
  return undefined;
}

function kindProblem(kind: string): Problem {
  const kinds: string[] = Object.values(NhiKind);
  return kinds.includes(kind)
    ? undefined
    : `metadata.kind must be one of ${kinds.join(", ")}, got ${shown(kind)}.`;
}

function vendorProblem(kind: NhiKind, vendor: string | undefined): Problem {
  if ((kind === NhiKind.ThirdParty) === (vendor !== undefined)) return undefined;
  return vendor === undefined
    ? `metadata.vendor must name the organisation that runs the machine, because metadata.kind is ${shown(kind)}.`
    : `metadata.vendor must be left out, got ${shown(vendor)}, because metadata.kind is ${shown(kind)}. Make it third-party, or drop the vendor.`;
}

export function dayProblem(argument: string, day: string): Problem {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
  // Some days are read as a day of the next month: the 30th of February is the 2nd of March.
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
  return exists
    ? undefined
    : `${argument} must be a day as YYYY-MM-DD, for example "2027-06-30", got ${shown(day)}.`;
}

/** Whether the metadata can be AWS tags, which take fewer characters than a description in Vault. */
export function awsTagsProblem(metadata: NhiMetadata): Problem {
  return firstProblem(textsOf(metadata), ([key, text]) => awsTagTextProblem(`metadata.${key}`, text));
}

/** Whether a text can be the value of an AWS tag. */
export const awsTagTextProblem = (argument: string, text: string): Problem =>
  awsTagValue.test(text)
    ? undefined
    : `${argument} must have only letters, digits, spaces and _ . : / = + - @ (AWS limits tags to these), ` +
      `got ${shown(text)}.`;

/** The metadata as AWS tags: `nhi:owner` and so on. */
export function awsTags(metadata: NhiMetadata): Record<string, string> {
  return keyed("nhi:", metadata, (text) => text);
}

/** The metadata as what Vault keeps with an entity or a group: `nhi-owner` and so on. */
export function vaultMetadata(metadata: NhiMetadata): Record<string, string> {
  return keyed("nhi-", metadata, (text) => text);
}

/**
 * The metadata as GCP labels: `nhi-owner` and so on. A label is for finding, so a text that it can't hold is bent:
 * lower case, `-` for what is neither letter, digit, `_` nor `-`, cut after 63 characters.
 */
export function gcpLabels(metadata: NhiMetadata): Record<string, string> {
  return keyed("nhi-", metadata, (text) =>
    Array.from(text.toLowerCase().replace(/[^\p{Ll}\p{Lo}\p{N}_-]+/gu, "-"))
      .slice(0, longestLabel)
      .join(""),
  );
}

/** The metadata as one line, for what takes a description or a comment only. */
export function metadataLine({ owner, purpose, environment, kind, vendor, reviewBy }: NhiMetadata): string {
  const task = vendor === undefined ? purpose : `${purpose}, run by ${vendor}`;
  return `${task} (owner ${owner}, environment ${environment}, kind ${kind}, review by ${reviewBy})`;
}

function keyed(
  prefix: string,
  { owner, purpose, environment, kind, vendor, reviewBy }: NhiMetadata,
  written: (text: string) => string,
): Record<string, string> {
  const entries = Object.entries({
    owner,
    purpose,
    environment,
    kind,
    ...(vendor !== undefined && { vendor }),
    "review-by": reviewBy,
  });
  return Object.fromEntries(entries.map(([key, text]) => [prefix + key, written(text)]));
}

/** The end of an access. A vendor's has one, so that it does not outlive the contract. */
export function expiryProblem({ kind, reviewBy }: NhiMetadata, expires: string | undefined): Problem {
  if (expires === undefined)
    return kind === NhiKind.ThirdParty
      ? "expires must say when the vendor's access ends, because metadata.kind is third-party. Give it the day on which the contract ends."
      : undefined;
  return (
    dayProblem("expires", expires) ??
    (expires < reviewBy
      ? `expires must not be before metadata.reviewBy ${shown(reviewBy)}, got ${shown(expires)}. Review what is still there.`
      : undefined)
  );
}
