import { endOfDay } from "../duration";
import { type Mark, markOf, marks } from "../marks";
import type { Resource, ResourceRule } from "../rule";
import { unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";

const component = "nhi:index:StaticCredentialException";

const places: Record<string, string> = {
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
  "exception-owner": "owner",
  "exception-reason": "reason",
  "exception-control": "compensatingControl",
  "exception-approver": "approvedBy",
  "exception-expires": "expires",
};

export const staticExceptionsExpire: ResourceRule = {
  id: "static-exceptions-expire",
  title:
    "A static credential that stays for a while has an owner, a reason, a control beside it, an approver and an end.",
  why: "An exception that nobody has to renew is how a standing secret becomes permanent.",
  fix: "Replace the credential, or have the exception approved again with a new end.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-exception",
  doesNotSee:
    "Whether the control beside it works, whether the approver has agreed, and a static credential that is not marked as an exception: other rules refuse that one.",
  whenNot: "A vendor's migration that is known to take longer: raise maxExceptionSeconds for its stack.",
  ceilings: {
    maxExceptionSeconds: {
      seconds: 7_776_000,
      says: "How far ahead an exception may end. Default: 7776000, which is 90 days.",
    },
  },
  samples: {
    bad: `
new aws.iam.User("legacy-erp", {
  tags: {
    "nhi:exception-owner": "finance",
    "nhi:exception-reason": "the ERP takes nothing but a key",
    "nhi:exception-expires": "2024-03-31",
  },
});
`,
    good: `
new aws.iam.User("legacy-erp", { tags: { "nhi:owner": "finance" } });
`,
  },
  types: [component, ...Object.keys(places)],
  check(resource) {
    const parts = marks.exception.map((name) => partOf(resource, name));
    // Without one of the marks nothing says that it is an exception, which is what other rules are for.
    const isException =
      resource.type === component || parts.some(({ mark }) => mark !== undefined && mark !== unknown);
    return isException ? [...parts.flatMap(missing), ...approval(parts), ...end(resource, parts)] : [];
  },
};

interface Part {
  name: string;
  /** Where it stands, or would. */
  property: string;
  mark: Mark;
}

function partOf(resource: Resource, name: string): Part {
  if (resource.type !== component)
    return { name, property: `${places[resource.type] ?? ""}.nhi:${name}`, mark: markOf(resource, name) };
  const property = argumentOf[name] ?? name;
  const value = resource.read(property);
  return { name, property, mark: value === unknown || typeof value === "string" ? value : undefined };
}

function missing({ property, mark }: Part): Finding[] {
  if (mark === unknown) return [undetermined(property, "is not known yet, and an exception must have it")];
  return mark === undefined || mark.trim() === ""
    ? [fail(property, "is missing, and an exception must have it", "Add it, or replace the credential.")]
    : [];
}

function approval(parts: Part[]): Finding[] {
  const owner = parts.find(({ name }) => name === "exception-owner")?.mark;
  const approver = parts.find(({ name }) => name === "exception-approver");
  return typeof owner === "string" &&
    owner !== "" &&
    typeof approver?.mark === "string" &&
    same(owner, approver.mark)
    ? [
        fail(
          approver.property,
          "is the owner, and nobody approves an exception of their own",
          "Have somebody else approve it.",
        ),
      ]
    : [];
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

function end(resource: Resource, parts: Part[]): Finding[] {
  const expires = parts.find(({ name }) => name === "exception-expires");
  if (typeof expires?.mark !== "string" || expires.mark === "") return [];
  const { property, mark } = expires;
  const time = endOfDay(mark.trim());
  const ceiling = resource.ceiling("maxExceptionSeconds");
  if (Number.isNaN(time)) return [fail(property, "is no day", "Write the day as 2027-06-30.")];
  if (time <= resource.now) return [fail(property, `is ${mark.trim()}, which has passed`)];
  // The day itself counts whole: an exception of 90 days that is made at noon ends with the 90th day.
  return time - resource.now > (ceiling + 86_400) * 1000
    ? [
        fail(
          property,
          `is ${mark.trim()}, more than ${Math.floor(ceiling / 86_400)} days ahead`,
          "Name an earlier day.",
        ),
      ]
    : [];
}
