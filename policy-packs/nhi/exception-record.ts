import { endOfDay } from "./duration";
import { type Mark, markOf, marks } from "./marks";
import type { Resource } from "./rule";
import { unknown } from "./value";
import { fail, type Finding, undetermined } from "./verdict";

/** The component that static credentials are made with. */
export const exceptionType = "nhi:index:StaticCredentialException";

/** What can be an exception, and where its marks stand. */
export const exceptionPlaces: Record<string, string> = {
  "aws:iam/role:Role": "tags",
  "aws:iam/user:User": "tags",
  "aws:secretsmanager/secret:Secret": "tags",
  "aws:ssm/parameter:Parameter": "tags",
  "gcp:secretmanager/secret:Secret": "labels",
  "vault:identity/entity:Entity": "metadata",
  "vault:index/token:Token": "metadata",
};

/** What the component calls what a tag says. */
const argumentOf: Record<string, string> = {
  "exception-owner": "metadata.owner",
  "exception-reason": "reason",
  "exception-control": "compensatingControl",
  "exception-approver": "approvedBy",
  "exception-expires": "expires",
};

/** One of the things that an exception must say. */
export interface Part {
  name: string;
  /** Where it stands, or would. */
  property: string;
  mark: Mark;
}

export const recordOf = (resource: Pick<Resource, "type" | "read">): Part[] =>
  marks.exception.map((name) => {
    if (resource.type !== exceptionType) {
      const property = `${exceptionPlaces[resource.type] ?? ""}.nhi:${name}`;
      return { name, property, mark: markOf(resource, name) };
    }
    const property = argumentOf[name] ?? name;
    const value = name === "exception-owner" ? markOf(resource, "owner") : resource.read(property);
    return { name, property, mark: value === unknown || typeof value === "string" ? value : undefined };
  });

/** Why an exception does not hold now: it lacks something, is approved by its owner, or has ended. */
export const recordFindings = (parts: readonly Part[], now: number): Finding[] => [
  ...parts.flatMap(missing),
  ...approval(parts),
  ...passed(parts, now),
];

function missing({ property, mark }: Part): Finding[] {
  if (mark === unknown) return [undetermined(property, "is not known yet, and an exception must have it")];
  return mark === undefined || mark.trim() === ""
    ? [fail(property, "is missing, and an exception must have it", "Add it, or replace the credential.")]
    : [];
}

function approval(parts: readonly Part[]): Finding[] {
  const owner = textOf(parts, "exception-owner");
  const approver = textOf(parts, "exception-approver");
  const property = parts.find(({ name }) => name === "exception-approver")?.property ?? "";
  return owner !== "" && owner.toLowerCase() === approver.toLowerCase()
    ? [
        fail(
          property,
          "is the owner, and nobody approves an exception of their own",
          "Have somebody else approve it.",
        ),
      ]
    : [];
}

function passed(parts: readonly Part[], now: number): Finding[] {
  const expires = textOf(parts, "exception-expires");
  const property = parts.find(({ name }) => name === "exception-expires")?.property ?? "";
  const time = endOfDay(expires);
  if (expires === "") return [];
  if (Number.isNaN(time)) return [fail(property, "is no day", "Write the day as 2027-06-30.")];
  return time <= now ? [fail(property, `is ${expires}, which has passed`)] : [];
}

/** What a part says; nothing where it is missing or not known yet. */
export function textOf(parts: readonly Part[], name: (typeof marks.exception)[number]): string {
  const mark = parts.find((part) => part.name === name)?.mark;
  return typeof mark === "string" ? mark.trim() : "";
}
