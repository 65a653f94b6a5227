import type { Resource } from "./rule";
import { isObject, unknown, type Value } from "./value";

/**
 * What a resource says of itself: `nhi:owner` as a tag of AWS, `nhi-owner` as a label of GCP or as metadata of Vault,
 * `owner` in a component's `metadata`, or a line at the end of a description.
 */
export const marks = {
  /** Who answers for an identity and why it exists. */
  metadata: ["owner", "purpose", "environment", "kind", "review-by"],
  /** On a role that only the broker may assume, for one grant at a time: `true`. */
  jit: "jit",
  /** How long the sessions of an identity may be: see `Tier`, with `justification` for `long-running`. */
  tier: "tier",
  justification: "justification",
  /** On what a broker of just-in-time access is made of: one of `brokerParts`. */
  part: "part",
  /** On a static credential that a team keeps for a while, all of them. */
  exception: [
    "exception-owner",
    "exception-reason",
    "exception-control",
    "exception-approver",
    "exception-expires",
  ],
} as const;

/** Types that are identities, with the property that has room for their metadata. */
export const identities: Readonly<Record<string, "tags" | "description" | "metadata">> = {
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "tags",
  "aws:iam/role:Role": "tags",
  "aws:iam/samlProvider:SamlProvider": "tags",
  "aws:iam/user:User": "tags",
  "aws:rolesanywhere/profile:Profile": "tags",
  "aws:rolesanywhere/trustAnchor:TrustAnchor": "tags",
  "aws-native:iam:OidcProvider": "tags",
  "aws-native:iam:Role": "tags",
  "aws-native:iam:SamlProvider": "tags",
  "aws-native:iam:User": "tags",
  "aws-native:rolesanywhere:Profile": "tags",
  "aws-native:rolesanywhere:TrustAnchor": "tags",
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "description",
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": "description",
  "gcp:serviceaccount/account:Account": "description",
  "google-native:iam/v1:Provider": "description",
  "google-native:iam/v1:ServiceAccount": "description",
  "google-native:iam/v1:WorkloadIdentityPool": "description",
  "vault:identity/entity:Entity": "metadata",
  "vault:index/token:Token": "metadata",
};

export type Mark = string | typeof unknown | undefined;

/** Where tags and labels stand. With a provider's default tags, `tagsAll` has more than `tags`. */
const places = ["tags", "tagsAll", "labels", "effectiveLabels", "userLabels", "metadata", "aliasMetadata"];
/** Where there is no place for either. A policy of Vault says it in its first line, as a comment. */
const lines = ["description", "comment", "policy"];

/** A mark's text, nothing when it is not there, `unknown` when it may be. */
export function markOf(resource: Pick<Resource, "read">, name: string): Mark {
  let isOpen = false;
  for (const place of places) {
    const found = inPlace(resource.read(place), name, place === "metadata");
    if (found === unknown) isOpen = true;
    else if (found !== undefined) return found;
  }
  for (const line of lines) {
    const value = resource.read(line);
    const found = value === unknown ? unknown : inLine(value, name);
    if (found === unknown) isOpen = true;
    else if (found !== undefined) return found;
  }
  return isOpen ? unknown : undefined;
}

export function isMarked(resource: Resource, name: string): boolean {
  const mark = markOf(resource, name);
  return typeof mark === "string" && mark !== "" && mark.toLowerCase() !== "false";
}

function inPlace(given: Value | undefined, name: string, isMetadata: boolean): Mark {
  if (given === unknown) return unknown;
  if (Array.isArray(given)) return inList(given, name);
  if (!isObject(given)) return undefined;
  const wanted = namesOf(name, isMetadata);
  const key = Object.keys(given).find((written) => wanted.includes(written.toLowerCase()));
  return key === undefined ? undefined : textOf(given[key]);
}

/** Tags as CloudFormation has them, and with it `aws-native`: `[{ key, value }]`. */
function inList(tags: Value[], name: string): Mark {
  const wanted = namesOf(name, false);
  const tag = tags.find(
    (one) => isObject(one) && typeof one.key === "string" && wanted.includes(one.key.toLowerCase()),
  );
  if (isObject(tag)) return textOf(tag.value);
  return tags.some((one) => one === unknown || (isObject(one) && one.key === unknown)) ? unknown : undefined;
}

/** A tag or label of a team's own, by its name in any case. */
export function tagOf(resource: Resource, name: string): Mark {
  for (const place of ["tags", "tagsAll", "labels", "effectiveLabels"]) {
    const given = resource.read(place);
    if (!isObject(given)) continue;
    const key = Object.keys(given).find((written) => written.toLowerCase() === name.toLowerCase());
    if (key !== undefined) return textOf(given[key]);
  }
  return undefined;
}

/** A component's metadata writes `reviewBy` and has no prefix, as everything in it is about the identity. */
const namesOf = (name: string, isMetadata: boolean) => [
  `nhi:${name}`,
  `nhi-${name}`,
  ...(isMetadata ? [name, name.replaceAll("-", "")] : []),
];

function textOf(value: Value | undefined): Mark {
  if (value === unknown) return unknown;
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
}

/** `purpose (owner X, environment Y, kind Z, review by 2027-06-30)`: longer texts are no such line. */
const longestLine = 4096;
const separators = [
  ["owner", " (owner "],
  ["environment", ", environment "],
  ["kind", ", kind "],
  ["review-by", ", review by "],
] as const;

function inLine(value: Value | undefined, name: string): string | undefined {
  const line = typeof value === "string" ? firstLine(value) : "";
  if (!line.endsWith(")")) return undefined;
  let end = line.length - 1;
  for (const [key, separator] of [...separators].reverse()) {
    const start = line.lastIndexOf(separator, end - 1);
    if (start < 0) return undefined;
    if (key === name) return line.slice(start + separator.length, end);
    end = start;
  }
  return name === "purpose" ? line.slice(0, end) : undefined;
}

function firstLine(text: string): string {
  const line = text.slice(0, longestLine);
  const end = line.indexOf("\n");
  if (end < 0) return text.length > longestLine ? "" : line;
  // A description of several lines is somebody's own.
  return line.startsWith("# ") ? line.slice(2, end) : "";
}
